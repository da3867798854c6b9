//! The handle of an approval request: commands that take effect at once.

#[cfg(feature = "token")]
use jit_approvals_base::Object;
use jit_approvals_base::{Id, Json, Result, UnixTime};
use jit_approvals_core::{
    self as core, Act, Actor, ApprovalType, At, Attachment, Decision, Device, Directory, Event, Grant, Hash,
    Head, Needs, Origin, Part, PeopleKnown, RequestBody, StageState, Status, Template,
};
#[cfg(feature = "token")]
use jit_approvals_token::{AccessToken, SigningKey};

/// A request that someone approve one act, and all that came of it.
///
/// Each command adds the event that it makes, or changes nothing and says why.
///
/// # Persistence
///
/// A request is its events. A program that keeps it elsewhere stores, after each command, the events that it does not
/// have yet, each under a key of request and sequence that is unique, and acts only then:
///
/// ```
/// # use jit_approvals::{Act, ApprovalRequest, Directory, Decision, Origin, RequestBody, Template};
/// # use std::collections::BTreeMap;
/// # let template = Template::parse(r#"{"approvalType": "approve", "templateName": "T", "approvalKey": "T", "approvalTitle": "T",
/// #     "approvalData": "T", "defaultApprovers": ["ann@example.com"]}"#)?;
/// # let origin = Origin::new("shop", "kevin")?;
/// # let mut request = ApprovalRequest::open(&template, &RequestBody::new("T"), &origin, &Directory::everyone())?;
/// # request.decide(&Decision::approve("ann@example.com", request.content_hash()), None)?;
/// # let act = Act::default();
/// # let mut table: BTreeMap<(String, u64), String> = BTreeMap::new();
/// let known = request.head().count;
/// request.consume(&act)?;
/// for event in request.events_since(known) {
///     // INSERT with the primary key (request, sequence): if it is taken,
///     // another process was faster.
///     let key = (event.request_id().to_string(), event.sequence());
///     assert!(table.insert(key, event.to_text()).is_none());
/// }
/// // Stored: now act.
/// # Ok::<(), jit_approvals::Error>(())
/// ```
///
/// Only this makes a grant single-use between processes: of two that consume it at once, one finds the key taken, and
/// must not act. [`restore`](Self::restore) makes the request of its events again;
/// [`restore_with_head`](Self::restore_with_head) also finds out if the last ones are missing.
#[derive(Debug, Clone)]
pub struct ApprovalRequest(core::ApprovalRequest);

