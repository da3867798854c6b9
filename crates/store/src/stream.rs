//! Reads streams of events, and finds requests.

use jit_approvals_base::{Id, UnixTime};
use jit_approvals_core::{Event, Head};

use crate::{Failure, Reader, Result};

/// Returns the revision of a company: the position of its last administrative event. It is read before everything that
/// it is the revision of.
///
/// # Errors
///
/// Those of the reader.
pub fn revision(reader: &mut dyn Reader, company: Id) -> Result<Option<i64>> {
    let rows = reader.rows("select revision from company where id = $1", &[company.into()])?;
    rows.first().map(|row| row.integer(0)).transpose()
}

/// Returns the events of a stream, in order. The second value is the position of the first one.
///
/// # Errors
///
/// Those of the reader; [`Failure::Corrupt`] for a text that is not an event.
pub fn events(reader: &mut dyn Reader, company: Id, stream: Id) -> Result<(Vec<Event>, i64)> {
    let sql = "select text, position from event where company = $1 and stream = $2 order by sequence";
    let rows = reader.rows(sql, &[company.into(), stream.into()])?;
    let position = rows.first().map_or(Ok(0), |row| row.integer(1))?;
    let event = |text: &str| {
        Event::parse(text).map_err(|problem| Failure::Corrupt(format!("an event of {stream}: {problem}")))
    };
    let events = rows.iter().map(|row| event(row.text(0)?)).collect::<Result<_>>()?;
    Ok((events, position))
}

/// Returns the first event of a stream.
///
/// # Errors
///
/// As [`events`].
pub fn first(reader: &mut dyn Reader, company: Id, stream: Id) -> Result<Option<Event>> {
    let sql = "select text from event where company = $1 and stream = $2 and sequence = 1";
    let rows = reader.rows(sql, &[company.into(), stream.into()])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let event = Event::parse(row.text(0)?);
    event.map(Some).map_err(|problem| Failure::Corrupt(format!("an event of {stream}: {problem}")))
}

/// Returns the head of a company's own stream, which administrative changes continue.
///
/// # Errors
///
/// As [`events`].
pub fn administrative_head(reader: &mut dyn Reader, company: Id) -> Result<Option<Head>> {
    let sql = "select text from event where company = $1 and stream = $2 order by sequence desc limit 1";
    let rows = reader.rows(sql, &[company.into(), company.into()])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let event = Event::parse(row.text(0)?);
    let event = event.map_err(|problem| Failure::Corrupt(format!("an event of {company}: {problem}")))?;
    Ok(Head::of(&[event]))
}

/// Finds the request that a grant belongs to.
///
/// # Errors
///
/// Those of the reader.
pub fn request_of_grant(reader: &mut dyn Reader, company: Id, grant: Id) -> Result<Option<Id>> {
    let sql = "select id from request where company = $1 and grant_id = $2";
    let rows = reader.rows(sql, &[company.into(), grant.into()])?;
    rows.first().map(|row| row.id(0)).transpose()
}

/// Whether a request is in the inbox of a person.
///
/// # Errors
///
/// Those of the reader.
pub fn concerns(reader: &mut dyn Reader, company: Id, person: &str, request: Id) -> Result<bool> {
    let sql = "select 1 from inbox where company = $1 and person = $2 and request = $3";
    Ok(!reader.rows(sql, &[company.into(), person.into(), request.into()])?.is_empty())
}

/// Returns pending requests whose end has come, the longest ago first, at most `limit`: the company, the request and its end.
///
/// # Errors
///
/// Those of the reader.
pub fn due(reader: &mut dyn Reader, now: UnixTime, limit: i64) -> Result<Vec<(Id, Id, UnixTime)>> {
    let sql = "select company, id, expires_at from request where status = 'pending' and expires_at <= $1 \
               order by expires_at limit $2";
    let rows = reader.rows(sql, &[now.into(), limit.into()])?;
    rows.iter().map(|row| Ok((row.id(0)?, row.id(1)?, row.time(2)?))).collect()
}

/// A claim that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredClaim {
    /// The request that its call led to.
    pub request: Option<Id>,
    /// The digest of that call's body.
    pub body: Option<[u8; 32]>,
}

/// Returns a claim that has not ended.
///
/// # Errors
///
/// Those of the reader.
pub fn claim(
    reader: &mut dyn Reader,
    company: Id,
    digest: &[u8; 32],
    now: UnixTime,
) -> Result<Option<StoredClaim>> {
    let sql = "select request, body from claim where company = $1 and digest = $2 and until > $3";
    let rows = reader.rows(sql, &[company.into(), digest.into(), now.into()])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let request = if row.is_null(0) { None } else { Some(row.id(0)?) };
    let body = if row.is_null(1) { None } else { Some(row.digest(1)?) };
    Ok(Some(StoredClaim { request, body }))
}

/// Returns the time of the newest event of any company.
///
/// # Errors
///
/// Those of the reader.
pub fn newest(reader: &mut dyn Reader) -> Result<Option<UnixTime>> {
    let rows = reader.rows(crate::log::NEWEST, &[])?;
    rows.first().map_or(Ok(None), |row| row.optional_time(0))
}

/// Returns a value of the installation.
///
/// # Errors
///
/// Those of the reader.
pub fn meta(reader: &mut dyn Reader, name: &str) -> Result<Option<Vec<u8>>> {
    let rows = reader.rows("select value from meta where name = $1", &[name.into()])?;
    rows.first().map(|row| row.bytes(0).map(<[u8]>::to_vec)).transpose()
}
