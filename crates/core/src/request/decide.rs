//! Deciding.

use jit_approvals_base::errors::missing_member;
use jit_approvals_base::{Error, Id, Json, Members, Plain, UnixTime};

use super::event::{text, typed_signature};
use super::requested::PeopleKnown;
use super::{Actor, ApprovalRequest, At, Body, Eligible, Event, Hash, IssuedGrant, Needs, Status};
use crate::identity::{approver_key, identity};
use crate::limits;
use crate::shown_text::{Source, flaw, is_visible, name_flaw};
use crate::words::choice;
use crate::{ApprovalType, Directory, Result, errors};

/// What an approver decides about what they saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub(crate) approver: String,
    pub(crate) verdict: Verdict,
    pub(crate) content_hash: Hash,
    pub(crate) comment: Option<String>,
    pub(crate) signature: Option<String>,
}

/// One of the two ways to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may happen.
    Approve,
    /// It may not; one rejection is enough.
    Reject,
}

jit_approvals_base::choices! {
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

    /// The decision that this approver, whom the host has authenticated, sends as a body: `{verdict, contentHash, comment?,
    /// signature?}`. The signature is a text, or `{kind: "typed", text}`.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`, `unknown_choice`, `invalid_hash`
    pub fn from_body(approver: impl Into<String>, body: &Json) -> Result<Self> {
        let members = Members::of(body, "", &["verdict", "contentHash", "comment", "signature"])?;
        Self::read(approver.into(), &members)
    }

    /// Reads `{approver, verdict, contentHash, comment?, signature?}`: for other languages, where the host has put the
    /// approver there itself.
    ///
    /// # Errors
    ///
    /// As [`Decision::from_body`].
    #[doc(hidden)]
    pub fn from_json(value: &Json) -> Result<Self> {
        let members =
            Members::of(value, "", &["approver", "verdict", "contentHash", "comment", "signature"])?;
        Self::read(text(&members, "approver")?, &members)
    }

    fn read(approver: String, members: &Members<'_>) -> Result<Self> {
        let content_hash = text(members, "contentHash")?.parse();
        Ok(Self {
            approver,
            verdict: choice(members, "verdict")?,
            content_hash: content_hash.map_err(|error: Error| error.with_field("contentHash"))?,
            comment: members.text("comment")?.map(str::to_owned),
            signature: match members.optional("signature") {
                Some(typed @ Json::Object(_)) => Some(typed_signature(typed, "signature")?),
                _ => members.text("signature")?.map(str::to_owned),
            },
        })
    }

    /// The same decision with this comment: one or more lines, up to 4 KiB.
    #[must_use]
    pub fn with_comment(self, comment: impl Into<String>) -> Self {
        Self { comment: Some(comment.into()), ..self }
    }

    /// The same decision, signed with this name: up to 200 characters. Needed to approve what is `signAndApprove`.
    #[must_use]
    pub fn with_signature(self, name: impl Into<String>) -> Self {
        Self { signature: Some(name.into()), ..self }
    }

    /// Their email.
    pub fn approver(&self) -> &str {
        &self.approver
    }

    /// Approve or reject.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The content hash of what they saw.
    pub fn content_hash(&self) -> Hash {
        self.content_hash
    }

    /// Why.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// The name they signed with.
    pub fn signature(&self) -> Option<&str> {
        self.signature.as_deref()
    }
}

impl ApprovalRequest {
    /// Makes the event of a decision. `None` where the approver has decided the same, word for word: the first
    /// decision stands.
    ///
    /// The directory says how things are now: who is no longer active, or no longer in the group that made
    /// them eligible, decides nothing. It may be left out only where the request was opened with
    /// [`Directory::everyone`] and the approver was named themselves. `at.id` becomes the grant's, if this decision
    /// completes the approval.
    ///
    /// # Errors
    ///
    /// `request_final`, `request_expired`, `content_mismatch`; the family `decision`; `missing_member` for a directory
    /// that is left out and needed; `invalid_grant_id`; `out_of_range` for a time outside the years 1 to 9999.
    pub fn decide(
        &self,
        decision: &Decision,
        directory: Option<&Directory>,
        at: At,
    ) -> Result<Option<Event>> {
        if let Some(first) = self.decision_by(&decision.approver) {
            let same = Decision { approver: first.approver.clone(), ..decision.clone() } == *first;
            return if same { Ok(None) } else { Err(errors::already_decided(&decision.approver)) };
        }
        let now = self.moment(at.now)?;
        check_texts(decision, Source::Given)?;
        let eligible = self.check_decision(decision, now)?;
        self.check_present(eligible, directory)?;
        let email = eligible.email.as_str();
        if self.completed_by(decision) {
            self.check_grant_id(at.id)?;
        }
        let decision = Decision { approver: email.to_owned(), ..decision.clone() };
        let body = Body::Decided {
            stage: self.current(),
            grant: self
                .completed_by(&decision)
                .then(|| IssuedGrant { id: at.id, expires_at: now.plus(self.fixed.grant_ttl.into()) }),
            decision,
        };
        Ok(Some(self.event(now, Actor::approver(email), body)))
    }

    /// Whether this person may decide at this time; the error says why not.
    ///
    /// # Errors
    ///
    /// Those of [`decide`](Self::decide) that no decision could avoid; `already_decided`.
    pub fn may_decide(&self, approver: &str, directory: Option<&Directory>, now: UnixTime) -> Result<()> {
        self.check_pending(self.moment(now)?)?;
        if self.decision_by(approver).is_some() {
            return Err(errors::already_decided(approver).with_field("approver"));
        }
        self.check_present(self.check_turn(approver)?, directory)
    }

