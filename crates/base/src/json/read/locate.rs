//! Where in a JSON text a value is.

use std::ops::Range;

use super::{Limits, Reader};
use crate::json::Json;

/// Where a member's key and a value are in a text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The key of the innermost member on the path, with its quotes; the value itself where there is none.
    pub key: Range<usize>,
    /// The value.
    pub value: Range<usize>,
}

impl Json {
    /// Where in a JSON text the value is that a path leads to: a path as an error's field has it, such as
    /// `metadata[2].key`. Where a step leads nowhere, the last value on the way; `None` if the text is not JSON within the
    /// usual [`Limits`].
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
        while let Some((next, behind)) = reader.step_into(&span, rest.trim_start_matches('.')) {
            (span, rest) = (next, behind);
        }
        Some(span)
    }
}

impl Reader<'_> {
    /// The value that a path's first step leads to from this one, and the rest of the path.
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
        // A key may contain full stops and brackets: of several keys that the path begins with, the longest is meant.
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

    /// Where an element of the array that begins here is.
    fn element(&mut self, index: usize) -> Option<Range<usize>> {
        (self.peek() == Some(b'[')).then(|| self.step())?;
        for _ in 0..index {
            self.range()?;
            self.separator();
        }
        self.range()
    }

    /// Where the value that begins here is, if there is one; goes on behind it.
    fn range(&mut self) -> Option<Range<usize>> {
        let start = self.offset;
        self.value(0).ok()?;
        Some(start..self.offset)
    }

    /// Goes on behind a comma, if there is one.
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
