//! `/users`

use jit_approvals::json::{Json, Object};
use jit_approvals::{Directory, Error, Origin, Person, identity};
use jit_approvals_api::{Page, errors, paths};
use jit_approvals_base::{Id, Members, quote};
use jit_approvals_store::{
    AliasRow, ApplicationRow, CredentialKind, CredentialRow, PersonRow, Reader, Role, RowChange, Unique,
};

use super::{Changed, LIST, check_no_body, check_replacement, check_version};
use crate::answer::Answer;
use crate::caller::{Administrator, Auditor};
use crate::desk::Desk;
use crate::first_start::LINK_SECONDS;
use crate::refusal::{Refusal, Result};
use crate::seal::new_secret;
use crate::state::Attempt;

/// The most aliases of a user.
const ALIASES: usize = 100;

/// What is given to create a user or to replace it.
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) aliases: Vec<AliasRow>,
}

impl Given {
    fn read(members: &Members<'_>) -> Result<Self> {
        let name = members.required_text("name")?.to_owned();
        check_name("name", &name)?;
        let role = members.parsed("role")?.unwrap_or(Role::Approver);
        let mut aliases = Vec::new();
        for (path, value) in members.elements("aliases")? {
            let alias = Members::of(value, path, &["application", "name"])?;
            let name = alias.required_text("name")?;
            check_name(&path.to_string(), name)?;
            let application = alias.required_parsed("application")?;
            aliases.push(AliasRow { application, key: identity(name), name: name.to_owned() });
        }
        if aliases.len() > ALIASES {
            let range = jit_approvals_base::Plain(format!("a list of at most {ALIASES}"));
            return Err(jit_approvals_base::errors::out_of_range("aliases", range)
                .with_field("aliases")
                .into());
        }
        Ok(Self { name, role, aliases })
    }
}

/// Lists users by email.
pub(crate) fn list(attempt: &mut Attempt<'_>, Auditor(caller): Auditor) -> Result<Answer> {
    let query = attempt.call.query(LIST)?;
    let (limit, is_archived) = (query.limit()?, query.flag("archived")?);
    let key = |name| query.get(name).map(identity).unwrap_or_default();
    let most = i64::try_from(limit).unwrap_or(1) + 1;
    let (prefix, after) = (key("search"), key("after"));
    let rows = PersonRow::list(attempt.reader, caller.company, &prefix, &after, !is_archived, most)?;
    let mut items = Vec::new();
    for row in rows {
        items.push((row.email.clone(), record(attempt.reader, &row)?));
    }
    let page = Page::new(items, limit, |(email, _)| email.clone(), |(_, record)| record.clone());
    Ok(Answer::ok(page.to_json()))
}

/// Creates a user: `{email, name, role?, aliases?}`.
pub(crate) fn create(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    let json = attempt.call.json()?;
    let members = Members::of(&json, "", &["email", "name", "role", "aliases"])?;
    let email = members.required_text("email")?;
    let given = Given::read(&members)?;
    if given.role != Role::Approver {
        caller.check_proved(attempt.now())?;
    }
    let changed = new(&mut Desk::of(attempt, &caller), email, &given, None)?;
    attempt.commit(changed.change).map_err(|refusal| taken(refusal, email))?;
    let path = paths::USER.replace("{email}", &encoded(email));
    Ok(Answer::created(changed.record, &paths::under_base(&path)).with_version(changed.version))
}

/// Creates the change that makes a user, with the hash of a password or without.
pub(crate) fn new(
    desk: &mut Desk<'_>,
    email: &str,
    given: &Given,
    password: Option<String>,
) -> Result<Changed> {
    check_email(email)?;
    let row = PersonRow {
        key: identity(email),
        company: desk.company,
        email: email.to_owned(),
        name: given.name.clone(),
        role: given.role,
        active: true,
        password,
        version: 1,
    };
    if AliasRow::is_of_another(desk.reader, desk.company, &row.key, &row.key)? {
        return Err(errors::key_taken(email).with_field("email").into());
    }
    check_aliases(desk, &row.key, &given.aliases)?;
    let record = record_with(&row, &given.aliases);
    let rows = vec![
        RowChange::NewPerson(row.clone()),
        RowChange::Aliases { person: row.key.clone(), aliases: given.aliases.clone() },
    ];
    let change = desk.change("user", &row.email, "create", None, Some(record.clone()), rows)?;
    Ok(Changed { change, record, version: 1 })
}

