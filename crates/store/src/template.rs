//! Templates and their versions.

use jit_approvals_base::{Id, UnixTime};

use crate::person::end_of;
use crate::{Reader, Result, Row};

/// A version of a template. It is never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRow {
    /// The key, which requests name.
    pub key: String,
    /// The version, from 1 on.
    pub version: i64,
    /// The template, as JSON text.
    pub text: String,
    /// When this version was created.
    pub created_at: UnixTime,
    /// When the template was archived. Only the newest version says it.
    pub archived_at: Option<UnixTime>,
}

impl TemplateRow {
    /// Finds the newest version of a template.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn newest(reader: &mut dyn Reader, company: Id, key: &str) -> Result<Option<Self>> {
        let sql = "select key, version, text, created_at, archived_at from template \
                   where company = $1 and key = $2 order by version desc limit 1";
        reader.rows(sql, &[company.into(), key.into()])?.first().map(Self::of).transpose()
    }

    /// Finds a version of a template.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn find(reader: &mut dyn Reader, company: Id, key: &str, version: i64) -> Result<Option<Self>> {
        let sql = "select key, version, text, created_at, archived_at from template \
                   where company = $1 and key = $2 and version = $3";
        let values = [company.into(), key.into(), version.into()];
        reader.rows(sql, &values)?.first().map(Self::of).transpose()
    }

    /// Lists the newest versions of the templates whose key starts with `prefix`, after a key.
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
        let sql = "select key, version, text, created_at, archived_at from template \
                   where company = $1 and key > $2 and key >= $3 and key < $4 \
                   and version = (select max(version) from template as newest \
                                  where newest.company = template.company and newest.key = template.key) \
                   and (archived_at is not null) = $5 order by key limit $6";
        let end = end_of(prefix);
        let values =
            [company.into(), after.into(), prefix.into(), end.as_str().into(), archived.into(), limit.into()];
        reader.rows(sql, &values)?.iter().map(Self::of).collect()
    }

    fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            key: row.text(0)?.to_owned(),
            version: row.integer(1)?,
            text: row.text(2)?.to_owned(),
            created_at: row.time(3)?,
            archived_at: row.optional_time(4)?,
        })
    }
}
