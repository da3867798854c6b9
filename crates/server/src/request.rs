//! Loads requests, and writes what has happened to them.

use jit_approvals::event::{Event, GrantStatus};
use jit_approvals::json::{Json, Object};
use jit_approvals::{ApprovalRequest, Error, Status, UnixTime};
use jit_approvals_api::errors;
use jit_approvals_base::Id;
use jit_approvals_store::{
    ApplicationRow, Change, Claim, Failure, InboxRow, LogEvent, Opener, Reader, RequestRow, RowChange, stream,
};

use crate::caller::Application;
use crate::idempotency::KEPT_SECONDS;
use crate::pending;
use crate::refusal::{Refusal, Result};
use crate::state::Attempt;

/// A request as it is stored.
pub(crate) struct Stored {
    pub(crate) request: ApprovalRequest,
    pub(crate) company: Id,
    /// The position of its first event in the log of the company.
    opened: i64,
    /// How many of its events are stored.
    events: u64,
    was_pending: bool,
}

impl Stored {
    /// A request that is not stored yet.
    pub(crate) fn new(company: Id, request: ApprovalRequest) -> Self {
        Self { request, company, opened: i64::MAX, events: 0, was_pending: true }
    }

    /// Loads a request. If its end has come, its expiry is stored first, so that nobody is told of it before.
    pub(crate) fn load(attempt: &mut Attempt<'_>, company: Id, id: Id) -> Result<Option<Self>> {
        if id == company {
            return Ok(None);
        }
        let (events, opened) = stream::events(attempt.reader, company, id)?;
        if events.is_empty() {
            return Ok(None);
        }
        let mut stored = Self::restored(company, id, events, opened)?;
        // Another node may have dated it a moment later.
        attempt.not_before(stored.last_event_at());
        if stored.request.expire_at(attempt.now())? {
            stored.save(attempt, None, Vec::new())?;
        }
        stored.was_pending = stored.request.status(attempt.now()) == Status::Pending;
        Ok(Some(stored))
    }

    /// The request that stored events say, the first of them at a position of the company's log. An expiry that is not
    /// stored yet is not recorded.
    pub(crate) fn restored(company: Id, id: Id, events: Vec<Event>, opened: i64) -> Result<Self> {
        let request = ApprovalRequest::restore(events)
            .map_err(|problem| Failure::Corrupt(format!("the request {id}: {problem}")))?;
        Ok(Self { events: request.head().count, was_pending: true, opened, company, request })
    }

    /// Loads a request of an application and its subject. Any other does not exist for them.
    pub(crate) fn load_own(attempt: &mut Attempt<'_>, caller: &Application, id: Id) -> Result<Self> {
        let stored = Self::load(attempt, caller.company, id)?;
        let own = |stored: &Self| {
            stored.request.application() == caller.iss() && stored.request.subject() == caller.subject()
        };
        stored.filter(own).ok_or_else(|| errors::not_found().into())
    }

    /// Writes the events that are new. `revision` is left out by what rests on nothing in the directory.
    pub(crate) fn save(
        &mut self,
        attempt: &mut Attempt<'_>,
        revision: Option<i64>,
        claims: Vec<Claim>,
    ) -> Result<()> {
        attempt.commit(Change { revision, claims, ..self.change(attempt.now()) })?;
        self.events = self.request.head().count;
        Ok(())
    }

    /// The change that writes the first event of a request, if its subject has not too many that are pending.
    pub(crate) fn first_change(
        &self,
        attempt: &Attempt<'_>,
        caller: &Application,
        claims: Vec<Claim>,
    ) -> Change {
        let mut change = Change { revision: Some(caller.revision), claims, ..self.change(attempt.now()) };
        change.rows.insert(0, pending::few(caller, &attempt.state.limits));
        change
    }

