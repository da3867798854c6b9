//! The one error type, made from the rows of a catalogue.

mod catalogue;
mod choices;
mod code;
mod shown;

use std::fmt;

pub use catalogue::{Family, Row, errors};
pub use choices::list;
pub use code::ErrorCode;
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
    code: ErrorCode,
    message: String,
    field: Option<String>,
    place: Option<Place>,
    /// Whether the place is one in the field's text, and not in the document.
    in_field: bool,
}

impl Error {
    /// An error of this code. Called by the functions that [`catalogue!`](crate::catalogue) makes.
    #[doc(hidden)]
    #[cold]
    pub fn new(code: ErrorCode, message: String) -> Self {
        Self(Box::new(Detail { code, message, field: None, place: None, in_field: false }))
    }

    /// The same error, told to be about this field, such as `metadata[2].key`. A field whose name is input is
    /// shortened and its odd characters escaped, as in messages.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(shown::harmless(field.into()));
        self
    }

    /// The same error at this place of the document that was read.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        (self.0.place, self.0.in_field) = (Some(place), false);
        self
    }

    /// The same error at this place of the text that its field has.
    #[must_use]
    pub fn at_in_field(mut self, place: Place) -> Self {
        (self.0.place, self.0.in_field) = (Some(place), true);
        self
    }

    /// Which error it is. It compares with its name: `error.code() == "duplicate_key"`.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The family that it belongs to.
    pub fn family(&self) -> Family {
        self.code().family()
    }

    /// What happened, in words: lower case, no full stop, input in backticks.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The field that it is about, where there is one.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// Where in the given document it is.
    pub fn place(&self) -> Option<Place> {
        self.0.place.filter(|_| !self.0.in_field)
    }

    /// Where in the text of its [`field`](Self::field) it is: a member's value, without the quotes and escapes of JSON.
    pub fn place_in_field(&self) -> Option<Place> {
        self.0.place.filter(|_| self.0.in_field)
    }

    /// `{number, code, family, status, message, field?, line?, column?}`, line and column being those of
    /// [`place`](Self::place), or of [`place_in_field`](Self::place_in_field).
    pub fn to_json(&self) -> Json {
        let mut object = Object::new()
            .with("number", self.code().number())
            .with("code", self.code().as_str())
            .with("family", self.family().as_str())
            .with("status", self.code().status())
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
        write!(out, "Error({} {}: {self})", self.code().number(), self.code())
    }
}
