//! `/sessions`

use jit_approvals::json::{Json, Object};
use jit_approvals_api::Page;
use jit_approvals_store::{CredentialKind, CredentialRow, RowChange};

use super::id_of;
use crate::answer::Answer;
use crate::caller::{Member, Session, clear_cookie};
use crate::desk::Desk;
use crate::refusal::Result;
use crate::state::Attempt;

/// The most sessions of a list.
const MOST: i64 = 100;

/// Lists the sessions of the caller, the newest first, at most 100.
pub(crate) fn list(attempt: &mut Attempt<'_>, member: Member) -> Result<Answer> {
    let (company, person, now) = (member.company, &member.row.key, attempt.now());
    let kind = CredentialKind::Session;
    let rows = CredentialRow::of_person(attempt.reader, company, person, kind, now, MOST)?;
    let items = rows.iter().map(|row| record(row, row.digest == member.credential.digest)).collect();
    Ok(Answer::ok(Page { items, next: None }.to_json()))
}

/// Ends all sessions of the caller, this one included.
pub(crate) fn end(attempt: &mut Attempt<'_>, Session(member): Session) -> Result<Answer> {
    let rows = vec![RowChange::NoSessions { person: member.row.key.clone() }];
    let mut desk = Desk::of(attempt, &member);
    let change = desk.change("session", &member.row.email, "endAll", None, None, rows)?;
    attempt.commit(change)?;
    Ok(Answer::empty().with_cookie(&clear_cookie(attempt.state)))
}

/// The record of a session: `{id, createdAt, lastSeenAt, expiresAt, current}`.
fn record(row: &CredentialRow, current: bool) -> Json {
    Object::new()
        .with("id", id_of(row))
        .with("createdAt", row.created_at)
        .with("lastSeenAt", row.seen_at)
        .with("expiresAt", row.expires_at)
        .with("current", current)
        .into()
}
