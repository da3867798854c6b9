//! `POST /session`

use jit_approvals::identity;
use jit_approvals_api::{errors, paths};
use jit_approvals_base::{Id, Members};
use jit_approvals_store::{CompanyRow, PersonRow, RowChange};

use super::{new_session, quiet, record};
use crate::answer::Answer;
use crate::caller::{Anyone, Member, check_not_foreign, session_cookie};
use crate::password::Asker;
use crate::refusal::{Refusal, Result};
use crate::seal::new_secret;
use crate::state::Attempt;

/// Signs in: `{email, password}`.
pub(crate) fn run(attempt: &mut Attempt<'_>, _: Anyone) -> Result<Answer> {
    check_not_foreign(attempt.state, attempt.call)?;
    let json = attempt.call.json()?;
    let members = Members::of(&json, "", &["email", "password"])?;
    let (email, password) = (members.required_text("email")?, members.required_text("password")?);
    let (state, key, address) = (attempt.state, identity(email), attempt.call.peer);
    let charge = state.budgets.charge_sign_in(attempt, &key)?;
    // An unknown account runs the same statements and one hash as well.
    let person = PersonRow::find(attempt.reader, &key)?;
    let company = person.as_ref().map_or(Id::NIL, |person| person.company);
    let company = CompanyRow::find(attempt.reader, company)?;
    let hash = person.as_ref().filter(|person| person.active).and_then(|person| person.password.as_deref());
    let right = match attempt.call.work.hashed.is(Asker::Address(address), password, hash) {
        Err(refusal @ Refusal::Told(_)) => {
            charge.give_back();
            return Err(refusal);
        }
        right => right?,
    };
    let (Some(row), Some(company), true) = (person, company, right) else {
        return Err(errors::sign_in_failed().into());
    };
    let (secret, digest) = new_secret()?;
    let now = attempt.now();
    let credential = new_session(digest, &row.key, now);
    let rows = vec![RowChange::Credential(credential.clone())];
    attempt.commit(quiet(company.id, Some(company.revision), now, rows))?;
    charge.give_back();
    let member = Member { company: company.id, revision: company.revision, row, credential };
    let location = paths::under_base(paths::SESSION);
    let answer = Answer::created(record(&member, &company.name), &location);
    Ok(answer.with_cookie(&session_cookie(state, &secret)))
}
