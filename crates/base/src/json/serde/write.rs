//! Writes any serializable value as ECMAScript JSON text, without building a tree.

mod compound;

use std::fmt::Display;

use serde::ser::{self, Error as _, Serialize};

use super::{NUMBER, RAW_VALUE};
use crate::json::{Number, write};
use crate::{Error, Result, errors};
use compound::{Compound, Variant};

/// Appends the JSON text of a value: the same text that [`Json`] would write.
///
/// If the value is an object, `name` is called with each of its own keys, without quotes but with its escapes.
///
/// The appended text is always JSON. If an implementation of `Serialize` ignores an error or writes the parts of a
/// value out of order, the whole call fails.
///
/// # Errors
///
/// Those of `name`; `unexpected_form`, `duplicate_key`, `too_deep`.
#[doc(hidden)]
pub fn write_to<T: Serialize + ?Sized>(
    value: &T,
    text: &mut String,
    levels: usize,
    name: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    let mut target = Target { text, levels, name, failed: false };
    let Done(()) = value.serialize(Writer { target: &mut target, left: levels })?;
    if target.failed { Err(out_of_order()) } else { Ok(()) }
}

/// The output text and the state that all parts of the value share.
struct Target<'t> {
    text: &'t mut String,
    levels: usize,
    name: &'t mut dyn FnMut(&str) -> Result<()>,
    /// Whether a part of the value could not be written. Then the whole call fails.
    failed: bool,
}

/// Writes one value.
struct Writer<'a, 't> {
    target: &'a mut Target<'t>,
    /// The number of levels of arrays and objects that may still be opened.
    left: usize,
}

/// Proves that one complete value was written. Only a [`Writer`] returns it.
struct Done(());

const DONE: Result<Done> = Ok(Done(()));

impl<'a, 't> Writer<'a, 't> {
    fn reborrow(&mut self) -> Writer<'_, 't> {
        Writer { target: self.target, left: self.left }
    }

    fn push(self, text: &str) -> Result<Done> {
        self.target.text.push_str(text);
        DONE
    }

    fn number(self, number: Number) -> Result<Done> {
        number.write_to(self.target.text);
        DONE
    }

    fn open(mut self, bracket: char, close: char) -> Result<Compound<'a, 't>> {
        self.left = self.left.checked_sub(1).ok_or_else(|| errors::too_deep(self.target.levels))?;
        let start = self.target.text.len();
        self.target.text.push(bracket);
        Ok(Compound::new(self, start, Some(close)))
    }

    /// Begins a value that is given as the text of its only field.
    fn written(self) -> Compound<'a, 't> {
        let start = self.target.text.len();
        Compound::new(self, start, None)
    }

    /// Begins an object with a variant as its only member.
    fn variant(self, variant: &str, bracket: char, close: char) -> Result<Compound<'a, 't>> {
        let mut outer = self.open('{', '}')?;
        outer.key(variant)?;
        outer.writer.open(bracket, close)
    }
}

fn out_of_order() -> Error {
    Error::custom(
        "an implementation of `Serialize` ignored an error, or wrote the parts of a value out of order",
    )
}

fn unsupported(what: impl Display) -> Error {
    Error::custom(format_args!("JSON cannot hold {what}"))
}

impl<'a, 't> ser::Serializer for Writer<'a, 't> {
    type Ok = Done;
    type Error = Error;
    type SerializeSeq = Compound<'a, 't>;
    type SerializeTuple = Compound<'a, 't>;
    type SerializeTupleStruct = Compound<'a, 't>;
    type SerializeTupleVariant = Variant<'a, 't>;
    type SerializeMap = Compound<'a, 't>;
    type SerializeStruct = Compound<'a, 't>;
    type SerializeStructVariant = Variant<'a, 't>;

    fn serialize_bool(self, value: bool) -> Result<Done> {
        self.push(if value { "true" } else { "false" })
    }

    fn serialize_i8(self, value: i8) -> Result<Done> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<Done> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<Done> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<Done> {
        self.number(value.into())
    }

    fn serialize_i128(self, value: i128) -> Result<Done> {
        let value =
            i64::try_from(value).map_err(|_| unsupported(format_args!("the integer {value} exactly")))?;
        self.serialize_i64(value)
    }

    fn serialize_u8(self, value: u8) -> Result<Done> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<Done> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<Done> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<Done> {
        self.number(value.into())
    }

    fn serialize_u128(self, value: u128) -> Result<Done> {
        let value =
            u64::try_from(value).map_err(|_| unsupported(format_args!("the integer {value} exactly")))?;
        self.serialize_u64(value)
    }

    fn serialize_f32(self, value: f32) -> Result<Done> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Done> {
        self.number(Number::from_f64(value).ok_or_else(|| unsupported(value))?)
    }

    fn serialize_char(self, value: char) -> Result<Done> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<Done> {
        write::string(value, self.target.text);
        DONE
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Done> {
        Err(unsupported("bytes: encode them as text"))
    }

    fn serialize_none(self) -> Result<Done> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Done> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Done> {
        self.push("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Done> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Done> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Done> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Done> {
        let mut object = self.open('{', '}')?;
        object.key(variant)?;
        object.value(value)?;
        object.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'a, 't>> {
        self.open('[', ']')
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'a, 't>> {
        self.open('[', ']')
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'a, 't>> {
        self.open('[', ']')
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<'a, 't>> {
        self.variant(variant, '[', ']').map(Variant)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'a, 't>> {
        self.open('{', '}')
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Compound<'a, 't>> {
        if name == NUMBER || name == RAW_VALUE { Ok(self.written()) } else { self.open('{', '}') }
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<'a, 't>> {
        self.variant(variant, '{', '}').map(Variant)
    }
}
