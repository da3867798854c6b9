//! `/applications`

use jit_approvals::json::{Json, Object};
use jit_approvals_api::{Page, errors, paths};
use jit_approvals_base::{Id, Members, Plain};
use jit_approvals_store::{ApplicationRow, Reader, RowChange, Unique};

use super::user::check_name;
use super::{Changed, LIST, check_no_body, check_replacement, check_version};
use crate::answer::Answer;
use crate::caller::{Administrator, Auditor, Member};
use crate::desk::Desk;
use crate::refusal::{Refusal, Result};
use crate::state::Attempt;

/// The most identifiers of an application.
const IDENTIFIERS: usize = 20;

/// What is given to create an application or to replace it.
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) identifiers: Vec<String>,
    pub(crate) once_only: bool,
    pub(crate) known_subjects: bool,
}

const GIVEN: &[&str] = &["name", "identifiers", "onceOnlyTokens", "knownSubjectsOnly"];

const WHOLE: &[&str] =
    &["name", "identifiers", "onceOnlyTokens", "knownSubjectsOnly", "id", "active", "version"];

impl Given {
    fn read(json: &Json, known: &[&str]) -> Result<Self> {
        let members = Members::of(json, "", known)?;
        let name = members.required_text("name")?.to_owned();
        check_name("name", &name)?;
        let mut identifiers = members.texts("identifiers")?;
        if !(1..=IDENTIFIERS).contains(&identifiers.len()) {
            let range = Plain(format!("a list of 1 to {IDENTIFIERS} values of `iss`"));
            let error = jit_approvals_base::errors::out_of_range("identifiers", range);
            return Err(error.with_field("identifiers").into());
        }
        for (index, identifier) in identifiers.iter().enumerate() {
            check_name(&format!("identifiers[{index}]"), identifier)?;
        }
        identifiers.sort();
        identifiers.dedup();
        Ok(Self {
            name,
            identifiers,
            once_only: members.boolean("onceOnlyTokens")?.unwrap_or(false),
            known_subjects: members.boolean("knownSubjectsOnly")?.unwrap_or(false),
        })
    }
}

/// Lists applications, the oldest first. `search` is the prefix of an identifier.
pub(crate) fn list(attempt: &mut Attempt<'_>, Auditor(caller): Auditor) -> Result<Answer> {
    let query = attempt.call.query(LIST)?;
    let (limit, is_archived) = (query.limit()?, query.flag("archived")?);
    let after = query.id("after")?.unwrap_or(Id::NIL);
    let prefix = query.get("search").unwrap_or_default();
    let most = i64::try_from(limit).unwrap_or(1) + 1;
    let rows = ApplicationRow::list(attempt.reader, caller.company, prefix, after, !is_archived, most)?;
    let mut items = Vec::new();
    for row in rows {
        items.push((row.id, record(attempt.reader, caller.company, &row)?));
    }
    let page = Page::new(items, limit, |(id, _)| id.to_string(), |(_, record)| record.clone());
    Ok(Answer::ok(page.to_json()))
}

/// Creates an application: `{name, identifiers, onceOnlyTokens?, knownSubjectsOnly?}`.
pub(crate) fn create(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    let given = Given::read(&attempt.call.json()?, GIVEN)?;
    let id = Id::v7()?;
    let changed = new(&mut Desk::of(attempt, &caller), id, &given)?;
    let identifiers = &given.identifiers;
    attempt.commit(changed.change).map_err(|refusal| taken(attempt.reader, refusal, id, identifiers))?;
    let location = paths::under_base(&paths::APPLICATION.replace("{id}", &id.to_string()));
    Ok(Answer::created(changed.record, &location).with_version(changed.version))
}

/// Creates the change that makes an application.
pub(crate) fn new(desk: &mut Desk<'_>, id: Id, given: &Given) -> Result<Changed> {
    let row = ApplicationRow {
        id,
        name: given.name.clone(),
        active: true,
        once_only: given.once_only,
        known_subjects: given.known_subjects,
        cut: None,
        version: 1,
    };
    let record = record_with(&row, &given.identifiers);
    let identifier = |iss: &String| RowChange::NewIdentifier { iss: iss.clone(), application: id };
    let rows = std::iter::once(RowChange::Application(row))
        .chain(given.identifiers.iter().map(identifier))
        .collect();
    let change = desk.change("application", &id.to_string(), "create", None, Some(record.clone()), rows)?;
    Ok(Changed { change, record, version: 1 })
}

/// Reads an application.
pub(crate) fn read(attempt: &mut Attempt<'_>, Auditor(caller): Auditor) -> Result<Answer> {
    let row = find(attempt, caller.company)?;
    Ok(Answer::ok(record(attempt.reader, caller.company, &row)?).with_version(row.version))
}

