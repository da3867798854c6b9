//! Places in a text.

use std::fmt;

/// A line and a column in a text, both counted from 1. Lines end with a line feed. Columns count Unicode characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    line: u32,
    column: u32,
}

impl Place {
    /// Creates a place from its line and column.
    pub const fn new(line: u32, column: u32) -> Self {
        Self { line, column }
    }

    /// Returns the place of the character at the given byte offset. For the end of the text, it returns the place
    /// after the last character.
    ///
    /// ```
    /// # mod jit_approvals { pub use jit_approvals_base as json; }
    /// use jit_approvals::json::Place;
    ///
    /// assert_eq!(Place::of("one\ntwö!", 8), Place::new(2, 4));
    /// ```
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        Self { line: number(before.matches('\n').count()), column: number(before[start..].chars().count()) }
    }

    /// Returns the byte offset of this place in a text, or the end of the text if it has no such place.
    pub fn offset(self, text: &str) -> usize {
        let start: usize = text.split_inclusive('\n').take(self.line as usize - 1).map(str::len).sum();
        let mut characters = text[start..].char_indices();
        characters.nth(self.column as usize - 1).map_or(text.len(), |(offset, _)| start + offset)
    }

    /// The line, counted from 1.
    pub const fn line(self) -> u32 {
        self.line
    }

    /// The column in the line, counted from 1, in Unicode characters.
    pub const fn column(self) -> u32 {
        self.column
    }
}

/// Writes `line 2 column 4`.
impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {} column {}", self.line, self.column)
    }
}
