//! Ids of records and tokens.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use uuid::{Builder, Uuid};

use crate::error::errors;
use crate::{Error, Json, Result, random};

/// A UUID (RFC 9562), written in its usual form of 36 lower-case characters.
///
/// Ids are unique among threads, processes and the children of a fork. They are not secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Uuid);

impl Id {
    /// The nil UUID (RFC 9562 §5.9).
    pub const NIL: Self = Self(Uuid::nil());

    /// The max UUID (RFC 9562 §5.10), which sorts after all others.
    pub const MAX: Self = Self(Uuid::max());

    /// Creates an id for a record: version 7, so that the ids of one machine sort by their creation time.
    ///
    /// # Errors
    ///
    /// `random_unavailable`
    pub fn v7() -> Result<Self> {
        let now = SystemTime::now();
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let mut random = [0; 10];
        // The bytes come from the system's generator, because two records with the same id would be one record.
        // Records are rare enough for one system call each.
        random::fill(&mut random)?;
        Ok(Self(Builder::from_unix_timestamp_millis(millis, &random).into_uuid()))
    }

    /// Creates an id for a token: version 4, which does not reveal its creation time.
    ///
    /// # Errors
    ///
    /// `random_unavailable`
    pub fn v4() -> Result<Self> {
        Self::v4_at(SystemTime::now())
    }

    /// Creates an id for a token, for a caller that has just read the clock. Reading the clock again would cost as
    /// much as creating the id.
    ///
    /// # Errors
    ///
    /// `random_unavailable`
    pub fn v4_at(now: SystemTime) -> Result<Self> {
        Ok(Self(Builder::from_random_bytes(random::unique(now)?).into_uuid()))
    }

    /// Creates an id from its 16 bytes, in network order.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// Returns the 16 bytes of the id, in network order. Ids of version 7 sort by them as by their text.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }

    /// Writes the 36 characters of the id into the buffer and returns them.
    pub fn encode(self, buffer: &mut [u8; 36]) -> &str {
        self.0.hyphenated().encode_lower(buffer)
    }
}

impl FromStr for Id {
    type Err = Error;

    /// Accepts only the usual form: 36 characters, upper or lower case, no braces and no `urn:uuid:`.
    fn from_str(text: &str) -> Result<Self> {
        match Uuid::try_parse(text) {
            Ok(id) if text.len() == 36 => Ok(Self(id)),
            _ => Err(errors::invalid_id(text)),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(out)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Id({self})")
    }
}

impl From<Id> for Json {
    fn from(id: Id) -> Self {
        Self::from(id.encode(&mut [0; 36]) as &str)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_have_their_version_and_are_unique_among_threads() {
        let make = || (0..2000).map(|_| Id::v4().unwrap()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(make)).collect();
        let ids: Vec<Id> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert!(ids.iter().all(|id| id.0.get_version_num() == 4));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 8000);
        let record = Id::v7().unwrap();
        assert_eq!(record.0.get_version_num(), 7);
        assert_eq!(record.to_string().parse(), Ok(record));
    }

    #[test]
    fn only_the_usual_form_is_read() {
        for text in
            ["", "3f2b8c1e9d474a6b8e550c1d2e3f4a5b", "{3f2b8c1e-9d47-4a6b-8e55-0c1d2e3f4a5b}", "not an id"]
        {
            assert_eq!(text.parse::<Id>().unwrap_err().code(), "invalid_id");
        }
    }
}
