//! Values to and from serde's data model: feature `serde`.

mod read;
mod value;
mod write;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

pub use write::write_to;

use super::{Json, Object};
use crate::{Error, Id, Plain, Result, UnixTime, errors};

/// How `serde_json` hands over a number where its feature `arbitrary_precision` is on: a struct, and a map, with this
/// as the only key and the number's text as the value.
const NUMBER: &str = "$serde_json::private::Number";
/// How it hands over text that is JSON, in the same way.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

impl Json {
    /// The value that another one serializes to: a struct, a map, what `json!` makes.
    ///
    /// # Errors
    ///
    /// `unexpected_form` for what JSON can't hold, such as NaN; `duplicate_key`, `too_deep`
    pub fn from_serialize<T: Serialize + ?Sized>(value: &T) -> Result<Self> {
        let mut text = String::new();
        write_to(value, &mut text, 64, &mut |_| Ok(()))?;
        Self::parse_within(text.as_bytes(), super::Limits { bytes: usize::MAX, depth: 64 })
    }

    /// Reads the value as another type.
    ///
    /// # Errors
    ///
    /// `unexpected_form`
    pub fn deserialize_into<T: DeserializeOwned>(&self) -> Result<T> {
        T::deserialize(self)
    }
}

impl Object {
    /// Reads the members as another type: a struct, a map.
    ///
    /// # Errors
    ///
    /// `unexpected_form`
    pub fn deserialize_into<T: DeserializeOwned>(&self) -> Result<T> {
        T::deserialize(self)
    }
}

impl serde::ser::Error for Error {
    fn custom<T: std::fmt::Display>(reason: T) -> Self {
        errors::unexpected_form(Plain(reason.to_string()))
    }
}

impl serde::de::Error for Error {
    fn custom<T: std::fmt::Display>(reason: T) -> Self {
        errors::unexpected_form(Plain(reason.to_string()))
    }
}

/// Its record: see [`Error::to_json`].
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

/// Its 36 characters.
impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.encode(&mut [0; 36]))
    }
}

/// Seconds since 1970.
impl Serialize for UnixTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.seconds())
    }
}
