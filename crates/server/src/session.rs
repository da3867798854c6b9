//! Sessions: how people sign in and prove themselves.

pub(crate) mod all;
pub(crate) mod link;
pub(crate) mod password;
pub(crate) mod proof;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod token;
pub(crate) mod who;

use jit_approvals::UnixTime;
use jit_approvals::json::{Json, Object};
use jit_approvals_base::Id;
use jit_approvals_store::{Change, CredentialKind, CredentialRow, RowChange};

use crate::caller::Member;

/// A change without events.
fn quiet(company: Id, revision: Option<i64>, at: UnixTime, rows: Vec<RowChange>) -> Change {
    Change { company, revision, at, events: Vec::new(), rows, claims: Vec::new() }
}

/// A session that begins now, with the password just given.
fn new_session(digest: [u8; 32], person: &str, now: UnixTime) -> CredentialRow {
    CredentialRow {
        digest,
        person: person.to_owned(),
        kind: CredentialKind::Session,
        scope: String::new(),
        name: String::new(),
        created_at: now,
        seen_at: now,
        proved_at: Some(now),
        expires_at: now.plus(crate::caller::SESSION_SECONDS),
    }
}

/// The id of a credential: its digest, which does not reveal the secret.
fn id_of(row: &CredentialRow) -> String {
    base16ct::lower::encode_string(&row.digest)
}

/// Who is signed in: `{email, name, role, company: {id, name}, provedUntil?}`, and the `scopes` of a token.
fn record(member: &Member, company: &str) -> Json {
    let row = &member.row;
    let company = Object::new().with("id", member.company).with("name", company);
    let mut record = Object::new()
        .with("email", row.email.as_str())
        .with("name", row.name.as_str())
        .with("role", row.role.as_str())
        .with("company", company);
    if member.credential.kind == CredentialKind::Token {
        let scopes = crate::caller::Scopes::parse(&member.credential.scope);
        record.insert("scopes", scopes.names().into_iter().map(Json::from).collect::<Vec<_>>());
    }
    if let Some(until) = member.proved_until() {
        record.insert("provedUntil", until);
    }
    record.into()
}
