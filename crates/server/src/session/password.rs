//! `POST /password`

use jit_approvals_base::Members;
use jit_approvals_store::RowChange;

use crate::answer::Answer;
use crate::caller::{Session, clear_cookie};
use crate::desk::Desk;
use crate::password::Asker;
use crate::refusal::Result;
use crate::state::Attempt;

/// Changes the password: `{newPassword}`. All sessions, tokens and links of the person end.
pub(crate) fn run(attempt: &mut Attempt<'_>, Session(member): Session) -> Result<Answer> {
    let json = attempt.call.json()?;
    let password = Members::of(&json, "", &["newPassword"])?.required_text("newPassword")?;
    member.check_proved(attempt.now())?;
    // Each change costs a hash, which is charged as a sign-in is.
    attempt.state.budgets.charge_sign_in(attempt, &member.row.key)?;
    let row = &member.row;
    let hash = attempt.call.work.hashed.of_new(Asker::Session, password, &row.email, &row.name);
    let hash = hash.map_err(|refusal| refusal.with_field("newPassword"))?;
    let rows = vec![
        RowChange::Password { person: row.key.clone(), hash },
        RowChange::NoCredentials { person: row.key.clone() },
    ];
    let mut desk = Desk::of(attempt, &member);
    let change = desk.change("user", &row.email, "changePassword", None, None, rows)?;
    attempt.commit(change)?;
    Ok(Answer::empty().with_cookie(&clear_cookie(attempt.state)))
}
