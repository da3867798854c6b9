//! Places in a text.

use std::fmt;

/// A line and a column in a text, both from 1. Lines end with a line feed; columns are Unicode characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    line: u32,
    column: u32,
}

impl Place {
    /// A place by its line and column.
    pub const fn new(line: u32, column: u32) -> Self {
        Self { line, column }
    }

    /// Where the character at this byte is. A place at the end is behind the last character.
    ///
    /// ```
    /// # mod jit_approvals { pub use jit_approvals_base as json; }
    /// use jit_approvals::json::Place;
    ///
    /// assert_eq!(Place::of("one\ntwö!", 8), Place::new(2, 4));
    /// ```
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |place| place + 1);
        let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        Self { line: number(before.matches('\n').count()), column: number(before[start..].chars().count()) }
    }

    /// The byte of this place in a text; its end, if it has no such place.
    pub fn offset(self, text: &str) -> usize {
        let start: usize = text.split_inclusive('\n').take(self.line as usize - 1).map(str::len).sum();
        let mut characters = text[start..].char_indices();
        characters.nth(self.column as usize - 1).map_or(text.len(), |(place, _)| start + place)
    }

    /// The line, from 1.
    pub const fn line(self) -> u32 {
        self.line
    }

    /// The column in the line, from 1, in Unicode characters.
    pub const fn column(self) -> u32 {
        self.column
    }
}

/// `line 2 column 4`
impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {} column {}", self.line, self.column)
    }
}
