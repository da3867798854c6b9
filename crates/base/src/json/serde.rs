//! Converts values to and from serde's data model (feature `serde`).

mod read;
mod value;
mod write;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

pub use write::write_to;

use super::{Json, Object};
use crate::{Error, Id, Plain, Result, UnixTime, errors};

/// The key with which `serde_json` passes a number if its feature `arbitrary_precision` is on. It passes a struct or
/// a map with only this key, and with the number's text as the value.
const NUMBER: &str = "$serde_json::private::Number";
/// The key with which `serde_json` passes raw JSON text, in the same way.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

impl Json {
    /// Serializes another value to JSON, such as a struct, a map or the result of `json!`.
    ///
    /// # Errors
    ///
    /// `unexpected_form` for a value that JSON cannot hold, such as NaN; `duplicate_key`, `too_deep`.
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
    /// Reads the members as another type, such as a struct or a map.
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

/// Writes the JSON of [`Error::to_json`].
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

/// Writes the 36 characters of the id.
impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.encode(&mut [0; 36]))
    }
}

/// Writes the seconds since 1970-01-01 00:00 UTC.
impl Serialize for UnixTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.seconds())
    }
}