    /// Whom a directory has to know for a decision of this approver: what to load into it. At most one person and one
    /// group; nobody, if the approver is not asked.
    pub fn needs_of(&self, approver: &str) -> Needs {
        let Some((_, eligible)) = self.eligible(approver) else {
            return Needs { emails: Vec::new(), groups: Vec::new() };
        };
        Needs { emails: vec![eligible.email.clone()], groups: eligible.group.clone().into_iter().collect() }
    }

    /// The approver as the snapshot has them, if it is their turn.
    fn check_turn(&self, approver: &str) -> Result<&Eligible> {
        let current = self.current();
        match self.eligible(approver) {
            Some((stage, eligible)) if stage == current => Ok(eligible),
            Some((stage, _)) if stage > current => {
                Err(errors::stage_not_open(approver).with_field("approver"))
            }
            _ => Err(errors::not_eligible(approver).with_field("approver")),
        }
    }

    /// Refuses who may no longer decide, as things are now.
    fn check_present(&self, eligible: &Eligible, directory: Option<&Directory>) -> Result<()> {
        let everyone;
        let directory = match directory {
            Some(directory) if directory.is_everyone() && self.fixed.people == PeopleKnown::Listed => {
                return Err(errors::directory_mismatch().with_field("directory"));
            }
            Some(directory) => directory,
            None if self.fixed.people == PeopleKnown::Everyone && eligible.group.is_none() => {
                everyone = Directory::everyone();
                &everyone
            }
            None => return Err(missing_member("directory").with_field("directory")),
        };
        let email = eligible.email.as_str();
        let person = directory.person(email).filter(|person| person.is_active());
        let still = eligible.group.as_deref().is_none_or(|group| directory.is_in_group(email, group));
        let Some(person) = person.filter(|_| still) else {
            return Err(errors::no_longer_eligible(email).with_field("approver"));
        };
        if !self.fixed.allow_self_approval && person.has_identity(&identity(self.subject())) {
            return Err(errors::self_approval(email).with_field("approver"));
        }
        Ok(())
    }

    /// Refuses an id that could be taken for another one's.
    pub(super) fn check_grant_id(&self, id: Id) -> Result<()> {
        if id != Id::NIL && id != self.id() {
            return Ok(());
        }
        Err(errors::invalid_grant_id(Plain(id.to_string())).with_field("id"))
    }

    /// Refuses what can be refused by the request alone. Gives the approver as the snapshot has them.
    pub(super) fn check_decision(&self, decision: &Decision, now: UnixTime) -> Result<&Eligible> {
        self.check_pending(now)?;
        if decision.content_hash != self.fixed.content_hash {
            return Err(errors::content_mismatch().with_field("contentHash"));
        }
        let eligible = self.check_turn(&decision.approver)?;
        let signed = decision.signature.is_some() || decision.verdict == Verdict::Reject;
        if self.fixed.content.approval_type == ApprovalType::SignAndApprove && !signed {
            return Err(errors::signature_required().with_field("signature"));
        }
        Ok(eligible)
    }

    /// Whose entry in the snapshot a decision of this approver uses, and its stage.
    fn eligible(&self, approver: &str) -> Option<(usize, &Eligible)> {
        let (stage, place) = *self.approvers.get(&approver_key(approver))?;
        Some((stage, &self.stages[stage].eligible[place]))
    }

    /// Refuses anything that only a pending request can have.
    pub(super) fn check_pending(&self, now: UnixTime) -> Result<()> {
        match (&self.ended, self.status(now)) {
            (_, Status::Pending) => Ok(()),
            (Some((status, at, actor)), _) if *status != Status::Expired => {
                Err(errors::request_final(Plain(status.as_str()), *at, &actor.id))
            }
            _ => Err(errors::request_expired(self.fixed.expires_at)),
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
        let (stage, eligible) = self.eligible(approver)?;
        let mut decisions = self.stages[stage].decisions.iter().map(|decided| &decided.decision);
        decisions.find(|decision| decision.approver == eligible.email)
    }
}

/// Refuses a comment or signature that could mislead who reads it.
pub(super) fn check_texts(decision: &Decision, source: Source) -> Result<()> {
    if let Some(comment) = &decision.comment {
        let error = if comment.len() > limits::COMMENT_BYTES {
            Some(errors::comment_too_long(comment.len(), limits::COMMENT_BYTES))
        } else {
            flaw(comment, true, source).map(|flaw| errors::comment_character(Plain(flaw.to_string())))
        };
        error.map_or(Ok(()), |error| Err(error.with_field("comment")))?;
    }
    let Some(signature) = &decision.signature else {
        return Ok(());
    };
    let size = signature.chars().count();
    let error = if size > limits::SIGNATURE_CHARACTERS {
        errors::signature_too_long(size, limits::SIGNATURE_CHARACTERS)
    } else {
        match name_flaw(signature, source) {
            None => return Ok(()),
            Some(_) if !is_visible(signature) => errors::signature_required(),
            Some(flaw) => errors::signature_character(Plain(flaw.to_string())),
        }
    };
    Err(error.with_field("signature"))
}

/// Refuses a reason that could mislead who reads it.
pub(super) fn check_reason(reason: Option<&str>, source: Source) -> Result<()> {
    let reason = reason.unwrap_or_default();
    let problem = if reason.len() > limits::COMMENT_BYTES {
        format!("{} bytes, the limit is {}", reason.len(), limits::COMMENT_BYTES)
    } else if let Some(flaw) = flaw(reason, false, source) {
        flaw.to_string()
    } else {
        return Ok(());
    };
    Err(errors::invalid_reason(Plain(problem)).with_field("reason"))
}
