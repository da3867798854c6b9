//! People, and the names that applications know them by.

use jit_approvals_base::Id;

use crate::{Reader, Result, Row};

/// A person of a company.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The key: the identity of the email. It is unique in the installation.
    pub key: String,
    /// The company.
    pub company: Id,
    /// The email, as it is shown.
    pub email: String,
    /// The name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Whether the person may sign in and decide.
    pub active: bool,
    /// The hash of the password.
    pub password: Option<String>,
    /// How often the person was changed, plus 1.
    pub version: i64,
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Decide what concerns them.
    Approver,
    /// Read everything, change nothing.
    Auditor,
    /// Manage the company, and decide what concerns them.
    Administrator,
}

jit_approvals_base::choices! {
    Role { Approver = "approver", Auditor = "auditor", Administrator = "administrator" }
}

/// A name that an application knows a person by: a `sub` that is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasRow {
    /// The application.
    pub application: Id,
    /// The identity of the name.
    pub key: String,
    /// The name, as it is shown.
    pub name: String,
}

impl std::fmt::Debug for PersonRow {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("PersonRow")
            .field("key", &self.key)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

const BY_EMAIL: &str = "select email, company, shown, name, role, active, password, version from person \
                        where email = $1";

impl PersonRow {
    /// Finds a person of any company by the identity of their email.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn find(reader: &mut dyn Reader, key: &str) -> Result<Option<Self>> {
        reader.rows(BY_EMAIL, &[key.into()])?.first().map(Self::of).transpose()
    }

    /// Finds a person of a company.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn find_in(reader: &mut dyn Reader, company: Id, key: &str) -> Result<Option<Self>> {
        Ok(Self::find(reader, key)?.filter(|person| person.company == company))
    }

    /// Lists the people of a company whose key starts with `prefix`, after a key.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn list(
        reader: &mut dyn Reader,
        company: Id,
        prefix: &str,
        after: &str,
        active: bool,
        limit: i64,
    ) -> Result<Vec<Self>> {
        let sql = "select email, company, shown, name, role, active, password, version from person \
                   where company = $1 and email > $2 and email >= $3 and email < $4 and active = $5 \
                   order by email limit $6";
        let end = end_of(prefix);
        let values =
            [company.into(), after.into(), prefix.into(), end.as_str().into(), active.into(), limit.into()];
        reader.rows(sql, &values)?.iter().map(Self::of).collect()
    }

    /// Returns whether a company has an active administrator besides a person.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn other_administrator(reader: &mut dyn Reader, company: Id, key: &str) -> Result<bool> {
        let sql = "select 1 from person where company = $1 and role = 'administrator' and active = 1 \
                   and email <> $2 limit 1";
        Ok(!reader.rows(sql, &[company.into(), key.into()])?.is_empty())
    }

    fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            key: row.text(0)?.to_owned(),
            company: row.id(1)?,
            email: row.text(2)?.to_owned(),
            name: row.text(3)?.to_owned(),
            role: row.parsed(4)?,
            active: row.flag(5)?,
            password: row.optional_text(6)?.map(str::to_owned),
            version: row.integer(7)?,
        })
    }
}

impl AliasRow {
    /// Lists the aliases of a person, at every application.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn of_person(reader: &mut dyn Reader, company: Id, person: &str) -> Result<Vec<Self>> {
        let sql = "select application, name, shown from alias where company = $1 and person = $2 \
                   order by application, name";
        let rows = reader.rows(sql, &[company.into(), person.into()])?;
        let alias = |row: &Row| {
            Ok(Self { application: row.id(0)?, key: row.text(1)?.to_owned(), name: row.text(2)?.to_owned() })
        };
        rows.iter().map(alias).collect()
    }

    /// Returns the key of the person that a name means at an application.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn owner(
        reader: &mut dyn Reader,
        company: Id,
        application: Id,
        name: &str,
    ) -> Result<Option<String>> {
        let sql = "select person from alias where company = $1 and application = $2 and name = $3";
        let rows = reader.rows(sql, &[company.into(), application.into(), name.into()])?;
        rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
    }
}

impl AliasRow {
    /// Whether a name is an alias of anyone but a person, at any application.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn is_of_another(reader: &mut dyn Reader, company: Id, name: &str, person: &str) -> Result<bool> {
        let sql = "select 1 from alias where company = $1 and name = $2 and person <> $3 limit 1";
        Ok(!reader.rows(sql, &[company.into(), name.into(), person.into()])?.is_empty())
    }
}

/// The end of the texts that start with a prefix: no character sorts after U+10FFFF.
pub(crate) fn end_of(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}
