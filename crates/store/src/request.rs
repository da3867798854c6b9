//! What queries ask of requests: lookups, which are computed from the folded request.

use jit_approvals_base::{Id, UnixTime};
use jit_approvals_core::{ApprovalRequest, Event, Grant, Status, identity};

use crate::{Reader, Result};

/// What queries ask of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// The id of the request.
    pub id: Id,
    /// How many events it has.
    pub events: i64,
    /// The status that its events say. An expiry that no event records is not in it.
    pub status: &'static str,
    /// The key of its template.
    pub template: String,
    /// The application that asks.
    pub application: String,
    /// The user on whose behalf it asks.
    pub subject: String,
    /// When it expires.
    pub expires_at: UnixTime,
    /// Its grant, if it was approved.
    pub grant: Option<Id>,
}

/// A request in the inbox of a person who may have to decide it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InboxRow {
    /// The key of the person: the identity of their email.
    pub person: String,
    /// The id of the request.
    pub request: Id,
    /// Whether the request is pending.
    pub waiting: bool,
}

impl RequestRow {
    /// Computes the row of a request.
    pub fn of(request: &ApprovalRequest) -> Self {
        Self {
            id: request.id(),
            events: i64::try_from(request.head().count).unwrap_or(i64::MAX),
            status: status(request).as_str(),
            template: request.template_id().to_owned(),
            application: request.application().to_owned(),
            subject: request.subject().to_owned(),
            expires_at: request.expires_at(),
            grant: request.grant().map(Grant::id),
        }
    }
}

impl RequestRow {
    /// Returns the ids of the requests of an application and its subject that have a status, the newest first: those older
    /// than `before`, at most `limit`.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn ids(
        reader: &mut dyn Reader,
        company: Id,
        (application, subject): (&str, &str),
        status: Status,
        before: Id,
        limit: i64,
    ) -> Result<Vec<Id>> {
        let sql = "select id from request where company = $1 and application = $2 and subject = $3 \
                   and status = $4 and id < $5 order by id desc limit $6";
        let values = [
            company.into(),
            application.into(),
            subject.into(),
            status.as_str().into(),
            before.into(),
            limit.into(),
        ];
        reader.rows(sql, &values)?.iter().map(|row| row.id(0)).collect()
    }
}

impl RequestRow {
    /// Returns requests that have a grant, whatever became of it, by the id of the grant: those whose grant has a greater
    /// id than `after`, at most `limit`. Each with the id of the grant and the end of the request.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn granted(
        reader: &mut dyn Reader,
        company: Id,
        after: Id,
        limit: i64,
    ) -> Result<Vec<(Id, Id, UnixTime)>> {
        let sql = "select grant_id, id, expires_at from request where company = $1 and grant_id > $2 \
                   order by grant_id limit $3";
        let rows = reader.rows(sql, &[company.into(), after.into(), limit.into()])?;
        rows.iter().map(|row| Ok((row.id(0)?, row.id(1)?, row.time(2)?))).collect()
    }
}

impl RequestRow {
    /// Counts the pending requests of an application, up to a limit.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    pub fn pending_of_application(
        reader: &mut dyn Reader,
        company: Id,
        application: &str,
        limit: u32,
    ) -> Result<u32> {
        let sql = "select count(*) from (select 1 from request where company = $1 and application = $2 \
                   and status = 'pending' limit $3) as page";
        let rows = reader.rows(sql, &[company.into(), application.into(), i64::from(limit).into()])?;
        let count = rows.first().map_or(Ok(0), |row| row.integer(0))?;
        Ok(u32::try_from(count).unwrap_or(limit))
    }
}

impl InboxRow {
    /// Computes the rows of a request, sorted by person: one for each person who is eligible in any stage.
    pub fn of(request: &ApprovalRequest) -> Vec<Self> {
        let waiting = status(request) == Status::Pending;
        let people = request.stages().iter().flat_map(|stage| &stage.eligible);
        let mut rows: Vec<Self> = people
            .map(|person| Self { person: identity(&person.email), request: request.id(), waiting })
            .collect();
        rows.sort();
        rows.dedup();
        rows
    }
}

/// The status that the events say: no event but an expiry is dated at or after the end of a pending request.
fn status(request: &ApprovalRequest) -> Status {
    request.status(request.events().last().map_or(request.requested_at(), Event::at))
}
