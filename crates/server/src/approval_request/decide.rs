//! `POST /approvalRequest/{id}/decision`

use jit_approvals::Decision;
use jit_approvals::event::At;
use jit_approvals_api::errors;
use jit_approvals_base::Id;
use jit_approvals_store::{Change, directory_for_decision};

use super::read::{load_for, record_for};
use crate::answer::{Answer, Computed, Written};
use crate::caller::Approver;
use crate::refusal::Result;
use crate::state::Attempt;

/// Records the decision of an approver about what they saw.
pub(crate) fn run(attempt: &mut Attempt<'_>, Approver(member): Approver) -> Result<Computed> {
    let id = attempt.call.id("id")?;
    let json = attempt.call.json()?;
    let mut stored = load_for(attempt, &member, id)?;
    let decision = Decision::from_body(&member.row.email, &json)?;
    if decision.signature().is_some() {
        member.check_proved(attempt.now())?;
    }
    let (opener, now) = (stored.opener(attempt.reader)?, attempt.now());
    if stored.is_dead(opener) {
        let error = errors::application_inactive(stored.request.application());
        return Err(stored.refused(now, opener, error));
    }
    let needs = stored.request.needs_of(&member.row.email);
    let application = opener.map(|opener| opener.id);
    let people = directory_for_decision(attempt.reader, member.company, application, &needs)?;
    let at = At { now, id: Id::v7()? };
    let is_new = match stored.request.decide_at(&decision, &people, at) {
        Ok(is_new) => is_new,
        Err(error) => return Err(stored.refused(now, opener, error)),
    };
    let answer = Answer::ok(record_for(attempt, &stored, &member, now)?);
    // The same decision, word for word, is answered as the first one was.
    if !is_new {
        return Ok(answer.into());
    }
    let change = Change { revision: Some(member.revision), ..stored.change(attempt.now()) };
    Ok(Written { change, answer }.into())
}
