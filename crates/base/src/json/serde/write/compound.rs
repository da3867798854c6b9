//! Arrays and objects that are being written.

use std::collections::HashSet;
use std::fmt::{self, Display};

use serde::ser::{self, Serialize};

use super::{DONE, Done, Writer, out_of_order, unsupported};
use crate::json::{Json, Limits};
use crate::{Error, Result, errors};

/// The number of an object's keys that are compared one by one.
const FEW: usize = 8;

/// An array or object that is being written.
pub(super) struct Compound<'a, 't> {
    pub(super) writer: Writer<'a, 't>,
    /// The offset of the opening bracket in the text.
    start: usize,
    /// The closing bracket. A number or raw JSON that is given as text has none.
    close: Option<char>,
    /// The number of keys or elements.
    count: usize,
    /// Whether a key has been written and its value has not.
    keyed: bool,
    /// The offsets of the first keys in the text.
    first: [usize; FEW],
    /// The other keys, as written: with quotes and escapes.
    rest: Option<HashSet<String>>,
    /// Whether a key begins with a digit. It may be an array index, which ECMAScript writes first.
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
            value.serialize(this.writer.reborrow()).map(|Done(())| ())
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
            value.serialize(this.writer.reborrow()).map(|Done(())| ())
        })
    }

    /// Writes a number or raw JSON that is given as the text of the only field.
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

    /// Runs one step. Fails if an earlier step has failed, because a part may then be incomplete.
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
        let Done(()) = key.serialize(self.writer.reborrow())?;
        match self.writer.target.text.as_bytes()[start] {
            b'"' => {}
            b'{' | b'[' | b'n' => {
                return Err(unsupported("a key that is not a string, a number or a boolean"));
            }
            _ => {
                self.writer.target.text.insert(start, '"');
                self.writer.target.text.push('"');
            }
        }
        let written = &self.writer.target.text[start..];
        let bare = &written[1..written.len() - 1];
        if self.writer.left + 1 == self.writer.target.levels {
            // The name keeps its escapes: no name that a caller looks for needs one.
            (self.writer.target.name)(bare)?;
        }
        // The written key includes its quotes, so a text that begins with it has the same key. Without a hash set,
        // minting four claims takes a fifth less time.
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
            .map_err(|_| unsupported("a number or raw JSON that is not given as text"))?;
        let value = self.read(self.writer.left)?;
        if let (Json::Object(object), true) = (&value, self.writer.left == self.writer.target.levels) {
            object.keys().try_for_each(&mut self.writer.target.name)?;
        }
        value.write_to(self.writer.target.text);
        Ok(())
    }

    /// Reads the JSON text that was written since `start`, and removes it from the output.
    fn read(&mut self, levels: usize) -> Result<Json> {
        let limits = Limits { bytes: usize::MAX, depth: levels };
        let value = Json::parse_within(&self.writer.target.text.as_bytes()[self.start..], limits)?;
        self.writer.target.text.truncate(self.start);
        Ok(value)
    }
}

/// The text of a field that contains a number or raw JSON.
struct Text<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> Display for Text<'_, T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(out)
    }
}

/// Implements serde's three kinds of sequences, which are all written as arrays.
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

/// A variant with several values: an object that contains an array or an object.
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
