//! How a variable part of a message is shown.

use std::fmt;

/// The most characters of an input that a message repeats.
const LONGEST: usize = 64;

/// A value as a message shows it.
pub trait Shown {
    /// Something that writes it.
    fn shown(&self) -> impl fmt::Display;
}

/// Our own words, or a list of them, shown as they are: neither quoted nor shortened.
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
number!(u32, u64, i64, usize);

struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("`")?;
        for (count, character) in self.0.chars().enumerate() {
            if count == LONGEST {
                return out.write_str("…`");
            }
            // Letters of every script stay readable; what could hide or reorder a log line does not.
            if character == '\'' || character == '"' {
                write!(out, "{character}")?;
            } else {
                write!(out, "{}", character.escape_debug())?;
            }
        }
        out.write_str("`")
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
    }
}
