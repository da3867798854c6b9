//! Deciding.

use jit_approvals_base::{Plain, UnixTime};

use super::{Actor, ApprovalRequest, At, Body, Event, Hash, Status};
use crate::directory::{Directory, identity};
use crate::limits;
use crate::words::words;
use crate::{ApprovalType, Result, errors, reading};

/// What an approver decides about what they saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Their email.
    pub approver: String,
    /// Approve or reject.
    pub verdict: Verdict,
    /// The content hash of what they saw.
    pub content_hash: Hash,
    /// Why; up to 4 KiB.
    pub comment: Option<String>,
    /// The name they signed with; up to 200 characters. Needed to approve what is `signAndApprove`.
    pub signature: Option<String>,
}

/// One of the two ways to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may happen.
    Approve,
    /// It may not; one rejection is enough.
    Reject,
}

words! {
    Verdict { Approve = "approve", Reject = "reject" }
}

impl Decision {
    /// This approver approves what has this hash.
    pub fn approve(approver: impl Into<String>, content_hash: Hash) -> Self {
        let (approver, verdict) = (approver.into(), Verdict::Approve);
        Self { approver, verdict, content_hash, comment: None, signature: None }
    }

    /// This approver rejects what has this hash.
    pub fn reject(approver: impl Into<String>, content_hash: Hash) -> Self {
        Self { verdict: Verdict::Reject, ..Self::approve(approver, content_hash) }
    }

    /// The same decision with this comment.
    #[must_use]
    pub fn comment(self, comment: impl Into<String>) -> Self {
        Self { comment: Some(comment.into()), ..self }
    }

    /// The same decision, signed with this name.
    #[must_use]
    pub fn signature(self, name: impl Into<String>) -> Self {
        Self { signature: Some(name.into()), ..self }
    }
}

impl ApprovalRequest {
    /// Makes the event of a decision. `None` where the approver has decided the same, word for word: the first
    /// decision stands.
    ///
    /// The directory says how things are now: who is no longer active, or no longer in the group that made
    /// them eligible, decides nothing. `at.id` becomes the grant's, if this decision completes the approval.
    ///
    /// # Errors
    ///
    /// `request_final`, `request_expired`, `content_mismatch`; the family `decision`.
    pub fn decide(&self, decision: &Decision, directory: &Directory, at: At) -> Result<Option<Event>> {
        // A signature that nobody could see is none.
        let signature = decision.signature.clone().filter(|name| is_visible(name));
        let decision = &Decision { signature, ..decision.clone() };
        if let Some(first) = self.decision_by(&decision.approver) {
            let same = Decision { approver: first.approver.clone(), ..decision.clone() } == *first;
            return if same { Ok(None) } else { Err(errors::already_decided(&decision.approver)) };
        }
        let now = self.not_before_last(at.now);
        check_texts(decision)?;
        let email = self.check_decision(decision, now)?;
        let stage = &self.stages[self.current()];
        let eligible = stage.eligible.iter().find(|person| person.email == email).expect("just found");
        let person = directory.person(email).filter(|person| person.active);
        let still = eligible.group.as_deref().is_none_or(|group| directory.is_in_group(email, group));
        let Some(person) = person.filter(|_| still) else {
            return Err(errors::no_longer_eligible(email).with_field("approver"));
        };
        if !self.fixed.allow_self_approval && person.is_subject(self.subject()) {
            return Err(errors::self_approval(email).with_field("approver"));
        }
        let decision = Decision { approver: email.to_owned(), ..decision.clone() };
        let body = Body::Decided {
            stage: self.current(),
            grant: self.completed_by(&decision).then(|| (at.id, now.plus(self.fixed.grant_ttl.into()))),
            decision,
        };
        Ok(Some(self.event(now, Actor::approver(email), body)))
    }

