//! What tokens and requests have to do with each other.

use jit_approvals_base::{Object, Result, UnixTime};
use jit_approvals_core::Origin;
use jit_approvals_token::{AccessToken, Claims, SigningKey};

use crate::ApprovalRequest;

/// Where a request comes from, as a verified auth token says: its application, subject and claims.
///
/// # Errors
///
/// `missing_metadata` for a token without a subject; `hidden_character`, `value_too_long`.
pub fn origin(claims: &Claims) -> Result<Origin> {
    let origin = Origin::new(claims.issuer().unwrap_or_default(), claims.subject().unwrap_or_default())?;
    Ok(origin.with_claims(claims.custom().map(|(name, value)| (name, value.clone())).collect::<Object>()))
}

impl ApprovalRequest {
    /// The signed text that carries the grant to the application, from the host `issuer`.
    ///
    /// # Errors
    ///
    /// `no_grant`, `grant_consumed`, `grant_revoked`, `grant_expired`
    pub fn access_token(&self, issuer: &str, key: &SigningKey) -> Result<String> {
        self.access_token_at(issuer, key, UnixTime::now())
    }

    /// The signed text that carries the grant, if it can be consumed at this time.
    ///
    /// # Errors
    ///
    /// As [`ApprovalRequest::access_token`].
    pub fn access_token_at(&self, issuer: &str, key: &SigningKey, now: UnixTime) -> Result<String> {
        let grant = self.issued_grant(now)?;
        let record = Object::new()
            .with("issuer", issuer)
            .with("application", self.application())
            .with("subject", self.subject())
            .with("grantId", grant.id())
            .with("expiresAt", grant.expires_at())
            .with("approvalRequestId", self.id())
            .with("templateId", self.template_id())
            .with("contentHash", self.content_hash().to_string());
        AccessToken::from_json(&record.into())?.sign(key)
    }
}