/// Replaces an application: `{name, identifiers, onceOnlyTokens, knownSubjectsOnly}`.
pub(crate) fn replace(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    let json = attempt.call.json()?;
    let given = Given::read(&json, WHOLE)?;
    let row = find(attempt, caller.company)?;
    let had = ApplicationRow::identifiers(attempt.reader, caller.company, row.id)?;
    let before = record_with(&row, &had);
    check_version(attempt, row.version, before.clone())?;
    check_replacement(&json, &before, GIVEN)?;
    let application = row.id;
    let row = ApplicationRow {
        name: given.name,
        once_only: given.once_only,
        known_subjects: given.known_subjects,
        version: row.version + 1,
        ..row
    };
    let after = record_with(&row, &given.identifiers);
    let mut rows = vec![RowChange::Application(row.clone())];
    for iss in had.iter().filter(|iss| !given.identifiers.contains(iss)) {
        rows.push(RowChange::NoIdentifier { iss: iss.clone(), application });
    }
    for iss in given.identifiers.iter().filter(|iss| !had.contains(iss)) {
        rows.push(RowChange::NewIdentifier { iss: iss.clone(), application });
    }
    commit(attempt, &caller, "replace", before, &after, &row, rows)
}

/// Deactivates an application. What it has opened stays dead, even if it is activated again.
pub(crate) fn archive(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    set_active(attempt, &caller, false)
}

/// Activates an application again.
pub(crate) fn restore(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    set_active(attempt, &caller, true)
}

fn set_active(attempt: &mut Attempt<'_>, caller: &Member, active: bool) -> Result<Answer> {
    check_no_body(attempt)?;
    let row = find(attempt, caller.company)?;
    let before = record(attempt.reader, caller.company, &row)?;
    if row.active == active {
        return Ok(Answer::ok(before).with_version(row.version));
    }
    let row = ApplicationRow { active, version: row.version + 1, ..row };
    let after = record(attempt.reader, caller.company, &row)?;
    let mut rows = vec![RowChange::Application(row.clone())];
    if !active {
        rows.push(RowChange::Cut { application: row.id });
    }
    let action = if active { "restore" } else { "archive" };
    commit(attempt, caller, action, before, &after, &row, rows)
}

fn commit(
    attempt: &mut Attempt<'_>,
    caller: &Member,
    action: &str,
    before: Json,
    after: &Json,
    row: &ApplicationRow,
    rows: Vec<RowChange>,
) -> Result<Answer> {
    let mut desk = Desk::of(attempt, caller);
    let key = row.id.to_string();
    let new = |row: &RowChange| match row {
        RowChange::NewIdentifier { iss, .. } => Some(iss.clone()),
        _ => None,
    };
    let identifiers: Vec<String> = rows.iter().filter_map(new).collect();
    let change = desk.change("application", &key, action, Some(before), Some(after.clone()), rows)?;
    attempt.commit(change).map_err(|refusal| taken(attempt.reader, refusal, row.id, &identifiers))?;
    Ok(Answer::ok(after.clone()).with_version(row.version))
}

/// Finds the application in the path.
pub(crate) fn find(attempt: &mut Attempt<'_>, company: Id) -> Result<ApplicationRow> {
    let id = attempt.call.id("id")?;
    ApplicationRow::find(attempt.reader, company, id)?.ok_or_else(|| errors::not_found().into())
}

/// Names the identifier that another application has.
fn taken(reader: &mut dyn Reader, refusal: Refusal, application: Id, identifiers: &[String]) -> Refusal {
    let Refusal::Taken(Unique::Identifier) = refusal else { return refusal };
    let mut is_taken = |iss: &&String| {
        let found = ApplicationRow::identified(reader, iss);
        found.is_ok_and(|found| found.is_some_and(|found| found.application != application))
    };
    // One that was taken after this call has begun to read is not seen here.
    let iss = identifiers.iter().find(&mut is_taken).or(identifiers.first());
    errors::identifier_taken(iss.map_or("", String::as_str)).with_field("identifiers").into()
}

/// The record of an application: `{id, name, identifiers, onceOnlyTokens, knownSubjectsOnly, active, version}`.
fn record(reader: &mut dyn Reader, company: Id, row: &ApplicationRow) -> Result<Json> {
    Ok(record_with(row, &ApplicationRow::identifiers(reader, company, row.id)?))
}

fn record_with(row: &ApplicationRow, identifiers: &[String]) -> Json {
    Object::new()
        .with("id", row.id)
        .with("name", row.name.as_str())
        .with("identifiers", identifiers.iter().map(String::as_str).collect::<Vec<_>>())
        .with("onceOnlyTokens", row.once_only)
        .with("knownSubjectsOnly", row.known_subjects)
        .with("active", row.active)
        .with("version", row.version)
        .into()
}
