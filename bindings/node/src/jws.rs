//! JWS in compact form: tokens are built on it.

use jit_approvals::SigningKey;
use jit_approvals::json::Json;
use jit_approvals::token::jws;
use napi::bindgen_prelude::{ClassInstance, Either, Uint8Array};
use napi_derive::napi;
use zeroize::Zeroizing;

use crate::call::{Text, call, text};
use crate::key::{Key, ring};

/// The content of a verified JWS.
#[napi(object)]
pub struct Jws {
    /// The header, as JSON text.
    pub header: String,
    /// The bytes that were signed.
    pub payload: Uint8Array,
}

/// Signs a payload with a header that is JSON text.
#[napi]
pub fn sign_jws(key: ClassInstance<'_, Key>, header: String, payload: &[u8]) -> napi::Result<String> {
    call(|| jws::sign(&key.0, &header, payload))
}

/// Verifies a JWS with the given keys. Returns its header and payload.
#[napi]
pub fn verify_jws(keys: Vec<ClassInstance<'_, Key>>, token: String) -> napi::Result<Jws> {
    call(|| {
        let jws = jws::verify(ring(&keys)?, &token)?;
        Ok(Jws { header: Json::from(jws.header).to_string(), payload: jws.payload.into() })
    })
}

/// Signs for the njwt drop-in. Header and payload are the JSON texts that JavaScript wrote. The key has at least one
/// byte. A key that is a string is not decoded: its bytes are the key.
#[napi]
pub fn sign_text(key: Either<String, &[u8]>, header: String, payload: String) -> napi::Result<String> {
    call(|| jws::sign(&loose(key)?, &header, payload.as_bytes()))
}

/// Returns whether the given key signed the token. The key has the form that [`sign_text`] accepts.
#[napi]
pub fn is_signed(key: Either<String, &[u8]>, token: String) -> napi::Result<bool> {
    call(|| Ok(jws::verify(loose(key)?, &token).is_ok()))
}

/// Returns `[header,payload]`, the JSON texts of a token as they are, if the key signed the token and both are texts.
#[napi]
pub fn signed_parts(key: Either<String, &[u8]>, token: String) -> napi::Result<Option<Text>> {
    call(|| {
        let Ok(jws) = jws::verify(loose(key)?, &token) else { return Ok(None) };
        let payload = String::from_utf8(jws.payload).ok();
        Ok(payload.map(|payload| text(format!("[{},{payload}]", Json::from(jws.header)))))
    })
}

fn loose(key: Either<String, &[u8]>) -> jit_approvals::Result<SigningKey> {
    match key {
        Either::A(text) => SigningKey::from_bytes_with_at_least(Zeroizing::new(text).as_bytes(), 1),
        Either::B(bytes) => SigningKey::from_bytes_with_at_least(bytes, 1),
    }
}
