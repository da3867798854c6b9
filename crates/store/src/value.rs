//! What crosses between queries and a database.

use std::str::FromStr;

use jit_approvals_base::{Id, UnixTime};

use crate::{Failure, Result};

/// A value of a column or of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// An integer, a time or a flag.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes: an id, a digest or a sealed key.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(value.into())
    }
}

impl From<UnixTime> for Value {
    fn from(value: UnixTime) -> Self {
        Self::Integer(value.seconds())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<Id> for Value {
    fn from(value: Id) -> Self {
        Self::Bytes(value.to_bytes().to_vec())
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl From<&[u8; 32]> for Value {
    fn from(value: &[u8; 32]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, T::into)
    }
}

/// A row of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// Returns an integer.
    ///
    /// # Errors
    ///
    /// [`Failure::Corrupt`] if the column holds another type.
    pub fn integer(&self, column: usize) -> Result<i64> {
        match self.0.get(column) {
            Some(Value::Integer(value)) => Ok(*value),
            other => Err(wrong(column, other)),
        }
    }

    /// Returns a text.
    ///
    /// # Errors
    ///
    /// As [`Row::integer`].
    pub fn text(&self, column: usize) -> Result<&str> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Ok(value),
            other => Err(wrong(column, other)),
        }
    }

    /// Returns bytes.
    ///
    /// # Errors
    ///
    /// As [`Row::integer`].
    pub fn bytes(&self, column: usize) -> Result<&[u8]> {
        match self.0.get(column) {
            Some(Value::Bytes(value)) => Ok(value),
            other => Err(wrong(column, other)),
        }
    }

    /// Returns an id.
    ///
    /// # Errors
    ///
    /// As [`Row::integer`].
    pub fn id(&self, column: usize) -> Result<Id> {
        let bytes = self.bytes(column)?;
        let bytes = bytes.try_into().map_err(|_| wrong(column, self.0.get(column)))?;
        Ok(Id::from_bytes(bytes))
    }

    /// Returns a digest of 32 bytes.
    ///
    /// # Errors
    ///
    /// As [`Row::integer`].
    pub fn digest(&self, column: usize) -> Result<[u8; 32]> {
        self.bytes(column)?.try_into().map_err(|_| wrong(column, self.0.get(column)))
    }

    /// Returns a time.
    ///
    /// # Errors
    ///
    /// As [`Row::integer`].
    pub fn time(&self, column: usize) -> Result<UnixTime> {
        self.integer(column).map(UnixTime::from_seconds)
    }

    /// Returns a flag.
    ///
    /// # Errors
    ///
    /// As [`Row::integer`].
    pub fn flag(&self, column: usize) -> Result<bool> {
        match self.integer(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(wrong(column, self.0.get(column))),
        }
    }

    /// Returns a choice that is stored by its name.
    ///
    /// # Errors
    ///
    /// As [`Row::integer`].
    pub fn parsed<T: FromStr>(&self, column: usize) -> Result<T> {
        self.text(column)?.parse().map_err(|_| wrong(column, self.0.get(column)))
    }

    /// Returns a time, or `None` if there is no value.
    ///
    /// # Errors
    ///
    /// As [`Row::integer`].
    pub fn optional_time(&self, column: usize) -> Result<Option<UnixTime>> {
        if self.is_null(column) { Ok(None) } else { self.time(column).map(Some) }
    }

    /// Returns an integer, or `None` if there is no value.
    ///
    /// # Errors
    ///
    /// As [`Row::integer`].
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>> {
        if self.is_null(column) { Ok(None) } else { self.integer(column).map(Some) }
    }

    /// Returns a text, or `None` if there is no value.
    ///
    /// # Errors
    ///
    /// As [`Row::integer`].
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>> {
        if self.is_null(column) { Ok(None) } else { self.text(column).map(Some) }
    }

    /// Returns whether a column has no value.
    pub fn is_null(&self, column: usize) -> bool {
        matches!(self.0.get(column), Some(Value::Null))
    }
}

fn wrong(column: usize, found: Option<&Value>) -> Failure {
    let found = match found {
        None => "nothing",
        Some(Value::Null) => "null",
        Some(Value::Integer(_)) => "an unexpected integer",
        Some(Value::Text(_)) => "an unexpected text",
        Some(Value::Bytes(_)) => "unexpected bytes",
    };
    // The value itself may be a secret.
    Failure::Corrupt(format!("column {column} holds {found}"))
}
