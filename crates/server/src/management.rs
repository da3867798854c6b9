//! What an administrator manages. Users, groups, applications and templates have one shape.

pub(crate) mod application;
pub(crate) mod company;
pub(crate) mod group;
pub(crate) mod signing_key;
pub(crate) mod template;
pub(crate) mod user;

use jit_approvals::json::{Json, Object};
use jit_approvals_api::errors;
use jit_approvals_base::Plain;
use jit_approvals_base::errors::{missing_member, unexpected_form};
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

/// Checks a body that replaces a record. Everything that can be set must be there: nothing is reset because it was left
/// out. What cannot be set may be there as it is, so that the record that was read can be sent back.
///
/// # Errors
///
/// `missing_member`, `unexpected_form`
fn check_replacement(json: &Json, present: &Json, settable: &[&str]) -> Result<()> {
    for name in settable {
        if json.get(name).is_none() {
            return Err(missing_member(name).with_field(*name).into());
        }
    }
    for (name, given) in json.as_object().into_iter().flat_map(Object::iter) {
        if !settable.contains(&name) && present.get(name) != Some(given) {
            let reason = Plain(format!("`{name}` cannot be changed"));
            return Err(unexpected_form(reason).with_field(name).into());
        }
    }
    Ok(())
}