    /// Refuses what can be refused by the request alone. Gives the approver's email as the snapshot has it.
    pub(super) fn check_decision(&self, decision: &Decision, now: UnixTime) -> Result<&str> {
        self.check_pending(now)?;
        if decision.content_hash != self.fixed.content_hash {
            return Err(errors::content_mismatch().with_field("contentHash"));
        }
        let approver = identity(&decision.approver);
        let current = self.current();
        let Some(email) = self.stages[current].eligible_email(&approver) else {
            let later =
                self.stages[current + 1..].iter().any(|stage| stage.eligible_email(&approver).is_some());
            let refused = if later { errors::stage_not_open } else { errors::not_eligible };
            return Err(refused(&decision.approver).with_field("approver"));
        };
        let signed = decision.signature.is_some() || decision.verdict == Verdict::Reject;
        if self.fixed.content.approval_type == ApprovalType::SignAndApprove && !signed {
            return Err(errors::signature_required().with_field("signature"));
        }
        Ok(email)
    }

    /// Refuses anything that only a pending request can have.
    pub(super) fn check_pending(&self, now: UnixTime) -> Result<()> {
        match (&self.ended, self.status(now)) {
            (_, Status::Pending) => Ok(()),
            (Some((status, at, actor)), _) if *status != Status::Expired => {
                Err(errors::request_final(Plain(status.word()), at.seconds(), &actor.id))
            }
            _ => Err(errors::request_expired(self.fixed.expires_at.seconds())),
        }
    }

    /// Whether the approval is complete with this decision.
    pub(super) fn completed_by(&self, decision: &Decision) -> bool {
        let current = self.current();
        let stage = &self.stages[current];
        decision.verdict == Verdict::Approve
            && current + 1 == self.stages.len()
            && stage.approvals() + 1 >= stage.required as usize
    }

    /// The stage that waits for decisions: the first that is not met.
    pub(super) fn current(&self) -> usize {
        let unmet = self.stages.iter().position(|stage| !stage.is_met());
        unmet.unwrap_or(self.stages.len() - 1)
    }

    pub(super) fn decision_by(&self, approver: &str) -> Option<&Decision> {
        let approver = identity(approver);
        let decisions = self.stages.iter().flat_map(|stage| &stage.decisions);
        decisions.map(|(decision, _)| decision).find(|decision| identity(&decision.approver) == approver)
    }
}

/// Refuses a comment or signature that could mislead who reads it.
pub(super) fn check_texts(decision: &Decision) -> Result<()> {
    if let Some(comment) = &decision.comment {
        let error = if comment.len() > limits::COMMENT_BYTES {
            Some(errors::comment_too_long(comment.len(), limits::COMMENT_BYTES))
        } else {
            let odd = reading::misleading(comment, false);
            odd.map(|(_, character)| errors::comment_character(Plain(reading::code_point(character))))
        };
        error.map_or(Ok(()), |error| Err(error.with_field("comment")))?;
    }
    let Some(signature) = &decision.signature else {
        return Ok(());
    };
    let size = signature.chars().count();
    let error = if size > limits::SIGNATURE_CHARACTERS {
        errors::signature_too_long(size, limits::SIGNATURE_CHARACTERS)
    } else if let Some((_, character)) = reading::misleading(signature, false) {
        errors::signature_character(Plain(reading::code_point(character)))
    } else if !is_visible(signature) {
        errors::signature_required()
    } else {
        return Ok(());
    };
    Err(error.with_field("signature"))
}

/// Refuses a reason that could mislead who reads it.
pub(super) fn check_reason(reason: Option<&str>) -> Result<()> {
    let reason = reason.unwrap_or_default();
    let problem = if reason.len() > limits::COMMENT_BYTES {
        format!("has {} bytes, at most {} are allowed", reason.len(), limits::COMMENT_BYTES)
    } else if let Some((_, character)) = reading::misleading(reason, false) {
        format!("holds {}, which could mislead who reads it", reading::code_point(character))
    } else {
        return Ok(());
    };
    Err(errors::invalid_reason(Plain(problem)).with_field("reason"))
}

/// Whether there is a letter or digit to be seen. The Hangul fillers are letters by their category and look like
/// nothing.
fn is_visible(name: &str) -> bool {
    const FILLERS: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];
    name.chars().any(|character| character.is_alphanumeric() && !FILLERS.contains(&character))
}
