//! `GET /notifications`

use jit_approvals::json::Json;
use jit_approvals_api::Page;
use jit_approvals_base::Id;
use jit_approvals_store::inbox::{self, Waiting};

use super::card::Viewer;
use crate::answer::Answer;
use crate::caller::Member;
use crate::refusal::Result;
use crate::request::Stored;
use crate::state::Attempt;

/// Lists the requests that concern the caller, the newest first: `?status=pending|decided|all&before=&limit=`.
pub(crate) fn run(attempt: &mut Attempt<'_>, member: Member) -> Result<Answer> {
    let query = attempt.call.query(&["status", "before", "limit"])?;
    let waiting = query.choice("status")?.unwrap_or(Waiting::Pending);
    let (before, limit) = (query.id("before")?.unwrap_or(Id::MAX), query.limit()?);
    let most = i64::try_from(limit).unwrap_or(1) + 1;
    let (company, person) = (member.company, &member.row.key);
    let viewer = Viewer::load(attempt.reader, &member)?;
    let rows = inbox::page(attempt.reader, company, person, waiting, before, most)?;
    let now = attempt.now();
    let mut cards: Vec<(Id, Json)> = Vec::with_capacity(rows.len());
    for row in rows {
        let stored = Stored::restored(company, row.request, row.events, row.opened)?;
        cards.push((row.request, viewer.card(&stored, row.application, now)?));
    }
    let page = Page::new(cards, limit, |(id, _)| id.to_string(), |(_, card)| card.clone());
    Ok(Answer::ok(page.to_json()))
}
