//! Compares what is looked up with the log.

use std::collections::BTreeMap;

use jit_approvals_base::Id;
use jit_approvals_core::{ApprovalRequest, Event};

use crate::log::next_head;
use crate::{InboxRow, Reader, RequestRow, Result, Row};

/// Returns every difference between the lookups and the log.
pub(crate) fn check(reader: &mut dyn Reader) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for company in reader.rows("select id, position, revision, head from company order by id", &[])? {
        check_company(reader, &company, &mut wrong)?;
    }
    Ok(wrong)
}

fn check_company(reader: &mut dyn Reader, row: &Row, wrong: &mut Vec<String>) -> Result<()> {
    let company = row.id(0)?;
    let mut say = |what: String| wrong.push(format!("company {company}: {what}"));
    let sql = "select stream, sequence, position, text from event where company = $1 order by position";
    let (mut position, mut revision, mut head) = (0, 0, [0; 32]);
    let mut streams: BTreeMap<Id, Vec<Event>> = BTreeMap::new();
    for event in reader.rows(sql, &[company.into()])? {
        let (stream, found) = (event.id(0)?, event.integer(2)?);
        if found != position + 1 {
            say(format!("position {found} follows {position}"));
        }
        position = found;
        match Event::parse(event.text(3)?) {
            Ok(parsed) => {
                let sequence = i64::try_from(parsed.sequence()).unwrap_or(i64::MAX);
                if (parsed.request_id(), sequence) != (stream, event.integer(1)?) {
                    say(format!("the event at position {position} is of another stream or sequence"));
                }
                head = next_head(head, parsed.hash().to_bytes());
                streams.entry(stream).or_default().push(parsed);
            }
            Err(problem) => say(format!("the event at position {position}: {problem}")),
        }
        if stream == company {
            revision = position;
        }
    }
    if (row.integer(1)?, row.integer(2)?, row.digest(3)?) != (position, revision, head) {
        say("the position, revision or head is not that of the log".to_owned());
    }
    let mut requests = BTreeMap::new();
    let mut inbox = Vec::new();
    for (stream, events) in streams.into_iter().filter(|(stream, _)| *stream != company) {
        match ApprovalRequest::restore(events) {
            Ok(request) => {
                requests.insert(stream, RequestRow::of(&request));
                inbox.extend(InboxRow::of(&request));
            }
            Err(problem) => say(format!("request {stream}: {problem}")),
        }
    }
    inbox.sort();
    compare_requests(reader, company, requests, &mut say)?;
    compare_inbox(reader, company, &inbox, &mut say)
}

fn compare_requests(
    reader: &mut dyn Reader,
    company: Id,
    mut expected: BTreeMap<Id, RequestRow>,
    say: &mut dyn FnMut(String),
) -> Result<()> {
    let sql = "select id, events, status, template, application, subject, expires_at, grant_id \
               from request where company = $1 order by id";
    for row in reader.rows(sql, &[company.into()])? {
        let id = row.id(0)?;
        let Some(request) = expected.remove(&id) else {
            say(format!("request {id} is not in the log"));
            continue;
        };
        let grant = if row.is_null(7) { None } else { Some(row.id(7)?) };
        let found =
            (row.integer(1)?, row.text(2)?, row.text(3)?, row.text(4)?, row.text(5)?, row.integer(6)?, grant);
        let RequestRow { events, status, template, application, subject, expires_at, grant, .. } = &request;
        let rebuilt =
            (*events, *status, &**template, &**application, &**subject, expires_at.seconds(), *grant);
        if found != rebuilt {
            say(format!("request {id}: {found:?} is stored, {rebuilt:?} is in the log"));
        }
    }
    for id in expected.keys() {
        say(format!("request {id} is not looked up"));
    }
    Ok(())
}

fn compare_inbox(
    reader: &mut dyn Reader,
    company: Id,
    expected: &[InboxRow],
    say: &mut dyn FnMut(String),
) -> Result<()> {
    let sql = "select person, request, waiting from inbox where company = $1 order by person, request";
    let rows = reader.rows(sql, &[company.into()])?;
    let row = |row: &Row| {
        Ok(InboxRow { person: row.text(0)?.to_owned(), request: row.id(1)?, waiting: row.integer(2)? != 0 })
    };
    let found: Vec<InboxRow> = rows.iter().map(row).collect::<Result<_>>()?;
    let lacking = expected.iter().filter(|row| found.binary_search(row).is_err());
    lacking.for_each(|row| say(format!("{row:?} is not looked up")));
    let surplus = found.iter().filter(|row| expected.binary_search(row).is_err());
    surplus.for_each(|row| say(format!("{row:?} is not in the log")));
    Ok(())
}
