//! `GET /approvalRequest/{id}`

use std::time::{Duration, Instant};

use jit_approvals::Status;
use jit_approvals::json::Json;
use jit_approvals::template::Needs;
use jit_approvals::{UnixTime, identity};
use jit_approvals_api::errors;
use jit_approvals_base::Id;
use jit_approvals_store::{Role, directory, stream};

use crate::answer::{Answer, Reply};
use crate::caller::{Either, Member};
use crate::feed::Waiter;
use crate::refusal::Result;
use crate::request::Stored;
use crate::state::Attempt;

/// The longest wait, in seconds.
const LONGEST_WAIT: i64 = 55;

/// Reads a request, or waits until it is no longer pending: `?waitSeconds=`.
pub(crate) fn run(attempt: &mut Attempt<'_>, caller: Either<Member>) -> Result<Reply> {
    let query = attempt.call.query(&["waitSeconds"])?;
    let seconds = query.integer("waitSeconds", 0, LONGEST_WAIT)?.unwrap_or(0);
    let id = attempt.call.id("id")?;
    let stored = match &caller {
        Either::Application(caller) => Stored::load_own(attempt, caller, id)?,
        Either::Person(member) => load_for(attempt, member, id)?,
    };
    let now = attempt.now();
    if stored.request.status(now) == Status::Pending
        && !attempt.state.feed.is_closing()
        && let Some(until) = until(attempt, &caller, &stored, seconds)
    {
        let waiter = match &caller {
            Either::Application(caller) => Waiter::Application(caller.row().id),
            Either::Person(member) => Waiter::Person(member.row.key.clone()),
        };
        return Ok(Reply::Wait { request: id, waiter, until });
    }
    let record = match &caller {
        Either::Application(caller) => stored.record_for(attempt, caller)?,
        Either::Person(member) => record_for(attempt, &stored, member, now)?,
    };
    Ok(Reply::Now(Answer::ok(record)))
}

/// Until when a call waits for a pending request. `None` if it does not wait, or not any more.
fn until(attempt: &Attempt<'_>, caller: &Either<Member>, stored: &Stored, seconds: i64) -> Option<Instant> {
    let time = |seconds: i64| Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    let left = |end: UnixTime, now: UnixTime| end.seconds().saturating_sub(now.seconds());
    let now = Instant::now();
    let deadline = attempt.call.begun + time(seconds);
    // The wait of an application ends with its token, which is checked by the clock of the system.
    let of_token = match caller {
        Either::Application(caller) => left(caller.expires_at(), (attempt.state.wall)()),
        Either::Person(_) => LONGEST_WAIT,
    };
    if now >= deadline || of_token <= 0 {
        return None;
    }
    let end = left(stored.request.expires_at(), attempt.now()).min(of_token);
    Some(deadline.min(now + time(end.min(LONGEST_WAIT))))
}

/// Loads a request for a person: one that concerns them, or any for who may read everything.
pub(crate) fn load_for(attempt: &mut Attempt<'_>, member: &Member, id: Id) -> Result<Stored> {
    let sees = member.row.role != Role::Approver
        || stream::concerns(attempt.reader, member.company, &member.row.key, id)?;
    let stored = if sees { Stored::load(attempt, member.company, id)? } else { None };
    stored.ok_or_else(|| errors::not_found().into())
}

/// The record as a person sees it. An administrator also sees whether the current stage can no longer be met.
pub(crate) fn record_for(
    attempt: &mut Attempt<'_>,
    stored: &Stored,
    member: &Member,
    now: UnixTime,
) -> Result<Json> {
    let opener = stored.opener(attempt.reader)?;
    let mut record = stored.record(now, stored.is_dead(opener));
    if member.row.role == Role::Administrator
        && stored.request.status(now) == Status::Pending
        && is_blocked(attempt, stored, opener.map(|opener| opener.id), now)?
        && let Json::Object(record) = &mut record
    {
        record.insert("blocked", true);
    }
    Ok(record)
}

/// Whether fewer people than are missing may still decide in the current stage.
fn is_blocked(
    attempt: &mut Attempt<'_>,
    stored: &Stored,
    application: Option<Id>,
    now: UnixTime,
) -> Result<bool> {
    let approvals = |stage: &jit_approvals::event::StageState| stage.decisions.len() as u64;
    let stage = stored.request.stages().iter().find(|stage| approvals(stage) < u64::from(stage.required));
    let Some(stage) = stage else { return Ok(false) };
    let emails: Vec<String> = stage.eligible.iter().map(|person| person.email.clone()).collect();
    let mut groups: Vec<String> = stage.eligible.iter().filter_map(|person| person.group.clone()).collect();
    groups.sort();
    groups.dedup();
    let missing = u64::from(stage.required) - approvals(stage);
    let mut needs: Needs = stored.request.needs_of(emails.first().map_or("", String::as_str));
    (needs.emails, needs.groups) = (emails.clone(), groups);
    let people = directory(attempt.reader, stored.company, application, &needs)?;
    let decided: Vec<String> =
        stage.decisions.iter().map(|decided| identity(decided.decision.approver())).collect();
    let mut able = 0;
    for email in emails.iter().filter(|email| !decided.contains(&identity(email))) {
        able += u64::from(stored.request.may_decide(email, &people, now)?.is_none());
    }
    Ok(able < missing)
}
