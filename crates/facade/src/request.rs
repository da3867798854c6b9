//! The handle of an approval request. Its commands take effect at once.

#[cfg(feature = "token")]
use jit_approvals_base::Object;
use jit_approvals_base::{Error, Id, Json, Result, UnixTime};
use jit_approvals_core::{
    self as core, Act, Actor, ApprovalType, At, Attachment, Decision, Device, Directory, Event, Grant, Hash,
    Head, Needs, Origin, Part, PeopleKnown, RequestBody, StageState, Status, Template,
};
#[cfg(feature = "token")]
use jit_approvals_token::{AccessToken, SigningKey};

/// A request to approve one act, with its decisions, its grant and its events.
///
/// A command creates an event and adds it to the request. A command that returns an error changes nothing.
///
/// # Persistence
///
/// To store a request, store its events. After each command, insert the new events, each under a unique key of
/// request and sequence. Reply or act only after the insert:
///
/// ```
/// # use jit_approvals::{Act, ApprovalRequest, Directory, Decision, Origin, RequestBody, Template};
/// # use std::collections::BTreeMap;
/// # let template = Template::parse(r#"{"approvalType": "approve", "templateName": "T", "approvalKey": "T",
/// #     "approvalTitle": "T", "approvalData": "T", "defaultApprovers": ["ann@example.com"]}"#)?;
/// # let origin = Origin::new("shop", "kevin")?;
/// # let mut request = ApprovalRequest::open(&template, &RequestBody::new("T"), &origin, &Directory::everyone())?;
/// # request.decide(&Decision::approve("ann@example.com", request.content_hash()), None)?;
/// # let act = Act::default();
/// # let mut table: BTreeMap<(String, u64), String> = BTreeMap::new();
/// let known = request.head().count;
/// request.consume(&act)?;
/// for event in request.events_since(known) {
///     // INSERT with the primary key (request, sequence): if the key exists,
///     // another process was faster.
///     let key = (event.request_id().to_string(), event.sequence());
///     assert!(table.insert(key, event.to_text()).is_none());
/// }
/// // The events are stored. Act now.
/// # Ok::<(), jit_approvals::Error>(())
/// ```
///
/// Only this makes a grant single-use between processes: if two processes consume it at the same time, one of them
/// finds that the key exists, and must not act. [`restore`](Self::restore) builds the request from its events again.
/// [`restore_with_head`](Self::restore_with_head) also detects whether the last events are missing.
#[derive(Debug, Clone)]
pub struct ApprovalRequest(core::ApprovalRequest);

/// For the crates that are built on the core type, such as a store.
impl AsRef<core::ApprovalRequest> for ApprovalRequest {
    fn as_ref(&self) -> &core::ApprovalRequest {
        &self.0
    }
}

/// Defines accessors that only call the core type.
macro_rules! accessors {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $kind:ty),*) -> $value:ty;)*) => {
        impl ApprovalRequest {
            $(
                $(#[$doc])*
                pub fn $name(&self $(, $argument: $kind)*) -> $value {
                    self.0.$name($($argument),*)
                }
            )*
        }
    };
}

impl ApprovalRequest {
    /// Opens a request from the given template.
    ///
    /// # Errors
    ///
    /// Those of [`open_at`](Self::open_at); `random_unavailable`.
    pub fn open(
        template: &Template,
        body: &RequestBody,
        origin: &Origin,
        directory: &Directory,
    ) -> Result<Self> {
        Self::open_at(template, body, origin, directory, present()?)
    }

    /// Opens a request at the given time, with the given id.
    ///
    /// # Errors
    ///
    /// `template_mismatch`, `application_not_allowed`; the family `metadata`; `unknown_approver`, `unknown_group`,
    /// `approvers_not_allowed`, `conflicting_approvers`, `invalid_email`, `ambiguous_person`; `too_few_approvers` if
    /// fewer people may decide than are required; `out_of_range`.
    pub fn open_at(
        template: &Template,
        body: &RequestBody,
        origin: &Origin,
        directory: &Directory,
        at: At,
    ) -> Result<Self> {
        template.open(body, origin, directory, at).map(Self)
    }

    /// Builds a request from its events. Checks their chain, and that each event could have happened.
    ///
    /// # Errors
    ///
    /// `no_events`, `event_foreign`, `event_out_of_order`, `event_unlinked`, `event_impossible`
    pub fn restore(events: impl IntoIterator<Item = Event>) -> Result<Self> {
        core::ApprovalRequest::restore(events).map(Self)
    }

    /// Builds a request from its events, and checks them against a head that was stored apart from them.
    ///
    /// # Errors
    ///
    /// Those of [`restore`](Self::restore); `head_mismatch` if events are missing at the end, or if the last event is
    /// a different one.
    pub fn restore_with_head(events: impl IntoIterator<Item = Event>, head: Head) -> Result<Self> {
        core::ApprovalRequest::restore_with_head(events, head).map(Self)
    }

