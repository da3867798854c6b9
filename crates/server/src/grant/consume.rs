//! `POST /grant/{id}/consume`

use jit_approvals::event::{Actor, Verdict};
use jit_approvals::{Act, identity};
use jit_approvals_api::errors;
use jit_approvals_store::{Change, PersonRow};

use super::load_own;
use crate::answer::{Answer, Computed, Written};
use crate::caller::{Application, subject_person};
use crate::idempotency::Repeatable;
use crate::refusal::{Refusal, Result};
use crate::request::Stored;
use crate::state::Attempt;

/// The most events of a request. There is always room for one that revokes the grant.
const EVENTS: u64 = 1000;

/// Uses a grant for the act that is about to be done.
pub(crate) fn run(attempt: &mut Attempt<'_>, caller: Application) -> Result<Computed> {
    let json = attempt.call.json()?;
    let (repeatable, earlier) = Repeatable::find(attempt, &caller, &json)?;
    let mut stored = load_own(attempt, &caller)?;
    if earlier.is_some() {
        return Ok(Answer::ok(stored.grant(attempt.now())).into());
    }
    let jti = caller.jti(attempt)?;
    let act = Act::from_json(&json)?;
    let now = attempt.now();
    // A wrong act changes nothing: neither here, nor if the grant would have to be revoked.
    let mut consumed = stored.request.clone();
    if let Err(error) = consumed.consume_at(&act, now) {
        return Err(refused(attempt, &stored, &caller, error));
    }
    if stored.is_dead(Some(caller.opener())) {
        let error = errors::application_inactive(caller.iss());
        return Err(refused(attempt, &stored, &caller, error));
    }
    if let Some(reason) = no_longer_stands(attempt, &stored, &caller)? {
        stored.request.revoke_at(Actor::system("directory"), Some(&reason), now)?;
        stored.save(attempt, Some(caller.revision), Vec::new())?;
        let Err(error) = stored.request.issued_grant(now) else {
            return Err(errors::internal_error().into());
        };
        return Err(refused(attempt, &stored, &caller, error));
    }
    if consumed.head().count >= EVENTS {
        return Err(refused(attempt, &stored, &caller, errors::grant_exhausted(EVENTS)));
    }
    stored.request = consumed;
    let until = stored.kept_until();
    let id = stored.request.id();
    let claims = repeatable.map(|repeatable| repeatable.claim(id, until)).into_iter().chain(jti);
    let (revision, claims) = (Some(caller.revision), claims.collect());
    let change = Change { revision, claims, ..stored.change(attempt.now()) };
    let answer = Answer::ok(stored.grant(attempt.now()));
    Ok(Written { change, answer }.into())
}

/// Why the approval no longer stands: someone whose approval counted, or the subject, is no longer active.
fn no_longer_stands(
    attempt: &mut Attempt<'_>,
    stored: &Stored,
    caller: &Application,
) -> Result<Option<String>> {
    for decided in stored.request.stages().iter().flat_map(|stage| &stage.decisions) {
        let approver = decided.decision.approver();
        if decided.decision.verdict() != Verdict::Approve {
            continue;
        }
        let person = PersonRow::find_in(attempt.reader, caller.company, &identity(approver))?;
        if !person.is_some_and(|person| person.active) {
            return Ok(Some(format!("the approver {approver} is no longer active")));
        }
    }
    let subject = caller.subject();
    let person = subject_person(attempt, caller.company, caller.row().id, subject)?;
    let gone = match person {
        Some(person) => !person.active,
        None => caller.row().known_subjects,
    };
    Ok(gone.then(|| format!("the subject {subject} is no longer active")))
}

/// An error with the present record, which has no access token.
pub(super) fn refused(
    attempt: &Attempt<'_>,
    stored: &Stored,
    caller: &Application,
    error: jit_approvals::Error,
) -> Refusal {
    stored.refused(attempt.now(), Some(caller.opener()), error)
}