/// Reads a user.
pub(crate) fn read(attempt: &mut Attempt<'_>, Auditor(caller): Auditor) -> Result<Answer> {
    let row = find(attempt, caller.company)?;
    Ok(Answer::ok(record(attempt.reader, &row)?).with_version(row.version))
}

/// Replaces a user: `{name, role, aliases}`. A changed role ends everything that the user is signed in with.
pub(crate) fn replace(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    let json = attempt.call.json()?;
    let members = Members::of(&json, "", &["name", "role", "aliases", "email", "active", "version"])?;
    let given = Given::read(&members)?;
    let row = find(attempt, caller.company)?;
    let before = record(attempt.reader, &row)?;
    check_version(attempt, row.version, before.clone())?;
    check_replacement(&json, &before, &["name", "role", "aliases"])?;
    let role_changes = row.role != given.role;
    if role_changes {
        caller.check_proved(attempt.now())?;
        check_not_last(attempt.reader, &row, given.role == Role::Administrator)?;
    }
    let mut desk = Desk::of(attempt, &caller);
    check_aliases(&mut desk, &row.key, &given.aliases)?;
    let row = PersonRow { name: given.name.clone(), role: given.role, version: row.version + 1, ..row };
    let after = record_with(&row, &given.aliases);
    let mut rows = vec![
        RowChange::Person(row.clone()),
        RowChange::Aliases { person: row.key.clone(), aliases: given.aliases.clone() },
    ];
    if role_changes {
        rows.push(RowChange::NoCredentials { person: row.key.clone() });
    }
    let change = desk.change("user", &row.email, "replace", Some(before), Some(after.clone()), rows)?;
    attempt.commit(change).map_err(|refusal| taken(refusal, &row.email))?;
    Ok(Answer::ok(after).with_version(row.version))
}

/// Makes a user inactive: they can no longer sign in or decide.
pub(crate) fn archive(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    set_active(attempt, &caller, false)
}

/// Makes a user active again.
pub(crate) fn restore(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    set_active(attempt, &caller, true)
}

fn set_active(attempt: &mut Attempt<'_>, caller: &crate::caller::Member, active: bool) -> Result<Answer> {
    check_no_body(attempt)?;
    let row = find(attempt, caller.company)?;
    let before = record(attempt.reader, &row)?;
    if row.active == active {
        return Ok(Answer::ok(before).with_version(row.version));
    }
    if active && row.role != Role::Approver {
        // It gives them their role again.
        caller.check_proved(attempt.now())?;
    }
    check_not_last(attempt.reader, &row, active && row.role == Role::Administrator)?;
    let row = PersonRow { active, version: row.version + 1, ..row };
    let after = record(attempt.reader, &row)?;
    let rows = vec![RowChange::Person(row.clone()), RowChange::NoCredentials { person: row.key.clone() }];
    let action = if active { "restore" } else { "archive" };
    let mut desk = Desk::of(attempt, caller);
    let change = desk.change("user", &row.email, action, Some(before), Some(after.clone()), rows)?;
    attempt.commit(change)?;
    Ok(Answer::ok(after).with_version(row.version))
}

/// Makes a one-time link, with which the user sets a password. Its secret is shown once.
pub(crate) fn link(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    check_no_body(attempt)?;
    caller.check_proved(attempt.now())?;
    let row = find(attempt, caller.company)?;
    if !row.active {
        return Err(errors::archived(&row.email).into());
    }
    let (secret, digest) = new_secret()?;
    let mut desk = Desk::of(attempt, &caller);
    let (change, end) = new_link(&mut desk, &row, digest)?;
    attempt.commit(change)?;
    let body = Object::new().with("secret", secret.as_str()).with("email", row.email).with("expiresAt", end);
    Ok(Answer::created(body, &paths::under_base(paths::LINK)))
}

