//! Arrays and objects that are being written.

use std::collections::HashSet;
use std::fmt::{self, Display};

use serde::ser::{self, Serialize};

use super::{DONE, Done, Writer, out_of_order, unheld};
use crate::json::{Json, Limits};
use crate::{Error, Result, errors};

/// Keys of an object that are compared one by one.
const FEW: usize = 8;

/// An array or object that is being written.
pub(super) struct Compound<'a, 't> {
    pub(super) writer: Writer<'a, 't>,
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

impl<'a, 't> Compound<'a, 't> {
    pub(super) fn new(writer: Writer<'a, 't>, start: usize, close: Option<char>) -> Self {
        Self { writer, start, close, count: 0, keyed: false, first: [0; FEW], rest: None, indexed: false }
    }
}

impl Compound<'_, '_> {
    pub(super) fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.step(|this| {
            if this.count > 0 {
                this.writer.target.text.push(',');
            }
            this.count += 1;
            value.serialize(this.writer.again()).map(|Done(())| ())
        })
    }

    pub(super) fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.step(|this| if this.keyed { Err(out_of_order()) } else { this.write_key(key) })
    }

    pub(super) fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.step(|this| {
            if !std::mem::take(&mut this.keyed) {
                return Err(out_of_order());
            }
            value.serialize(this.writer.again()).map(|Done(())| ())
        })
    }

    /// The value of a number, or of raw JSON, whose text is the only field's.
    pub(super) fn raw<T: Serialize + ?Sized>(&mut self, field: &T) -> Result<()> {
        self.step(|this| if this.count > 0 { Err(out_of_order()) } else { this.write_raw(field) })
    }

    pub(super) fn close(&mut self) -> Result<Done> {
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
        // What begins with a key and its quotes is that key. Without a hash set, minting four claims takes a fifth less time.
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

/// The text of a field of raw JSON.
struct Text<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Display for Text<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(out)
    }
}

/// Serde's three kinds of sequences are one array.
macro_rules! arrays {
    ($($kind:ident $method:ident)*) => {
        $(impl ser::$kind for Compound<'_, '_> {
            type Ok = Done;
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.element(value)
            }

            fn end(mut self) -> Result<Done> {
                self.close()
            }
        })*
    };
}

arrays! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
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
pub(super) struct Variant<'a, 't>(pub(super) Compound<'a, 't>);

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
