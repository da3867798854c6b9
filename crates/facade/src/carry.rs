//! Carries what an auth token says over to a request.

use jit_approvals_base::{Object, Result};
use jit_approvals_core::Origin;
use jit_approvals_token::Claims;

/// Returns the origin of a request from a verified auth token: its application, subject and custom claims.
///
/// # Errors
///
/// `missing_metadata` if the token has no subject; `hidden_character`, `value_too_long`.
pub fn origin(claims: &Claims) -> Result<Origin> {
    let origin = Origin::new(claims.issuer().unwrap_or_default(), claims.subject().unwrap_or_default())?;
    Ok(origin.with_claims(claims.custom().map(|(name, value)| (name, value.clone())).collect::<Object>()))
}
