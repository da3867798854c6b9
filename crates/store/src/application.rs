//! Applications, their identifiers and their signing keys.

use jit_approvals_base::{Id, UnixTime};

use crate::person::end_of;
use crate::{Reader, Result, Row};

/// An application that makes requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationRow {
    /// The id.
    pub id: Id,
    /// The name that approvers see.
    pub name: String,
    /// Whether its auth tokens are accepted.
    pub active: bool,
    /// Whether a `jti` is accepted only once by calls that change something.
    pub once_only: bool,
    /// Whether a subject must be a person of the company.
    pub known_subjects: bool,
    /// The position in the log of the last deactivation: what was opened before it stays dead.
    pub cut: Option<i64>,
    /// How often the application was changed, plus 1.
    pub version: i64,
}

/// An application that an `iss` leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identified {
    /// The company.
    pub company: Id,
    /// The application.
    pub application: Id,
    /// The position since which the `iss` is this application's.
    pub since: i64,
    /// The revision of the company, read before everything that it is the revision of.
    pub revision: i64,
}

/// The application that has opened a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opener {
    /// The id of the application.
    pub id: Id,
    /// The position in the log up to which everything that was opened is dead: when the application was last deactivated,
    /// or when it got the identifier.
    pub cut: i64,
}

impl Opener {
    /// Reads its id, its last deactivation, and since when it has the identifier, from a column on.
    pub(crate) fn of(row: &Row, column: usize) -> Result<Self> {
        let (cut, since) = (row.optional_integer(column + 1)?, row.integer(column + 2)?);
        Ok(Self { id: row.id(column)?, cut: cut.map_or(since, |cut| cut.max(since)) })
    }
}

/// A signing key. Its secret is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// The application.
    pub application: Id,
    /// The id, which tokens may name as `kid`.
    pub id: String,
    /// The sealed secret.
    pub sealed: Vec<u8>,
    /// When it was created.
    pub created_at: UnixTime,
    /// When it was retired.
    pub retired_at: Option<UnixTime>,
}

const BY_ID: &str = "select id, name, active, once_only, known_subjects, cut, version from application \
                     where company = $1 and id = $2";

impl ApplicationRow {
    /// Finds the application that an `iss` names, byte for byte, in the whole installation.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn identified(reader: &mut dyn Reader, iss: &str) -> Result<Option<Identified>> {
        let sql = "select identifier.company, identifier.application, company.revision, identifier.since \
                   from identifier join company on company.id = identifier.company where identifier.iss = $1";
        let rows = reader.rows(sql, &[iss.into()])?;
        let found = |row: &Row| {
            let (company, application) = (row.id(0)?, row.id(1)?);
            Ok(Identified { company, application, revision: row.integer(2)?, since: row.integer(3)? })
        };
        rows.first().map(found).transpose()
    }

    /// Finds the application of a company that an `iss` names.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn opener(reader: &mut dyn Reader, company: Id, iss: &str) -> Result<Option<Opener>> {
        let sql = "select application.id, application.cut, identifier.since from identifier \
                   join application on application.company = identifier.company \
                   and application.id = identifier.application \
                   where identifier.iss = $1 and identifier.company = $2";
        let rows = reader.rows(sql, &[iss.into(), company.into()])?;
        rows.first().map(|row| Opener::of(row, 0)).transpose()
    }

    /// The application as the opener of requests with an identifier that is its own since a position.
    pub fn opens(&self, since: i64) -> Opener {
        Opener { id: self.id, cut: self.cut.map_or(since, |cut| cut.max(since)) }
    }

    /// Finds an application.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn find(reader: &mut dyn Reader, company: Id, id: Id) -> Result<Option<Self>> {
        reader.rows(BY_ID, &[company.into(), id.into()])?.first().map(Self::of).transpose()
    }

    /// Lists the applications after an id that have an identifier which starts with `prefix`.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn list(
        reader: &mut dyn Reader,
        company: Id,
        prefix: &str,
        after: Id,
        active: bool,
        limit: i64,
    ) -> Result<Vec<Self>> {
        let sql = "select id, name, active, once_only, known_subjects, cut, version from application \
                   where company = $1 and id > $2 and active = $3 \
                   and exists (select 1 from identifier where identifier.company = application.company \
                   and identifier.application = application.id and iss >= $4 and iss < $5) order by id limit $6";
        let end = end_of(prefix);
        let (prefix, end) = (prefix.into(), end.as_str().into());
        let values = [company.into(), after.into(), active.into(), prefix, end, limit.into()];
        reader.rows(sql, &values)?.iter().map(Self::of).collect()
    }

    /// Returns the identifiers of an application, sorted.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn identifiers(reader: &mut dyn Reader, company: Id, id: Id) -> Result<Vec<String>> {
        let sql = "select iss from identifier where company = $1 and application = $2 order by iss";
        let rows = reader.rows(sql, &[company.into(), id.into()])?;
        rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
    }

    fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.id(0)?,
            name: row.text(1)?.to_owned(),
            active: row.flag(2)?,
            once_only: row.flag(3)?,
            known_subjects: row.flag(4)?,
            cut: row.optional_integer(5)?,
            version: row.integer(6)?,
        })
    }
}

impl SigningKeyRow {
    /// Lists the keys of an application, retired ones included.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn list(reader: &mut dyn Reader, company: Id, application: Id) -> Result<Vec<Self>> {
        let sql = "select application, id, sealed, created_at, retired_at from signing_key \
                   where company = $1 and application = $2 order by id";
        let rows = reader.rows(sql, &[company.into(), application.into()])?;
        rows.iter().map(|row| Self::at(row, 0)).collect()
    }

    /// Lists all keys of the installation, each with its company.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn all(reader: &mut dyn Reader) -> Result<Vec<(Id, Self)>> {
        let sql = "select company, application, id, sealed, created_at, retired_at from signing_key \
                   order by company, application, id";
        let rows = reader.rows(sql, &[])?;
        rows.iter().map(|row| Ok((row.id(0)?, Self::at(row, 1)?))).collect()
    }

    fn at(row: &Row, column: usize) -> Result<Self> {
        Ok(Self {
            application: row.id(column)?,
            id: row.text(column + 1)?.to_owned(),
            sealed: row.bytes(column + 2)?.to_vec(),
            created_at: row.time(column + 3)?,
            retired_at: row.optional_time(column + 4)?,
        })
    }
}
