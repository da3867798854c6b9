//! `/tokens`: personal tokens, with which a program calls for a person.

use jit_approvals::json::{Json, Object};
use jit_approvals_api::{Page, errors, headers, paths};
use jit_approvals_base::errors::missing_member;
use jit_approvals_base::{Members, Plain};
use jit_approvals_store::{CredentialKind, CredentialRow, Role, RowChange};

use super::{id_of, quiet};
use crate::answer::Answer;
use crate::caller::{Member, Scope, Scopes, Session};
use crate::desk::Desk;
use crate::management::user::check_name;
use crate::refusal::Result;
use crate::seal::new_secret_with;
use crate::state::Attempt;

/// The most tokens of a person.
const MOST: i64 = 50;

/// For how many days a token can be used: by default, and at most.
const DAYS: (i64, i64) = (30, 366);

/// Lists the tokens of the caller, the newest first, without their secrets.
pub(crate) fn list(attempt: &mut Attempt<'_>, member: Member) -> Result<Answer> {
    let items = rows(attempt, &member)?.iter().map(record).collect();
    Ok(Answer::ok(Page { items, next: None }.to_json()))
}

/// Creates a token: `{name, scopes, expiresInSeconds?}`. Its secret is shown once.
pub(crate) fn create(attempt: &mut Attempt<'_>, Session(member): Session) -> Result<Answer> {
    let json = attempt.call.json()?;
    let members = Members::of(&json, "", &["name", "scopes", "expiresInSeconds"])?;
    let name = members.required_text("name")?;
    check_name("name", name)?;
    let scopes = scopes(&members, member.row.role)?;
    let (default, most) = (DAYS.0 * 86_400, DAYS.1 * 86_400);
    let seconds = members.integer("expiresInSeconds", 60, most)?.unwrap_or(default);
    member.check_proved(attempt.now())?;
    if rows(attempt, &member)?.len() as u64 >= MOST.unsigned_abs() {
        return Err(errors::too_many_calls(Plain("personal tokens, revoke one first")).into());
    }
    let (secret, digest) = new_secret_with(headers::PERSONAL_TOKEN_PREFIX)?;
    let now = attempt.now();
    let row = CredentialRow {
        digest,
        person: member.row.key.clone(),
        kind: CredentialKind::Token,
        scope: scopes.to_text(),
        name: name.to_owned(),
        created_at: now,
        seen_at: now,
        proved_at: None,
        expires_at: now.plus(seconds),
    };
    let mut record = record(&row);
    if let Json::Object(record) = &mut record {
        record.insert("secret", secret.as_str());
    }
    attempt.commit(quiet(member.company, Some(member.revision), now, vec![RowChange::Credential(row)]))?;
    Ok(Answer::created(record, &paths::under_base(paths::TOKENS)))
}

/// Revokes a token: what was begun with it and is not committed yet fails.
pub(crate) fn revoke(attempt: &mut Attempt<'_>, Session(member): Session) -> Result<Answer> {
    crate::management::check_no_body(attempt)?;
    let id = attempt.call.parameter("id");
    let mut digest = [0; 32];
    base16ct::lower::decode(id, &mut digest).map_err(|_| errors::not_found())?;
    let own = |row: &CredentialRow| row.kind == CredentialKind::Token && row.person == member.row.key;
    let row = CredentialRow::find(attempt.reader, &digest)?.filter(|(company, _)| *company == member.company);
    let row = row.map(|(_, row)| row).filter(own).ok_or_else(errors::not_found)?;
    let mut desk = Desk::of(attempt, &member);
    let rows = vec![RowChange::NoCredential { digest: row.digest }];
    let change = desk.change("token", &member.row.email, "revoke", Some(record(&row)), None, rows)?;
    attempt.commit(change)?;
    Ok(Answer::empty())
}

fn rows(attempt: &mut Attempt<'_>, member: &Member) -> Result<Vec<CredentialRow>> {
    let (now, kind) = (attempt.now(), CredentialKind::Token);
    Ok(CredentialRow::of_person(attempt.reader, member.company, &member.row.key, kind, now, MOST)?)
}

/// Reads the scopes, of which the role must have every one.
fn scopes(members: &Members<'_>, role: Role) -> Result<Scopes> {
    let mut scopes = Vec::new();
    for (path, value) in members.elements("scopes")? {
        let Some(text) = value.as_str() else {
            let found = Plain(value.kind());
            let error = jit_approvals_base::errors::wrong_type("a scope", Plain("a string"), found);
            return Err(error.with_field(path.to_string()).into());
        };
        scopes.push(text.parse::<Scope>().map_err(|error| error.with_field(path.to_string()))?);
    }
    let scopes = Scopes::new(scopes);
    if scopes.is_empty() {
        return Err(missing_member("scopes").with_field("scopes").into());
    }
    if scopes.has(Scope::Manage) && role != Role::Administrator {
        return Err(errors::role_required(Plain("administrator")).with_field("scopes").into());
    }
    if scopes.has(Scope::Decide) && role == Role::Auditor {
        return Err(errors::role_required(Plain("approver")).with_field("scopes").into());
    }
    Ok(scopes)
}

/// The record of a token: `{id, name, scopes, createdAt, lastSeenAt, expiresAt}`.
fn record(row: &CredentialRow) -> Json {
    let scopes = Scopes::parse(&row.scope);
    let scopes: Vec<Json> = scopes.names().into_iter().map(Json::from).collect();
    Object::new()
        .with("id", id_of(row))
        .with("name", row.name.as_str())
        .with("scopes", scopes)
        .with("createdAt", row.created_at)
        .with("lastSeenAt", row.seen_at)
        .with("expiresAt", row.expires_at)
        .into()
}
