//! `POST /grant/{id}/revoke`

use jit_approvals::event::Actor;
use jit_approvals::json::Json;
use jit_approvals_api::errors;

use super::consume::refused;
use super::{load_own, request};
use crate::answer::Answer;
use crate::approval_request::cancel::{check_no_key, reason};
use crate::caller::{Administrator, Application, Either};
use crate::idempotency::Repeatable;
use crate::refusal::Result;
use crate::request::Stored;
use crate::state::Attempt;

/// Takes back a grant.
pub(crate) fn run(attempt: &mut Attempt<'_>, caller: Either<Administrator>) -> Result<Answer> {
    let json = attempt.call.optional_json()?;
    match caller {
        Either::Application(caller) => by_application(attempt, &caller, &json),
        Either::Person(caller) => by_administrator(attempt, &caller, &json),
    }
}

fn by_application(attempt: &mut Attempt<'_>, caller: &Application, json: &Json) -> Result<Answer> {
    let (repeatable, earlier) = Repeatable::find(attempt, caller, json)?;
    let mut stored = load_own(attempt, caller)?;
    if earlier.is_none() {
        let jti = caller.jti(attempt)?;
        let now = attempt.now();
        let reason = reason(json)?;
        if let Err(error) = stored.request.revoke_at(Actor::application(caller.iss()), reason, now) {
            return Err(refused(attempt, &stored, caller, error));
        }
        let until = stored.kept_until();
        let id = stored.request.id();
        let claims = repeatable.map(|repeatable| repeatable.claim(id, until)).into_iter().chain(jti);
        stored.save(attempt, Some(caller.revision), claims.collect())?;
    }
    Ok(Answer::ok(stored.grant(attempt.now())))
}

fn by_administrator(attempt: &mut Attempt<'_>, caller: &Administrator, json: &Json) -> Result<Answer> {
    check_no_key(attempt)?;
    let id = request(attempt, caller.0.company)?;
    let mut stored = Stored::load(attempt, caller.0.company, id)?.ok_or_else(errors::not_found)?;
    let now = attempt.now();
    let reason = reason(json)?;
    if let Err(error) = stored.request.revoke_at(caller.0.actor(), reason, now) {
        let opener = stored.opener(attempt.reader)?;
        return Err(stored.refused(now, opener, error));
    }
    stored.save(attempt, Some(caller.0.revision), Vec::new())?;
    let record = stored.record(now, false);
    Ok(Answer::ok(record.get("grant").cloned().unwrap_or(record)))
}
