//! `POST /approvalRequest/{id}/cancel`

use jit_approvals::event::Actor;
use jit_approvals::json::Json;
use jit_approvals_api::{errors, headers};
use jit_approvals_base::Members;

use crate::answer::Answer;
use crate::call::invalid_header;
use crate::caller::{Administrator, Application, Either};
use crate::idempotency::Repeatable;
use crate::refusal::Result;
use crate::request::Stored;
use crate::state::Attempt;

/// Withdraws a pending request.
pub(crate) fn run(attempt: &mut Attempt<'_>, caller: Either<Administrator>) -> Result<Answer> {
    let json = attempt.call.optional_json()?;
    match caller {
        Either::Application(caller) => by_application(attempt, &caller, &json),
        Either::Person(caller) => by_administrator(attempt, &caller, &json),
    }
}

fn by_application(attempt: &mut Attempt<'_>, caller: &Application, json: &Json) -> Result<Answer> {
    let id = attempt.call.id("id")?;
    let (repeatable, earlier) = Repeatable::find(attempt, caller, json)?;
    let mut stored = Stored::load_own(attempt, caller, id)?;
    if earlier.is_none() {
        let jti = caller.jti(attempt)?;
        let now = attempt.now();
        let reason = reason(json)?;
        if let Err(error) = stored.request.cancel_at(Actor::application(caller.iss()), reason, now) {
            return Err(stored.refused(now, Some(caller.opener()), error));
        }
        let until = stored.kept_until();
        let claims = repeatable.map(|repeatable| repeatable.claim(id, until)).into_iter().chain(jti);
        stored.save(attempt, Some(caller.revision), claims.collect())?;
    }
    let now = attempt.now();
    Ok(Answer::ok(stored.record(now, stored.is_dead(Some(caller.opener())))))
}

fn by_administrator(attempt: &mut Attempt<'_>, caller: &Administrator, json: &Json) -> Result<Answer> {
    check_no_key(attempt)?;
    let id = attempt.call.id("id")?;
    let stored = Stored::load(attempt, caller.0.company, id)?;
    let mut stored = stored.ok_or_else(errors::not_found)?;
    let now = attempt.now();
    let reason = reason(json)?;
    if let Err(error) = stored.request.cancel_at(caller.0.actor(), reason, now) {
        let opener = stored.opener(attempt.reader)?;
        return Err(stored.refused(now, opener, error));
    }
    stored.save(attempt, Some(caller.0.revision), Vec::new())?;
    Ok(Answer::ok(stored.record(now, false)))
}

/// Reads `{reason?}`.
pub(crate) fn reason(json: &Json) -> Result<Option<&str>> {
    Ok(Members::of(json, "", &["reason"])?.text("reason")?)
}

/// Only an application's calls are repeatable.
pub(crate) fn check_no_key(attempt: &Attempt<'_>) -> Result<()> {
    if attempt.call.headers.contains_key(headers::IDEMPOTENCY_KEY) {
        let expected = "left out: only applications send one";
        return Err(invalid_header(headers::IDEMPOTENCY_KEY, expected).into());
    }
    Ok(())
}