/// Accessors that come from the core's type as they are.
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
    /// Opens a request by this template.
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

    /// Opens a request at this time, under this id.
    ///
    /// # Errors
    ///
    /// `template_mismatch`, `application_not_allowed`; the family `metadata`; `unknown_approver`, `unknown_group`,
    /// `approvers_not_allowed`, `conflicting_approvers`, `invalid_email`, `ambiguous_person`; `too_few_approvers` where
    /// fewer people may decide than must; `out_of_range`.
    pub fn open_at(
        template: &Template,
        body: &RequestBody,
        origin: &Origin,
        directory: &Directory,
        at: At,
    ) -> Result<Self> {
        template.open(body, origin, directory, at).map(Self)
    }

    /// The request that these events made: one that could have been opened and changed this way.
    ///
    /// # Errors
    ///
    /// `no_events`, `event_foreign`, `event_out_of_order`, `event_unlinked`, `event_impossible`
    pub fn restore(events: impl IntoIterator<Item = Event>) -> Result<Self> {
        core::ApprovalRequest::restore(events).map(Self)
    }

    /// The request that these events made, up to this head, which was kept apart from them.
    ///
    /// # Errors
    ///
    /// Those of [`restore`](Self::restore); `head_mismatch` if events are missing at the end, or are others.
    pub fn restore_with_head(events: impl IntoIterator<Item = Event>, head: Head) -> Result<Self> {
        core::ApprovalRequest::restore_with_head(events, head).map(Self)
    }

    /// The request as it was at this time; as it was opened, for a time before that.
    #[must_use]
    pub fn at(&self, now: UnixTime) -> Self {
        Self(self.0.at(now))
    }

    /// Decides. `false` where the approver has decided the same before, word for word.
    ///
    /// The directory may be `None` only where the request was opened with [`Directory::everyone`] and the approver was
    /// named themselves.
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

    /// Decides at this time; the grant, if this completes the approval, has this id.
    ///
    /// # Errors
    ///
    /// `request_final`, `request_expired`, `content_mismatch`; the family `decision`; `missing_member` for a directory
    /// that is left out and needed; `invalid_grant_id`; `out_of_range`.
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

    /// Whether this person may decide now; the error says why not.
    ///
    /// # Errors
    ///
    /// Those of [`decide_at`](Self::decide_at) that no decision could avoid; `already_decided`.
    pub fn may_decide<'a>(
        &self,
        approver: &str,
        directory: impl Into<Option<&'a Directory>>,
        now: UnixTime,
    ) -> Result<()> {
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

    /// Withdraws the request at this time: its own application may, an administrator, and the system with a reason.
    ///
    /// # Errors
    ///
    /// `request_final`, `request_expired`, `invalid_actor`, `actor_not_allowed`, `invalid_reason`, `out_of_range`
    pub fn cancel_at(&mut self, actor: Actor, reason: Option<&str>, now: UnixTime) -> Result<()> {
        self.0.apply(self.0.cancel(actor, reason, now)?)
    }

    /// Uses the grant for this act: the values that the application is about to act on. See
    /// [Persistence](Self#persistence) for what makes that happen once.
    ///
    /// # Errors
    ///
    /// Those of [`consume_at`](Self::consume_at).
    pub fn consume(&mut self, act: &Act) -> Result<()> {
        self.consume_at(act, UnixTime::now())
    }

    /// Uses the grant for this act at this time.
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`; `content_mismatch` if the act is not what was
    /// approved; `unknown_metadata`, `metadata_type`; `out_of_range`.
    pub fn consume_at(&mut self, act: &Act, now: UnixTime) -> Result<()> {
        self.0.apply(self.0.consume(act, now)?)
    }

    /// Takes the grant back.
    ///
    /// # Errors
    ///
    /// Those of [`revoke_at`](Self::revoke_at).
    pub fn revoke(&mut self, actor: Actor, reason: Option<&str>) -> Result<()> {
        self.revoke_at(actor, reason, UnixTime::now())
    }

    /// Takes the grant back at this time; who may is as for [`cancel_at`](Self::cancel_at).
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`, `invalid_actor`, `actor_not_allowed`,
    /// `invalid_reason`, `out_of_range`
    pub fn revoke_at(&mut self, actor: Actor, reason: Option<&str>, now: UnixTime) -> Result<()> {
        self.0.apply(self.0.revoke(actor, reason, now)?)
    }

    /// Records the expiry if the request has expired and no event says so. (Its status says so without that.)
    ///
    /// # Errors
    ///
    /// None in practice: those of [`apply`](Self::apply).
    pub fn expire(&mut self) -> Result<bool> {
        self.expire_at(UnixTime::now())
    }

    /// Records the expiry if the request has expired by this time and no event says so.
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

    /// Adds an event that someone else's copy of the request made.
    ///
    /// # Errors
    ///
    /// `event_foreign`, `event_out_of_order`, `event_unlinked`; `event_impossible` if no command could have made it.
    pub fn apply(&mut self, event: Event) -> Result<()> {
        self.0.apply(event)
    }

    /// The grant, if it can be consumed at this time.
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
    /// The signed text that carries the grant to the application, from the host `issuer`.
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`
    pub fn access_token(&self, issuer: &str, key: &SigningKey) -> Result<String> {
        self.access_token_at(issuer, key, UnixTime::now())
    }

    /// The signed text that carries the grant, if it can be consumed at this time.
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
    /// Its id.
    id() -> Id;
    /// Its status at this time: past its expiry a pending request has expired, whether or not an event says so yet.
    status(now: UnixTime) -> Status;
    /// The title as the approver sees it.
    title() -> &str;
    /// The title in parts, with the placeholders that they stand for.
    title_parts() -> impl Iterator<Item = Part<'_>>;
    /// The text as the approver sees it. What shows it isolates each of its [`parts`](Self::parts), as `<bdi>` does in
    /// HTML: right-to-left letters reorder the digits next to them.
    text() -> &str;
    /// The text in parts, with the placeholders that they stand for.
    parts() -> impl Iterator<Item = Part<'_>>;
    /// SHA-256 over what the approver sees and what it stands for: decisions and grant carry the same.
    content_hash() -> Hash;
    /// The application that asked: `iss` of its auth token.
    application() -> &str;
    /// The user on whose behalf it asked: `sub`.
    subject() -> &str;
    /// Whom it belongs to, where several companies share a server.
    company() -> &str;
    /// The custom claims of the auth token that the template lists, by name.
    claims() -> impl Iterator<Item = (&str, &str)>;
    /// The final value of every declared field, by key.
    meta_data() -> impl Iterator<Item = (&str, &str)>;
    /// The key of the template.
    template_id() -> &str;
    /// The version of the template.
    template_version() -> u32;
    /// What an approver does to approve it.
    approval_type() -> ApprovalType;
    /// What the approver may look at before deciding.
    attachments() -> &[Attachment];
    /// The device that it was made from, as the application reported it.
    device() -> Option<&Device>;
    /// Which people the directory knew when it was opened: where they were listed, deciding needs them listed again.
    people() -> PeopleKnown;
    /// When it was opened.
    requested_at() -> UnixTime;
    /// From when nothing can be decided.
    expires_at() -> UnixTime;
    /// When it was approved or rejected.
    decided_at() -> Option<UnixTime>;
    /// Who may decide, stage by stage, and what they decided.
    stages() -> &[StageState];
    /// The grant, if it was approved.
    grant() -> Option<&Grant>;
    /// Every event, in order.
    events() -> &[Event];
    /// The events after this sequence number: what a store does not have yet.
    events_since(sequence: u64) -> &[Event];
    /// How many events there are, and the last one's hash: kept apart, it proves that no event is missing at the end.
    head() -> Head;
    /// Whom a directory has to know for a decision of this approver: what to load into it.
    needs_of(approver: &str) -> Needs;
    /// The record as it is at this time: what [`Json`] texts of an API show.
    to_json(now: UnixTime) -> Json;
}

/// When a command runs, and the id for what it makes: those that are given, otherwise the system's.
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
