//! Writes the rows beside the log.

use jit_approvals_base::Id;

use crate::log::Transaction;
use crate::{
    AliasRow, ApplicationRow, CredentialRow, GroupRow, InboxRow, PersonRow, RequestRow, Result, RowChange,
    SigningKeyRow, TemplateRow, Unique, Value,
};

/// Writes a row. Returns which value is taken, if one is. `position` is that of the change's last event.
#[allow(clippy::too_many_lines, reason = "it has an arm for each kind of row")]
pub(crate) fn write(
    transaction: &mut dyn Transaction,
    company: Id,
    position: i64,
    row: &RowChange,
) -> Result<Option<Unique>> {
    if let RowChange::FewPending { application, subject, limit } = row {
        let are_few = are_few(transaction, company, (application, subject), *limit)?;
        return Ok((!are_few).then_some(Unique::Pending));
    }
    let mut run = |sql: &'static str, values: &[Value]| transaction.run(sql, values);
    let done = match row {
        // It was written first.
        RowChange::NewCompany { .. } | RowChange::FewPending { .. } => return Ok(None),
        RowChange::CompanyName { name } => run(
            "update company set name = $1, version = version + 1 where id = $2",
            &[name.as_str().into(), company.into()],
        )?,
        RowChange::Request(row) => return request(transaction, company, row),
        RowChange::Inbox(row) => return inbox(transaction, company, row),
        RowChange::NewPerson(row) => {
            return Ok((new_person(transaction, company, row)? == 0).then_some(Unique::Email));
        }
        RowChange::Person(row) => run(
            "update person set name = $1, role = $2, active = $3, version = $4 where email = $5 and company = $6",
            &[
                row.name.as_str().into(),
                row.role.as_str().into(),
                row.active.into(),
                row.version.into(),
                row.key.as_str().into(),
                company.into(),
            ],
        )?,
        RowChange::Password { person, hash } => run(
            "update person set password = $1 where email = $2 and company = $3",
            &[hash.as_str().into(), person.as_str().into(), company.into()],
        )?,
        RowChange::Aliases { person, aliases } => {
            return replace_aliases(transaction, company, person, aliases);
        }
        RowChange::Group(row) => group(transaction, company, row)?,
        RowChange::Members { group, people } => return members(transaction, company, group, people),
        RowChange::Application(row) => application(transaction, company, row)?,
        RowChange::Cut { application } => run(
            "update application set cut = $1 where company = $2 and id = $3",
            &[position.into(), company.into(), (*application).into()],
        )?,
        RowChange::NewIdentifier { iss, application } => {
            let sql = "insert into identifier (iss, company, application, since) values ($1, $2, $3, $4) \
                       on conflict do nothing";
            let values = [iss.as_str().into(), company.into(), (*application).into(), position.into()];
            let written = run(sql, &values)?;
            return Ok((written == 0).then_some(Unique::Identifier));
        }
        RowChange::NoIdentifier { iss, application } => run(
            "delete from identifier where iss = $1 and company = $2 and application = $3",
            &[iss.as_str().into(), company.into(), (*application).into()],
        )?,
        RowChange::SigningKey(row) => {
            return Ok((signing_key(transaction, company, row)? == 0).then_some(Unique::SigningKey));
        }
        RowChange::RetiredKey { application, id, at } => run(
            "update signing_key set retired_at = $1 where company = $2 and application = $3 and id = $4",
            &[(*at).into(), company.into(), (*application).into(), id.as_str().into()],
        )?,
        RowChange::Template(row) => {
            return Ok((template(transaction, company, row)? == 0).then_some(Unique::Template));
        }
        RowChange::TemplateArchived { key, at } => run(
            "update template set archived_at = $1 where company = $2 and key = $3 and version = \
             (select max(version) from template where company = $2 and key = $3)",
            &[(*at).into(), company.into(), key.as_str().into()],
        )?,
        RowChange::Credential(row) => credential(transaction, company, row)?,
        // A session that has ended is not seen again: it is no error if no row is changed.
        RowChange::Seen { digest, at } => {
            run("update credential set seen_at = $1 where digest = $2", &[(*at).into(), digest.into()])?;
            return Ok(None);
        }
        RowChange::Proved { digest, at } => run(
            "update credential set proved_at = $1 where digest = $2 and company = $3",
            &[(*at).into(), digest.into(), company.into()],
        )?,
        RowChange::NoCredential { digest } => run(
            "delete from credential where digest = $1 and company = $2",
            &[digest.into(), company.into()],
        )?,
        RowChange::NoSessions { person } => {
            run(
                "delete from credential where company = $1 and person = $2 and kind = 'session'",
                &[company.into(), person.as_str().into()],
            )?;
            return Ok(None);
        }
        RowChange::NoCredentials { person } => {
            run(
                "delete from credential where company = $1 and person = $2",
                &[company.into(), person.as_str().into()],
            )?;
            return Ok(None);
        }
        RowChange::NoCredentialsAtAll => {
            run("delete from credential where company = $1", &[company.into()])?;
            return Ok(None);
        }
        RowChange::NoMeta { name, value } => run(
            "delete from meta where name = $1 and value = $2",
            &[(*name).into(), value.as_slice().into()],
        )?,
    };
    // What was to be changed is no longer there: another change was faster.
    Ok((done == 0).then_some(Unique::Secret))
}

/// Whether fewer than a number of requests of an application and its subject are pending.
fn are_few(
    transaction: &mut dyn Transaction,
    company: Id,
    (application, subject): (&str, &str),
    limit: u32,
) -> Result<bool> {
    let sql = "select count(*) from (select 1 from request where company = $1 and application = $2 \
               and subject = $3 and status = 'pending' limit $4) as page";
    let values = [company.into(), application.into(), subject.into(), i64::from(limit).into()];
    let count = transaction.rows(sql, &values)?.first().map_or(Ok(0), |row| row.integer(0))?;
    Ok(count < i64::from(limit))
}

