//! Serde's traits for [`Json`], [`Object`] and [`Number`]. Reading is strict: no duplicate keys, bounded depth.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::NUMBER;
use crate::json::{Json, Number, Object};

/// The maximum number of levels of arrays and objects.
const LEVELS: usize = 64;

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(values) => {
                let mut sequence = serializer.serialize_seq(Some(values.len()))?;
                values.iter().try_for_each(|value| sequence.serialize_element(value))?;
                sequence.end()
            }
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        self.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
        map.end()
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.as_u64(), self.as_i64()) {
            (Some(value), _) => serializer.serialize_u64(value),
            (None, Some(value)) => serializer.serialize_i64(value),
            (None, None) => serializer.serialize_f64(self.as_f64()),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value(LEVELS).deserialize(deserializer)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Object(object) => Ok(object),
            other => Err(D::Error::custom(format_args!("an object is expected, not {}", other.kind()))),
        }
    }
}

/// Reads any value with at most this number of levels of arrays and objects.
struct Value(usize);

impl Value {
    fn inner<E: serde::de::Error>(&self) -> Result<usize, E> {
        let levels = self.0.checked_sub(1);
        levels.ok_or_else(|| E::custom(format_args!("nested deeper than the limit of {LEVELS} levels")))
    }
}

impl<'de> DeserializeSeed<'de> for Value {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = Json;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value that JSON can hold")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        Value(self.inner()?).deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        Value(self.inner()?).deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    // Integers beyond 64 bits become the nearest double, as in the reader of JSON text.
    #[expect(clippy::cast_precision_loss, reason = "the nearest double is intended")]
    fn visit_i128<E: serde::de::Error>(self, value: i128) -> Result<Json, E> {
        i64::try_from(value).map_or_else(|_| self.visit_f64(value as f64), |value| Ok(value.into()))
    }

    #[expect(clippy::cast_precision_loss, reason = "the nearest double is intended")]
    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<Json, E> {
        u64::try_from(value).map_or_else(|_| self.visit_f64(value as f64), |value| Ok(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Json, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("JSON cannot hold infinity or NaN"))?;
        Ok(number.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Json, A::Error> {
        let levels = self.inner()?;
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element_seed(Value(levels))? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let levels = self.inner()?;
        let mut object = Object::new();
        let mut many = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if object.is_empty() && key == NUMBER {
                return number(&map.next_value::<String>()?);
            }
            if !object.begin_new(&key, &mut many) {
                return Err(A::Error::custom(format_args!("duplicate key `{key}`")));
            }
            let value = map.next_value_seed(Value(levels))?;
            object.finish(value);
        }
        Ok(object.into())
    }
}

/// Reads a number from its text.
fn number<E: serde::de::Error>(text: &str) -> Result<Json, E> {
    match Json::parse(text) {
        Ok(number @ Json::Number(_)) => Ok(number),
        _ => Err(E::custom("a number that a double can hold is expected")),
    }
}
