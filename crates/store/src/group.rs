//! Groups of people.

use jit_approvals_base::{Id, UnixTime};

use crate::person::end_of;
use crate::{Reader, Result, Row};

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// The key, which templates and requests name.
    pub key: String,
    /// The name.
    pub name: String,
    /// How often the group was changed, plus 1.
    pub version: i64,
    /// When it was archived.
    pub archived_at: Option<UnixTime>,
}

impl GroupRow {
    /// Finds a group.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn find(reader: &mut dyn Reader, company: Id, key: &str) -> Result<Option<Self>> {
        let sql = "select key, name, version, archived_at from team where company = $1 and key = $2";
        reader.rows(sql, &[company.into(), key.into()])?.first().map(Self::of).transpose()
    }

    /// Lists the groups whose key starts with `prefix`, after a key.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn list(
        reader: &mut dyn Reader,
        company: Id,
        prefix: &str,
        after: &str,
        archived: bool,
        limit: i64,
    ) -> Result<Vec<Self>> {
        let sql = "select key, name, version, archived_at from team \
                   where company = $1 and key > $2 and key >= $3 and key < $4 \
                   and (archived_at is not null) = $5 order by key limit $6";
        let end = end_of(prefix);
        let values =
            [company.into(), after.into(), prefix.into(), end.as_str().into(), archived.into(), limit.into()];
        reader.rows(sql, &values)?.iter().map(Self::of).collect()
    }

    /// Returns the keys of at most `limit` members, sorted.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn members(reader: &mut dyn Reader, company: Id, key: &str, limit: i64) -> Result<Vec<String>> {
        let sql = "select person from membership where company = $1 and team = $2 order by person limit $3";
        let rows = reader.rows(sql, &[company.into(), key.into(), limit.into()])?;
        rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
    }

    /// Whether a person is a member.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn has(reader: &mut dyn Reader, company: Id, key: &str, person: &str) -> Result<bool> {
        let sql = "select 1 from membership where company = $1 and team = $2 and person = $3";
        Ok(!reader.rows(sql, &[company.into(), key.into(), person.into()])?.is_empty())
    }

    fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            key: row.text(0)?.to_owned(),
            name: row.text(1)?.to_owned(),
            version: row.integer(2)?,
            archived_at: row.optional_time(3)?,
        })
    }
}
