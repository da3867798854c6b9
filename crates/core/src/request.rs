//! Approval requests. The state of a request is the result of applying its events in order.

mod actor;
mod administered;
mod apply;
mod body;
mod chain;
mod content;
mod decide;
mod decision;
mod event;
mod grant;
mod open;
mod record;
mod requested;

use std::sync::Arc;

use jit_approvals_base::{Id, UnixTime};

pub use actor::{Actor, ActorKind};
pub use administered::Administered;
pub use body::{Act, Attachment, RequestBody};
pub use chain::{ChainReport, Head, verify_chain};
pub(crate) use content::Content;
pub use content::Hash;
pub use decision::{Decision, Verdict};
pub use event::{Body, Event, IssuedGrant};
pub use grant::{Grant, GrantStatus};
pub use open::Needs;
use requested::{Approvers, OwnedPart};
pub use requested::{PeopleKnown, Requested};

use crate::shown_text::Source;
use crate::{ApprovalType, Device, Part, Result};

/// The time of a command, and the id of what the command creates. The caller passes both, because this crate has no
/// clock and no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// The current time.
    pub now: UnixTime,
    /// The id of the request that is opened, or of the grant that is issued.
    pub id: Id,
}

/// A request to approve one act, with its decisions, its grant and its events.
///
/// A command does not change the request: it returns the event to add. Only [`apply`](ApprovalRequest::apply) changes
/// the request.
#[derive(Debug, Clone)]
pub struct ApprovalRequest {
    /// The values fixed at opening. They are shared with the event that opened the request.
    fixed: Arc<Requested>,
    approvers: Arc<Approvers>,
    requested_at: UnixTime,
    stages: Vec<StageState>,
    ended: Option<(Status, UnixTime, Actor)>,
    grant: Option<Grant>,
    events: Vec<Event>,
}

/// The status of a request. Every status except `Pending` is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// The request waits for decisions.
    Pending,
    /// Every stage has the required approvals.
    Approved,
    /// An approver rejected the request.
    Rejected,
    /// The request was withdrawn before it was decided.
    Cancelled,
    /// The request was not decided in time.
    Expired,
}

jit_approvals_base::choices! {
    Status {
        Pending = "pending",
        Approved = "approved",
        Rejected = "rejected",
        Cancelled = "cancelled",
        Expired = "expired"
    }
}

/// A stage as it was when the request was opened, with the decisions in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageState {
    /// The name of the stage.
    pub name: Option<String>,
    /// How many different people must approve.
    pub required: u32,
    /// Who may decide.
    pub eligible: Vec<Eligible>,
    /// The decisions, in the order in which they were made.
    pub decisions: Vec<Decided>,
}

/// A decision and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// When it was made.
    pub at: UnixTime,
}

/// Someone who may decide in a stage, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Eligible {
    /// Their email.
    pub email: String,
    /// The group that makes them eligible. `None` if they are eligible by their own email.
    pub group: Option<String>,
}

impl StageState {
    fn approvals(&self) -> usize {
        self.decisions.iter().filter(|decided| decided.decision.verdict == Verdict::Approve).count()
    }

    fn is_met(&self) -> bool {
        self.approvals() >= self.required as usize
    }
}

impl ApprovalRequest {
    /// The id of the request.
    pub fn id(&self) -> Id {
        self.fixed.content.request_id
    }

    /// The status at the given time. A pending request is `Expired` from its expiry time on, even if no event records
    /// the expiry yet.
    pub fn status(&self, now: UnixTime) -> Status {
        match &self.ended {
            Some((status, at, _)) if *at <= now => *status,
            _ if now >= self.fixed.expires_at => Status::Expired,
            _ => Status::Pending,
        }
    }

    /// The title as the approver sees it.
    pub fn title(&self) -> &str {
        &self.fixed.content.title
    }

