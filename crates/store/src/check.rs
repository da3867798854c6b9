//! Compares what is looked up with the log.

use std::collections::{BTreeMap, BTreeSet};

use jit_approvals_base::Id;
use jit_approvals_core::{ApprovalRequest, Event, verify_chain};

use crate::log::next_head;
use crate::{Failure, InboxRow, Reader, RequestRow, Result, Row};

/// The tables whose rows belong to a company.
const OF_COMPANIES: [&str; 12] = [
    "select distinct company from event",
    "select distinct company from request",
    "select distinct company from inbox",
    "select distinct company from claim",
    "select distinct company from person",
    "select distinct company from alias",
    "select distinct company from team",
    "select distinct company from membership",
    "select distinct company from application",
    "select distinct company from signing_key",
    "select distinct company from template",
    "select distinct company from credential",
];

/// Returns every difference between the lookups and the log. What is damaged is a difference, too.
pub(crate) fn check(reader: &mut dyn Reader) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut known = BTreeSet::new();
    for company in reader.rows("select id, position, revision, head from company order by id", &[])? {
        match company.id(0) {
            Ok(id) => {
                known.insert(id);
                let mut check = Check { company: id, wrong: &mut wrong };
                check.company(reader, &company)?;
            }
            Err(failure) => wrong.push(format!("a company: {failure}")),
        }
    }
    for sql in OF_COMPANIES {
        for row in reader.rows(sql, &[])? {
            match row.id(0) {
                Ok(company) if known.contains(&company) => {}
                Ok(company) => wrong.push(format!("{sql}: there is no company {company}")),
                Err(failure) => wrong.push(format!("{sql}: {failure}")),
            }
        }
    }
    Ok(wrong)
}

/// The check of one company.
struct Check<'a> {
    company: Id,
    wrong: &'a mut Vec<String>,
}

/// An event as it is stored.
struct Stored {
    stream: Id,
    event: Event,
}

impl Check<'_> {
    fn say(&mut self, what: impl std::fmt::Display) {
        self.wrong.push(format!("company {}: {what}", self.company));
    }

    /// Returns a value, or says why there is none.
    fn keep<T>(&mut self, what: &str, value: Result<T>) -> Option<T> {
        value.inspect_err(|failure| self.say(format_args!("{what}: {failure}"))).ok()
    }

    fn company(&mut self, reader: &mut dyn Reader, row: &Row) -> Result<()> {
        let streams = self.log(reader, row)?;
        let mut requests = BTreeMap::new();
        let mut inbox = Vec::new();
        for (stream, events) in streams {
            if stream == self.company {
                if let Err(problem) = verify_chain(&events, None) {
                    self.say(format_args!("its own events: {problem}"));
                }
                continue;
            }
            match ApprovalRequest::restore(events) {
                Ok(request) => {
                    requests.insert(stream, RequestRow::of(&request));
                    inbox.extend(InboxRow::of(&request));
                }
                Err(problem) => self.say(format_args!("request {stream}: {problem}")),
            }
        }
        inbox.sort();
        self.requests(reader, requests)?;
        self.inbox(reader, &inbox)
    }

    /// Checks the log, and returns its events by stream.
    fn log(&mut self, reader: &mut dyn Reader, row: &Row) -> Result<BTreeMap<Id, Vec<Event>>> {
        let sql = "select stream, sequence, position, at, kind, text from event where company = $1 \
                   order by position";
        let (mut position, mut revision, mut head) = (0, 0, [0; 32]);
        let mut streams: BTreeMap<Id, Vec<Event>> = BTreeMap::new();
        for event in reader.rows(sql, &[self.company.into()])? {
            position += 1;
            let place = format!("the event at position {position}");
            if event.integer(2) != Ok(position) {
                self.say(format_args!("{place} has another one"));
            }
            let Some(Stored { stream, event }) = self.keep(&place, stored(&event)) else { continue };
            head = next_head(head, event.hash().to_bytes());
            if stream == self.company {
                revision = position;
            }
            streams.entry(stream).or_default().push(event);
        }
        let found = (row.integer(1), row.integer(2), row.digest(3));
        if found != (Ok(position), Ok(revision), Ok(head)) {
            self.say("the position, revision or head is not that of the log");
        }
        Ok(streams)
    }

    fn requests(&mut self, reader: &mut dyn Reader, mut expected: BTreeMap<Id, RequestRow>) -> Result<()> {
        let sql = "select id, events, status, template, application, subject, expires_at, grant_id \
                   from request where company = $1 order by id";
        for row in reader.rows(sql, &[self.company.into()])? {
            let Some(id) = self.keep("a request", row.id(0)) else { continue };
            match expected.remove(&id) {
                None => self.say(format_args!("request {id} is not in the log")),
                Some(request) => {
                    let same = self.keep(&format!("request {id}"), is_same(&row, &request));
                    if same == Some(false) {
                        self.say(format_args!("request {id}: {row:?} is stored, {request:?} is in the log"));
                    }
                }
            }
        }
        for id in expected.keys() {
            self.say(format_args!("request {id} is not looked up"));
        }
        Ok(())
    }

    fn inbox(&mut self, reader: &mut dyn Reader, expected: &[InboxRow]) -> Result<()> {
        let sql = "select person, request, waiting from inbox where company = $1 order by person, request";
        let rows = reader.rows(sql, &[self.company.into()])?;
        let found: Vec<InboxRow> = rows.iter().filter_map(|row| self.keep("an inbox", inbox(row))).collect();
        for row in expected.iter().filter(|row| found.binary_search(row).is_err()) {
            self.say(format_args!("{row:?} is not looked up"));
        }
        for row in found.iter().filter(|row| expected.binary_search(row).is_err()) {
            self.say(format_args!("{row:?} is not in the log"));
        }
        Ok(())
    }
}

/// Reads an event, which must be what its columns say.
fn stored(row: &Row) -> Result<Stored> {
    let stream = row.id(0)?;
    let event = Event::parse(row.text(5)?).map_err(|problem| Failure::Corrupt(problem.to_string()))?;
    let sequence = i64::try_from(event.sequence()).unwrap_or(i64::MAX);
    let columns = (stream, row.integer(1)?, row.integer(3)?, row.text(4)?);
    if columns == (event.request_id(), sequence, event.at().seconds(), event.body().kind()) {
        return Ok(Stored { stream, event });
    }
    Err(Failure::Corrupt(format!("its columns say {columns:?}")))
}

fn is_same(row: &Row, request: &RequestRow) -> Result<bool> {
    let grant = if row.is_null(7) { None } else { Some(row.id(7)?) };
    let found = (row.integer(1)?, row.text(2)?, row.text(3)?, row.text(4)?, row.text(5)?, row.integer(6)?);
    let RequestRow { events, status, template, application, subject, expires_at, .. } = request;
    let rebuilt = (*events, *status, &**template, &**application, &**subject, expires_at.seconds());
    Ok((found, grant) == (rebuilt, request.grant))
}

fn inbox(row: &Row) -> Result<InboxRow> {
    let waiting = match row.integer(2)? {
        0 => false,
        1 => true,
        other => return Err(Failure::Corrupt(format!("`waiting` is {other}"))),
    };
    Ok(InboxRow { person: row.text(0)?.to_owned(), request: row.id(1)?, waiting })
}
