//! The one error type, made from the rows of a catalogue.

mod catalogue;
mod shown;

use std::fmt;

pub use catalogue::{Family, Row, errors};
pub use shown::{Plain, Shown};

use crate::{Json, Object, Place};

/// What went wrong: a row of the catalogue, a message that names the offending part, and its place.
///
/// The message may be shown to whoever sent the input: it never holds a secret. Programs decide by
/// [`code`](Error::code), which never changes its meaning; the message may.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
// Boxed, so that a `Result` on a hot path is as small as what it carries.
pub struct Error(Box<Detail>);

#[derive(Clone, PartialEq, Eq)]
struct Detail {
    row: &'static Row,
    message: String,
    field: Option<String>,
    place: Option<Place>,
}

impl Error {
    /// An error of this row. Called by the functions that [`catalogue!`](crate::catalogue) makes.
    pub fn new(row: &'static Row, message: String) -> Self {
        Self(Box::new(Detail { row, message, field: None, place: None }))
    }

    /// The same error, told to be about this field, such as `metadata[2].key`. A field whose name is input is
    /// shortened and its odd characters escaped, as in messages.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(shown::harmless(field.into()));
        self
    }

    /// The same error at this place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.0.place = Some(place);
        self
    }

    /// The number of its row; never reused, never renumbered.
    pub fn number(&self) -> u16 {
        self.0.row.number
    }

    /// The code of its row, such as `duplicate_key`.
    pub fn code(&self) -> &'static str {
        self.0.row.code
    }

    /// The family of its row.
    pub fn family(&self) -> Family {
        self.0.row.family()
    }

    /// What happened, in words: lower case, no full stop, input in backticks.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The field that it is about, where there is one.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The place of the input that it is about.
    pub fn place(&self) -> Option<Place> {
        self.0.place
    }

    /// The line of the input that it is about, from 1.
    pub fn line(&self) -> Option<u32> {
        self.0.place.map(Place::line)
    }

    /// The column in that line, from 1, in Unicode characters.
    pub fn column(&self) -> Option<u32> {
        self.0.place.map(Place::column)
    }

    /// `{number, code, family, message, field?, line?, column?}`.
    pub fn to_json(&self) -> Json {
        let mut object = Object::new()
            .with("number", self.number())
            .with("code", self.code())
            .with("family", self.family().name())
            .with("message", self.message());
        if let Some(field) = self.field() {
            object.insert("field", field);
        }
        if let Some(place) = self.0.place {
            object.insert("line", place.line());
            object.insert("column", place.column());
        }
        object.into()
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        match self.place {
            Some(place) => write!(out, " at {place}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Error({} {}: {self})", self.number(), self.code())
    }
}
