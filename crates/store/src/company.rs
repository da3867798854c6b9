//! Companies.

use jit_approvals_base::{Id, UnixTime};

use crate::{Reader, Result, Row};

/// A company, and where its log ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyRow {
    /// The id.
    pub id: Id,
    /// The name.
    pub name: String,
    /// The position of the last event.
    pub position: i64,
    /// The position of the last administrative event.
    pub revision: i64,
    /// The hash of the whole log.
    pub head: [u8; 32],
    /// How often the name was changed, plus 1.
    pub version: i64,
    /// When it was created.
    pub created_at: UnixTime,
}

impl CompanyRow {
    /// Finds a company.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn find(reader: &mut dyn Reader, id: Id) -> Result<Option<Self>> {
        let sql = "select id, name, position, revision, head, version, created_at from company where id = $1";
        reader.rows(sql, &[id.into()])?.first().map(Self::of).transpose()
    }

    /// Lists the companies after an id.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn list(reader: &mut dyn Reader, after: Id, limit: i64) -> Result<Vec<Self>> {
        let sql = "select id, name, position, revision, head, version, created_at from company \
                   where id > $1 order by id limit $2";
        reader.rows(sql, &[after.into(), limit.into()])?.iter().map(Self::of).collect()
    }

    /// Whether there is any.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn any(reader: &mut dyn Reader) -> Result<bool> {
        Ok(!reader.rows("select 1 from company limit 1", &[])?.is_empty())
    }

    fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.id(0)?,
            name: row.text(1)?.to_owned(),
            position: row.integer(2)?,
            revision: row.integer(3)?,
            head: row.digest(4)?,
            version: row.integer(5)?,
            created_at: row.time(6)?,
        })
    }
}
