//! How messages show their variable parts.

use std::fmt;

/// The maximum number of characters of an input that a message shows.
const LONGEST: usize = 64;

/// A value that a message can show.
pub trait Shown {
    /// Returns the form of the value that the message shows.
    fn shown(&self) -> impl fmt::Display;
}

/// Words of the library itself, or a list of them. Messages show them unchanged: not quoted and not shortened.
#[derive(Debug, Clone, Copy)]
pub struct Plain<T>(pub T);

impl<T: fmt::Display> Shown for Plain<T> {
    fn shown(&self) -> impl fmt::Display {
        &self.0
    }
}

impl Shown for &str {
    fn shown(&self) -> impl fmt::Display {
        Quoted(self)
    }
}

macro_rules! number {
    ($($kind:ty),*) => {$(
        impl Shown for $kind {
            fn shown(&self) -> impl fmt::Display {
                self
            }
        }
    )*};
}
number!(u32, u64, i64, usize, crate::UnixTime);

struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}`", Harmless { text: self.0, longest: LONGEST, quote: Some('`') })
    }
}

/// Quotes input for a message of a binding: in backticks, shortened, with harmful characters escaped.
pub fn quote(text: &str) -> String {
    Quoted(text).to_string()
}

/// Returns the form of a field's path that an error of a binding shows.
pub fn harmless_field(field: &str) -> String {
    harmless(field.to_owned())
}

/// Returns the form of a field's path that an error shows.
pub(super) fn harmless(field: String) -> String {
    const LONGEST_PATH: usize = 3 * LONGEST;
    if field.len() <= LONGEST_PATH && field.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return field;
    }
    // A field is shown without quotes, so no quote needs an escape.
    Harmless { text: &field, longest: LONGEST_PATH, quote: None }.to_string()
}

/// Text shortened to `longest` characters. Characters that could hide or reorder a log line are escaped.
struct Harmless<'a> {
    text: &'a str,
    longest: usize,
    quote: Option<char>,
}

impl fmt::Display for Harmless<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (count, character) in self.text.chars().enumerate() {
            if count == self.longest {
                return out.write_str("…");
            }
            match character {
                // These two do no harm, but `escape_debug` escapes them. It leaves letters of every script readable.
                '\'' | '"' => write!(out, "{character}")?,
                quote if Some(quote) == self.quote => write!(out, "\\{quote}")?,
                other => write!(out, "{}", other.escape_debug())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_quoted_shortened_and_harmless() {
        let shown = |text: &str| text.shown().to_string();
        assert_eq!(shown("José's \"seat\""), "`José's \"seat\"`");
        assert_eq!(shown("a\nb\u{202e}c\0"), "`a\\nb\\u{202e}c\\0`");
        assert_eq!(shown(&"é".repeat(65)), format!("`{}…`", "é".repeat(64)));
        assert_eq!(shown("a`b"), "`a\\`b`");
        assert_eq!(harmless("metaData.a\u{202e}\n".to_owned()), "metaData.a\\u{202e}\\n");
        assert_eq!(harmless("a\0".to_owned()), "a\\0");
        assert_eq!(harmless("x".repeat(1000)).chars().count(), 193);
    }
}
