//! `GET /approvalRequest`

use jit_approvals::Status;
use jit_approvals::json::Json;
use jit_approvals_api::Page;
use jit_approvals_base::Id;
use jit_approvals_store::{RequestRow, stream};

use crate::answer::Answer;
use crate::caller::Application;
use crate::refusal::Result;
use crate::request::Stored;
use crate::state::Attempt;

/// Lists the application's requests for its subject, the newest first: `?status=&before=&limit=`.
pub(crate) fn run(attempt: &mut Attempt<'_>, caller: Application) -> Result<Answer> {
    let query = attempt.call.query(&["status", "before", "limit"])?;
    let (before, limit) = (query.id("before")?.unwrap_or(Id::MAX), query.limit()?);
    let status: Option<Status> = query.choice("status")?;
    let statuses = status.as_ref().map_or(Status::ALL, std::slice::from_ref);
    let most = i64::try_from(limit).unwrap_or(1) + 1;
    let mut ids = Vec::new();
    for status in statuses {
        let whose = (caller.iss(), caller.subject());
        ids.extend(RequestRow::ids(attempt.reader, caller.company, whose, *status, before, most)?);
    }
    ids.sort_by(|one, other| other.cmp(one));
    ids.truncate(limit + 1);
    let mut records: Vec<(Id, Json)> = Vec::with_capacity(ids.len());
    for id in ids {
        // A list shows what is stored: it records no expiry.
        let (events, opened) = stream::events(attempt.reader, caller.company, id)?;
        let stored = Stored::restored(caller.company, id, events, opened)?;
        let is_dead = stored.is_dead(Some(caller.opener()));
        records.push((id, stored.record(stored.told_at(attempt.now()), is_dead)));
    }
    let page = Page::new(records, limit, |(id, _)| id.to_string(), |(_, record)| record.clone());
    Ok(Answer::ok(page.to_json()))
}
