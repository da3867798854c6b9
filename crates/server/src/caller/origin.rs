//! Whether a browser's call comes from a page of this server.

use jit_approvals_api::{errors, headers};

use crate::call::Call;
use crate::refusal::Result;
use crate::state::State;

/// Rejects a change by cookie that does not prove that it comes from this server's own pages.
///
/// # Errors
///
/// `foreign_origin`
pub(crate) fn check_own(state: &State, call: &Call) -> Result<()> {
    match (call.header(headers::FETCH_SITE)?, call.header("origin")?) {
        (None, None) => Err(errors::foreign_origin().into()),
        _ => check_not_foreign(state, call),
    }
}

/// Rejects a call that says that it comes from a page of another origin.
///
/// # Errors
///
/// `foreign_origin`
pub(crate) fn check_not_foreign(state: &State, call: &Call) -> Result<()> {
    let site = call.header(headers::FETCH_SITE)?.is_none_or(|site| site == "same-origin");
    let origin = call.header("origin")?.is_none_or(|origin| origin == state.url.origin);
    if site && origin { Ok(()) } else { Err(errors::foreign_origin().into()) }
}
