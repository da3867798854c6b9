//! JSON values: a strict reader, and writers for ECMAScript and RFC 8785 text.

mod canonical;
mod members;
mod number;
mod object;
mod plain;
mod read;
#[cfg(feature = "serde")]
mod serde;
mod write;

pub use canonical::Canonical;
pub use members::{Members, Path};
pub use number::Number;
pub use object::Object;
pub use read::{Limits, Span};
#[cfg(feature = "serde")]
pub use serde::write_to as write_serialized;

use crate::Result;

/// A JSON value (RFC 8259). Objects keep the order of their members and never contain a key twice.
///
/// `Display` writes the same text as ECMAScript's `JSON.stringify`, except that integers beyond 2^53 stay exact.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Json {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer or a finite double.
    Number(Number),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object.
    Object(Object),
}

impl Json {
    /// Reads one value within the default [`Limits`]. Only white space may surround it.
    ///
    /// The reader is strict: it rejects duplicate keys, lone surrogates, numbers that a double cannot hold and a byte
    /// order mark.
    ///
    /// # Errors
    ///
    /// `malformed_json`, `duplicate_key`, `too_deep`, with line and column; `too_large`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_within(text.as_bytes(), Limits::default())
    }

    /// Reads one value from bytes, which must be UTF-8, within the given limits.
    ///
    /// # Errors
    ///
    /// Those of [`Json::parse`].
    pub fn parse_within(bytes: &[u8], limits: Limits) -> Result<Self> {
        read::read(bytes, limits)
    }

    /// Returns the RFC 8785 text: members sorted by the UTF-16 units of their keys, no white space. A hash of this
    /// text is a hash of the value.
    ///
    /// Integers beyond 2^53 are written exactly, although RFC 8785 §3.2.2.3 has only doubles. So two different values
    /// never have the same text.
    pub fn to_canonical(&self) -> String {
        let mut text = String::new();
        write::canonical(self, &mut text);
        text
    }

    /// Appends the ECMAScript text of the value.
    pub fn write_to(&self, text: &mut String) {
        write::ecmascript(self, text);
    }

    /// Appends a string in quotes, with the same escapes as `JSON.stringify`.
    pub fn write_string_to(value: &str, text: &mut String) {
        write::string(value, text);
    }

    /// Appends an integer in decimal digits.
    pub fn write_integer_to(value: i64, text: &mut String) {
        text.push_str(itoa::Buffer::new().format(value));
    }

    /// Returns whether arrays and objects are nested more than the given number of levels deep. If the value itself
    /// is an array or object, it counts as one level.
    pub fn is_deeper_than(&self, levels: usize) -> bool {
        let Some(inner) = levels.checked_sub(1) else {
            return matches!(self, Self::Array(_) | Self::Object(_));
        };
        match self {
            Self::Array(values) => values.iter().any(|value| value.is_deeper_than(inner)),
            Self::Object(object) => object.iter().any(|(_, value)| value.is_deeper_than(inner)),
            _ => false,
        }
    }

    /// Returns the value of the member with the given key, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.get(key)
    }

    /// Returns the text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the number, if this is a number.
    pub fn as_number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the object, if this is an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Returns the elements, if this is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// Returns the kind of the value for a message, with its article: `a string`, `null`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl std::fmt::Display for Json {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        self.write_to(&mut text);
        out.write_str(&text)
    }
}

impl std::str::FromStr for Json {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Json {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<Number> for Json {
    fn from(value: Number) -> Self {
        Self::Number(value)
    }
}

impl From<Object> for Json {
    fn from(value: Object) -> Self {
        Self::Object(value)
    }
}

impl From<crate::UnixTime> for Json {
    fn from(value: crate::UnixTime) -> Self {
        value.seconds().into()
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(values: Vec<T>) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}

macro_rules! integers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Json {
            fn from(value: $kind) -> Self {
                Self::Number(value.into())
            }
        }
    )*};
}
integers!(u8, u16, u32, u64, i32, i64);
