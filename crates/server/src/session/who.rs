//! `GET /session`

use jit_approvals_api::errors;
use jit_approvals_store::CompanyRow;

use super::record;
use crate::answer::Answer;
use crate::caller::Member;
use crate::refusal::Result;
use crate::state::Attempt;

/// Says who is signed in.
pub(crate) fn run(attempt: &mut Attempt<'_>, member: Member) -> Result<Answer> {
    let company = CompanyRow::find(attempt.reader, member.company)?.ok_or_else(errors::not_found)?;
    Ok(Answer::ok(record(&member, &company.name)))
}