/// Creates the change that makes a one-time link for a user.
pub(crate) fn new_link(
    desk: &mut Desk<'_>,
    row: &PersonRow,
    digest: [u8; 32],
) -> Result<(jit_approvals_store::Change, jit_approvals::UnixTime)> {
    let end = desk.now.plus(LINK_SECONDS);
    let credential = CredentialRow {
        digest,
        person: row.key.clone(),
        kind: CredentialKind::Link,
        scope: String::new(),
        // Who has made it. The event of redeeming names them, too.
        name: desk.actor.id().to_owned(),
        created_at: desk.now,
        seen_at: desk.now,
        proved_at: None,
        expires_at: end,
    };
    let after = Object::new().with("expiresAt", end);
    let rows = vec![RowChange::Credential(credential)];
    let change = desk.change("link", &row.email, "issue", None, Some(after.into()), rows)?;
    Ok((change, end))
}

fn find(attempt: &mut Attempt<'_>, company: Id) -> Result<PersonRow> {
    let key = identity(attempt.call.parameter("email"));
    PersonRow::find_in(attempt.reader, company, &key)?.ok_or_else(|| errors::not_found().into())
}

/// Rejects a change after which the company would have no active administrator.
fn check_not_last(reader: &mut dyn Reader, row: &PersonRow, stays: bool) -> Result<()> {
    let counts = row.active && row.role == Role::Administrator;
    if stays || !counts || PersonRow::other_administrator(reader, row.company, &row.key)? {
        return Ok(());
    }
    Err(errors::last_administrator().into())
}

/// Rejects an alias at an application that does not exist, and a name of somebody else.
fn check_aliases(desk: &mut Desk<'_>, person: &str, aliases: &[AliasRow]) -> Result<()> {
    for (index, alias) in aliases.iter().enumerate() {
        let field = format!("aliases[{index}]");
        if ApplicationRow::find(desk.reader, desk.company, alias.application)?.is_none() {
            let id = alias.application.to_string();
            let error = jit_approvals_base::errors::invalid_id(&id);
            return Err(error.with_field(format!("{field}.application")).into());
        }
        let owner = AliasRow::owner(desk.reader, desk.company, alias.application, &alias.key)?;
        let is_email = PersonRow::find_in(desk.reader, desk.company, &alias.key)?.is_some();
        let twice = aliases[..index]
            .iter()
            .any(|other| (other.application, &other.key) == (alias.application, &alias.key));
        if is_email || twice || owner.is_some_and(|owner| owner != person) {
            return Err(errors::key_taken(&alias.name).with_field(format!("{field}.name")).into());
        }
    }
    Ok(())
}

/// Names a value that is taken.
pub(crate) fn taken(refusal: Refusal, email: &str) -> Refusal {
    match refusal {
        Refusal::Taken(Unique::Email) => errors::email_taken(email).with_field("email").into(),
        Refusal::Taken(Unique::Alias) => errors::key_taken("an alias").with_field("aliases").into(),
        other => other,
    }
}

/// The record of a user: `{email, name, role, active, aliases, version}`.
fn record(reader: &mut dyn Reader, row: &PersonRow) -> Result<Json> {
    let aliases = AliasRow::of_person(reader, row.company, &row.key)?;
    Ok(record_with(row, &aliases))
}

fn record_with(row: &PersonRow, aliases: &[AliasRow]) -> Json {
    let alias = |alias: &AliasRow| {
        Object::new().with("application", alias.application).with("name", alias.name.as_str())
    };
    Object::new()
        .with("email", row.email.as_str())
        .with("name", row.name.as_str())
        .with("role", row.role.as_str())
        .with("active", row.active)
        .with("aliases", aliases.iter().map(alias).collect::<Vec<_>>())
        .with("version", row.version)
        .into()
}

/// Rejects what is not an email.
pub(crate) fn check_email(email: &str) -> Result<(), Error> {
    Directory::new([Person::new(email)]).map(|_| ()).map_err(|error| error.with_field("email"))
}

/// Rejects a name that could mislead a reader.
pub(crate) fn check_name(field: &str, name: &str) -> Result<(), Error> {
    // The same rule as for every name that an approver reads. Only the field has another name.
    Origin::new("name", name).map(|_| ()).map_err(|error| {
        let message = error.message().replacen("`subject`", &quote(field), 1);
        let named = Error::new(error.code(), message).with_field(field);
        match error.place_in_field() {
            Some(place) => named.at_in_field(place),
            None => named,
        }
    })
}

/// Encodes a text as one segment of a path.
pub(crate) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
