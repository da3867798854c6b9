//! Verifies auth tokens.

use jit_approvals::json::{Json, Object};
use jit_approvals::{UnixTime, UnverifiedToken, Verifier, bindings, origin};

use crate::abi::{JIT_NOW, JitBuffer, JitSlice, call, create, free, get, time, write};
use crate::key::{JitSigningKey, ring};

/// Verifies the auth tokens of one application.
#[derive(Debug)]
pub struct JitVerifier(Verifier);

/// The times of a verified token, in Unix seconds. A time that the token does not have is `JIT_NOW`.
#[repr(C)]
#[derive(Debug)]
pub struct JitTimes {
    /// `exp`
    pub expires_at: i64,
    /// `nbf`
    pub not_before: i64,
    /// `iat`
    pub issued_at: i64,
}

/// Creates a verifier from the options
/// `{issuer | anyIssuer, audience | anyAudience, leewaySeconds?, maxLifetimeSeconds?, requireSubject?}`. `audience` is
/// a string or an array of strings. A token may be signed with any of the keys.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_verifier_new(
    keys: *const *const JitSigningKey,
    count: usize,
    options: JitSlice,
    verifier: *mut *mut JitVerifier,
    out: *mut JitBuffer,
) -> u32 {
    create(verifier, out, || {
        bindings::verifier(ring(keys, count)?, &options.json("options")?).map(JitVerifier)
    })
}

/// Verifies a token and returns the JSON text of its claims. `times` and `key_id` may be null. `key_id` receives the id
/// of the key that signed the token, or no value if that key has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_verifier_verify(
    verifier: *const JitVerifier,
    token: JitSlice,
    now: i64,
    times: *mut JitTimes,
    key_id: *mut JitBuffer,
    out: *mut JitBuffer,
) -> u32 {
    write(key_id, JitBuffer::NONE);
    call(out, || {
        let verifier = &get(verifier, "verifier")?.0;
        let (claims, text) = verifier.verify_with_text_at(token.text("token")?, time(now))?;
        let or_none = |time: Option<UnixTime>| time.map_or(JIT_NOW, UnixTime::seconds);
        write(
            times,
            JitTimes {
                expires_at: claims.expires_at().seconds(),
                not_before: or_none(claims.not_before()),
                issued_at: or_none(claims.issued_at()),
            },
        );
        if let (false, Some(id)) = (key_id.is_null(), claims.key_id()) {
            write(key_id, JitBuffer::new(id.to_owned().into_bytes()));
        }
        Ok(text)
    })
}

/// Verifies a token and returns the origin that it proves, for `jit_template_open`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_verifier_origin(
    verifier: *const JitVerifier,
    token: JitSlice,
    now: i64,
    out: *mut JitBuffer,
) -> u32 {
    call(out, || {
        let verifier = &get(verifier, "verifier")?.0;
        Ok(origin(&verifier.verify_at(token.text("token")?, time(now))?)?.to_json().to_string())
    })
}

/// Frees a verifier.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_verifier_free(verifier: *mut JitVerifier) {
    free(verifier);
}

/// Reads a token without verifying it, only to choose a key: `{issuer?, keyId?, header, claims}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_unverified_token(token: JitSlice, out: *mut JitBuffer) -> u32 {
    call(out, || {
        let token = UnverifiedToken::parse(token.text("token")?)?;
        let mut object = Object::new();
        for (name, value) in [("issuer", token.issuer()), ("keyId", token.key_id())] {
            value.map(|value| object.insert(name, value));
        }
        let object = object.with("header", token.header().clone()).with("claims", token.claims().clone());
        Ok(Json::from(object).to_string())
    })
}
