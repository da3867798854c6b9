//! `/company`

use jit_approvals::json::{Json, Object};
use jit_approvals_api::errors;
use jit_approvals_base::Members;
use jit_approvals_store::{CompanyRow, RowChange};

use super::user::check_name;
use super::{check_replacement, check_version};
use crate::answer::Answer;
use crate::caller::{Administrator, Auditor};
use crate::desk::Desk;
use crate::refusal::Result;
use crate::state::Attempt;

/// Reads the company, and where its log ends.
pub(crate) fn read(attempt: &mut Attempt<'_>, Auditor(caller): Auditor) -> Result<Answer> {
    let row = CompanyRow::find(attempt.reader, caller.company)?.ok_or_else(errors::not_found)?;
    Ok(Answer::ok(record(&row)).with_version(row.version))
}

/// Renames the company: `{name}`.
pub(crate) fn replace(attempt: &mut Attempt<'_>, Administrator(caller): Administrator) -> Result<Answer> {
    let json = attempt.call.json()?;
    let members = Members::of(&json, "", &["name", "id", "version", "createdAt", "log"])?;
    let name = members.required_text("name")?.to_owned();
    check_name("name", &name)?;
    let row = CompanyRow::find(attempt.reader, caller.company)?.ok_or_else(errors::not_found)?;
    check_version(attempt, row.version, record(&row))?;
    // The log goes on while the record is edited: what was read of it is not compared.
    let mut present = summary(&row);
    if let Some(log) = members.object("log")? {
        present.insert("log", log.clone());
    }
    check_replacement(&json, &present.into(), &["name"])?;
    let named = |name: &str| -> Json { Object::new().with("name", name).into() };
    let rows = vec![RowChange::CompanyName { name: name.clone() }];
    let mut desk = Desk::of(attempt, &caller);
    let key = row.id.to_string();
    let change = desk.change("company", &key, "replace", Some(named(&row.name)), Some(named(&name)), rows)?;
    attempt.commit(change)?;
    let row = CompanyRow { name, version: row.version + 1, ..row };
    Ok(Answer::ok(summary(&row)).with_version(row.version))
}

/// The record of a company: `{id, name, version, createdAt, log: {position, head}}`.
fn record(row: &CompanyRow) -> Json {
    let head = base16ct::lower::encode_string(&row.head);
    let log = Object::new().with("position", row.position).with("head", head);
    summary(row).with("log", log).into()
}

fn summary(row: &CompanyRow) -> Object {
    Object::new()
        .with("id", row.id)
        .with("name", row.name.as_str())
        .with("version", row.version)
        .with("createdAt", row.created_at)
}
