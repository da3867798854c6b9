//! Approval requests: the fold of their events.

mod apply;
mod body;
mod chain;
mod content;
mod decide;
mod event;
mod event_read;
mod grant;
mod open;
mod record;

use std::sync::Arc;

use jit_approvals_base::{Id, UnixTime};

pub use body::{Act, Attachment, RequestBody};
pub use chain::{ChainReport, Head, verify_chain};
pub(crate) use content::Content;
pub use content::Hash;
pub use decide::{Decision, Verdict};
use event::Requested;
pub use event::{Actor, ActorKind, Body, Event};
pub use grant::{Grant, GrantStatus};
pub use open::Needs;

use crate::directory::identity;
use crate::words::words;
use crate::{Part, Result};

/// When a command runs, and the id for what it makes. Core has neither clock nor randomness of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// The present.
    pub now: UnixTime,
    /// The id of the request that is opened, or of the grant that is issued.
    pub id: Id,
}

/// A request that someone approve one act, and all that came of it.
///
/// Commands look at it and return the event that they would add; [`apply`](ApprovalRequest::apply) is the only
/// thing that changes it.
#[derive(Debug, Clone)]
pub struct ApprovalRequest {
    /// What was fixed when it was opened: shared with the event that says so.
    fixed: Arc<Requested>,
    requested_at: UnixTime,
    stages: Vec<StageState>,
    ended: Option<(Status, UnixTime, Actor)>,
    grant: Option<Grant>,
    events: Vec<Event>,
}

/// Where a request stands. All but `Pending` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Waits for decisions.
    Pending,
    /// Every stage has its approvals.
    Approved,
    /// Someone rejected it.
    Rejected,
    /// Withdrawn before it was decided.
    Cancelled,
    /// Not decided in time.
    Expired,
}

words! {
    Status {
        Pending = "pending",
        Approved = "approved",
        Rejected = "rejected",
        Cancelled = "cancelled",
        Expired = "expired"
    }
}

/// A stage as it was when the request was opened, and the decisions in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageState {
    /// What the step is called.
    pub name: Option<String>,
    /// How many different people must approve.
    pub required: u32,
    /// Who may decide.
    pub eligible: Vec<Eligible>,
    /// What they decided, in its order.
    pub decisions: Vec<(Decision, UnixTime)>,
}

/// Someone who may decide in a stage, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eligible {
    /// Their email.
    pub email: String,
    /// The group that they may by; none if they were named themselves.
    pub group: Option<String>,
}

impl StageState {
    fn approvals(&self) -> usize {
        self.decisions.iter().filter(|(decision, _)| decision.verdict == Verdict::Approve).count()
    }

    /// The email, as the snapshot has it, of whom this identity belongs to.
    fn eligible_email(&self, approver: &str) -> Option<&str> {
        let mut emails = self.eligible.iter().map(|person| person.email.as_str());
        emails.find(|email| identity(email) == approver)
    }

    fn is_met(&self) -> bool {
        self.approvals() >= self.required as usize
    }
}

impl ApprovalRequest {
    /// Its id.
    pub fn id(&self) -> Id {
        self.fixed.content.request_id
    }

    /// Where it stands at this time: past its expiry a pending request has expired, whether or not an event
    /// says so yet.
    pub fn status(&self, now: UnixTime) -> Status {
        match &self.ended {
            Some((status, ..)) => *status,
            None if now >= self.fixed.expires_at => Status::Expired,
            None => Status::Pending,
        }
    }

    /// The title as the approver sees it.
    pub fn title(&self) -> &str {
        &self.fixed.content.title
    }

    /// The text as the approver sees it.
    pub fn text(&self) -> &str {
        &self.fixed.content.text
    }

    /// The text in parts, with the placeholders that they stand for.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.fixed.parts.iter().map(|(text, key)| Part { text, key: key.as_deref() })
    }

    /// SHA-256 over what the approver sees and what it stands for: decisions and grant carry the same.
    pub fn content_hash(&self) -> Hash {
        self.fixed.content_hash
    }

    /// The application that asked: `iss` of its auth token.
    pub fn application(&self) -> &str {
        &self.fixed.content.application
    }

    /// The user on whose behalf it asked: `sub`.
    pub fn subject(&self) -> &str {
        &self.fixed.content.subject
    }

    /// The key of the template.
    pub fn template_id(&self) -> &str {
        &self.fixed.content.template_id
    }

    /// When it was opened.
    pub fn requested_at(&self) -> UnixTime {
        self.requested_at
    }

    /// From when nothing can be decided.
    pub fn expires_at(&self) -> UnixTime {
        self.fixed.expires_at
    }

    /// Who may decide, stage by stage, and what they decided.
    pub fn stages(&self) -> &[StageState] {
        &self.stages
    }

    /// The grant, if it was approved.
    pub fn grant(&self) -> Option<&Grant> {
        self.grant.as_ref()
    }

    /// Every event, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events after this sequence number: what a store does not have yet.
    pub fn events_since(&self, sequence: u64) -> &[Event] {
        let known = usize::try_from(sequence).unwrap_or(usize::MAX).min(self.events.len());
        &self.events[known..]
    }

    /// How many events there are, and the last one's hash.
    pub fn head(&self) -> Head {
        Head::of(&self.events).expect("a request has its first event")
    }

    /// Makes the event that notices that the request has expired, if it has and none says so.
    pub fn expire(&self, now: UnixTime) -> Option<Event> {
        let due = self.ended.is_none() && self.not_before_last(now) >= self.fixed.expires_at;
        due.then(|| self.event(self.fixed.expires_at, Actor::system(), Body::Expired))
    }

    /// Makes the event that withdraws a pending request.
    ///
    /// # Errors
    ///
    /// `request_final`, `request_expired`
    pub fn cancel(&self, actor: Actor, reason: Option<&str>, at: At) -> Result<Event> {
        let now = self.not_before_last(at.now);
        self.check_pending(now)?;
        actor.check()?;
        decide::check_reason(reason)?;
        Ok(self.event(now, actor, Body::Cancelled { reason: reason.map(str::to_owned) }))
    }

    /// This time, or the last event's if a clock was set back: time never runs backwards in a request.
    fn not_before_last(&self, now: UnixTime) -> UnixTime {
        self.events.last().map_or(now, |event| now.max(event.at))
    }

    /// The next event of this request.
    fn event(&self, at: UnixTime, actor: Actor, body: Body) -> Event {
        let head = self.head();
        Event::new(&self.fixed.content.company, self.id(), head.count + 1, at, actor, body, Some(head.hash))
    }
}
