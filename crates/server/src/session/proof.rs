//! `POST /session/proof`

use jit_approvals_api::errors;
use jit_approvals_base::Members;
use jit_approvals_store::{CompanyRow, RowChange};

use super::{quiet, record};
use crate::answer::Answer;
use crate::caller::Session;
use crate::password::Asker;
use crate::refusal::Result;
use crate::state::Attempt;

/// Gives the password again: `{password}`.
pub(crate) fn run(attempt: &mut Attempt<'_>, Session(mut member): Session) -> Result<Answer> {
    let json = attempt.call.json()?;
    let password = Members::of(&json, "", &["password"])?.required_text("password")?;
    let state = attempt.state;
    let charge = state.budgets.charge_sign_in(attempt, &member.row.key)?;
    if !attempt.call.work.hashed.is(Asker::Session, password, member.row.password.as_deref())? {
        return Err(errors::sign_in_failed().with_field("password").into());
    }
    // What the answer needs is read first: after the commit, nothing can fail.
    let company = CompanyRow::find(attempt.reader, member.company)?.ok_or_else(errors::not_found)?;
    let now = attempt.now();
    let rows = vec![RowChange::Proved { digest: member.credential.digest, at: now }];
    attempt.commit(quiet(member.company, Some(member.revision), now, rows))?;
    charge.give_back();
    member.credential.proved_at = Some(now);
    Ok(Answer::ok(record(&member, &company.name)))
}
