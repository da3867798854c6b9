//! JWS in its compact form, on which tokens are built.

use jit_approvals::SigningKey;
use jit_approvals::json::Json;
use jit_approvals::token::jws;
use napi::bindgen_prelude::{Buffer, ClassInstance, Either};
use napi_derive::napi;
use zeroize::Zeroizing;

use crate::call::call;
use crate::key::{Key, ring};

/// The content of a verified JWS.
#[napi(object)]
pub struct Jws {
    /// As JSON text.
    pub header: String,
    /// As it was signed.
    pub payload: Buffer,
}

/// Signs a payload under a header, which is JSON text.
#[napi]
pub fn sign_jws(key: ClassInstance<'_, Key>, header: String, payload: &[u8]) -> napi::Result<String> {
    call(|| jws::sign(&key.0, &header, payload))
}

/// The header and payload of a JWS that one of these keys signed.
#[napi]
pub fn verify_jws(keys: Vec<ClassInstance<'_, Key>>, token: String) -> napi::Result<Jws> {
    call(|| {
        let jws = jws::verify(ring(&keys)?, &token)?;
        Ok(Jws { header: Json::from(jws.header).to_string(), payload: jws.payload.into() })
    })
}

/// Signs for njwt's drop-in: texts as JavaScript wrote them, with a key of at least one byte. A key that is a text is
/// not decoded.
#[napi]
pub fn sign_text(key: Either<String, &[u8]>, header: String, payload: String) -> napi::Result<String> {
    call(|| jws::sign(&loose(key)?, &header, payload.as_bytes()))
}

/// Whether this key, as [`sign_text`] takes it, signed this token.
#[napi]
pub fn is_signed(key: Either<String, &[u8]>, token: String) -> napi::Result<bool> {
    call(|| Ok(jws::verify(loose(key)?, &token).is_ok()))
}

fn loose(key: Either<String, &[u8]>) -> jit_approvals::Result<SigningKey> {
    match key {
        Either::A(text) => SigningKey::from_bytes_with_at_least(Zeroizing::new(text).as_bytes(), 1),
        Either::B(bytes) => SigningKey::from_bytes_with_at_least(bytes, 1),
    }
}
