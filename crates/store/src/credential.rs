//! What people prove themselves by: sessions, tokens and one-time links. Only digests of their secrets are stored.

use jit_approvals_base::{Id, UnixTime};

use crate::{Reader, Result, Row};

/// A session, a token or a one-time link of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// The SHA-256 of the secret.
    pub digest: [u8; 32],
    /// The key of the person.
    pub person: String,
    /// What it is.
    pub kind: CredentialKind,
    /// What a token may be used for, separated by spaces.
    pub scope: String,
    /// The name of a token.
    pub name: String,
    /// When it was created.
    pub created_at: UnixTime,
    /// When it was last used, give or take a minute.
    pub seen_at: UnixTime,
    /// When the password was last given.
    pub proved_at: Option<UnixTime>,
    /// From this time on it counts as absent.
    pub expires_at: UnixTime,
}

/// What a credential is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// A session of the portal.
    Session,
    /// A personal API token.
    Token,
    /// A one-time link, with which a person sets a password.
    Link,
}

jit_approvals_base::choices! {
    CredentialKind { Session = "session", Token = "token", Link = "link" }
}

impl CredentialRow {
    /// Finds a credential and its company by the digest of its secret.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn find(reader: &mut dyn Reader, digest: &[u8; 32]) -> Result<Option<(Id, Self)>> {
        let sql = "select company, digest, person, kind, scope, name, created_at, seen_at, proved_at, expires_at \
                   from credential where digest = $1";
        let rows = reader.rows(sql, &[digest.as_slice().into()])?;
        rows.first().map(|row| Ok((row.id(0)?, Self::of(row)?))).transpose()
    }

    /// Lists the credentials of a kind that a person has and that have not ended, the newest first.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn of_person(
        reader: &mut dyn Reader,
        company: Id,
        person: &str,
        kind: CredentialKind,
        now: UnixTime,
        limit: i64,
    ) -> Result<Vec<Self>> {
        let sql = "select company, digest, person, kind, scope, name, created_at, seen_at, proved_at, expires_at \
                   from credential where company = $1 and person = $2 and kind = $3 and expires_at > $4 \
                   order by created_at desc, digest desc limit $5";
        let values = [company.into(), person.into(), kind.as_str().into(), now.into(), limit.into()];
        reader.rows(sql, &values)?.iter().map(Self::of).collect()
    }

    fn of(row: &Row) -> Result<Self> {
        Ok(Self {
            digest: row.digest(1)?,
            person: row.text(2)?.to_owned(),
            kind: row.parsed(3)?,
            scope: row.text(4)?.to_owned(),
            name: row.text(5)?.to_owned(),
            created_at: row.time(6)?,
            seen_at: row.time(7)?,
            proved_at: row.optional_time(8)?,
            expires_at: row.time(9)?,
        })
    }
}
