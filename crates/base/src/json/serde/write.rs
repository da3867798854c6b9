//! Whatever can be serialized, as JSON text: ECMAScript's, without a tree.

use std::collections::HashSet;
use std::fmt::{self, Display};

use serde::ser::{self, Error as _, Serialize};

use super::{NUMBER, RAW_VALUE};
use crate::json::{Json, Limits, Number, write};
use crate::{Error, Result, errors};

/// Appends the text of a value: what [`Json`] would write of it. The keys of the value itself, if it is an object, are
/// told to `name`, without quotes and as they are written.
///
/// What is appended is JSON, whatever an implementation of `Serialize` does: one that ignores an error, or calls for the
/// parts of a value out of order, makes the whole fail.
///
/// # Errors
///
/// Those of `name`; `unexpected_form`, `duplicate_key`, `too_deep`
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

/// Keys of an object that are compared one by one.
const FEW: usize = 8;

/// Where everything is written.
struct Target<'t> {
    text: &'t mut String,
    levels: usize,
    name: &'t mut dyn FnMut(&str) -> Result<()>,
    /// Whether a part of the value could not be written: then the whole can't.
    failed: bool,
}

/// Room for one value.
struct Writer<'a, 't> {
    target: &'a mut Target<'t>,
    /// Levels of arrays and objects that may still be opened.
    left: usize,
}

/// The proof that one whole value was written: only a [`Writer`] gives it.
struct Done(());

const DONE: Result<Done> = Ok(Done(()));

impl<'a, 't> Writer<'a, 't> {
    fn again(&mut self) -> Writer<'_, 't> {
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
        Ok(self.compound(start, Some(close)))
    }

    /// A value that comes as the text of its only field.
    fn written(self) -> Compound<'a, 't> {
        let start = self.target.text.len();
        self.compound(start, None)
    }

    fn compound(self, start: usize, close: Option<char>) -> Compound<'a, 't> {
        Compound {
            writer: self,
            start,
            close,
            count: 0,
            keyed: false,
            first: [0; FEW],
            rest: None,
            indexed: false,
        }
    }

    /// The object whose only member is a variant.
    fn variant(self, variant: &str, bracket: char, close: char) -> Result<Compound<'a, 't>> {
        let mut outer = self.open('{', '}')?;
        outer.key(variant)?;
        outer.writer.open(bracket, close)
    }
}

/// An array or object that is being written.
struct Compound<'a, 't> {
    writer: Writer<'a, 't>,
    /// Where its bracket is.
    start: usize,
    /// The other bracket; none around the text of raw JSON.
    close: Option<char>,
    /// How many keys or elements there are.
    count: usize,
    /// Whether a key waits for its value.
    keyed: bool,
    /// Where the first keys are in the text.
    first: [usize; FEW],
    /// The others, as they are written.
    rest: Option<HashSet<String>>,
    /// Whether a key looks like the index of an array: ECMAScript puts those first.
    indexed: bool,
}

