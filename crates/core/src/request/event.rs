//! Events: who did what, when and why, each bound to the one before it.

mod read;

use std::sync::Arc;

use jit_approvals_base::{Canonical, Id, UnixTime};

use super::{Actor, Administered, Decision, Hash, Requested};

/// One change of a request. An event that exists has the hash of what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub(crate) company: String,
    pub(crate) request_id: Id,
    pub(crate) sequence: u64,
    pub(crate) at: UnixTime,
    pub(crate) actor: Actor,
    pub(crate) body: Body,
    pub(crate) previous: Option<Hash>,
    pub(crate) hash: Hash,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body {
    /// The request was opened.
    Requested(Arc<Requested>),
    /// Someone decided in a stage, and completed the approval if there is a grant.
    Decided {
        /// The stage, counted from 0.
        stage: usize,
        /// The decision.
        decision: Decision,
        /// The grant.
        grant: Option<IssuedGrant>,
    },
    /// The request was withdrawn.
    Cancelled {
        /// Why.
        reason: Option<String>,
    },
    /// Nobody decided in time.
    Expired,
    /// The application acted on its grant.
    Consumed {
        /// The grant.
        grant_id: Id,
    },
    /// The grant was taken back.
    Revoked {
        /// The grant.
        grant_id: Id,
        /// Why.
        reason: Option<String>,
    },
    /// An administrator changed something. It belongs to a stream of the company's, not to a request.
    Administered(Administered),
}

/// A grant as its decision issues it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuedGrant {
    /// Its id.
    pub id: Id,
    /// From when it can't be used.
    pub expires_at: UnixTime,
}

impl Event {
    pub(crate) fn new(
        company: &str,
        request_id: Id,
        sequence: u64,
        at: UnixTime,
        actor: Actor,
        body: Body,
        previous: Option<Hash>,
    ) -> Self {
        let company = company.to_owned();
        let mut event = Self { company, request_id, sequence, at, actor, body, previous, hash: Hash::of("") };
        event.hash = Hash::of(&event.write(None));
        event
    }

    /// Whom it belongs to.
    pub fn company(&self) -> &str {
        &self.company
    }

    /// The request that it belongs to; the stream, for an administrative change.
    pub fn request_id(&self) -> Id {
        self.request_id
    }

    /// The hash of the event before it; none for the first.
    pub fn previous(&self) -> Option<Hash> {
        self.previous
    }

    /// Its place among the request's events, counted from 1.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// When it happened.
    pub fn at(&self) -> UnixTime {
        self.at
    }

    /// Who did it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What happened.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// SHA-256 of its canonical text without this member.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Its RFC 8785 text, one line:
    /// `{actor: {id, kind}, at, body: {type, …}, company, hash, previous?, requestId, sequence, v: 1}`.
    pub fn to_text(&self) -> String {
        self.write(Some(self.hash))
    }

    /// With its hash, or without: what the hash is taken of.
    pub(crate) fn write(&self, hash: Option<Hash>) -> String {
        let bytes = match &self.body {
            Body::Requested(requested) => 2 * requested.content.text.len() + 2048,
            _ => 768,
        };
        Canonical::object(bytes, |event| {
            event.object_member("actor", |actor| {
                actor.text("id", &self.actor.id);
                actor.text("kind", self.actor.kind.as_str());
            });
            event.integer("at", self.at.seconds());
            event.object_member("body", |body| self.body.write(body));
            event.text("company", &self.company);
            if let Some(hash) = hash {
                event.text("hash", hash.encode(&mut [0; 64]));
            }
            if let Some(previous) = self.previous {
                event.text("previous", previous.encode(&mut [0; 64]));
            }
            event.text("requestId", self.request_id.encode(&mut [0; 36]));
            event.integer("sequence", i64::try_from(self.sequence).unwrap_or(i64::MAX));
            event.integer("v", 1);
        })
    }
}

impl Body {
    /// Its word in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Requested(_) => "requested",
            Self::Decided { .. } => "decided",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired => "expired",
            Self::Consumed { .. } => "consumed",
            Self::Revoked { .. } => "revoked",
            Self::Administered(_) => "administered",
        }
    }

    fn write(&self, body: &mut Canonical) {
        match self {
            Self::Requested(requested) => return requested.write(body, self.kind()),
            Self::Administered(change) => return change.write(body, self.kind()),
            Self::Decided { stage, decision, grant } => {
                body.text("approver", &decision.approver);
                body.optional_text("comment", decision.comment.as_deref());
                body.text("contentHash", decision.content_hash.encode(&mut [0; 64]));
                if let Some(IssuedGrant { id, expires_at }) = grant {
                    body.object_member("grant", |grant| {
                        grant.integer("expiresAt", expires_at.seconds());
                        grant.text("id", id.encode(&mut [0; 36]));
                    });
                }
                if let Some(signature) = &decision.signature {
                    body.object_member("signature", |object| {
                        object.text("kind", "typed");
                        object.text("text", signature);
                    });
                }
                body.integer("stage", i64::try_from(*stage).expect("few stages"));
                body.text("type", self.kind());
                body.text("verdict", decision.verdict.as_str());
                return;
            }
            Self::Cancelled { reason } => body.optional_text("reason", reason.as_deref()),
            Self::Expired => {}
            Self::Consumed { grant_id } => body.text("grantId", grant_id.encode(&mut [0; 36])),
            Self::Revoked { grant_id, reason } => {
                body.text("grantId", grant_id.encode(&mut [0; 36]));
                body.optional_text("reason", reason.as_deref());
            }
        }
        body.text("type", self.kind());
    }
}
