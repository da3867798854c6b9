//! `GET /approvalRequest/{id}/events` and `/verify`

use jit_approvals::json::{Json, Object};
use jit_approvals::verify_chain;
use jit_approvals_api::Page;

use super::read::load_for;
use crate::answer::Answer;
use crate::caller::{Either, Member};
use crate::refusal::Result;
use crate::request::Stored;
use crate::state::Attempt;

/// Returns the events of a request, which its application or a person may keep to prove what has happened.
pub(crate) fn list(attempt: &mut Attempt<'_>, caller: Either<Member>) -> Result<Answer> {
    let stored = load(attempt, &caller)?;
    let items = stored.request.events().iter().map(|event| Json::parse(&event.to_text()));
    let items = items.collect::<jit_approvals::Result<_>>()?;
    Ok(Answer::ok(Page { items, next: None }.to_json()))
}

/// Checks the chain of events: `{valid, head: {count, hash}}`. A chain that is broken is an error.
pub(crate) fn verify(attempt: &mut Attempt<'_>, caller: Either<Member>) -> Result<Answer> {
    let stored = load(attempt, &caller)?;
    let report = verify_chain(stored.request.events(), None)?;
    let head = Object::new().with("count", report.head.count).with("hash", report.head.hash.to_string());
    Ok(Answer::ok(Object::new().with("valid", true).with("head", head)))
}

fn load(attempt: &mut Attempt<'_>, caller: &Either<Member>) -> Result<Stored> {
    let id = attempt.call.id("id")?;
    match caller {
        Either::Application(caller) => Stored::load_own(attempt, caller, id),
        Either::Person(member) => load_for(attempt, member, id),
    }
}
