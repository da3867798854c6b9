//! Compares what is looked up with the log, in steps: none loads a company whole, and none reads for long. Changes may be
//! committed between two steps.

use jit_approvals_base::Id;
use jit_approvals_core::{ApprovalRequest, Event, Hash};

use crate::log::next_head;
use crate::{Failure, InboxRow, Reader, RequestRow, Result, Row, Store, Value, stream};

/// How many rows of a table a step reads.
const STEP: i64 = 1000;

/// The tables whose rows belong to a company: the next company after one.
const OF_COMPANIES: [&str; 13] = [
    "select company from event where company > $1 order by company limit 1",
    "select company from request where company > $1 order by company limit 1",
    "select company from inbox where company > $1 order by company limit 1",
    "select company from claim where company > $1 order by company limit 1",
    "select company from person where company > $1 order by company limit 1",
    "select company from alias where company > $1 order by company limit 1",
    "select company from team where company > $1 order by company limit 1",
    "select company from membership where company > $1 order by company limit 1",
    "select company from application where company > $1 order by company limit 1",
    "select company from identifier where company > $1 order by company limit 1",
    "select company from signing_key where company > $1 order by company limit 1",
    "select company from template where company > $1 order by company limit 1",
    "select company from credential where company > $1 order by company limit 1",
];

/// Returns every difference between the lookups and the log. What is damaged is a difference, too.
pub(crate) fn check(store: &dyn Store) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let sql = "select id, position, revision, head, \
               (select max(event.position) from event where event.company = company.id), \
               (select max(request.id) from request where request.company = company.id) \
               from company where id > $1 order by id limit 1";
    let mut after = Vec::new();
    while let Some(row) = rows(store, sql, &[after.as_slice().into()])?.first() {
        after = row.bytes(0)?.to_vec();
        match row.id(0) {
            Ok(company) => Check { store, company, wrong: &mut wrong }.company(row)?,
            Err(failure) => wrong.push(format!("a company: {failure}")),
        }
    }
    for sql in OF_COMPANIES {
        let mut after = Vec::new();
        while let Some(row) = rows(store, sql, &[after.as_slice().into()])?.first() {
            after = row.bytes(0)?.to_vec();
            let known = "select 1 from company where id = $1";
            if rows(store, known, &[after.as_slice().into()])?.is_empty() {
                let company = row.id(0).map_or_else(|failure| failure.to_string(), |id| id.to_string());
                wrong.push(format!("{sql}: there is no company {company}"));
            }
        }
    }
    Ok(wrong)
}

/// Reads the rows of one query.
fn rows(store: &dyn Store, sql: &'static str, values: &[Value]) -> Result<Vec<Row>> {
    let mut found = Vec::new();
    store.read(&mut |reader| {
        found = reader.rows(sql, values)?;
        Ok(())
    })?;
    Ok(found)
}

/// The check of one company.
struct Check<'a> {
    store: &'a dyn Store,
    company: Id,
    wrong: &'a mut Vec<String>,
}

/// What there was when the check of a company began. What is written later is written with its lookups; it is left out,
/// so that a check beside a busy server ends.
struct End {
    /// The position of the last event.
    position: i64,
    /// The greatest id of a request.
    request: Vec<u8>,
}

/// What the log of a company leads to.
#[derive(Default)]
struct Log {
    position: i64,
    revision: i64,
    head: [u8; 32],
    /// The last event of the company's own stream.
    own: Option<(u64, Hash)>,
}

