//! `Deserialize` for what users send and `Serialize` for what they get (feature `serde`).
//!
//! `Origin`, `Actor` and `Decision` have no `Deserialize`: who asks and who decides must never come from a body.

use jit_approvals_base::{Json, Limits, Object, Result};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Act, Directory, Event, Grant, Hash, RequestBody, Template};

/// Reads a value with the checks of the given `from_json`.
fn checked<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    from_json: fn(&Json) -> Result<T>,
) -> std::result::Result<T, D::Error> {
    from_json(&Json::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// Reads a template as [`Template::from_json`] does.
impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        checked(deserializer, Self::from_json)
    }
}

/// Reads a body as [`RequestBody::from_json`] does.
impl<'de> Deserialize<'de> for RequestBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        checked(deserializer, Self::from_json)
    }
}

/// Reads an act as [`Act::from_json`] does.
impl<'de> Deserialize<'de> for Act {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        checked(deserializer, Self::from_json)
    }
}

/// Reads a directory as [`Directory::from_json`] does.
impl<'de> Deserialize<'de> for Directory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        checked(deserializer, Self::from_json)
    }
}

/// Writes the template's record: see [`Template::to_json`].
impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

/// Writes the hash as 64 hexadecimal digits.
impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.encode(&mut [0; 64]))
    }
}

/// Writes the event's members: see [`Event::to_text`]. To store an event, keep that text instead, because the event's
/// hash covers the text.
impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let limits = Limits { bytes: usize::MAX, ..Limits::default() };
        let record =
            Json::parse_within(self.to_text().as_bytes(), limits).map_err(serde::ser::Error::custom)?;
        record.serialize(serializer)
    }
}

/// Writes `{id, issuedAt, expiresAt, consumedAt?}`. The status is left out because it depends on the time: see
/// [`Grant::to_json`].
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