fn request(transaction: &mut dyn Transaction, company: Id, row: &RequestRow) -> Result<Option<Unique>> {
    let sql = "insert into request \
               (company, id, events, status, template, application, subject, expires_at, grant_id) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
               on conflict (company, id) do update set events = excluded.events, status = excluded.status, \
               grant_id = excluded.grant_id";
    let values = [
        company.into(),
        row.id.into(),
        row.events.into(),
        row.status.into(),
        row.template.as_str().into(),
        row.application.as_str().into(),
        row.subject.as_str().into(),
        row.expires_at.into(),
        row.grant.into(),
    ];
    transaction.run(sql, &values).map(|_| None)
}

fn inbox(transaction: &mut dyn Transaction, company: Id, row: &InboxRow) -> Result<Option<Unique>> {
    let sql = "insert into inbox (company, person, request, waiting) values ($1, $2, $3, $4) \
               on conflict (company, person, request) do update set waiting = excluded.waiting";
    let values = [company.into(), row.person.as_str().into(), row.request.into(), row.waiting.into()];
    transaction.run(sql, &values).map(|_| None)
}

fn new_person(transaction: &mut dyn Transaction, company: Id, row: &PersonRow) -> Result<usize> {
    let sql = "insert into person (email, company, shown, name, role, active, password, version) \
               values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
    let values = [
        row.key.as_str().into(),
        company.into(),
        row.email.as_str().into(),
        row.name.as_str().into(),
        row.role.as_str().into(),
        row.active.into(),
        row.password.as_deref().into(),
        row.version.into(),
    ];
    transaction.run(sql, &values)
}

fn replace_aliases(
    transaction: &mut dyn Transaction,
    company: Id,
    person: &str,
    aliases: &[AliasRow],
) -> Result<Option<Unique>> {
    transaction
        .run("delete from alias where company = $1 and person = $2", &[company.into(), person.into()])?;
    for alias in aliases {
        let sql = "insert into alias (company, application, name, shown, person) values ($1, $2, $3, $4, $5) \
                   on conflict do nothing";
        let values = [
            company.into(),
            alias.application.into(),
            alias.key.as_str().into(),
            alias.name.as_str().into(),
            person.into(),
        ];
        if transaction.run(sql, &values)? == 0 {
            return Ok(Some(Unique::Alias));
        }
    }
    Ok(None)
}

fn group(transaction: &mut dyn Transaction, company: Id, row: &GroupRow) -> Result<usize> {
    let sql = "insert into team (company, key, name, version, archived_at) values ($1, $2, $3, $4, $5) \
               on conflict (company, key) do update set name = excluded.name, version = excluded.version, \
               archived_at = excluded.archived_at";
    let values = [
        company.into(),
        row.key.as_str().into(),
        row.name.as_str().into(),
        row.version.into(),
        row.archived_at.into(),
    ];
    transaction.run(sql, &values)
}

fn members(
    transaction: &mut dyn Transaction,
    company: Id,
    group: &str,
    people: &[String],
) -> Result<Option<Unique>> {
    transaction
        .run("delete from membership where company = $1 and team = $2", &[company.into(), group.into()])?;
    for person in people {
        let sql = "insert into membership (company, team, person) values ($1, $2, $3) on conflict do nothing";
        transaction.run(sql, &[company.into(), group.into(), person.as_str().into()])?;
    }
    Ok(None)
}

fn application(transaction: &mut dyn Transaction, company: Id, row: &ApplicationRow) -> Result<usize> {
    let sql = "insert into application (company, id, name, active, once_only, known_subjects, version) \
               values ($1, $2, $3, $4, $5, $6, $7) \
               on conflict (company, id) do update set name = excluded.name, active = excluded.active, \
               once_only = excluded.once_only, known_subjects = excluded.known_subjects, \
               version = excluded.version";
    let values = [
        company.into(),
        row.id.into(),
        row.name.as_str().into(),
        row.active.into(),
        row.once_only.into(),
        row.known_subjects.into(),
        row.version.into(),
    ];
    transaction.run(sql, &values)
}

fn signing_key(transaction: &mut dyn Transaction, company: Id, row: &SigningKeyRow) -> Result<usize> {
    let sql = "insert into signing_key (company, application, id, sealed, created_at, retired_at) \
               values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    let values = [
        company.into(),
        row.application.into(),
        row.id.as_str().into(),
        row.sealed.as_slice().into(),
        row.created_at.into(),
        row.retired_at.into(),
    ];
    transaction.run(sql, &values)
}

fn template(transaction: &mut dyn Transaction, company: Id, row: &TemplateRow) -> Result<usize> {
    let sql = "insert into template (company, key, version, text, created_at, archived_at) \
               values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    let values = [
        company.into(),
        row.key.as_str().into(),
        row.version.into(),
        row.text.as_str().into(),
        row.created_at.into(),
        row.archived_at.into(),
    ];
    transaction.run(sql, &values)
}

fn credential(transaction: &mut dyn Transaction, company: Id, row: &CredentialRow) -> Result<usize> {
    let sql = "insert into credential \
               (digest, company, person, kind, scope, name, created_at, seen_at, proved_at, expires_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = [
        (&row.digest).into(),
        company.into(),
        row.person.as_str().into(),
        row.kind.as_str().into(),
        row.scope.as_str().into(),
        row.name.as_str().into(),
        row.created_at.into(),
        row.seen_at.into(),
        row.proved_at.into(),
        row.expires_at.into(),
    ];
    transaction.run(sql, &values)
}
