//! Events: who did what, when and why. Each event contains the hash of the event before it.

mod read;

use std::sync::Arc;

use jit_approvals_base::{Canonical, Id, UnixTime};

use super::{Actor, Administered, Decision, Hash, Requested};

/// One change of a request. The hash of an event always matches its content.
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
    /// An approver decided in a stage. If there is a grant, the decision completed the approval.
    Decided {
        /// The index of the stage, from 0.
        stage: usize,
        /// The decision.
        decision: Decision,
        /// The grant that the decision issued.
        grant: Option<IssuedGrant>,
    },
    /// The request was withdrawn.
    Cancelled {
        /// The reason, if one was given.
        reason: Option<String>,
    },
    /// The request was not decided in time.
    Expired,
    /// The application consumed its grant.
    Consumed {
        /// The id of the grant.
        grant_id: Id,
    },
    /// The grant was revoked.
    Revoked {
        /// The id of the grant.
        grant_id: Id,
        /// The reason, if one was given.
        reason: Option<String>,
    },
    /// An administrator changed something. This event belongs to a stream of the company, not to a request.
    Administered(Administered),
}

/// The grant that a decision issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuedGrant {
    /// The id of the grant.
    pub id: Id,
    /// When the grant expires. It cannot be used at or after this time.
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

    /// The company that the event belongs to.
    pub fn company(&self) -> &str {
        &self.company
    }

    /// The request that the event belongs to. For an administrative change, this is the id of the stream.
    pub fn request_id(&self) -> Id {
        self.request_id
    }

    /// The hash of the event before this one. `None` for the first event.
    pub fn previous(&self) -> Option<Hash> {
        self.previous
    }

    /// The sequence number among the request's events, from 1.
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

    /// The SHA-256 hash of the event's canonical text without this member.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Returns the event's RFC 8785 text, one line:
    /// `{actor: {id, kind}, at, body: {type, …}, company, hash, previous?, requestId, sequence, v: 1}`.
    pub fn to_text(&self) -> String {
        self.write(Some(self.hash))
    }

    /// Returns the canonical text with the given hash. With `None`, returns the text that the hash is computed from.
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
    /// The `type` of the body in JSON.
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
                body.integer("stage", i64::try_from(*stage).expect("the index of a stage fits"));
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
