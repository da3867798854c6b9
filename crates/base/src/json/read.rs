//! Strict reading, over `serde_json`'s parser.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

use super::object::FEW;
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
    let mut value = Json::Null;
    let root = Value { depth, refusal: &refusal, sink: Root(&mut value) };
    // One look at all bytes is faster than one at each string; bytes that fail it are read for the place.
    let read = match std::str::from_utf8(bytes) {
        Ok(text) => root.read(serde_json::Deserializer::from_str(text)),
        Err(_) => root.read(serde_json::Deserializer::from_slice(bytes)),
    };
    read.map(|()| value).map_err(|error| {
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

/// Where a value goes. It is put there as soon as it is read: handing it back through the parser's calls would
/// move it at each of them.
trait Sink {
    fn put(self, value: Json);
}

struct Root<'a>(&'a mut Json);
struct Element<'a>(&'a mut Vec<Json>);
struct Member<'a>(&'a mut Object);

impl Sink for Root<'_> {
    fn put(self, value: Json) {
        *self.0 = value;
    }
}

impl Sink for Element<'_> {
    fn put(self, value: Json) {
        self.0.push(value);
    }
}

impl Sink for Member<'_> {
    fn put(self, value: Json) {
        self.0.finish(value);
    }
}

struct Value<'r, S> {
    depth: usize,
    refusal: &'r RefCell<Option<Refusal>>,
    sink: S,
}

impl<S: Sink> Value<'_, S> {
    fn read<'de, R: serde_json::de::Read<'de>>(
        self,
        mut parser: serde_json::Deserializer<R>,
    ) -> serde_json::Result<()> {
        self.deserialize(&mut parser)?;
        parser.end()
    }

    /// How much deeper the parts of this value may go.
    fn deeper<E: serde::de::Error>(&self) -> Result<usize, E> {
        self.depth.checked_sub(1).ok_or_else(|| refuse(self.refusal, Refusal::TooDeep))
    }
}

fn refuse<E: serde::de::Error>(place: &RefCell<Option<Refusal>>, refusal: Refusal) -> E {
    *place.borrow_mut() = Some(refusal);
    E::custom("refused")
}

impl<'de, S: Sink> DeserializeSeed<'de> for Value<'_, S> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de, S: Sink> Visitor<'de> for Value<'_, S> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.sink.put(Json::Null);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.sink.put(Json::Bool(value));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.sink.put(Json::Number(value.into()));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.sink.put(Json::Number(value.into()));
        Ok(())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number out of range"))?;
        self.sink.put(Json::Number(number));
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.sink.put(Json::String(value.to_owned()));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let (depth, refusal) = (self.deeper()?, self.refusal);
        let mut values = Vec::new();
        while elements.next_element_seed(Value { depth, refusal, sink: Element(&mut values) })?.is_some() {}
        self.sink.put(Json::Array(values));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let (depth, refusal) = (self.deeper()?, self.refusal);
        let mut object = Object::new();
        let mut many = HashSet::new();
        while members.next_key_seed(Key { refusal, object: &mut object, many: &mut many })?.is_some() {
            members.next_value_seed(Value { depth, refusal, sink: Member(&mut object) })?;
        }
        self.sink.put(Json::Object(object));
        Ok(())
    }
}

/// A key that no earlier member has. Checked while it is read, so that the error's place is the key's.
struct Key<'a> {
    refusal: &'a RefCell<Option<Refusal>>,
    object: &'a mut Object,
    /// The keys of an object with many: looking through a few is faster than hashing them, through many it
    /// would take quadratic time.
    many: &'a mut HashSet<String>,
}

impl Key<'_> {
    fn is_new(&mut self, key: &str) -> bool {
        if self.object.len() < FEW {
            return !self.object.contains_key(key);
        }
        if self.many.is_empty() {
            self.many.extend(self.object.keys().map(str::to_owned));
        }
        self.many.insert(key.to_owned())
    }
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        parser.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(mut self, key: &str) -> Result<(), E> {
        if self.is_new(key) {
            self.object.begin(key);
            Ok(())
        } else {
            Err(refuse(self.refusal, Refusal::DuplicateKey(key.to_owned())))
        }
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
