//! What users send is read, and what they get is written, in serde's data model: feature `serde`.
//!
//! `Origin`, `Actor` and `Decision` can't be read: who asks and who decides never comes from a body.

use jit_approvals_base::{Json, Limits, Object, Result};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Act, Directory, Event, Grant, Hash, RequestBody, Template};

/// The value, by the checks of `from_json`.
fn checked<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    from_json: fn(&Json) -> Result<T>,
) -> std::result::Result<T, D::Error> {
    from_json(&Json::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// As [`Template::from_json`].
impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        checked(deserializer, Self::from_json)
    }
}

/// As [`RequestBody::from_json`].
impl<'de> Deserialize<'de> for RequestBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        checked(deserializer, Self::from_json)
    }
}

/// As [`Act::from_json`].
impl<'de> Deserialize<'de> for Act {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        checked(deserializer, Self::from_json)
    }
}

/// As [`Directory::from_json`].
impl<'de> Deserialize<'de> for Directory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        checked(deserializer, Self::from_json)
    }
}

/// Its record: see [`Template::to_json`].
impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

/// Its 64 hexadecimal digits.
impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.encode(&mut [0; 64]))
    }
}

/// Its members: see [`Event::to_text`]. A store keeps that text instead, which the event's hash covers.
impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let limits = Limits { bytes: usize::MAX, ..Limits::default() };
        let record =
            Json::parse_within(self.to_text().as_bytes(), limits).map_err(serde::ser::Error::custom)?;
        record.serialize(serializer)
    }
}

/// `{id, issuedAt, expiresAt, consumedAt?}`: without the status, which depends on the time ([`Grant::to_json`]).
impl Serialize for Grant {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut record = Object::new()
            .with("id", self.id())
            .with("issuedAt", self.issued_at())
            .with("expiresAt", self.expires_at());
        if let Some(first) = self.consumed_at().first() {
            record.insert("consumedAt", *first);
        }
        record.serialize(serializer)
    }
}