    /// Returns the request as it was at the given time. For a time before the opening, returns the request as it was
    /// opened.
    #[must_use]
    pub fn at(&self, now: UnixTime) -> Self {
        Self(self.0.at(now))
    }

    /// Records a decision. Returns `false` if the approver has already made the same decision, word for word.
    ///
    /// The directory holds the people and groups as they are now. It may be `None` only if the request was opened
    /// with [`Directory::everyone`] and the approver is eligible by their own email, not through a group.
    ///
    /// # Errors
    ///
    /// Those of [`decide_at`](Self::decide_at); `random_unavailable`.
    pub fn decide<'a>(
        &mut self,
        decision: &Decision,
        directory: impl Into<Option<&'a Directory>>,
    ) -> Result<bool> {
        self.decide_at(decision, directory, present()?)
    }

    /// Records a decision at the given time. If it completes the approval, the grant has the given id.
    ///
    /// # Errors
    ///
    /// `request_final`, `request_expired`, `content_mismatch`; the family `decision`; `missing_member` if the
    /// directory is needed but left out; `invalid_grant_id`; `out_of_range`.
    pub fn decide_at<'a>(
        &mut self,
        decision: &Decision,
        directory: impl Into<Option<&'a Directory>>,
        at: At,
    ) -> Result<bool> {
        match self.0.decide(decision, directory.into(), at)? {
            Some(event) => self.0.apply(event).map(|()| true),
            None => Ok(false),
        }
    }

    /// Returns why a person may not decide at the given time: `request_final`, `request_expired`, `not_eligible`,
    /// `no_longer_eligible`, `stage_not_open`, `already_decided` or `self_approval`. Returns `None` if they may.
    ///
    /// # Errors
    ///
    /// `missing_member` if the directory is needed but left out, `directory_mismatch` if it accepts everyone but must list
    /// people; `out_of_range` for a time outside the years 1 to 9999.
    pub fn may_decide<'a>(
        &self,
        approver: &str,
        directory: impl Into<Option<&'a Directory>>,
        now: UnixTime,
    ) -> Result<Option<Error>> {
        self.0.may_decide(approver, directory.into(), now)
    }

    /// Withdraws the request while it is pending.
    ///
    /// # Errors
    ///
    /// Those of [`cancel_at`](Self::cancel_at).
    pub fn cancel(&mut self, actor: Actor, reason: Option<&str>) -> Result<()> {
        self.cancel_at(actor, reason, UnixTime::now())
    }

    /// Withdraws the request at the given time. Only the request's own application, an administrator, and the system
    /// with a reason may do this.
    ///
    /// # Errors
    ///
    /// `request_final`, `request_expired`, `invalid_actor`, `actor_not_allowed`, `invalid_reason`, `out_of_range`
    pub fn cancel_at(&mut self, actor: Actor, reason: Option<&str>, now: UnixTime) -> Result<()> {
        self.0.apply(self.0.cancel(actor, reason, now)?)
    }

    /// Uses the grant for the given act: the values that the application is about to act on.
    /// [Persistence](Self#persistence) shows how to make the grant single-use between processes.
    ///
    /// # Errors
    ///
    /// Those of [`consume_at`](Self::consume_at).
    pub fn consume(&mut self, act: &Act) -> Result<()> {
        self.consume_at(act, UnixTime::now())
    }

    /// Uses the grant for the given act at the given time.
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`; `content_mismatch` if the act differs from
    /// what was approved; `unknown_metadata`, `metadata_type`; `out_of_range`.
    pub fn consume_at(&mut self, act: &Act, now: UnixTime) -> Result<()> {
        self.0.apply(self.0.consume(act, now)?)
    }

    /// Revokes the grant.
    ///
    /// # Errors
    ///
    /// Those of [`revoke_at`](Self::revoke_at).
    pub fn revoke(&mut self, actor: Actor, reason: Option<&str>) -> Result<()> {
        self.revoke_at(actor, reason, UnixTime::now())
    }

    /// Revokes the grant at the given time. The same actors may do this as for [`cancel_at`](Self::cancel_at).
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`, `invalid_actor`, `actor_not_allowed`,
    /// `invalid_reason`, `out_of_range`
    pub fn revoke_at(&mut self, actor: Actor, reason: Option<&str>, now: UnixTime) -> Result<()> {
        self.0.apply(self.0.revoke(actor, reason, now)?)
    }

    /// Records the expiry if the request has expired and no event says so. Returns whether it recorded the expiry.
    ///
    /// [`status`](Self::status) is `Expired` even without this event.
    ///
    /// # Errors
    ///
    /// Those of [`apply`](Self::apply), but none of them occurs in practice.
    pub fn expire(&mut self) -> Result<bool> {
        self.expire_at(UnixTime::now())
    }

    /// Records the expiry if the request has expired at the given time and no event says so.
    ///
    /// # Errors
    ///
    /// As [`ApprovalRequest::expire`].
    pub fn expire_at(&mut self, now: UnixTime) -> Result<bool> {
        match self.0.expire(now) {
            Some(event) => self.0.apply(event).map(|()| true),
            None => Ok(false),
        }
    }

    /// Adds an event that another copy of the request created.
    ///
    /// # Errors
    ///
    /// `event_foreign`, `event_out_of_order`, `event_unlinked`; `event_impossible` if no command could have
    /// created the event.
    pub fn apply(&mut self, event: Event) -> Result<()> {
        self.0.apply(event)
    }

    /// Returns the grant, if it can be consumed at the given time.
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`
    pub fn issued_grant(&self, now: UnixTime) -> Result<&Grant> {
        self.0.issued_grant(now)
    }
}

#[cfg(feature = "token")]
impl ApprovalRequest {
    /// Returns the access token: a signed text that carries the grant from the host `issuer` to the application.
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`
    pub fn access_token(&self, issuer: &str, key: &SigningKey) -> Result<String> {
        self.access_token_at(issuer, key, UnixTime::now())
    }

    /// Returns the access token, if the grant can be consumed at the given time.
    ///
    /// # Errors
    ///
    /// As [`ApprovalRequest::access_token`].
    pub fn access_token_at(&self, issuer: &str, key: &SigningKey, now: UnixTime) -> Result<String> {
        let grant = self.issued_grant(now)?;
        let record = Object::new()
            .with("issuer", issuer)
            .with("application", self.application())
            .with("subject", self.subject())
            .with("grantId", grant.id())
            .with("expiresAt", grant.expires_at())
            .with("approvalRequestId", self.id())
            .with("templateId", self.template_id())
            .with("contentHash", self.content_hash().to_string());
        AccessToken::from_json(&record.into())?.sign(key)
    }
}

