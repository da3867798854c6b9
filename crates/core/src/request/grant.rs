//! Grants: what an approved request gives, and its use.

use jit_approvals_base::{Id, Plain, UnixTime};

use super::{Act, Actor, ApprovalRequest, Attachment, Body, Event};
use crate::shown_text::Source;
use crate::template::{unknown, value_text};
use crate::{GrantUse, Result, errors};

/// The right to do, once unless the template says otherwise, exactly what was approved. A read-only value;
/// using it is a command of its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub(super) id: Id,
    pub(super) issued_at: UnixTime,
    pub(super) expires_at: UnixTime,
    pub(super) uses: GrantUse,
    pub(super) consumed: Vec<UnixTime>,
    pub(super) revoked_at: Option<UnixTime>,
}

/// Where a grant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantStatus {
    /// Can be consumed.
    Issued,
    /// Was consumed, and can be no more.
    Consumed,
    /// Was taken back.
    Revoked,
    /// Was not used in time.
    Expired,
}

jit_approvals_base::choices! {
    GrantStatus { Issued = "issued", Consumed = "consumed", Revoked = "revoked", Expired = "expired" }
}

impl Grant {
    /// Its id.
    pub fn id(&self) -> Id {
        self.id
    }

    /// When the approval was complete.
    pub fn issued_at(&self) -> UnixTime {
        self.issued_at
    }

    /// From when it is good for nothing.
    pub fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// How often it can be consumed.
    pub fn uses(&self) -> GrantUse {
        self.uses
    }

    /// When it was consumed, in order.
    pub fn consumed_at(&self) -> &[UnixTime] {
        &self.consumed
    }

    /// Where it stands at this time.
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
    /// Makes the event that uses the grant for this act: the values that the application is about to act on,
    /// and not an echo of the hash.
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`; `content_mismatch` if the act is not
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
            return Err(errors::content_mismatch(Plain("the act is not what was approved"))
                .with_field(field.unwrap_or("attachments".to_owned())));
        }
        Ok(self.event(now, Actor::application(self.application()), Body::Consumed { grant_id: grant.id }))
    }

    /// Makes the event that takes the grant back.
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`; as for [`cancel`](Self::cancel), who may not
    pub fn revoke(&self, actor: Actor, reason: Option<&str>, now: UnixTime) -> Result<Event> {
        let now = self.moment(now)?;
        let grant_id = self.issued_grant(now)?.id;
        self.check_withdrawal("revoke", &actor, reason, Source::Given)?;
        Ok(self.event(now, actor, Body::Revoked { grant_id, reason: reason.map(str::to_owned) }))
    }

    /// The grant, whatever became of it.
    ///
    /// # Errors
    ///
    /// `no_grant`, which tells the request's status at this time.
    pub fn require_grant(&self, now: UnixTime) -> Result<&Grant> {
        self.grant.as_ref().ok_or_else(|| errors::no_grant(Plain(self.status(now).as_str())))
    }

    /// The grant, if it can be consumed at this time.
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
