//! The mark in a copy of a store: what was changed since the copy was made is not in it.

use jit_approvals_base::{Id, UnixTime};

use crate::{CompanyRow, Failure, Reader, Result, stream};

/// Says when a copy of a store was made, and where the logs ended then. It is a value of the copy, until the copy is put
/// to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// A time at or before which everything that was committed is in the copy.
    pub at: UnixTime,
    /// The companies, by id.
    pub companies: Vec<Marked>,
}

/// Where the log of a company ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    /// The company.
    pub company: Id,
    /// The position of its last event.
    pub position: i64,
    /// The hash of its whole log.
    pub head: [u8; 32],
}

/// The length of a company in the mark.
const EACH: usize = 16 + 8 + 32;

impl Mark {
    /// The name of the value.
    pub const NAME: &'static str = "backup";

    /// Creates the mark of a copy that holds these companies.
    pub fn new(at: UnixTime, companies: &[CompanyRow]) -> Self {
        let marked = |row: &CompanyRow| Marked { company: row.id, position: row.position, head: row.head };
        Self { at, companies: companies.iter().map(marked).collect() }
    }

    /// Finds the mark of a store. `None` if the store is not a copy, or was put to use.
    ///
    /// # Errors
    ///
    /// Those of the reader; [`Failure::Corrupt`] if the value is not a mark.
    pub fn find(reader: &mut dyn Reader) -> Result<Option<Self>> {
        let value = stream::meta(reader, Self::NAME)?;
        let read =
            |value: Vec<u8>| Self::parse(&value).ok_or_else(|| Failure::Corrupt("its mark".to_owned()));
        value.map(read).transpose()
    }

    /// The value: the time, and the id, the position and the head of each company.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.at.seconds().to_be_bytes().to_vec();
        for Marked { company, position, head } in &self.companies {
            bytes.extend(company.to_bytes());
            bytes.extend(position.to_be_bytes());
            bytes.extend(head);
        }
        bytes
    }

    /// Returns where the log of a company ended.
    pub fn position(&self, company: Id) -> Option<i64> {
        self.companies.iter().find(|marked| marked.company == company).map(|marked| marked.position)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (at, companies) = bytes.split_first_chunk()?;
        let company = |bytes: &[u8]| {
            let (company, bytes) = bytes.split_first_chunk()?;
            let (position, head) = bytes.split_first_chunk()?;
            let head = head.try_into().ok()?;
            Some(Marked { company: Id::from_bytes(*company), position: i64::from_be_bytes(*position), head })
        };
        let companies = companies.chunks(EACH).map(company).collect::<Option<_>>()?;
        Some(Self { at: UnixTime::from_seconds(i64::from_be_bytes(*at)), companies })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let marked = |byte| Marked { company: Id::from_bytes([byte; 16]), position: 7, head: [byte; 32] };
        let mark = Mark { at: UnixTime::from_seconds(5), companies: vec![marked(1), marked(2)] };
        let bytes = mark.to_bytes();
        assert_eq!(Mark::parse(&bytes), Some(mark.clone()));
        assert_eq!(mark.position(Id::from_bytes([2; 16])), Some(7));
        assert_eq!(mark.position(Id::NIL), None);
        for length in [0, 7, 8 + EACH - 1, bytes.len() - 1] {
            assert_eq!(Mark::parse(&bytes[..length]), None, "{length}");
        }
    }
}
