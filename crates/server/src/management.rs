//! What an administrator manages. Users, groups, applications and templates have one shape.

pub(crate) mod application;
pub(crate) mod company;
pub(crate) mod group;
pub(crate) mod signing_key;
pub(crate) mod template;
pub(crate) mod user;

use jit_approvals::json::Json;
use jit_approvals_api::errors;
use jit_approvals_store::Change;

use crate::refusal::{Refusal, Result};
use crate::state::Attempt;

/// The members of a query that lists.
const LIST: &[&str] = &["search", "archived", "after", "limit"];

/// A change that is computed, and the record after it.
pub(crate) struct Changed {
    pub(crate) change: Change,
    pub(crate) record: Json,
    pub(crate) version: i64,
}

/// Rejects a change that was not computed from the present version.
///
/// # Errors
///
/// `version_required`, `version_moved`
fn check_version(attempt: &Attempt<'_>, version: i64, present: Json) -> Result<()> {
    if attempt.call.if_match()? == version {
        return Ok(());
    }
    Err(Refusal::with_present(errors::version_moved(version), present))
}

/// Rejects a body for a call that has none.
pub(crate) fn check_no_body(attempt: &Attempt<'_>) -> Result<()> {
    let json = attempt.call.optional_json()?;
    jit_approvals_base::Members::of(&json, "", &[])?;
    Ok(())
}
