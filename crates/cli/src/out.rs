//! Prints all output of the command.
//!
//! Values from outside (tokens, files, arguments) cannot move the cursor, change a colour, look like our own words or
//! reorder the text next to them. Characters that could do this are escaped, and the layout of each value is isolated.

use std::fmt::{self, Write as _};
use std::io::{self, StdoutLock, Write as _};

use anstream::AutoStream;
use anstyle::Style;
use jit_approvals::json::Json;
use jit_approvals::plain_text;

/// A line to print. It consists of our own words and of values from outside.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line(String);

impl Line {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds our own words.
    pub(crate) fn own(self, text: impl fmt::Display) -> Self {
        self.push(Style::new(), &text.to_string(), false)
    }

    /// Adds our own words in this style.
    pub(crate) fn own_in(self, style: Style, text: impl fmt::Display) -> Self {
        self.push(style, &text.to_string(), false)
    }

    /// Adds a value from outside.
    pub(crate) fn value(self, text: impl fmt::Display) -> Self {
        self.push(Style::new(), &text.to_string(), true)
    }

    /// Adds a value from outside in this style.
    pub(crate) fn value_in(self, style: Style, text: impl fmt::Display) -> Self {
        self.push(style, &text.to_string(), true)
    }

    /// Adds the content of another line.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    fn push(mut self, style: Style, text: &str, value: bool) -> Self {
        // The layout of text between U+2068 and U+2069 is isolated (UAX #9). Otherwise right-to-left letters would
        // reorder the digits next to them. These characters are never part of a hash.
        let (before, after) = if value && !text.is_ascii() { ("\u{2068}", "\u{2069}") } else { ("", "") };
        if !text.is_empty() {
            write!(self.0, "{style}{before}{}{after}{style:#}", escaped(text)).expect("a String");
        }
        self
    }
}

/// Standard output. Colours are left out if it is not a terminal or if `NO_COLOR` is set.
pub(crate) struct Out(AutoStream<StdoutLock<'static>>);

impl Out {
    pub(crate) fn stdout() -> Self {
        Self(anstream::stdout().lock())
    }

    pub(crate) fn line(&mut self, line: &Line) -> io::Result<()> {
        writeln!(self.0, "{}", line.0)
    }

    /// Prints a JSON document in one line. Characters that could harm a terminal are printed as JSON escapes, which
    /// mean the same.
    pub(crate) fn json(&mut self, value: impl Into<Json>) -> io::Result<()> {
        writeln!(self.0, "{}", json(&value.into()))
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Prints a line on standard error.
pub(crate) fn error_line(line: &Line) {
    anstream::eprintln!("{}", line.0);
}

/// Prints an excerpt of a file, made of [`visible`] text, on standard error.
pub(crate) fn error_excerpt(excerpt: &str) {
    anstream::eprintln!("{excerpt}");
}

/// Prints a JSON document on standard error.
pub(crate) fn error_json(value: impl Into<Json>) {
    anstream::eprintln!("{}", json(&value.into()));
}

/// Prints a question on standard error. The user types the answer in the same line.
pub(crate) fn prompt(line: &Line) -> io::Result<()> {
    anstream::eprint!("{}", line.0);
    io::stderr().flush()
}

/// Returns the text in one line. Characters that must not be shown are escaped, for example as `\u{202e}`.
pub(crate) fn escaped(text: &str) -> String {
    if plain_text(text) == text && !text.contains('\n') {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut line, character| {
        if is_harmless(character) {
            line.push(character);
        } else {
            line.extend(character.escape_default());
        }
        line
    })
}

/// Returns the text with a visible mark instead of each character that must not be shown. Columns do not change.
pub(crate) fn visible(text: &str) -> String {
    let mark = |character| if character == '\t' || is_harmless(character) { character } else { '\u{fffd}' };
    text.chars().map(mark).collect()
}

fn is_harmless(character: char) -> bool {
    let mut buffer = [0; 4];
    let text: &str = character.encode_utf8(&mut buffer);
    character != '\n' && plain_text(text) == text
}

fn json(value: &Json) -> String {
    // Joiners and variation selectors are harmless, and scripts and emoji need them.
    let kept = |character| matches!(character, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}');
    value.to_string().chars().fold(String::new(), |mut text, character| {
        if kept(character) || is_harmless(character) {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(text, "\\u{unit:04x}").expect("a String");
            }
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmful_characters_are_escaped() {
        assert_eq!(escaped("a\u{1b}[2J\r\n\u{9b}b\u{202e}"), r"a\u{1b}[2J\r\n\u{9b}b\u{202e}");
        for text in ["José 中文 👩\u{200d}💻", "1\u{202f}654 €", "✓ ─ │"] {
            assert_eq!(escaped(text), text);
        }
        let value = Json::from("\u{9b}\u{7f}\u{202e}\u{e0041}👩\u{200d}💻\n");
        let text = json(&value);
        assert_eq!(text, r#""\u009b\u007f\u202e\udb40\udc41👩‍💻\n""#);
        assert_eq!(Json::parse(&text), Ok(value));
    }
}
