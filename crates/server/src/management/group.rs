//! `/groups`

use jit_approvals::json::{Json, Object};
use jit_approvals::{Directory, Error, ErrorCode, UnixTime, identity};
use jit_approvals_api::{Page, errors, paths};
use jit_approvals_base::{Id, Members, quote};
use jit_approvals_store::{GroupRow, PersonRow, Reader, RowChange};

use super::user::{check_name, encoded};
use super::{LIST, check_no_body, check_replacement, check_version};
use crate::answer::Answer;
use crate::caller::{Administrator, Auditor, Member};
use crate::desk::Desk;
use crate::refusal::Result;
use crate::state::Attempt;

/// The most members of a group.
const MEMBERS: usize = jit_approvals::limits::APPROVERS as usize;

/// Lists groups by key.
pub(crate) fn list(attempt: &mut Attempt<'_>, Auditor(caller): Auditor) -> Result<Answer> {
    let query = attempt.call.query(LIST)?;
    let (limit, is_archived) = (query.limit()?, query.flag("archived")?);
    let (prefix, after) = (query.get("search").unwrap_or_default(), query.get("after").unwrap_or_default());
    let most = i64::try_from(limit).unwrap_or(1) + 1;
    let rows = GroupRow::list(attempt.reader, caller.company, prefix, after, is_archived, most)?;
    // The members are read one group at a time: a list only names the groups.
    let summary = |row: &GroupRow| -> Json { summary(row).into() };
    Ok(Answer::ok(Page::new(rows, limit, |row| row.key.clone(), summary).to_json()))
}

/// Creates a group: `{key, name, members?}`.
pub(crate) fn create(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    let json = attempt.call.json()?;
    let members = Members::of(&json, "", &["key", "name", "members"])?;
    let key = members.required_text("key")?.to_owned();
    Directory::everyone()
        .with_groups([(key.clone(), Vec::new())])
        .map_err(|error| error.with_field("key"))?;
    let people = people(attempt, caller.company, &members)?;
    let row = GroupRow { name: name(&members)?, version: 1, archived_at: None, key };
    if GroupRow::find(attempt.reader, caller.company, &row.key)?.is_some() {
        return Err(errors::key_taken(&row.key).with_field("key").into());
    }
    let location = paths::under_base(&paths::GROUP.replace("{key}", &encoded(&row.key)));
    let after = write(attempt, &caller, "create", None, &row, Some(&people))?;
    Ok(Answer::created(after, &location).with_version(row.version))
}

/// Reads a group.
pub(crate) fn read(attempt: &mut Attempt<'_>, Auditor(caller): Auditor) -> Result<Answer> {
    let row = find(attempt, caller.company)?;
    Ok(Answer::ok(record(attempt.reader, caller.company, &row)?).with_version(row.version))
}

/// Replaces a group: `{name, members}`.
pub(crate) fn replace(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    let json = attempt.call.json()?;
    let members = Members::of(&json, "", &["name", "members", "key", "version", "archivedAt"])?;
    let row = find(attempt, caller.company)?;
    let before = record(attempt.reader, caller.company, &row)?;
    check_version(attempt, row.version, before.clone())?;
    check_replacement(&json, &before, &["name", "members"])?;
    let people = people(attempt, caller.company, &members)?;
    let row = GroupRow { name: name(&members)?, version: row.version + 1, ..row };
    let after = write(attempt, &caller, "replace", Some(before), &row, Some(&people))?;
    Ok(Answer::ok(after).with_version(row.version))
}

/// Archives a group: nobody is eligible by it any more.
pub(crate) fn archive(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    let now = attempt.now();
    set_archived(attempt, &caller, Some(now))
}

/// Restores a group.
pub(crate) fn restore(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    set_archived(attempt, &caller, None)
}

fn set_archived(attempt: &mut Attempt<'_>, caller: &Member, at: Option<UnixTime>) -> Result<Answer> {
    check_no_body(attempt)?;
    let row = find(attempt, caller.company)?;
    let before = record(attempt.reader, caller.company, &row)?;
    if row.archived_at.is_some() == at.is_some() {
        return Ok(Answer::ok(before).with_version(row.version));
    }
    let row = GroupRow { archived_at: at, version: row.version + 1, ..row };
    let action = if at.is_some() { "archive" } else { "restore" };
    let after = write(attempt, caller, action, Some(before), &row, None)?;
    Ok(Answer::ok(after).with_version(row.version))
}

/// Writes a group, and its members if they are given. Returns the record.
fn write(
    attempt: &mut Attempt<'_>,
    caller: &Member,
    action: &str,
    before: Option<Json>,
    row: &GroupRow,
    people: Option<&[PersonRow]>,
) -> Result<Json> {
    let mut rows = vec![RowChange::Group(row.clone())];
    let after: Json = match people {
        None => record(attempt.reader, caller.company, row)?,
        Some(people) => {
            let keys = people.iter().map(|person| person.key.clone()).collect();
            rows.push(RowChange::Members { group: row.key.clone(), people: keys });
            let emails: Vec<&str> = people.iter().map(|person| person.email.as_str()).collect();
            summary(row).with("members", emails).into()
        }
    };
    let mut desk = Desk::of(attempt, caller);
    let change = desk.change("group", &row.key, action, before, Some(after.clone()), rows)?;
    attempt.commit(change)?;
    Ok(after)
}

fn find(attempt: &mut Attempt<'_>, company: Id) -> Result<GroupRow> {
    let key = attempt.call.parameter("key");
    GroupRow::find(attempt.reader, company, key)?.ok_or_else(|| errors::not_found().into())
}

fn name(members: &Members<'_>) -> Result<String> {
    let name = members.required_text("name")?;
    check_name("name", name)?;
    Ok(name.to_owned())
}

/// Finds the people whom the body lists, sorted by key.
fn people(attempt: &mut Attempt<'_>, company: Id, members: &Members<'_>) -> Result<Vec<PersonRow>> {
    let emails = members.texts("members")?;
    if emails.len() > MEMBERS {
        let range = jit_approvals_base::Plain(format!("a list of at most {MEMBERS}"));
        return Err(jit_approvals_base::errors::out_of_range("members", range).with_field("members").into());
    }
    let mut people = Vec::new();
    for (index, email) in emails.iter().enumerate() {
        let person = PersonRow::find_in(attempt.reader, company, &identity(email))?;
        let unknown = || {
            let message = format!("no person has the email {}", quote(email));
            Error::new(ErrorCode::UnknownApprover, message).with_field(format!("members[{index}]"))
        };
        people.push(person.ok_or_else(unknown)?);
    }
    people.sort_by(|one, other| one.key.cmp(&other.key));
    people.dedup_by(|one, other| one.key == other.key);
    Ok(people)
}

/// The record of a group: `{key, name, archivedAt?, version, members}`.
fn record(reader: &mut dyn Reader, company: Id, row: &GroupRow) -> Result<Json> {
    let mut emails = Vec::new();
    for key in GroupRow::members(reader, company, &row.key, i64::try_from(MEMBERS).unwrap_or(i64::MAX))? {
        let person = PersonRow::find_in(reader, company, &key)?;
        emails.extend(person.map(|person| person.email));
    }
    Ok(summary(row).with("members", emails).into())
}

fn summary(row: &GroupRow) -> Object {
    let mut record = Object::new().with("key", row.key.as_str()).with("name", row.name.as_str());
    if let Some(at) = row.archived_at {
        record.insert("archivedAt", at);
    }
    record.with("version", row.version)
}
