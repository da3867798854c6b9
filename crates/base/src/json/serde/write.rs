//! Whatever can be serialized, as JSON text: ECMAScript's, without a tree.

use std::collections::HashSet;
use std::fmt::{self, Display};

use serde::ser::{self, Error as _, Serialize};

use super::NUMBER;
use crate::json::{Json, Limits, Number, write};
use crate::{Error, Result, errors};

/// Appends the text of a value: what [`Json`] would write of it. The keys of the value itself, if it is an object, are
/// told to `name`, without quotes and as they are written.
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
    value.serialize(Writer { text, levels, left: levels, name })
}

/// Keys of an object that are compared one by one.
const FEW: usize = 8;
/// How `serde_json` hands over text that is JSON.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

struct Writer<'a> {
    text: &'a mut String,
    levels: usize,
    /// Levels of arrays and objects that may still be opened.
    left: usize,
    name: &'a mut dyn FnMut(&str) -> Result<()>,
}

impl<'a> Writer<'a> {
    fn again(&mut self) -> Writer<'_> {
        Writer { text: self.text, levels: self.levels, left: self.left, name: self.name }
    }

    fn open(mut self, bracket: char, close: char) -> Result<Compound<'a>> {
        self.left = self.left.checked_sub(1).ok_or_else(|| errors::too_deep(self.levels))?;
        let start = self.text.len();
        self.text.push(bracket);
        Ok(self.compound(start, Some(close)))
    }

    /// A value that comes as the text of its only field.
    fn written(self) -> Compound<'a> {
        let start = self.text.len();
        self.compound(start, None)
    }

    fn compound(self, start: usize, close: Option<char>) -> Compound<'a> {
        Compound { writer: self, start, close, count: 0, first: [0; FEW], rest: None, indexed: false }
    }

    /// The object whose only member is a variant.
    fn variant(self, variant: &str, bracket: char, close: char) -> Result<Compound<'a>> {
        let mut outer = self.open('{', '}')?;
        outer.key(variant)?;
        outer.writer.open(bracket, close)
    }
}

/// An array or object that is being written.
struct Compound<'a> {
    writer: Writer<'a>,
    /// Where its bracket is.
    start: usize,
    /// The other bracket; none around the text of raw JSON.
    close: Option<char>,
    /// How many keys there are.
    count: usize,
    /// Where the first of them are in the text.
    first: [usize; FEW],
    /// The others, as they are written.
    rest: Option<HashSet<String>>,
    /// Whether a key looks like the index of an array: ECMAScript puts those first.
    indexed: bool,
}

impl Compound<'_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        if self.writer.text.len() > self.start + 1 {
            self.writer.text.push(',');
        }
        value.serialize(self.writer.again())
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        if self.count > 0 {
            self.writer.text.push(',');
        }
        let start = self.writer.text.len();
        key.serialize(self.writer.again())?;
        match self.writer.text.as_bytes()[start] {
            b'"' => {}
            b'{' | b'[' | b'n' => return Err(unheld("a key that is no text")),
            _ => {
                self.writer.text.insert(start, '"');
                self.writer.text.push('"');
            }
        }
        let written = &self.writer.text[start..];
        let bare = &written[1..written.len() - 1];
        if self.writer.left + 1 == self.writer.levels {
            // As it is written: a name that needs an escape is none that anyone asks for.
            (self.writer.name)(bare)?;
        }
        // What begins with a key and its quotes is that key.
        let first = &self.first[..self.count.min(FEW)];
        let known = first.iter().any(|&first| self.writer.text[first..].starts_with(written));
        if known || self.count >= FEW && !self.rest.get_or_insert_default().insert(written.to_owned()) {
            return Err(errors::duplicate_key(bare));
        }
        if self.count < FEW {
            self.first[self.count] = start;
        }
        self.count += 1;
        self.indexed |= bare.starts_with(|first: char| first.is_ascii_digit());
        self.writer.text.push(':');
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        value.serialize(self.writer.again())
    }

    fn close(&mut self) -> Result<()> {
        if let Some(close) = self.close {
            self.writer.text.push(close);
        }
        if self.indexed {
            let value = self.read(self.writer.left + 1)?;
            value.write_to(self.writer.text);
        }
        Ok(())
    }

    /// The value of a number, or of raw JSON, whose text is the field's.
    fn raw<T: Serialize + ?Sized>(&mut self, field: &T) -> Result<()> {
        fmt::write(self.writer.text, format_args!("{}", Text(field)))
            .map_err(|_| unheld("a field that is no text"))?;
        let value = self.read(self.writer.left)?;
        if let (Json::Object(object), true) = (&value, self.writer.left == self.writer.levels) {
            object.keys().try_for_each(&mut self.writer.name)?;
        }
        value.write_to(self.writer.text);
        Ok(())
    }

    /// What was written from the start, taken out of the text.
    fn read(&mut self, levels: usize) -> Result<Json> {
        let limits = Limits { bytes: usize::MAX, depth: levels };
        let value = Json::parse_within(&self.writer.text.as_bytes()[self.start..], limits)?;
        self.writer.text.truncate(self.start);
        Ok(value)
    }
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