accessors! {
    /// The id of the request.
    id() -> Id;
    /// The status at the given time. A pending request is `Expired` from its expiry time on, even if no event records
    /// the expiry yet.
    status(now: UnixTime) -> Status;
    /// The title as the approver sees it.
    title() -> &str;
    /// The parts of the title, each with the key of its placeholder if it is a value.
    title_parts() -> impl Iterator<Item = Part<'_>>;
    /// The text as the approver sees it. A page that shows it must isolate each of its [`parts`](Self::parts)
    /// (`<bdi>` in HTML). Otherwise right-to-left letters reorder the digits next to them.
    text() -> &str;
    /// The parts of the text, each with the key of its placeholder if it is a value.
    parts() -> impl Iterator<Item = Part<'_>>;
    /// The SHA-256 hash of what the approver sees and of the data that it was made from. The decisions and the grant
    /// carry the same hash.
    content_hash() -> Hash;
    /// The application that made the request (`iss` of its auth token).
    application() -> &str;
    /// The user on whose behalf the application asks (`sub` of the auth token).
    subject() -> &str;
    /// The company that the request belongs to, for a server that several companies share.
    company() -> &str;
    /// The custom claims of the auth token that the template lists, as (name, value), sorted by name.
    claims() -> impl Iterator<Item = (&str, &str)>;
    /// The final value of every declared field, as (key, value), sorted by key.
    meta_data() -> impl Iterator<Item = (&str, &str)>;
    /// The key of the template.
    template_id() -> &str;
    /// The version of the template.
    template_version() -> u32;
    /// What an approver must do to approve the request.
    approval_type() -> ApprovalType;
    /// The attachments, which the approver may look at before deciding.
    attachments() -> &[Attachment];
    /// The device that the request was made from, as the application reported it.
    device() -> Option<&Device>;
    /// Whether the directory accepted everyone or listed people when the request was opened. If it listed people, the
    /// directory for a decision must list people, too.
    people() -> PeopleKnown;
    /// When the request was opened.
    requested_at() -> UnixTime;
    /// When the request expires. At or after this time nothing can be decided.
    expires_at() -> UnixTime;
    /// When the request was approved or rejected.
    decided_at() -> Option<UnixTime>;
    /// The stages: who may decide in each, and what they decided.
    stages() -> &[StageState];
    /// The grant, if the request was approved.
    grant() -> Option<&Grant>;
    /// All events, in order.
    events() -> &[Event];
    /// The events after the given sequence number: those that a store does not have yet.
    events_since(sequence: u64) -> &[Event];
    /// The number of events and the hash of the last one. If this head is stored apart from the events, it proves
    /// that no event is missing at the end.
    head() -> Head;
    /// Returns what to load into the directory for a decision of the given approver.
    needs_of(approver: &str) -> Needs;
    /// Returns the record of the request at the given time, as an API shows it.
    to_json(now: UnixTime) -> Json;
}

/// Returns the time of a command and the id of what it creates. By default, both come from the system.
///
/// # Errors
///
/// `random_unavailable`
pub fn at(now: Option<UnixTime>, id: Option<Id>) -> Result<At> {
    Ok(At { now: now.unwrap_or_else(UnixTime::now), id: id.map_or_else(Id::v7, Ok)? })
}

fn present() -> Result<At> {
    at(None, None)
}
