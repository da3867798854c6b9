//! Approval requests: the fold of their events.

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

/// When a command runs that makes something, and the id of that. Core has neither clock nor randomness of its own.
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
    approvers: Arc<Approvers>,
    requested_at: UnixTime,
    stages: Vec<StageState>,
    ended: Option<(Status, UnixTime, Actor)>,
    grant: Option<Grant>,
    events: Vec<Event>,
}

/// Where a request stands. All but `Pending` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
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

jit_approvals_base::choices! {
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
#[non_exhaustive]
pub struct StageState {
    /// What the step is called.
    pub name: Option<String>,
    /// How many different people must approve.
    pub required: u32,
    /// Who may decide.
    pub eligible: Vec<Eligible>,
    /// What they decided, in its order.
    pub decisions: Vec<Decided>,
}

/// A decision, and when it was made.
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
    /// The group that they may by; none if they were named themselves.
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
    /// Its id.
    pub fn id(&self) -> Id {
        self.fixed.content.request_id
    }

    /// Where it stands at this time: past its expiry a pending request has expired, whether or not an event
    /// says so yet.
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

    /// The title in parts, with the placeholders that they stand for.
    pub fn title_parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.fixed.title_parts.iter().map(OwnedPart::as_part)
    }

    /// The text as the approver sees it. What shows it isolates each of its [`parts`](Self::parts): right-to-left
    /// letters reorder the digits next to them.
    pub fn text(&self) -> &str {
        &self.fixed.content.text
    }

    /// The text in parts, with the placeholders that they stand for.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        self.fixed.parts.iter().map(OwnedPart::as_part)
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

    /// Whom it belongs to, where several companies share a server.
    pub fn company(&self) -> &str {
        &self.fixed.content.company
    }

    /// The custom claims of the auth token that the template lists, by name.
    pub fn claims(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fixed.content.claims.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The final value of every declared field, by key.
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

    /// What an approver does to approve it.
    pub fn approval_type(&self) -> ApprovalType {
        self.fixed.content.approval_type
    }

    /// When it was opened.
    pub fn requested_at(&self) -> UnixTime {
        self.requested_at
    }

    /// From when nothing can be decided.
    pub fn expires_at(&self) -> UnixTime {
        self.fixed.expires_at
    }

    /// The device that it was made from, as the application reported it.
    pub fn device(&self) -> Option<&Device> {
        self.fixed.device.as_ref()
    }

    /// Which people the directory knew when it was opened: where they were listed, deciding needs them listed again.
    pub fn people(&self) -> PeopleKnown {
        self.fixed.people
    }

    /// What the approver may look at before deciding.
    pub fn attachments(&self) -> &[Attachment] {
        &self.fixed.content.attachments
    }

    /// When it was approved or rejected.
    pub fn decided_at(&self) -> Option<UnixTime> {
        match &self.ended {
            Some((Status::Approved | Status::Rejected, at, _)) => Some(*at),
            _ => None,
        }
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

    /// The request as it was at this time: the fold of the events up to then; as it was opened, for a time before that.
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

    /// How many events there were at this time; the first is always there.
    fn count_until(&self, now: UnixTime) -> usize {
        self.events.partition_point(|event| event.at <= now).max(1)
    }

    /// Makes the event that records the expiry, if the request has expired and no event says so.
    pub fn expire(&self, now: UnixTime) -> Option<Event> {
        let due = self.ended.is_none() && self.not_before_last(now) >= self.fixed.expires_at;
        due.then(|| self.event(self.fixed.expires_at, Actor::system("clock"), Body::Expired))
    }

    /// Makes the event that withdraws a pending request.
    ///
    /// # Errors
    ///
    /// `request_final`, `request_expired`; `invalid_actor`, `actor_not_allowed`, `invalid_reason`; `out_of_range` for
    /// a time outside the years 1 to 9999
    pub fn cancel(&self, actor: Actor, reason: Option<&str>, now: UnixTime) -> Result<Event> {
        let now = self.moment(now)?;
        self.check_pending(now)?;
        self.check_withdrawal("cancel", &actor, reason, Source::Given)?;
        Ok(self.event(now, actor, Body::Cancelled { reason: reason.map(str::to_owned) }))
    }

    /// When a command takes effect.
    fn moment(&self, now: UnixTime) -> Result<UnixTime> {
        now.in_calendar("now").map(|now| self.not_before_last(now))
    }

    /// Who may cancel and revoke, and why: its own application and administrators, the system with a reason.
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
