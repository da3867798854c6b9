//! Finds the position of a value in a JSON text.

use std::ops::Range;

use super::{Limits, Reader};
use crate::json::Json;

/// The position of a value and of its member's key in a text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The key of the innermost member on the path, with its quotes. If the path has no member, the whole value of
    /// the document.
    pub key: Range<usize>,
    /// The value.
    pub value: Range<usize>,
}

impl Json {
    /// Returns the position of the value with the given path in a JSON text. The path has the form of an error's
    /// field, such as `metadata[2].key`.
    ///
    /// If a step of the path does not exist, returns the last value that does. Returns `None` if the text is not JSON
    /// within the default [`Limits`].
    ///
    /// ```
    /// use jit_approvals_base::Json;
    ///
    /// let text = r#"{"metadata": [{"key": "seat"}]}"#;
    /// let span = Json::locate(text, "metadata[0].key").unwrap();
    /// assert_eq!((&text[span.key], &text[span.value]), ("\"key\"", "\"seat\""));
    /// ```
    pub fn locate(text: &str, path: &str) -> Option<Span> {
        let mut reader = Reader { text, offset: 0, levels: Limits::default().depth };
        reader.skip_space();
        let start = reader.offset;
        reader.value(0).ok()?;
        let whole = start..reader.offset;
        let mut span = Span { key: whole.clone(), value: whole };
        let mut rest = path;
        while let Some((next, after)) = reader.step_into(&span, rest.trim_start_matches('.')) {
            (span, rest) = (next, after);
        }
        Some(span)
    }
}

impl Reader<'_> {
    /// Follows the first step of a path from the given value. Returns the value found and the rest of the path.
    fn step_into<'p>(&mut self, from: &Span, path: &'p str) -> Option<(Span, &'p str)> {
        self.offset = from.value.start;
        if let Some(index) = path.strip_prefix('[') {
            let (index, rest) = index.split_once(']')?;
            let value = self.element(index.parse().ok()?)?;
            return Some((Span { key: from.key.clone(), value }, rest));
        }
        if path.is_empty() || self.peek() != Some(b'{') {
            return None;
        }
        self.step();
        // A key may contain full stops and brackets. If the path begins with several keys, the longest is used.
        let mut found: Option<(usize, Span)> = None;
        while self.peek() == Some(b'"') {
            let start = self.offset;
            let name = self.string().ok()?;
            let key = start..self.offset;
            self.skip_space();
            self.step();
            let value = self.range()?;
            self.separator();
            let rest = path.strip_prefix(&*name);
            let named = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
            if named && found.as_ref().is_none_or(|(length, _)| *length < name.len()) {
                found = Some((name.len(), Span { key, value }));
            }
        }
        found.map(|(length, span)| (span, &path[length..]))
    }

    /// Returns the position of an element of the array that begins here.
    fn element(&mut self, index: usize) -> Option<Range<usize>> {
        (self.peek() == Some(b'[')).then(|| self.step())?;
        for _ in 0..index {
            self.range()?;
            self.separator();
        }
        self.range()
    }

    /// Returns the position of the value that begins here, if there is one, and skips it.
    fn range(&mut self) -> Option<Range<usize>> {
        let start = self.offset;
        self.value(0).ok()?;
        Some(start..self.offset)
    }

    /// Skips a comma, if there is one.
    fn separator(&mut self) {
        self.skip_space();
        if self.peek() == Some(b',') {
            self.step();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_their_values() {
        let text =
            r#" {"a": [1, {"b": "x\"]", "c" : true}, []], "d": {"e": null}, "f.g[0]": 2, "f": {"g": [3]}}"#;
        for (path, value) in [
            ("a", r#"[1, {"b": "x\"]", "c" : true}, []]"#),
            ("a[0]", "1"),
            ("a[1].b", r#""x\"]""#),
            ("a[1].c", "true"),
            ("a[2]", "[]"),
            ("d.e", "null"),
            ("d.missing", r#"{"e": null}"#),
            ("a[9]", r#"[1, {"b": "x\"]", "c" : true}, []]"#),
            ("a[1].b.c", r#""x\"]""#),
            ("f.g[0]", "2"),
            ("f.g", "[3]"),
            ("", text.trim()),
        ] {
            assert_eq!(&text[Json::locate(text, path).unwrap().value], value, "{path}");
        }
        assert_eq!(&text[Json::locate(text, "a[1].c").unwrap().key], r#""c""#);
        assert_eq!(Json::locate("{", "a"), None);
    }
}
