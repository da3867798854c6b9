//! The strict reader (RFC 8259): recursive descent with a bounded depth.

mod locate;

use std::collections::HashSet;

use super::plain::end_of_plain;
use super::{Json, Number, Object};
use crate::error::{errors, quote};
use crate::{Error, Place, Plain, Result};

pub use locate::Span;

/// The limits for the size and the depth of a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The maximum size in bytes: 1 MiB by default.
    pub bytes: usize,
    /// The maximum number of levels of arrays and objects: 64 by default, at most 127.
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
    // Validating all bytes at once is faster than validating each string.
    let (text, whole) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(error) => (std::str::from_utf8(&bytes[..error.valid_up_to()]).expect("valid up to there"), false),
    };
    let mut reader = Reader { text, offset: 0, levels: limits.depth.min(127) };
    let value = reader.document();
    if whole || reader.offset < text.len() {
        return value;
    }
    Err(reader.malformed("the text is not UTF-8", text.len()))
}

struct Reader<'a> {
    text: &'a str,
    /// The offset of the byte that is read next.
    offset: usize,
    /// The maximum number of levels of arrays and objects.
    levels: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Json> {
        self.skip_space();
        let value = self.value(0)?;
        self.skip_space();
        match self.peek() {
            None => Ok(value),
            Some(_) => Err(self.malformed("nothing may follow the value", self.offset)),
        }
    }

    #[inline]
    fn value(&mut self, level: usize) -> Result<Json> {
        match self.peek() {
            Some(b'"') => self.string().map(Json::String),
            Some(b'{') => self.object(level).map(Json::Object),
            Some(b'[') => self.array(level).map(Json::Array),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => Err(self.unexpected("a value is expected")),
        }
    }

    fn array(&mut self, level: usize) -> Result<Vec<Json>> {
        self.open(level)?;
        let mut values = Vec::new();
        if self.closes(b']') {
            return Ok(values);
        }
        // An array of records usually has several. With these capacities and those of objects, reading JSON takes a
        // quarter less time.
        values.reserve_exact(if self.peek() == Some(b'{') { 3 } else { 1 });
        loop {
            values.push(self.value(level + 1)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.step(),
                Some(b']') => {
                    self.offset += 1;
                    return Ok(values);
                }
                _ => return Err(self.unexpected("`,` or `]` is expected")),
            }
        }
    }

    fn object(&mut self, level: usize) -> Result<Object> {
        self.open(level)?;
        if self.closes(b'}') {
            return Ok(Object::new());
        }
        // Enough room for most documents and records.
        let mut object =
            if level == 0 { Object::with_capacity(10, 128) } else { Object::with_capacity(2, 16) };
        let mut many = HashSet::new();
        loop {
            let start = self.offset;
            match self.peek() {
                Some(b'"') => {}
                _ => return Err(self.unexpected("a key in quotes is expected")),
            }
            if let Some(key) = self.plain_string()? {
                self.begin(&mut object, key, &mut many, start)?;
            } else {
                let key = self.escaped_string(start)?;
                self.begin(&mut object, &key, &mut many, start)?;
            }
            self.skip_space();
            match self.peek() {
                Some(b':') => self.step(),
                _ => return Err(self.unexpected("`:` is expected")),
            }
            let value = self.value(level + 1)?;
            object.finish(value);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.step(),
                Some(b'}') => {
                    self.offset += 1;
                    return Ok(object);
                }
                _ => return Err(self.unexpected("`,` or `}` is expected")),
            }
        }
    }

    /// Begins a member. Rejects a duplicate key.
    #[inline]
    fn begin(&self, object: &mut Object, key: &str, many: &mut HashSet<String>, start: usize) -> Result<()> {
        if object.begin_new(key, many) {
            return Ok(());
        }
        Err(errors::duplicate_key(key).at(Place::of(self.text, start)))
    }

    fn string(&mut self) -> Result<String> {
        let start = self.offset;
        match self.plain_string()? {
            Some(text) => Ok(text.to_owned()),
            None => self.escaped_string(start),
        }
    }

    /// Returns the string that begins here, if it has no escapes. Otherwise stops at the first escape.
    #[inline]
    fn plain_string(&mut self) -> Result<Option<&'a str>> {
        let start = self.offset + 1;
        self.offset = end_of_plain(self.text, start);
        match self.peek() {
            Some(b'"') => {
                self.offset += 1;
                Ok(Some(&self.text[start..self.offset - 1]))
            }
            Some(b'\\') => Ok(None),
            Some(_) => Err(self.malformed("a control character in a string must be escaped", self.offset)),
            None => Err(self.unexpected("")),
        }
    }

    /// Reads the rest of the string that began at `start`, from its first escape on.
    #[cold]
    fn escaped_string(&mut self, start: usize) -> Result<String> {
        let mut string = String::with_capacity(self.closing_quote() - start);
        string.push_str(&self.text[start + 1..self.offset]);
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.push(self.escape()?),
                Some(_) => {
                    return Err(
                        self.malformed("a control character in a string must be escaped", self.offset)
                    );
                }
                None => return Err(self.unexpected("")),
            }
            let plain = self.offset;
            self.offset = end_of_plain(self.text, plain);
            string.push_str(&self.text[plain..self.offset]);
        }
    }

    /// Returns the offset of the quote that ends the string with the escape here: the next quote that is not escaped.
    fn closing_quote(&self) -> usize {
        let bytes = self.text.as_bytes();
        let mut offset = self.offset;
        while let Some(quote) = self.text[offset..].find('"').map(|length| offset + length) {
            let slashes = bytes[..quote].iter().rev().take_while(|byte| **byte == b'\\').count();
            if slashes % 2 == 0 {
                return quote;
            }
            offset = quote + 1;
        }
        bytes.len()
    }

    fn escape(&mut self) -> Result<char> {
        self.offset += 1;
        let escaped = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.unknown_escape()),
        };
        self.offset += 1;
        Ok(escaped)
    }

    /// Returns the error for a character that cannot follow a backslash. A shell that does not need `\@` leaves it in.
    #[cold]
    fn unknown_escape(&self) -> Error {
        const ALLOWED: &str = "one of `\"\\/bfnrtu` must follow `\\`";
        match self.text[self.offset..].chars().next().filter(|character| !character.is_control()) {
            Some(character) => {
                let shown = quote(character.encode_utf8(&mut [0; 4]));
                self.malformed(&format!("{shown} needs no backslash: {ALLOWED}"), self.offset)
            }
            None => self.unexpected(ALLOWED),
        }
    }

    /// Reads `uXXXX`, or `uXXXX\uXXXX` for the two surrogates of one character.
    fn unicode_escape(&mut self) -> Result<char> {
        let unit = self.hexadecimal()?;
        if let Some(character) = char::from_u32(unit) {
            return Ok(character);
        }
        let lone = "a surrogate must be part of a pair";
        if unit >= 0xdc00 {
            return Err(self.malformed(lone, self.offset - 1));
        }
        if !self.text[self.offset..].starts_with("\\u") {
            return Err(self.unexpected(lone));
        }
        self.offset += 1;
        let low = self.hexadecimal()?;
        let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400);
        let character = low.and_then(|low| char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + low));
        character.ok_or_else(|| self.malformed(lone, self.offset - 1))
    }

    /// Reads the four digits after the `u` that is here.
    fn hexadecimal(&mut self) -> Result<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            self.offset += 1;
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            unit = unit << 4
                | digit.ok_or_else(|| self.unexpected("four hexadecimal digits must follow `\\u`"))?;
        }
        self.offset += 1;
        Ok(unit)
    }

    fn number(&mut self) -> Result<Number> {
        let start = self.offset;
        let negative = self.peek() == Some(b'-');
        self.offset += usize::from(negative);
        let digits = self.offset;
        let mut integer = Some(0_u64);
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let digit = u64::from(digit - b'0');
            integer = integer.and_then(|integer| integer.checked_mul(10)?.checked_add(digit));
            self.offset += 1;
        }
        match self.offset - digits {
            0 => return Err(self.unexpected("a digit is expected")),
            1 => {}
            _ if self.text.as_bytes()[digits] == b'0' => {
                return Err(self.malformed("a number must not have leading zeros", digits + 1));
            }
            _ => {}
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            self.offset += 1;
            self.digits()?;
            whole = false;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.offset += 1;
            self.offset += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
            whole = false;
        }
        match integer.filter(|_| whole) {
            Some(integer) if !negative => return Ok(integer.into()),
            Some(integer) if integer > 0 => {
                if let Some(integer) = 0_i64.checked_sub_unsigned(integer) {
                    return Ok(integer.into());
                }
            }
            _ => {}
        }
        let double = self.text[start..self.offset].parse().ok().and_then(Number::from_f64);
        double.ok_or_else(|| self.malformed("the number is too large for a double", self.offset - 1))
    }

    /// Skips one or more digits.
    fn digits(&mut self) -> Result<()> {
        let start = self.offset;
        while let Some(b'0'..=b'9') = self.peek() {
            self.offset += 1;
        }
        if self.offset > start { Ok(()) } else { Err(self.unexpected("a digit is expected")) }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json> {
        let rest = &self.text.as_bytes()[self.offset..];
        let same = rest.iter().zip(word.as_bytes()).take_while(|(found, expected)| found == expected).count();
        self.offset += same;
        if same == word.len() { Ok(value) } else { Err(self.unexpected("a value is expected")) }
    }

    /// Enters an array or object, one level deeper.
    #[inline]
    fn open(&mut self, level: usize) -> Result<()> {
        if level == self.levels {
            return Err(errors::too_deep(self.levels).at(Place::of(self.text, self.offset)));
        }
        self.step();
        Ok(())
    }

    /// Returns whether an array or object ends here, before its first element or member. Skips the bracket if so.
    #[inline]
    fn closes(&mut self, bracket: u8) -> bool {
        let closes = self.peek() == Some(bracket);
        self.offset += usize::from(closes);
        closes
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    /// Skips the byte that is here and the white space after it.
    #[inline]
    fn step(&mut self) {
        self.offset += 1;
        self.skip_space();
    }

    #[inline]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.offset += 1;
        }
    }

    /// Returns the error for an unexpected byte, or for the end of the text.
    #[cold]
    fn unexpected(&self, reason: &str) -> Error {
        let reason = if self.peek().is_none() { "the text ends too early" } else { reason };
        self.malformed(reason, self.offset)
    }

    #[cold]
    fn malformed(&self, reason: &str, offset: usize) -> Error {
        errors::malformed_json(Plain(reason)).at(Place::of(self.text, offset))
    }
}
