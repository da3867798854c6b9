//! JWS in compact form: tokens are built on it.

use jit_approvals::SigningKey;
use jit_approvals::json::Json;
use jit_approvals::token::jws;
use napi::bindgen_prelude::{ClassInstance, Either, Latin1String, Uint8Array, Uint8ArraySlice};
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
pub fn sign_text(
    key: Either<Uint8ArraySlice<'_>, String>,
    header: Option<String>,
    payload: String,
) -> napi::Result<Latin1String> {
    let header = header.as_deref().unwrap_or(r#"{"typ":"JWT","alg":"HS256"}"#);
    // A token is ASCII.
    call(|| jws::sign(&loose(key)?, header, payload.as_bytes())).map(Latin1String::from)
}

/// Returns whether the given key signed the token. The key has the form that [`sign_text`] accepts.
#[napi]
pub fn is_signed(key: Either<Uint8ArraySlice<'_>, String>, token: String) -> napi::Result<bool> {
    call(|| Ok(jws::verify(loose(key)?, &token).is_ok()))
}

/// Returns `[header,payload]`, the JSON texts of a token as they are, if the key signed the token and both are texts.
#[napi]
pub fn signed_parts(key: Either<Uint8ArraySlice<'_>, String>, token: String) -> napi::Result<Option<Text>> {
    call(|| Ok(jws::verify_texts(loose(key)?, &token).ok().flatten().map(text)))
}

fn loose(key: Either<Uint8ArraySlice<'_>, String>) -> jit_approvals::Result<SigningKey> {
    match key {
        Either::A(bytes) => SigningKey::from_bytes_with_at_least(&bytes, 1),
        Either::B(text) => SigningKey::from_bytes_with_at_least(Zeroizing::new(text).as_bytes(), 1),
    }
}
