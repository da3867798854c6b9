//! The only error type. Errors are created from the rows of a catalogue.

mod catalogue;
mod choices;
mod code;
mod shown;

use std::fmt;

pub use catalogue::{Family, Row, errors};
pub use choices::list;
pub use code::ErrorCode;
pub use shown::{Plain, Shown, harmless_field, quote};

use crate::{Json, Object, Place};

/// An error: a row of the catalogue, a message that names the invalid part, and the place of that part.
///
/// The message never contains a secret, so it may be shown to the sender of the input. Programs decide by
/// [`code`](Error::code): a code never changes its meaning, but the wording of a message may change.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
// The box keeps a `Result` on a hot path about as small as its success value.
pub struct Error(Box<Detail>);

#[derive(Clone, PartialEq, Eq)]
struct Detail {
    code: ErrorCode,
    message: String,
    field: Option<String>,
    place: Option<Place>,
    /// Whether `place` is in the field's text, not in the document.
    in_field: bool,
}

impl Error {
    /// Creates an error with the given code. The functions that [`catalogue!`](crate::catalogue) generates call it.
    #[doc(hidden)]
    #[cold]
    pub fn new(code: ErrorCode, message: String) -> Self {
        Self(Box::new(Detail { code, message, field: None, place: None, in_field: false }))
    }

    /// Sets the field that the error is about, such as `metadata[2].key`.
    ///
    /// The name may come from input: a long name is shortened and special characters are escaped, as in messages.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(shown::harmless(field.into()));
        self
    }

    /// Sets the place of the error in the document that was read.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        (self.0.place, self.0.in_field) = (Some(place), false);
        self
    }

    /// Sets the place of the error in the text of its field.
    #[must_use]
    pub fn at_in_field(mut self, place: Place) -> Self {
        (self.0.place, self.0.in_field) = (Some(place), true);
        self
    }

    /// Returns the code of the error. It can be compared with its name: `error.code() == "duplicate_key"`.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// Returns the family of the error.
    pub fn family(&self) -> Family {
        self.code().family()
    }

    /// Returns the message: lower case, no full stop, input in backticks.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the field that the error is about, if there is one.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// Returns the place of the error in the given document, if there is one.
    pub fn place(&self) -> Option<Place> {
        self.0.place.filter(|_| !self.0.in_field)
    }

    /// Returns the place of the error in the text of its [`field`](Self::field), if there is one. This text is the
    /// value of a member, without the quotes and escapes of JSON.
    pub fn place_in_field(&self) -> Option<Place> {
        self.0.place.filter(|_| self.0.in_field)
    }

    /// Returns `{number, code, family, status, message, field?, line?, column?}`.
    ///
    /// `line` and `column` are those of [`place`](Self::place) or of [`place_in_field`](Self::place_in_field).
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
