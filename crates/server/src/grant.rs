//! Grants: how they are used and taken back.

pub(crate) mod consume;
pub(crate) mod revoke;

use jit_approvals_api::errors;
use jit_approvals_base::Id;
use jit_approvals_store::stream;

use crate::caller::Application;
use crate::refusal::Result;
use crate::request::Stored;
use crate::state::Attempt;

/// Loads the request of a grant that an application may use.
fn load_own(attempt: &mut Attempt<'_>, caller: &Application) -> Result<Stored> {
    let request = request(attempt, caller.company)?;
    Stored::load_own(attempt, caller, request)
}

/// Finds the request of the grant in the path.
fn request(attempt: &mut Attempt<'_>, company: Id) -> Result<Id> {
    let grant = attempt.call.id("id")?;
    let request = stream::request_of_grant(attempt.reader, company, grant)?;
    request.ok_or_else(|| errors::not_found().into())
}
