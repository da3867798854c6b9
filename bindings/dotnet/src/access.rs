//! Access tokens, which carry a grant.

use jit_approvals::token::AccessToken;
use jit_approvals::{AccessTokenVerifier, bindings};

use crate::abi::{JitBuffer, JitSlice, call, create, free, get, time};
use crate::key::{JitSigningKey, ring};

/// Verifies the access tokens of one host for one application, and no other tokens.
#[derive(Debug)]
pub struct JitAccessTokenVerifier(AccessTokenVerifier);

/// Signs an access token. Its record is
/// `{issuer, application, subject, grantId, expiresAt, approvalRequestId, templateId, contentHash}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_access_token_sign(
    record: JitSlice,
    key: *const JitSigningKey,
    out: *mut JitBuffer,
) -> u32 {
    call(out, || record.record("record", AccessToken::from_json)?.sign(&get(key, "key")?.0))
}

/// Creates a verifier from the options `{issuer, application, leewaySeconds?}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_access_token_verifier_new(
    keys: *const *const JitSigningKey,
    count: usize,
    options: JitSlice,
    verifier: *mut *mut JitAccessTokenVerifier,
    out: *mut JitBuffer,
) -> u32 {
    create(verifier, out, || {
        let options = options.json("options")?;
        bindings::access_token_verifier(ring(keys, count)?, &options).map(JitAccessTokenVerifier)
    })
}

/// Verifies an access token and returns its record.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_access_token_verifier_verify(
    verifier: *const JitAccessTokenVerifier,
    token: JitSlice,
    now: i64,
    out: *mut JitBuffer,
) -> u32 {
    call(out, || {
        let verifier = &get(verifier, "verifier")?.0;
        Ok(verifier.verify_at(token.text("token")?, time(now))?.to_json().to_string())
    })
}

/// Frees a verifier.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_access_token_verifier_free(verifier: *mut JitAccessTokenVerifier) {
    free(verifier);
}
