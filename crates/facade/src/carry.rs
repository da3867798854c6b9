//! What tokens have to do with requests.

use jit_approvals_base::{Object, Result};
use jit_approvals_core::Origin;
use jit_approvals_token::Claims;

/// Where a request comes from, as a verified auth token says: its application, subject and claims.
///
/// # Errors
///
/// `missing_metadata` for a token without a subject; `hidden_character`, `value_too_long`.
pub fn origin(claims: &Claims) -> Result<Origin> {
    let origin = Origin::new(claims.issuer().unwrap_or_default(), claims.subject().unwrap_or_default())?;
    Ok(origin.with_claims(claims.custom().map(|(name, value)| (name, value.clone())).collect::<Object>()))
}
