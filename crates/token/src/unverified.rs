//! Reads a token before its signature is verified.

use jit_approvals_base::Object;

use crate::Result;
use crate::jws::{self, Parts};

/// The content of a token that is not verified. Nothing in it is proven: anyone can write anything there.
///
/// It is a separate type, so that it is never mistaken for [`Claims`](crate::Claims). Use it to choose the key for
/// the verification by `iss` or `kid`, or to show people what their token contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedToken {
    header: Object,
    claims: Object,
}

impl UnverifiedToken {
    /// Parses a token. Its encoding and JSON must be valid. Its algorithm, signature and times may be anything.
    ///
    /// # Errors
    ///
    /// `token_too_long`, `malformed_token`, `malformed_claims`
    pub fn parse(token: &str) -> Result<Self> {
        let parts = Parts::of(token)?;
        let claims = jws::claims(&parts.payload()?)?;
        Ok(Self { header: parts.unchecked_header()?, claims })
    }

    /// `iss`, if it is a string.
    pub fn issuer(&self) -> Option<&str> {
        self.claims.get("iss")?.as_str()
    }

    /// The header's `kid`, if it is a string.
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