impl<'a> ser::Serializer for Writer<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'a>;
    type SerializeTuple = Compound<'a>;
    type SerializeTupleStruct = Compound<'a>;
    type SerializeTupleVariant = Variant<'a>;
    type SerializeMap = Compound<'a>;
    type SerializeStruct = Compound<'a>;
    type SerializeStructVariant = Variant<'a>;

    fn serialize_bool(self, value: bool) -> Result<()> {
        self.text.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<()> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<()> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<()> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<()> {
        Number::from(value).write_to(self.text);
        Ok(())
    }

    fn serialize_i128(self, value: i128) -> Result<()> {
        let value = i64::try_from(value).map_err(|_| unheld(format_args!("the integer {value} exactly")))?;
        self.serialize_i64(value)
    }

    fn serialize_u8(self, value: u8) -> Result<()> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<()> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<()> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<()> {
        Number::from(value).write_to(self.text);
        Ok(())
    }

    fn serialize_u128(self, value: u128) -> Result<()> {
        let value = u64::try_from(value).map_err(|_| unheld(format_args!("the integer {value} exactly")))?;
        self.serialize_u64(value)
    }

    fn serialize_f32(self, value: f32) -> Result<()> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<()> {
        Number::from_f64(value).ok_or_else(|| unheld(value))?.write_to(self.text);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<()> {
        write::string(value, self.text);
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<()> {
        Err(unheld("bytes: encode them as text"))
    }

    fn serialize_none(self) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<()> {
        self.text.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        let mut object = self.open('{', '}')?;
        object.key(variant)?;
        object.value(value)?;
        object.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'a>> {
        self.open('[', ']')
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'a>> {
        self.open('[', ']')
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'a>> {
        self.open('[', ']')
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<'a>> {
        self.variant(variant, '[', ']').map(Variant)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'a>> {
        self.open('{', '}')
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Compound<'a>> {
        if name == NUMBER || name == RAW_VALUE { Ok(self.written()) } else { self.open('{', '}') }
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<'a>> {
        self.variant(variant, '{', '}').map(Variant)
    }
}

impl ser::SerializeSeq for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.element(value)
    }

    fn end(mut self) -> Result<()> {
        self.close()
    }
}

impl ser::SerializeTuple for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.element(value)
    }

    fn end(mut self) -> Result<()> {
        self.close()
    }
}

impl ser::SerializeTupleStruct for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.element(value)
    }

    fn end(mut self) -> Result<()> {
        self.close()
    }
}

impl ser::SerializeMap for Compound<'_> {
    type Ok = ();
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

    fn end(mut self) -> Result<()> {
        self.close()
    }
}

impl ser::SerializeStruct for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<()> {
        if self.close.is_none() {
            return self.raw(value);
        }
        self.key(key)?;
        self.value(value)
    }

    fn end(mut self) -> Result<()> {
        self.close()
    }
}

/// A variant with several values: one object around another array or object.
struct Variant<'a>(Compound<'a>);

impl Variant<'_> {
    fn close(&mut self) -> Result<()> {
        self.0.close()?;
        self.0.writer.text.push('}');
        Ok(())
    }
}

impl ser::SerializeTupleVariant for Variant<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.0.element(value)
    }

    fn end(mut self) -> Result<()> {
        self.close()
    }
}

impl ser::SerializeStructVariant for Variant<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<()> {
        self.0.key(key)?;
        self.0.value(value)
    }

    fn end(mut self) -> Result<()> {
        self.close()
    }
}
