//! Strict reading, over `serde_json`'s parser.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

use super::{Json, Number, Object};
use crate::error::errors;
use crate::{Error, Plain, Result};

/// How large and how deep a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text; 1 MiB unless told.
    pub bytes: usize,
    /// Levels of arrays and objects; 64 unless told, 127 at most.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: 64 }
    }
}

pub(super) fn read(bytes: &[u8], limits: Limits) -> Result<Json> {
    if bytes.len() > limits.bytes {
        return Err(errors::too_large(bytes.len(), limits.bytes));
    }
    let refusal = RefCell::new(None);
    let depth = limits.depth.min(127);
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let value = Value { depth, refusal: &refusal }.deserialize(&mut parser);
    value.and_then(|value| parser.end().map(|()| value)).map_err(|error| {
        let end = offset(bytes, error.line(), error.column());
        let (error, offset) = match refusal.into_inner() {
            Some(Refusal::DuplicateKey(key)) => (errors::duplicate_key(&key), opening_quote(bytes, end)),
            Some(Refusal::TooDeep) => (errors::too_deep(depth), opening_bracket(bytes, end)),
            None => (malformed(&error), end.saturating_sub(usize::from(!error.is_eof()))),
        };
        let (line, column) = place(bytes, offset);
        error.at(line, column)
    })
}

/// What we refuse and `serde_json` would take; it knows the place, we know the reason.
enum Refusal {
    DuplicateKey(String),
    TooDeep,
}

#[derive(Clone, Copy)]
struct Value<'r> {
    depth: usize,
    refusal: &'r RefCell<Option<Refusal>>,
}

impl Value<'_> {
    fn refuse<E: serde::de::Error>(self, refusal: Refusal) -> E {
        *self.refusal.borrow_mut() = Some(refusal);
        E::custom("refused")
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => Err(self.refuse(Refusal::TooDeep)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Json;

    fn deserialize<D: serde::Deserializer<'de>>(self, parser: D) -> Result<Json, D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Json;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Json, E> {
        Number::from_f64(value).map(Json::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Json, A::Error> {
        let element = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = elements.next_element_seed(element)? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let value = self.deeper()?;
        let mut keys = Keys::default();
        let mut object: Vec<(String, Json)> = Vec::new();
        while let Some(key) = members.next_key_seed(Key { value: self, keys: &mut keys, known: &object })? {
            object.push((key, members.next_value_seed(value)?));
        }
        Ok(Json::Object(Object::from_distinct(object)))
    }
}

/// A key that no earlier member has. Checked while it is read, so that the error's place is the key's.
struct Key<'a, 'r> {
    value: Value<'r>,
    keys: &'a mut Keys,
    known: &'a [(String, Json)],
}

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = String;

    fn deserialize<D: serde::Deserializer<'de>>(self, parser: D) -> Result<String, D::Error> {
        parser.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_, '_> {
    type Value = String;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<String, E> {
        if self.keys.is_new(key, self.known) {
            Ok(key.to_owned())
        } else {
            Err(self.value.refuse(Refusal::DuplicateKey(key.to_owned())))
        }
    }
}

/// Looking through a few keys is faster than hashing them; through many it would take quadratic time.
#[derive(Default)]
struct Keys(HashSet<String>);

impl Keys {
    const FEW: usize = 32;

    fn is_new(&mut self, key: &str, known: &[(String, Json)]) -> bool {
        if known.len() < Self::FEW {
            return known.iter().all(|(known, _)| known != key);
        }
        if self.0.is_empty() {
            self.0.extend(known.iter().map(|(known, _)| known.clone()));
        }
        self.0.insert(key.to_owned())
    }
}

/// `serde_json`'s reason without the place that it appends.
fn malformed(error: &serde_json::Error) -> Error {
    let text = error.to_string();
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    errors::malformed_json(Plain(reason.strip_prefix("EOF").map_or(reason, |_| "the text ends too early")))
}

/// The bytes up to and with the one that `serde_json` calls (line, column): it counts bytes.
fn offset(bytes: &[u8], line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        start += bytes[start..].iter().position(|byte| *byte == b'\n').map_or(0, |place| place + 1);
    }
    (start + column).min(bytes.len())
}

/// Where the bracket stands that went too deep: behind it `serde_json` has read on over white space and
/// perhaps a closing one.
fn opening_bracket(bytes: &[u8], end: usize) -> usize {
    bytes[..end].iter().rposition(|byte| matches!(byte, b'[' | b'{')).unwrap_or(0)
}

/// Where the key begins that was read last: behind its closing quote `serde_json` has read on over white
/// space; its opening one is the nearest before that which no odd number of backslashes escapes.
fn opening_quote(bytes: &[u8], end: usize) -> usize {
    let quote_before = |end: usize| bytes[..end].iter().rposition(|byte| *byte == b'"');
    let mut place = quote_before(end).unwrap_or(0);
    while let Some(quote) = quote_before(place) {
        let slashes = bytes[..quote].iter().rev().take_while(|byte| **byte == b'\\').count();
        if slashes % 2 == 0 {
            return quote;
        }
        place = quote;
    }
    0
}

/// Line and column, from 1, of the character that begins or lies at this offset; columns are characters.
fn place(bytes: &[u8], offset: usize) -> (u32, u32) {
    let before = &bytes[..offset.min(bytes.len())];
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + String::from_utf8_lossy(&before[start..]).chars().count();
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
