//! Decisions on a request: who may decide, and what a decision changes.

use std::borrow::Cow;

use jit_approvals_base::errors::missing_member;
use jit_approvals_base::{Error, Id, Plain, UnixTime};

use super::requested::PeopleKnown;
use super::{
    Actor, ApprovalRequest, At, Body, Decision, Eligible, Event, IssuedGrant, Needs, Status, Verdict,
};
use crate::identity::{approver_key, identity};
use crate::shown_text::Source;
use crate::{ApprovalType, Directory, Result, errors};

impl ApprovalRequest {
    /// Creates the event of a decision. Returns `None` if the approver has already made the same decision, word for
    /// word: the first decision remains valid.
    ///
    /// The directory holds the people and groups as they are now. A person who is no longer active, or no longer in
    /// the group that made them eligible, cannot decide. The directory may be left out only if the request was opened
    /// with [`Directory::everyone`] and the approver is eligible by their own email, not through a group. If this
    /// decision completes the approval, `at.id` becomes the id of the grant.
    ///
    /// # Errors
    ///
    /// `request_final`, `request_expired`, `content_mismatch`; the family `decision`; `missing_member` if the
    /// directory is needed but left out; `invalid_grant_id`; `out_of_range` for a time outside the years 1 to 9999.
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
        decision.check_texts(Source::Given)?;
        let eligible = self.check_decision(decision, now)?;
        self.check_present(eligible, &*self.directory_for(eligible, directory)?)?;
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

    /// Returns why a person may not decide at the given time: `request_final`, `request_expired`, `not_eligible`,
    /// `no_longer_eligible`, `stage_not_open`, `already_decided` or `self_approval`. Returns `None` if they may.
    ///
    /// # Errors
    ///
    /// `missing_member` if the directory is needed but left out, `directory_mismatch` if it accepts everyone but must list
    /// people; `out_of_range` for a time outside the years 1 to 9999.
    pub fn may_decide(
        &self,
        approver: &str,
        directory: Option<&Directory>,
        now: UnixTime,
    ) -> Result<Option<Error>> {
        let now = self.moment(now)?;
        let eligible = match self.check_pending(now).and_then(|()| self.check_undecided(approver)) {
            Ok(eligible) => eligible,
            Err(reason) => return Ok(Some(reason)),
        };
        let directory = self.directory_for(eligible, directory)?;
        Ok(self.check_present(eligible, &directory).err())
    }

    /// Returns what to load into the directory for a decision of the given approver: at most one person and one
    /// group. Both lists are empty if the approver is not eligible.
    pub fn needs_of(&self, approver: &str) -> Needs {
        let Some((_, eligible)) = self.eligible(approver) else {
            return Needs { emails: Vec::new(), groups: Vec::new() };
        };
        Needs { emails: vec![eligible.email.clone()], groups: eligible.group.clone().into_iter().collect() }
    }

    /// Returns the approver's entry in the snapshot, if it is their turn.
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

    /// Returns the approver's entry in the snapshot, if it is their turn and they have not decided.
    fn check_undecided(&self, approver: &str) -> Result<&Eligible> {
        if self.decision_by(approver).is_some() {
            return Err(errors::already_decided(approver).with_field("approver"));
        }
        self.check_turn(approver)
    }

    /// Returns the directory for a decision of an approver. It may be left out only if the request was opened with
    /// everyone and the approver is eligible by their own email.
    fn directory_for<'d>(
        &self,
        eligible: &Eligible,
        directory: Option<&'d Directory>,
    ) -> Result<Cow<'d, Directory>> {
        match directory {
            Some(directory) if directory.is_everyone() && self.fixed.people == PeopleKnown::Listed => {
                Err(errors::directory_mismatch().with_field("directory"))
            }
            Some(directory) => Ok(Cow::Borrowed(directory)),
            None if self.fixed.people == PeopleKnown::Everyone && eligible.group.is_none() => {
                Ok(Cow::Owned(Directory::everyone()))
            }
            None => Err(missing_member("directory").with_field("directory")),
        }
    }

    /// Rejects an approver who may no longer decide according to the current directory.
    fn check_present(&self, eligible: &Eligible, directory: &Directory) -> Result<()> {
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

    /// Rejects an id that could be confused with another one: nil, or the id of the request.
    pub(super) fn check_grant_id(&self, id: Id) -> Result<()> {
        if id != Id::NIL && id != self.id() {
            return Ok(());
        }
        Err(errors::invalid_grant_id(Plain(id.to_string())).with_field("id"))
    }

    /// Checks a decision against the request alone, without a directory. Returns the approver's entry in the
    /// snapshot.
    pub(super) fn check_decision(&self, decision: &Decision, now: UnixTime) -> Result<&Eligible> {
        self.check_pending(now)?;
        if decision.content_hash != self.fixed.content_hash {
            return Err(errors::content_mismatch(Plain(
                "the content hash is not this request's: show the request again",
            ))
            .with_field("contentHash"));
        }
        let eligible = self.check_turn(&decision.approver)?;
        let signed = decision.signature.is_some() || decision.verdict == Verdict::Reject;
        if self.fixed.content.approval_type == ApprovalType::SignAndApprove && !signed {
            return Err(errors::signature_required().with_field("signature"));
        }
        Ok(eligible)
    }

    /// Returns the entry in the snapshot that a decision of the given approver uses, and the index of its stage.
    fn eligible(&self, approver: &str) -> Option<(usize, &Eligible)> {
        let (stage, index) = *self.approvers.get(&approver_key(approver))?;
        Some((stage, &self.stages[stage].eligible[index]))
    }

    /// Rejects a command that needs a pending request, if the request is not pending.
    pub(super) fn check_pending(&self, now: UnixTime) -> Result<()> {
        match (&self.ended, self.status(now)) {
            (_, Status::Pending) => Ok(()),
            (Some((status, at, actor)), _) if *status != Status::Expired => {
                Err(errors::request_final(Plain(status.as_str()), *at, &actor.id))
            }
            _ => Err(errors::request_expired(self.fixed.expires_at)),
        }
    }

    /// Whether the given decision completes the approval.
    pub(super) fn completed_by(&self, decision: &Decision) -> bool {
        let current = self.current();
        let stage = &self.stages[current];
        decision.verdict == Verdict::Approve
            && current + 1 == self.stages.len()
            && stage.approvals() + 1 >= stage.required as usize
    }

    /// The index of the stage that waits for decisions: the first one that lacks approvals, otherwise the last one.
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
