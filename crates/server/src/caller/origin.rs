//! Whether a browser's call comes from a page of this server.

use jit_approvals_api::{errors, headers};
use jit_approvals_base::Plain;

use crate::call::Call;
use crate::refusal::{Refusal, Result};
use crate::state::State;

/// Rejects a change by cookie that does not prove that it comes from this server's own pages.
///
/// # Errors
///
/// `foreign_origin`
pub(crate) fn check_own(state: &State, call: &Call) -> Result<()> {
    match (call.header(headers::FETCH_SITE)?, call.header("origin")?) {
        (None, None) => Err(foreign(state)),
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
    if site && origin { Ok(()) } else { Err(foreign(state)) }
}

fn foreign(state: &State) -> Refusal {
    errors::foreign_origin(Plain(&state.url.origin)).into()
}