    /// Creates the change that writes the events that are new, and their lookups.
    pub(crate) fn change(&self, now: UnixTime) -> Change {
        let events: Vec<_> = self.request.events_since(self.events).iter().map(LogEvent::from).collect();
        // The change is as old as what was computed last. An expiry is dated when the request ended, however long ago.
        let computed = events.iter().rev().find(|event| event.kind != "expired");
        let at = computed.map_or(now, |event| event.at);
        let mut rows = vec![RowChange::Request(RequestRow::of(self.request.as_ref()))];
        if self.events == 0 || (self.was_pending && self.request.status(now) != Status::Pending) {
            rows.extend(InboxRow::of(self.request.as_ref()).into_iter().map(RowChange::Inbox));
        }
        Change { company: self.company, revision: None, at, events, rows, claims: Vec::new() }
    }

    /// Whether the application was deactivated after the request was opened: then it can be neither decided nor consumed.
    pub(crate) fn is_dead(&self, opener: Option<Opener>) -> bool {
        opener.is_none_or(|opener| self.opened <= opener.cut)
    }

    /// Until when idempotency keys of calls about it are kept.
    pub(crate) fn kept_until(&self) -> UnixTime {
        let grant = self.request.as_ref().grant_ttl_seconds();
        self.request.expires_at().plus(grant.into()).plus(KEPT_SECONDS)
    }

    /// Finds the application that has opened the request.
    pub(crate) fn opener(&self, reader: &mut dyn Reader) -> Result<Option<Opener>> {
        Ok(ApplicationRow::opener(reader, self.company, self.request.application())?)
    }

    /// Whether the stored events leave the request pending, even if its end has come.
    pub(crate) fn is_pending(&self) -> bool {
        self.request.status(self.last_event_at()) == Status::Pending
    }

    fn last_event_at(&self) -> UnixTime {
        self.request.events().last().map_or(self.request.requested_at(), Event::at)
    }

    /// The time at which a record says what is stored: nobody is told of an expiry before it is stored.
    pub(crate) fn told_at(&self, now: UnixTime) -> UnixTime {
        if self.is_pending() { now.min(self.request.expires_at().plus(-1)) } else { now }
    }

    /// The record as a person sees it: without the access token.
    pub(crate) fn record(&self, now: UnixTime, is_dead: bool) -> Json {
        let mut record = self.request.to_json(now);
        let can_go_on = self.request.status(now) == Status::Pending || self.is_issued(now);
        if is_dead
            && can_go_on
            && let Json::Object(record) = &mut record
        {
            record.insert("blocked", true);
            record.insert("blockedReason", "application_inactive");
        }
        record
    }

    /// The record as its application opens and reads it: with the access token while the grant can be consumed.
    pub(crate) fn record_for(&self, attempt: &Attempt<'_>, caller: &Application) -> Result<Json> {
        let now = attempt.now();
        let is_dead = self.is_dead(Some(caller.opener()));
        let mut record = self.record(now, is_dead);
        if let Some(key) = caller.key().filter(|_| self.is_issued(now) && !is_dead) {
            let token = self.request.access_token_at(&attempt.state.url.authority, key, now)?;
            if let Json::Object(record) = &mut record
                && let Some(Json::Object(grant)) = record.remove("grant")
            {
                record.insert("grant", grant.with("accessToken", token));
            }
        }
        Ok(record)
    }

    fn is_issued(&self, now: UnixTime) -> bool {
        self.request.grant().is_some_and(|grant| grant.status(now) == GrantStatus::Issued)
    }

    /// The grant, without the access token: only opening and reading give that.
    pub(crate) fn grant(&self, now: UnixTime) -> Json {
        let record = self.record(now, false);
        record.get("grant").cloned().unwrap_or_else(|| Object::new().into())
    }

    /// An error about this request, with its present record as a person sees it.
    pub(crate) fn refused(&self, now: UnixTime, opener: Option<Opener>, error: Error) -> Refusal {
        Refusal::about(error, || self.record(now, self.is_dead(opener)))
    }
}
