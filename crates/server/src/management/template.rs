//! `/templates`

use jit_approvals::json::{Json, Object};
use jit_approvals::{Template, UnixTime};
use jit_approvals_api::{Page, errors, paths};
use jit_approvals_base::{Id, Members, Plain};
use jit_approvals_store::{Failure, RowChange, TemplateRow, Unique};

use super::user::encoded;
use super::{Changed, LIST, check_no_body, check_version};
use crate::answer::Answer;
use crate::caller::{Administrator, Auditor, Member};
use crate::desk::Desk;
use crate::refusal::{Refusal, Result};
use crate::state::Attempt;

/// Lists the newest versions of templates by key.
pub(crate) fn list(attempt: &mut Attempt<'_>, Auditor(caller): Auditor) -> Result<Answer> {
    let query = attempt.call.query(LIST)?;
    let (limit, is_archived) = (query.limit()?, query.flag("archived")?);
    let (prefix, after) = (query.get("search").unwrap_or_default(), query.get("after").unwrap_or_default());
    let most = i64::try_from(limit).unwrap_or(1) + 1;
    let rows = TemplateRow::list(attempt.reader, caller.company, prefix, after, is_archived, most)?;
    let mut items = Vec::new();
    for row in rows {
        items.push((row.key.clone(), record(&row)?));
    }
    let page = Page::new(items, limit, |(key, _)| key.clone(), |(_, record)| record.clone());
    Ok(Answer::ok(page.to_json()))
}

/// Creates a template.
pub(crate) fn create(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    let json = attempt.call.json()?;
    let changed = new(&mut Desk::of(attempt, &caller), &json)?;
    attempt.commit(changed.change).map_err(taken)?;
    let key = changed.record.get("key").and_then(Json::as_str).unwrap_or_default();
    let location = paths::under_base(&paths::TEMPLATE.replace("{key}", &encoded(key)));
    Ok(Answer::created(changed.record, &location).with_version(changed.version))
}

/// Creates the change that makes a template.
pub(crate) fn new(desk: &mut Desk<'_>, json: &Json) -> Result<Changed> {
    let row = version(desk, json, 1)?;
    if TemplateRow::newest(desk.reader, desk.company, &row.key)?.is_some() {
        return Err(errors::key_taken(&row.key).with_field("approvalKey").into());
    }
    changed(desk, "create", None, row)
}

/// Reads the newest version of a template, or the one that the query names.
pub(crate) fn read(attempt: &mut Attempt<'_>, Auditor(caller): Auditor) -> Result<Answer> {
    let version = attempt.call.query(&["version"])?.integer("version", 1, i64::from(u32::MAX))?;
    let key = attempt.call.parameter("key");
    let row = match version {
        None => TemplateRow::newest(attempt.reader, caller.company, key)?,
        Some(version) => TemplateRow::find(attempt.reader, caller.company, key, version)?,
    };
    let row = row.ok_or_else(errors::not_found)?;
    Ok(Answer::ok(record(&row)?).with_version(row.version))
}

/// Replaces a template by a new version. Requests that are open keep theirs.
pub(crate) fn replace(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    let json = attempt.call.json()?;
    let present = find(attempt, caller.company)?;
    check_version(attempt, present.version, record(&present)?)?;
    if present.archived_at.is_some() {
        return Err(errors::archived(&present.key).into());
    }
    let mut desk = Desk::of(attempt, &caller);
    let row = version(&desk, &json, present.version + 1)?;
    if row.key != present.key {
        let reason = Plain(format!("`approvalKey` must be `{}`, as in the path", present.key));
        return Err(jit_approvals_base::errors::unexpected_form(reason).with_field("approvalKey").into());
    }
    let changed = changed(&mut desk, "replace", Some(&present), row)?;
    attempt.commit(changed.change).map_err(taken)?;
    Ok(Answer::ok(changed.record).with_version(changed.version))
}

/// Archives a template: no new requests.
pub(crate) fn archive(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    let now = attempt.now();
    set_archived(attempt, &caller, Some(now))
}

/// Restores a template.
pub(crate) fn restore(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    set_archived(attempt, &caller, None)
}

fn set_archived(attempt: &mut Attempt<'_>, caller: &Member, at: Option<UnixTime>) -> Result<Answer> {
    check_no_body(attempt)?;
    let present = find(attempt, caller.company)?;
    if present.archived_at.is_some() == at.is_some() {
        return Ok(Answer::ok(record(&present)?).with_version(present.version));
    }
    let action = if at.is_some() { "archive" } else { "restore" };
    let row = TemplateRow { archived_at: at, ..present.clone() };
    let (before, after) = (summary(&present), summary(&row));
    let rows = vec![RowChange::TemplateArchived { key: row.key.clone(), at }];
    let mut desk = Desk::of(attempt, caller);
    let change = desk.change("template", &row.key, action, Some(before.into()), Some(after.into()), rows)?;
    attempt.commit(change)?;
    Ok(Answer::ok(record(&row)?).with_version(row.version))
}

/// Reads a template that is given, as a version. The version in the text is the server's.
fn version(desk: &Desk<'_>, json: &Json, version: i64) -> Result<TemplateRow> {
    let mut json = json.clone();
    Members::open(&json, "")?.count("templateVersion", 1, u32::MAX)?;
    if let Json::Object(object) = &mut json {
        object.insert("templateVersion", version);
    }
    let template = Template::from_json(&json)?;
    let (key, text) = (template.key().to_owned(), json.to_string());
    Ok(TemplateRow { key, version, text, created_at: desk.now, archived_at: None })
}

fn changed(
    desk: &mut Desk<'_>,
    action: &str,
    before: Option<&TemplateRow>,
    row: TemplateRow,
) -> Result<Changed> {
    let (record, version, key) = (record(&row)?, row.version, row.key.clone());
    let before = before.map(self::record).transpose()?;
    let rows = vec![RowChange::Template(row)];
    let change = desk.change("template", &key, action, before, Some(record.clone()), rows)?;
    Ok(Changed { change, record, version })
}

fn find(attempt: &mut Attempt<'_>, company: Id) -> Result<TemplateRow> {
    let key = attempt.call.parameter("key");
    TemplateRow::newest(attempt.reader, company, key)?.ok_or_else(|| errors::not_found().into())
}

/// Another administrator has created the same version.
fn taken(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Taken(Unique::Template) => {
            errors::key_taken("the template").with_field("approvalKey").into()
        }
        other => other,
    }
}

/// The record of a template: `{key, version, createdAt, archivedAt?, template}`.
fn record(row: &TemplateRow) -> Result<Json> {
    let template = Json::parse(&row.text)
        .map_err(|problem| Failure::Corrupt(format!("the template {}: {problem}", row.key)))?;
    Ok(summary(row).with("template", template).into())
}

fn summary(row: &TemplateRow) -> Object {
    let mut record = Object::new()
        .with("key", row.key.as_str())
        .with("version", row.version)
        .with("createdAt", row.created_at);
    if let Some(at) = row.archived_at {
        record.insert("archivedAt", at);
    }
    record
}
