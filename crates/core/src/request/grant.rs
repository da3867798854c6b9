//! Grants: what an approved request issues, and how it is used.

use jit_approvals_base::{Id, Plain, UnixTime};

use super::{Act, Actor, ApprovalRequest, Attachment, Body, Event};
use crate::shown_text::Source;
use crate::template::{unknown, value_text};
use crate::{GrantUse, Result, errors};

/// The right to do exactly what was approved: once by default, or any number of times until the grant expires if the
/// template says so.
///
/// A grant is a read-only value. To use it, call [`ApprovalRequest::consume`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub(super) id: Id,
    pub(super) issued_at: UnixTime,
    pub(super) expires_at: UnixTime,
    pub(super) uses: GrantUse,
    pub(super) consumed: Vec<UnixTime>,
    pub(super) revoked_at: Option<UnixTime>,
}

/// The status of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantStatus {
    /// The grant can be consumed.
    Issued,
    /// The grant was consumed and cannot be consumed again.
    Consumed,
    /// The grant was revoked.
    Revoked,
    /// The grant has expired.
    Expired,
}

jit_approvals_base::choices! {
    GrantStatus { Issued = "issued", Consumed = "consumed", Revoked = "revoked", Expired = "expired" }
}

impl Grant {
    /// The id of the grant.
    pub fn id(&self) -> Id {
        self.id
    }

    /// When the approval was complete and the grant was issued.
    pub fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// When the grant expires. It cannot be used at or after this time.
    pub fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// How often the grant can be consumed.
    pub fn uses(&self) -> GrantUse {
        self.uses
    }

    /// The times at which the grant was consumed, in order.
    pub fn consumed_at(&self) -> &[UnixTime] {
        &self.consumed
    }

    /// The status at the given time.
    pub fn status(&self, now: UnixTime) -> GrantStatus {
        if self.revoked_at.is_some() {
            GrantStatus::Revoked
        } else if self.uses == GrantUse::Once && !self.consumed.is_empty() {
            GrantStatus::Consumed
        } else if now >= self.expires_at {
            GrantStatus::Expired
        } else {
            GrantStatus::Issued
        }
    }

    pub(super) fn check_issued(&self, now: UnixTime) -> Result<()> {
        match self.status(now) {
            GrantStatus::Issued => Ok(()),
            GrantStatus::Consumed => Err(errors::grant_consumed(self.consumed[0])),
            GrantStatus::Revoked => Err(errors::grant_revoked(self.revoked_at.unwrap_or(now))),
            GrantStatus::Expired => Err(errors::grant_expired(self.expires_at)),
        }
    }
}

impl ApprovalRequest {
    /// Creates the event that uses the grant for the given act. The act holds the values that the application is
    /// about to act on, not a copy of the content hash.
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`; `content_mismatch` if the act differs from
    /// what was approved; `unknown_metadata`, `metadata_type`.
    pub fn consume(&self, act: &Act, now: UnixTime) -> Result<Event> {
        let now = self.moment(now)?;
        let grant = self.issued_grant(now)?;
        Attachment::check_count(act.attachments.len())?;
        let mut meta_data = self.fixed.defaults.clone();
        for (key, value) in act.meta_data.iter() {
            let field = meta_data.iter_mut().find(|(known, _)| known == key);
            let Some((_, text)) = field else {
                return Err(unknown(key, self.fixed.defaults.iter().map(|(known, _)| known.as_str())));
            };
            let value =
                value_text(key, value).map_err(|error| error.with_field(format!("metaData.{key}")))?;
            value.as_str().clone_into(text);
        }
        if self.fixed.content.hash_with(&meta_data, &act.attachments) != self.fixed.content_hash {
            let differs = |((key, given), (_, approved)): (&(String, String), &(String, String))| {
                (given != approved).then(|| format!("metaData.{key}"))
            };
            let field = meta_data.iter().zip(&self.fixed.content.meta_data).find_map(differs);
            return Err(errors::content_mismatch(Plain("the act differs from what was approved"))
                .with_field(field.unwrap_or("attachments".to_owned())));
        }
        Ok(self.event(now, Actor::application(self.application()), Body::Consumed { grant_id: grant.id }))
    }

    /// Creates the event that revokes the grant.
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`; those of [`cancel`](Self::cancel) for an actor
    /// who may not revoke and for an invalid reason.
    pub fn revoke(&self, actor: Actor, reason: Option<&str>, now: UnixTime) -> Result<Event> {
        let now = self.moment(now)?;
        let grant_id = self.issued_grant(now)?.id;
        self.check_withdrawal("revoke", &actor, reason, Source::Given)?;
        Ok(self.event(now, actor, Body::Revoked { grant_id, reason: reason.map(str::to_owned) }))
    }

    /// Returns the grant, whatever its status.
    ///
    /// # Errors
    ///
    /// `no_grant`. Its message contains the status of the request at the given time.
    pub fn require_grant(&self, now: UnixTime) -> Result<&Grant> {
        self.grant.as_ref().ok_or_else(|| errors::no_grant(Plain(self.status(now).as_str())))
    }

    /// Returns the grant, if it can be consumed at the given time.
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`
    pub fn issued_grant(&self, now: UnixTime) -> Result<&Grant> {
        let grant = self.require_grant(now)?;
        grant.check_issued(now)?;
        Ok(grant)
    }
}
