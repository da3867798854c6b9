//! The handle of an approval request: commands that take effect at once.

use std::ops::Deref;

use jit_approvals_base::{Id, Object, Result, UnixTime};
use jit_approvals_core::{
    self as core, Act, Actor, At, Decision, Directory, Event, Origin, RequestBody, Template,
};
use jit_approvals_token::{AccessToken, Claims, SigningKey};

/// A request that someone approve one act. What it can tell it tells through the
/// [core's type](core::ApprovalRequest), which it dereferences to.
///
/// Each command adds the event that it makes; [`events_since`](core::ApprovalRequest::events_since) gives those
/// that are not stored yet.
#[derive(Debug, Clone)]
pub struct ApprovalRequest(core::ApprovalRequest);

/// Where a request comes from, as a verified auth token says: its application, subject and claims.
///
/// # Errors
///
/// `missing_metadata` for a token without a subject; `hidden_character`, `value_too_long`.
pub fn origin(claims: &Claims) -> Result<Origin> {
    let origin = Origin::new(claims.issuer().unwrap_or_default(), claims.subject().unwrap_or_default())?;
    Ok(origin.claims(claims.custom().map(|(name, value)| (name, value.clone())).collect::<Object>()))
}

impl ApprovalRequest {
    /// Opens a request by this template.
    ///
    /// # Errors
    ///
    /// Those of [`Template::open`].
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
    /// Those of [`Template::open`].
    pub fn open_at(
        template: &Template,
        body: &RequestBody,
        origin: &Origin,
        directory: &Directory,
        at: At,
    ) -> Result<Self> {
        template.open(body, origin, directory, at).map(Self)
    }

    /// The request that these events made.
    ///
    /// # Errors
    ///
    /// Those of [`restore`](core::ApprovalRequest::restore).
    pub fn restore(events: impl IntoIterator<Item = Event>) -> Result<Self> {
        core::ApprovalRequest::restore(events).map(Self)
    }

    /// Decides. `false` where the approver has decided the same before, word for word.
    ///
    /// The directory may be `None` only where the request was opened with [`Directory::everyone`] and the approver was
    /// named themselves.
    ///
    /// # Errors
    ///
    /// Those of [`decide`](core::ApprovalRequest::decide).
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
    /// Those of [`decide`](core::ApprovalRequest::decide).
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

    /// Withdraws the request while it is pending.
    ///
    /// # Errors
    ///
    /// Those of [`cancel`](core::ApprovalRequest::cancel).
    pub fn cancel(&mut self, actor: Actor, reason: Option<&str>) -> Result<()> {
        self.cancel_at(actor, reason, present()?)
    }

    /// Withdraws the request at this time.
    ///
    /// # Errors
    ///
    /// Those of [`cancel`](core::ApprovalRequest::cancel).
    pub fn cancel_at(&mut self, actor: Actor, reason: Option<&str>, at: At) -> Result<()> {
        self.0.apply(self.0.cancel(actor, reason, at)?)
    }

    /// Uses the grant for this act.
    ///
    /// # Errors
    ///
    /// Those of [`consume`](core::ApprovalRequest::consume).
    pub fn consume(&mut self, act: &Act) -> Result<()> {
        self.consume_at(act, present()?)
    }

    /// Uses the grant for this act at this time.
    ///
    /// # Errors
    ///
    /// Those of [`consume`](core::ApprovalRequest::consume).
    pub fn consume_at(&mut self, act: &Act, at: At) -> Result<()> {
        self.0.apply(self.0.consume(act, at)?)
    }

    /// Takes the grant back.
    ///
    /// # Errors
    ///
    /// Those of [`revoke`](core::ApprovalRequest::revoke).
    pub fn revoke(&mut self, actor: Actor, reason: Option<&str>) -> Result<()> {
        self.revoke_at(actor, reason, present()?)
    }

    /// Takes the grant back at this time.
    ///
    /// # Errors
    ///
    /// Those of [`revoke`](core::ApprovalRequest::revoke).
    pub fn revoke_at(&mut self, actor: Actor, reason: Option<&str>, at: At) -> Result<()> {
        self.0.apply(self.0.revoke(actor, reason, at)?)
    }

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
        let grant = self.0.issued_grant(now)?;
        let token = AccessToken {
            issuer: issuer.to_owned(),
            application: self.application().to_owned(),
            subject: self.subject().to_owned(),
            grant_id: grant.id().to_string(),
            expires_at: grant.expires_at(),
            approval_request_id: self.id().to_string(),
            template_id: self.template_id().to_owned(),
            content_hash: self.content_hash().to_string(),
        };
        token.sign(key)
    }

    /// Records the expiry if the request has expired and no event says so. (Its status says so without that.)
    ///
    /// # Errors
    ///
    /// None but those of [`apply`](Self::apply).
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
    /// Those of [`apply`](core::ApprovalRequest::apply).
    pub fn apply(&mut self, event: Event) -> Result<()> {
        self.0.apply(event)
    }
}

impl Deref for ApprovalRequest {
    type Target = core::ApprovalRequest;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// When a command runs, and the id for what it makes: those that are told, or else the system's.
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