    /// The parts of the title, each with the key of its placeholder if it is a value.
    pub fn title_parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.fixed.title_parts.iter().map(OwnedPart::as_part)
    }

    /// The text as the approver sees it. A page that shows it must isolate each of its [`parts`](Self::parts).
    /// Otherwise right-to-left letters reorder the digits next to them.
    pub fn text(&self) -> &str {
        &self.fixed.content.text
    }

    /// The parts of the text, each with the key of its placeholder if it is a value.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.fixed.parts.iter().map(OwnedPart::as_part)
    }

    /// The SHA-256 hash of what the approver sees and of the data that it was made from. The decisions and the grant
    /// carry the same hash.
    pub fn content_hash(&self) -> Hash {
        self.fixed.content_hash
    }

    /// The application that made the request (`iss` of its auth token).
    pub fn application(&self) -> &str {
        &self.fixed.content.application
    }

    /// The user on whose behalf the application asks (`sub` of the auth token).
    pub fn subject(&self) -> &str {
        &self.fixed.content.subject
    }

    /// The company that the request belongs to, for a server that several companies share.
    pub fn company(&self) -> &str {
        &self.fixed.content.company
    }

    /// The custom claims of the auth token that the template lists, as (name, value), sorted by name.
    pub fn claims(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fixed.content.claims.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The final value of every declared field, as (key, value), sorted by key.
    pub fn meta_data(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fixed.content.meta_data.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The key of the template.
    pub fn template_id(&self) -> &str {
        &self.fixed.content.template_id
    }

    /// The version of the template.
    pub fn template_version(&self) -> u32 {
        self.fixed.content.template_version
    }

    /// What an approver must do to approve the request.
    pub fn approval_type(&self) -> ApprovalType {
        self.fixed.content.approval_type
    }

    /// When the request was opened.
    pub fn requested_at(&self) -> UnixTime {
        self.requested_at
    }

    /// When the request expires. At or after this time nothing can be decided.
    pub fn expires_at(&self) -> UnixTime {
        self.fixed.expires_at
    }

    /// For how many seconds after its decision a grant can be consumed.
    pub fn grant_ttl_seconds(&self) -> u32 {
        self.fixed.grant_ttl
    }

    /// The device that the request was made from, as the application reported it.
    pub fn device(&self) -> Option<&Device> {
        self.fixed.device.as_ref()
    }

    /// Whether the directory accepted everyone or listed people when the request was opened. If it listed people, the
    /// directory for a decision must list people, too.
    pub fn people(&self) -> PeopleKnown {
        self.fixed.people
    }

    /// The attachments, which the approver may look at before deciding.
    pub fn attachments(&self) -> &[Attachment] {
        &self.fixed.content.attachments
    }

    /// When the request was approved or rejected.
    pub fn decided_at(&self) -> Option<UnixTime> {
        match &self.ended {
            Some((Status::Approved | Status::Rejected, at, _)) => Some(*at),
            _ => None,
        }
    }

    /// The stages: who may decide in each, and what they decided.
    pub fn stages(&self) -> &[StageState] {
        &self.stages
    }

    /// The grant, if the request was approved.
    pub fn grant(&self) -> Option<&Grant> {
        self.grant.as_ref()
    }

    /// All events, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events after the given sequence number: those that a store does not have yet.
    pub fn events_since(&self, sequence: u64) -> &[Event] {
        let known = usize::try_from(sequence).unwrap_or(usize::MAX).min(self.events.len());
        &self.events[known..]
    }

    /// The number of events and the hash of the last one.
    pub fn head(&self) -> Head {
        Head::of(&self.events).expect("a request has its first event")
    }

    /// Returns the request as it was at the given time: the result of the events up to then. For a time before the
    /// opening, returns the request as it was opened.
    #[must_use]
    pub fn at(&self, now: UnixTime) -> Self {
        let count = self.count_until(now);
        if count == self.events.len() {
            return self.clone();
        }
        let mut then = Self {
            stages: self.fixed.stages.clone(),
            ended: None,
            grant: None,
            events: Vec::new(),
            ..self.clone()
        };
        then.events.push(self.events[0].clone());
        for event in &self.events[1..count] {
            then.change(event).expect("it was applied before");
            then.events.push(event.clone());
        }
        then
    }

    /// The number of events up to the given time. It is at least 1, because a request always has its first event.
    fn count_until(&self, now: UnixTime) -> usize {
        self.events.partition_point(|event| event.at <= now).max(1)
    }

    /// Creates the event that records the expiry. Returns `None` if the request has not expired, or if an event has
    /// already ended it.
    pub fn expire(&self, now: UnixTime) -> Option<Event> {
        let due = self.ended.is_none() && self.not_before_last(now) >= self.fixed.expires_at;
        due.then(|| self.event(self.fixed.expires_at, Actor::system("clock"), Body::Expired))
    }

    /// Creates the event that withdraws a pending request.
    ///
    /// # Errors
    ///
    /// `request_final`, `request_expired`; `invalid_actor`, `actor_not_allowed`, `invalid_reason`; `out_of_range` for
    /// a time outside the years 1 to 9999.
    pub fn cancel(&self, actor: Actor, reason: Option<&str>, now: UnixTime) -> Result<Event> {
        let now = self.moment(now)?;
        self.check_pending(now)?;
        self.check_withdrawal("cancel", &actor, reason, Source::Given)?;
        Ok(self.event(now, actor, Body::Cancelled { reason: reason.map(str::to_owned) }))
    }

    /// The time at which a command takes effect: `now`, but never before the last event.
    fn moment(&self, now: UnixTime) -> Result<UnixTime> {
        now.in_calendar("now").map(|now| self.not_before_last(now))
    }

    /// Rejects an actor who may not cancel or revoke, and an invalid reason. Allowed are the request's own
    /// application, administrators, and the system with a reason.
    fn check_withdrawal(
        &self,
        command: &'static str,
        actor: &Actor,
        reason: Option<&str>,
        source: Source,
    ) -> Result<()> {
        actor.check(source)?;
        actor.check_may(command, self.application(), reason)?;
        actor::check_reason(reason, source)
    }

    /// Returns the given time, or the time of the last event if that is later. A clock may be set back, but the times
    /// of a request's events never decrease.
    fn not_before_last(&self, now: UnixTime) -> UnixTime {
        self.events.last().map_or(now, |event| now.max(event.at))
    }

    /// Creates the next event of this request.
    fn event(&self, at: UnixTime, actor: Actor, body: Body) -> Event {
        let head = self.head();
        Event::new(&self.fixed.content.company, self.id(), head.count + 1, at, actor, body, Some(head.hash))
    }
}
