//! Writes RFC 8785 text directly from typed values.

use super::{Json, Number, write};

/// Writes the canonical text of a record without building a tree of [`Json`]. The text is the same as that of
/// [`Json::to_canonical`].
///
/// The caller must add the members in canonical order.
///
/// ```
/// use jit_approvals_base::Canonical;
///
/// let text = Canonical::object(128, |event| {
///     event.text("actor", "kevin");
///     event.integer("at", 1_700_000_000);
///     event.object_member("body", |body| body.text("type", "cancelled"));
/// });
/// assert_eq!(text, r#"{"actor":"kevin","at":1700000000,"body":{"type":"cancelled"}}"#);
/// ```
#[derive(Debug)]
pub struct Canonical {
    text: String,
    first: bool,
    /// The range of the last key in the text. Debug assertions use it to check the order.
    last: (usize, usize),
}

impl Canonical {
    /// Returns the text of an object. `bytes` is the approximate length of the text.
    pub fn object(bytes: usize, members: impl FnOnce(&mut Self)) -> String {
        let mut writer = Self { text: String::with_capacity(bytes), first: true, last: (0, 0) };
        writer.braced(members);
        writer.text
    }

    /// Adds a member that is a string.
    pub fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        write::string(value, &mut self.text);
    }

    /// Adds a member that is a string, if the value is present.
    pub fn optional_text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    /// Adds a member that is an integer.
    pub fn integer(&mut self, key: &str, value: i64) {
        self.key(key);
        Json::from(value).write_to(&mut self.text);
    }

    /// Adds a member that is a number.
    pub fn number(&mut self, key: &str, value: Number) {
        self.key(key);
        Json::from(value).write_to(&mut self.text);
    }

    /// Adds a member that is any value.
    pub fn json(&mut self, key: &str, value: &Json) {
        self.key(key);
        write::canonical(value, &mut self.text);
    }

    /// Adds a member that is a boolean.
    pub fn boolean(&mut self, key: &str, value: bool) {
        self.key(key);
        self.text.push_str(if value { "true" } else { "false" });
    }

    /// Adds a member that is an object.
    pub fn object_member(&mut self, key: &str, members: impl FnOnce(&mut Self)) {
        self.key(key);
        self.braced(members);
    }

    /// Adds a member that is an array of objects.
    pub fn objects<T>(
        &mut self,
        key: &str,
        values: impl IntoIterator<Item = T>,
        mut members: impl FnMut(&mut Self, T),
    ) {
        self.key(key);
        self.text.push('[');
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.braced(|object| members(object, value));
        }
        self.text.push(']');
    }

    fn braced(&mut self, members: impl FnOnce(&mut Self)) {
        let outer = (self.first, self.last);
        (self.first, self.last) = (true, (0, 0));
        self.text.push('{');
        members(self);
        self.text.push('}');
        (self.first, self.last) = outer;
    }

    /// INVARIANT: keys are in ascending order. The callers' keys are ASCII, and ASCII bytes sort in the same order as
    /// UTF-16 units.
    fn key(&mut self, key: &str) {
        debug_assert!(key.is_ascii() && (self.first || &self.text[self.last.0..self.last.1] < key), "{key}");
        if !self.first {
            self.text.push(',');
        }
        self.first = false;
        // The callers' keys consist of letters and digits, which need no escapes.
        debug_assert!(key.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')));
        self.text.push('"');
        self.text.push_str(key);
        self.text.push('"');
        self.last = (self.text.len() - 1 - key.len(), self.text.len() - 1);
        self.text.push(':');
    }
}
