//! Writes changes: the SQL that all engines share, inside a transaction that an engine has begun.

use jit_approvals_base::{Id, UnixTime};
use sha2::{Digest as _, Sha256};

use crate::{Change, Claim, LogEvent, Outcome, Result, Row, RowChange, Unique, Value, rows};

/// For how many seconds a change may wait for its turn. Its events are dated when it is computed.
const LONGEST_WAIT: i64 = 1;

/// A transaction that an engine has begun.
pub(crate) trait Transaction {
    /// Returns the rows of a query.
    fn rows(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>>;

    /// Runs a statement and returns the number of rows that it changed.
    fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<usize>;
}

/// Writes a change. If the outcome is not `Committed`, the engine takes back what was written.
pub(crate) fn write(transaction: &mut dyn Transaction, change: &Change, now: UnixTime) -> Result<Outcome> {
    // A change that is dated in the future would hold up every later one of its streams.
    let age = now.seconds().saturating_sub(change.at.seconds());
    if !(-LONGEST_WAIT..=LONGEST_WAIT).contains(&age) {
        return Ok(Outcome::Moved);
    }
    if let Some(taken) = new_company(transaction, change)? {
        return Ok(Outcome::Taken(taken));
    }
    let sql = "select position, revision, head from company where id = $1";
    let rows = transaction.rows(sql, &[change.company.into()])?;
    // A company is never removed: a change of one that does not exist was computed from nothing.
    let Some(company) = rows.first() else { return Ok(Outcome::Stale) };
    let mut log =
        Log { position: company.integer(0)?, revision: company.integer(1)?, head: company.digest(2)? };
    if change.revision.is_some_and(|seen| seen != log.revision) {
        return Ok(Outcome::Stale);
    }
    for (index, claim) in change.claims.iter().enumerate() {
        // A change does not stand in its own way.
        if change.claims[..index].iter().any(|other| other.digest == claim.digest) {
            continue;
        }
        if let Some(held) = claimed(transaction, change.company, claim, index, now)? {
            return Ok(held);
        }
    }
    for event in &change.events {
        if event.at > change.at || !follows(transaction, change.company, event)? {
            return Ok(Outcome::Moved);
        }
        log.append(transaction, change.company, event)?;
    }
    for row in &change.rows {
        if let Some(taken) = rows::write(transaction, change.company, log.position, row)? {
            return Ok(Outcome::Taken(taken));
        }
    }
    if !change.events.is_empty() {
        transaction.run(
            "update company set position = $1, revision = $2, head = $3 where id = $4",
            &[log.position.into(), log.revision.into(), log.head.as_slice().into(), change.company.into()],
        )?;
    }
    Ok(Outcome::Committed { position: log.position })
}

/// How many rows are deleted at a time.
const AT_A_TIME: i64 = 1000;

/// Deletes claims and credentials whose end is at or before a time, at most a thousand of each. Returns how many.
pub(crate) fn forget(transaction: &mut dyn Transaction, until: UnixTime) -> Result<usize> {
    let claims = "delete from claim where (company, digest) in \
                  (select company, digest from claim where until <= $1 order by until limit $2)";
    let credentials = "delete from credential where digest in \
                       (select digest from credential where expires_at <= $1 order by expires_at limit $2)";
    let values = [until.into(), AT_A_TIME.into()];
    Ok(transaction.run(claims, &values)? + transaction.run(credentials, &values)?)
}

/// The time of the newest event of any company: the clock must not be behind it. An expiry is dated when the request ended,
/// however long ago: what came before it may be newer. The few companies come first, and each is asked from the end of its
/// log on: `SQLite` would look for the company of each event.
pub(crate) const NEWEST: &str = "select max(at) from (select event.at as at from company \
     cross join event on event.company = company.id and event.position = company.position \
     union all \
     select (select event.at from event where event.company = company.id and event.kind <> 'expired' \
     order by event.position desc limit 1) from company) as newest";

/// The log of a company while a change is written.
struct Log {
    position: i64,
    revision: i64,
    head: [u8; 32],
}

impl Log {
    fn append(&mut self, transaction: &mut dyn Transaction, company: Id, event: &LogEvent) -> Result<()> {
        self.position += 1;
        self.head = next_head(self.head, event.hash);
        if event.stream == company {
            self.revision = self.position;
        }
        let sql = "insert into event (company, stream, sequence, position, at, kind, text) \
                   values ($1, $2, $3, $4, $5, $6, $7)";
        let values = [
            company.into(),
            event.stream.into(),
            event.sequence.into(),
            self.position.into(),
            event.at.into(),
            event.kind.into(),
            event.text.as_str().into(),
        ];
        transaction.run(sql, &values).map(|_| ())
    }
}

/// The head of a log after an event: the hash of the head before it and of the event's hash.
pub(crate) fn next_head(head: [u8; 32], event: [u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update(head).chain_update(event).finalize().into()
}

/// Writes the row of a new company. Its log is empty.
fn new_company(transaction: &mut dyn Transaction, change: &Change) -> Result<Option<Unique>> {
    for row in &change.rows {
        if let RowChange::NewCompany { name } = row {
            let sql = "insert into company (id, name, position, revision, head, version, created_at) \
                       values ($1, $2, 0, 0, $3, 1, $4) on conflict do nothing";
            let values =
                [change.company.into(), name.as_str().into(), [0_u8; 32].as_slice().into(), change.at.into()];
            if transaction.run(sql, &values)? == 0 {
                return Ok(Some(Unique::Company));
            }
        }
    }
    Ok(None)
}

/// Whether an event is the next of its stream, and is not dated before the last one.
fn follows(transaction: &mut dyn Transaction, company: Id, event: &LogEvent) -> Result<bool> {
    let sql =
        "select sequence, at from event where company = $1 and stream = $2 order by sequence desc limit 1";
    let rows = transaction.rows(sql, &[company.into(), event.stream.into()])?;
    let Some(last) = rows.first() else { return Ok(event.sequence == 1) };
    Ok(last.integer(0)? + 1 == event.sequence && last.integer(1)? <= event.at.seconds())
}

/// Writes a claim. Returns the outcome if someone else holds it.
fn claimed(
    transaction: &mut dyn Transaction,
    company: Id,
    claim: &Claim,
    index: usize,
    now: UnixTime,
) -> Result<Option<Outcome>> {
    let key = [company.into(), claim.digest.as_slice().into()];
    let sql = "select request, body, until from claim where company = $1 and digest = $2";
    if let Some(held) = transaction.rows(sql, &key)?.first()
        && held.integer(2)? > now.seconds()
    {
        let request = if held.is_null(0) { None } else { Some(held.id(0)?) };
        let body = if held.is_null(1) { None } else { Some(held.digest(1)?) };
        return Ok(Some(Outcome::Claimed { claim: index, request, body }));
    }
    let sql = "insert into claim (company, digest, request, body, until) values ($1, $2, $3, $4, $5) \
               on conflict (company, digest) do update set request = excluded.request, body = excluded.body, \
               until = excluded.until";
    let [company, digest] = key;
    let body = claim.body.as_ref().map(<[u8; 32]>::as_slice);
    transaction.run(sql, &[company, digest, claim.request.into(), body.into(), claim.until.into()])?;
    Ok(None)
}
