//! Looking at a token before its signature is verified.

use jit_approvals_base::Object;

use crate::Result;
use crate::jws::{self, Parts};

/// What a token says of itself, with nothing of it proven: anyone can write anything there.
///
/// A type of its own, so that it is never taken for [`Claims`](crate::Claims). Good for choosing the key to
/// verify with, by `iss` or `kid`, and for showing a person what they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedToken {
    header: Object,
    claims: Object,
}

impl UnverifiedToken {
    /// Takes a token apart. Its encoding and JSON must be right; its algorithm, signature and times may be
    /// anything.
    ///
    /// # Errors
    ///
    /// `token_too_long`, `malformed_token`, `malformed_claims`
    pub fn parse(token: &str) -> Result<Self> {
        let parts = Parts::of(token)?;
        let claims = jws::claims(&parts.payload()?)?;
        Ok(Self { header: parts.unchecked_header()?, claims })
    }

    /// `iss`, if it is text.
    pub fn issuer(&self) -> Option<&str> {
        self.claims.get("iss")?.as_str()
    }

    /// The header's `kid`, if it is text.
    pub fn key_id(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }

    /// The header.
    pub fn header(&self) -> &Object {
        &self.header
    }

    /// The claims.
    pub fn claims(&self) -> &Object {
        &self.claims
    }
}
