//! `DELETE /session`

use jit_approvals_store::RowChange;

use crate::answer::Answer;
use crate::caller::{Session, clear_cookie};
use crate::desk::Desk;
use crate::refusal::Result;
use crate::state::Attempt;

/// Ends the session. What was begun with it and is not committed yet fails.
pub(crate) fn run(attempt: &mut Attempt<'_>, Session(member): Session) -> Result<Answer> {
    let rows = vec![RowChange::NoCredential { digest: member.credential.digest }];
    let mut desk = Desk::of(attempt, &member);
    let change = desk.change("session", &member.row.email, "end", None, None, rows)?;
    attempt.commit(change)?;
    Ok(Answer::empty().with_cookie(&clear_cookie(attempt.state)))
}