impl Check<'_> {
    fn say(&mut self, what: impl std::fmt::Display) {
        self.wrong.push(format!("company {}: {what}", self.company));
    }

    /// Returns a value, or says why there is none.
    fn keep<T>(&mut self, what: &str, value: Result<T>) -> Option<T> {
        value.inspect_err(|failure| self.say(format_args!("{what}: {failure}"))).ok()
    }

    fn company(&mut self, row: &Row) -> Result<()> {
        let end = End {
            position: row.optional_integer(4)?.unwrap_or(0),
            request: if row.is_null(5) { Vec::new() } else { row.bytes(5)?.to_vec() },
        };
        let mut log = Log::default();
        while log.position < end.position && self.log(&mut log, end.position)? {}
        let found = (row.integer(1), row.integer(2), row.digest(3));
        if found != (Ok(log.position), Ok(log.revision), Ok(log.head)) {
            self.say("the position, revision or head is not that of the log");
        }
        let expected = self.requests(&end)?;
        if self.inbox(&end, false)? != expected {
            self.inbox(&end, true)?;
        }
        Ok(())
    }

    /// Checks the next events of the log. Returns whether there may be more.
    fn log(&mut self, log: &mut Log, end: i64) -> Result<bool> {
        let sql = "select event.stream, event.sequence, event.position, event.at, event.kind, event.text, request.id \
                   from event left join request on request.company = event.company and request.id = event.stream \
                   where event.company = $1 and event.position > $2 and event.position <= $3 \
                   order by event.position limit $4";
        let values = [self.company.into(), log.position.into(), end.into(), STEP.into()];
        let events = rows(self.store, sql, &values)?;
        for event in &events {
            let place = format!("the event at position {}", log.position + 1);
            if event.integer(2) != Ok(log.position + 1) {
                self.say(format_args!("{place} has another one"));
            }
            log.position = event.integer(2)?;
            let looked_up = !event.is_null(6);
            let Some((stream, event)) = self.keep(&place, stored(event)) else { continue };
            log.head = next_head(log.head, event.hash().to_bytes());
            if stream == self.company {
                log.revision = log.position;
                let (count, hash) = log.own.map_or((0, None), |(count, hash)| (count, Some(hash)));
                if (event.sequence(), event.previous()) != (count + 1, hash) {
                    self.say(format_args!("{place} does not follow the one before it in its stream"));
                }
                log.own = Some((event.sequence(), event.hash()));
            } else if !looked_up {
                self.say(format_args!("request {stream} is not looked up"));
            }
        }
        Ok(!events.is_empty())
    }

    /// Checks the requests. Returns how many rows those that were opened until `end` have in inboxes.
    fn requests(&mut self, end: &End) -> Result<u64> {
        let sql = "select id from request where company = $1 and id > $2 and id <= $3 order by id limit $4";
        let (mut after, mut count) = (Vec::new(), 0);
        loop {
            let page = rows(
                self.store,
                sql,
                &[self.company.into(), after.as_slice().into(), end.request.as_slice().into(), STEP.into()],
            )?;
            let Some(last) = page.last() else { return Ok(count) };
            after = last.bytes(0)?.to_vec();
            for row in &page {
                if let Some(id) = self.keep("a request", row.id(0)) {
                    count += self.request(id, end)?;
                }
            }
        }
    }

    fn request(&mut self, id: Id, end: &End) -> Result<u64> {
        let (store, mut count) = (self.store, 0);
        store.read(&mut |reader| {
            count = 0;
            let sql = "select id, events, status, template, application, subject, expires_at, grant_id \
                       from request where company = $1 and id = $2";
            let rows = reader.rows(sql, &[self.company.into(), id.into()])?;
            let Some(row) = rows.first() else { return Ok(()) };
            let Some((request, opened)) = self.folded(reader, id)? else { return Ok(()) };
            let expected = RequestRow::of(&request);
            if self.keep(&format!("request {id}"), is_same(row, &expected)) == Some(false) {
                self.say(format_args!("request {id}: {row:?} is stored, {expected:?} is in the log"));
            }
            for expected in InboxRow::of(&request) {
                let sql = "select person, request, waiting from inbox \
                           where company = $1 and person = $2 and request = $3";
                let key = [self.company.into(), expected.person.as_str().into(), id.into()];
                let found = reader.rows(sql, &key)?;
                count += u64::from(!found.is_empty() && opened <= end.position);
                if found.first().map(inbox) != Some(Ok(expected.clone())) {
                    self.say(format_args!("{expected:?} is not looked up"));
                }
            }
            Ok(())
        })?;
        Ok(count)
    }

    /// Returns a request as the log has it, and the position of its first event.
    fn folded(&mut self, reader: &mut dyn Reader, id: Id) -> Result<Option<(ApprovalRequest, i64)>> {
        let place = format!("request {id}");
        let found = match stream::events(reader, self.company, id) {
            Err(failure @ (Failure::Unavailable(_) | Failure::Unknown(_))) => return Err(failure),
            found => self.keep(&place, found),
        };
        let Some((events, opened)) = found else { return Ok(None) };
        let request = ApprovalRequest::restore(events);
        let request = request.map_err(|problem| Failure::Corrupt(problem.to_string()));
        Ok(self.keep(&place, request).map(|request| (request, opened)))
    }

    /// Returns how many rows the inboxes have of requests that were opened until `end`. All that there must be were
    /// found by their requests: only if there are more, those are looked for.
    fn inbox(&mut self, end: &End, more: bool) -> Result<u64> {
        let sql = "select inbox.person, inbox.request, inbox.waiting, event.position from inbox \
                   left join event on event.company = inbox.company and event.stream = inbox.request \
                   and event.sequence = 1 \
                   where inbox.company = $1 and (inbox.person, inbox.request) > ($2, $3) \
                   and (inbox.request <= $4 or event.position is null) \
                   order by inbox.person, inbox.request limit $5";
        let (mut person, mut request, mut count) = (String::new(), Vec::new(), 0);
        loop {
            let (after, of, last) =
                (person.as_str().into(), request.as_slice().into(), end.request.as_slice().into());
            let page = rows(self.store, sql, &[self.company.into(), after, of, last, STEP.into()])?;
            let Some(last) = page.last() else { return Ok(count) };
            (person, request) = (last.text(0)?.to_owned(), last.bytes(1)?.to_vec());
            for row in &page {
                let opened = row.optional_integer(3)?;
                count += u64::from(opened.is_none_or(|opened| opened <= end.position));
                if more && let Some(found) = self.keep("an inbox", inbox(row)) {
                    self.belongs(&found)?;
                }
            }
        }
    }

    /// Says if a row of an inbox is not in the log.
    fn belongs(&mut self, row: &InboxRow) -> Result<()> {
        let store = self.store;
        store.read(&mut |reader| {
            let request = self.folded(reader, row.request)?;
            let known = request.is_some_and(|(request, _)| {
                InboxRow::of(&request).iter().any(|known| known.person == row.person)
            });
            if !known {
                self.say(format_args!("{row:?} is not in the log"));
            }
            Ok(())
        })
    }
}

/// Reads an event, which must be what its columns say.
fn stored(row: &Row) -> Result<(Id, Event)> {
    let stream = row.id(0)?;
    let event = Event::parse(row.text(5)?).map_err(|problem| Failure::Corrupt(problem.to_string()))?;
    let sequence = i64::try_from(event.sequence()).unwrap_or(i64::MAX);
    let columns = (stream, row.integer(1)?, row.integer(3)?, row.text(4)?);
    if columns == (event.request_id(), sequence, event.at().seconds(), event.body().kind()) {
        return Ok((stream, event));
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
    Ok(InboxRow { person: row.text(0)?.to_owned(), request: row.id(1)?, waiting: row.flag(2)? })
}