impl Compound<'_, '_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.step(|this| {
            if this.count > 0 {
                this.writer.target.text.push(',');
            }
            this.count += 1;
            value.serialize(this.writer.again()).map(|Done(())| ())
        })
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.step(|this| if this.keyed { Err(out_of_order()) } else { this.write_key(key) })
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.step(|this| {
            if !std::mem::take(&mut this.keyed) {
                return Err(out_of_order());
            }
            value.serialize(this.writer.again()).map(|Done(())| ())
        })
    }

    /// The value of a number, or of raw JSON, whose text is the only field's.
    fn raw<T: Serialize + ?Sized>(&mut self, field: &T) -> Result<()> {
        self.step(|this| if this.count > 0 { Err(out_of_order()) } else { this.write_raw(field) })
    }

    fn close(&mut self) -> Result<Done> {
        self.step(|this| {
            match this.close {
                Some(close) if !this.keyed => this.writer.target.text.push(close),
                None if this.count == 1 => {}
                _ => return Err(out_of_order()),
            }
            if this.indexed {
                let value = this.read(this.writer.left + 1)?;
                value.write_to(this.writer.target.text);
            }
            DONE
        })
    }

    /// One step, unless one has failed: half a part may be written then.
    fn step<T>(&mut self, step: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.writer.target.failed {
            return Err(out_of_order());
        }
        let outcome = step(self);
        self.writer.target.failed |= outcome.is_err();
        outcome
    }

    fn write_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        if self.count > 0 {
            self.writer.target.text.push(',');
        }
        let start = self.writer.target.text.len();
        let Done(()) = key.serialize(self.writer.again())?;
        match self.writer.target.text.as_bytes()[start] {
            b'"' => {}
            b'{' | b'[' | b'n' => return Err(unheld("a key that is no text")),
            _ => {
                self.writer.target.text.insert(start, '"');
                self.writer.target.text.push('"');
            }
        }
        let written = &self.writer.target.text[start..];
        let bare = &written[1..written.len() - 1];
        if self.writer.left + 1 == self.writer.target.levels {
            // As it is written: a name that needs an escape is none that anyone asks for.
            (self.writer.target.name)(bare)?;
        }
        // What begins with a key and its quotes is that key.
        let first = &self.first[..self.count.min(FEW)];
        let known = first.iter().any(|&first| self.writer.target.text[first..].starts_with(written));
        if known || self.count >= FEW && !self.rest.get_or_insert_default().insert(written.to_owned()) {
            return Err(errors::duplicate_key(bare));
        }
        if self.count < FEW {
            self.first[self.count] = start;
        }
        self.count += 1;
        self.keyed = true;
        self.indexed |= bare.starts_with(|first: char| first.is_ascii_digit());
        self.writer.target.text.push(':');
        Ok(())
    }

    fn write_raw<T: Serialize + ?Sized>(&mut self, field: &T) -> Result<()> {
        self.count += 1;
        fmt::write(self.writer.target.text, format_args!("{}", Text(field)))
            .map_err(|_| unheld("a field that is no text"))?;
        let value = self.read(self.writer.left)?;
        if let (Json::Object(object), true) = (&value, self.writer.left == self.writer.target.levels) {
            object.keys().try_for_each(&mut self.writer.target.name)?;
        }
        value.write_to(self.writer.target.text);
        Ok(())
    }

    /// What was written from the start, taken out of the text.
    fn read(&mut self, levels: usize) -> Result<Json> {
        let limits = Limits { bytes: usize::MAX, depth: levels };
        let value = Json::parse_within(&self.writer.target.text.as_bytes()[self.start..], limits)?;
        self.writer.target.text.truncate(self.start);
        Ok(value)
    }
}

fn out_of_order() -> Error {
    Error::custom(
        "an implementation of `Serialize` ignored an error, or wrote the parts of a value out of order",
    )
}

/// The text of a field of raw JSON.
struct Text<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Display for Text<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(out)
    }
}

fn unheld(what: impl Display) -> Error {
    Error::custom(format_args!("JSON can't hold {what}"))
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
        let value = i64::try_from(value).map_err(|_| unheld(format_args!("the integer {value} exactly")))?;
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
        let value = u64::try_from(value).map_err(|_| unheld(format_args!("the integer {value} exactly")))?;
        self.serialize_u64(value)
    }

    fn serialize_f32(self, value: f32) -> Result<Done> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Done> {
        self.number(Number::from_f64(value).ok_or_else(|| unheld(value))?)
    }

    fn serialize_char(self, value: char) -> Result<Done> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<Done> {
        write::string(value, self.target.text);
        DONE
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Done> {
        Err(unheld("bytes: encode them as text"))
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

impl ser::SerializeSeq for Compound<'_, '_> {
    type Ok = Done;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.element(value)
    }

    fn end(mut self) -> Result<Done> {
        self.close()
    }
}

impl ser::SerializeTuple for Compound<'_, '_> {
    type Ok = Done;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.element(value)
    }

    fn end(mut self) -> Result<Done> {
        self.close()
    }
}

impl ser::SerializeTupleStruct for Compound<'_, '_> {
    type Ok = Done;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.element(value)
    }

    fn end(mut self) -> Result<Done> {
        self.close()
    }
}

impl ser::SerializeMap for Compound<'_, '_> {
    type Ok = Done;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.value(value)
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<()> {
        self.key(key)?;
        self.value(value)
    }

    fn end(mut self) -> Result<Done> {
        self.close()
    }
}

impl ser::SerializeStruct for Compound<'_, '_> {
    type Ok = Done;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<()> {
        if self.close.is_none() {
            return self.raw(value);
        }
        self.key(key)?;
        self.value(value)
    }

    fn end(mut self) -> Result<Done> {
        self.close()
    }
}

/// A variant with several values: one object around another array or object.
struct Variant<'a, 't>(Compound<'a, 't>);

impl Variant<'_, '_> {
    fn close(&mut self) -> Result<Done> {
        let done = self.0.close()?;
        self.0.writer.target.text.push('}');
        Ok(done)
    }
}

impl ser::SerializeTupleVariant for Variant<'_, '_> {
    type Ok = Done;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.0.element(value)
    }

    fn end(mut self) -> Result<Done> {
        self.close()
    }
}

impl ser::SerializeStructVariant for Variant<'_, '_> {
    type Ok = Done;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<()> {
        self.0.key(key)?;
        self.0.value(value)
    }

    fn end(mut self) -> Result<Done> {
        self.close()
    }
}
