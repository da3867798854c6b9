//! JSON Web Signature (RFC 7515), compact serialization, HS256 only. Every token of this crate is based on it.
//!
//! ```
//! # mod jit_approvals { pub use jit_approvals_token::*; pub use jit_approvals_token as token; }
//! use jit_approvals::SigningKey;
//! use jit_approvals::token::jws;
//!
//! let key = SigningKey::from_bytes(&[7; 32])?;
//! let text = jws::sign(&key, r#"{"alg":"HS256"}"#, b"any bytes")?;
//! assert_eq!(jws::verify(&key, &text)?.payload, b"any bytes");
//! # Ok::<(), jit_approvals_base::Error>(())
//! ```

use std::borrow::Cow;

use jit_approvals_base::{Error, Json, Limits, Object, Plain};

use crate::key::KeyRing;
use crate::mac::Tag;
use crate::{Result, SigningKey, base64url, errors};

/// The maximum length of a token, in characters.
pub const MAX_LENGTH: usize = 64 * 1024;

/// The maximum nesting depth of a token's header or claims.
pub const MAX_DEPTH: usize = 32;

/// A JWS with a verified signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Jws {
    /// The protected header.
    pub header: Object,
    /// The signed bytes.
    pub payload: Vec<u8>,
}

/// Signs a payload with a header. The header is JSON text, and its bytes stay unchanged.
///
/// It signs nothing that [`verify`] would reject.
///
/// # Errors
///
/// `unsupported_algorithm` if the header's `alg` is not `HS256`; `unsupported_header` for `crit`; `malformed_token`;
/// `token_too_long`.
pub fn sign(key: &SigningKey, header: &str, payload: &[u8]) -> Result<String> {
    if USUAL.iter().all(|(_, usual)| *usual != header) {
        Header::parse(header.as_bytes())?;
    }
    check_length(encoded_length(header.len()) + encoded_length(payload.len()) + 2 + SIGNATURE)?;
    let mut text = Vec::with_capacity((header.len() + payload.len()) * 4 / 3 + 52);
    base64url::encode_to(header.as_bytes(), &mut text);
    text.push(b'.');
    base64url::encode_to(payload, &mut text);
    let signature = key.mac().sign(&text);
    Ok(finish(text, &signature))
}

/// Verifies a compact JWS with one of the given keys.
///
/// # Errors
///
/// `token_too_long`, `malformed_token`, `unsupported_algorithm`, `unsupported_header`, `unknown_key`,
/// `invalid_signature`
pub fn verify(keys: impl Into<KeyRing>, text: &str) -> Result<Jws> {
    let keys = keys.into();
    let Opened { header, payload, .. } = open(&keys, text)?;
    Ok(Jws { header: header.into_object()?, payload })
}

/// Verifies a compact JWS as [`verify`] does. Returns the JSON texts `[header,payload]`, or `None` if the payload is not
/// UTF-8. Whether it is JSON is not checked.
///
/// # Errors
///
/// Those of [`verify`].
#[doc(hidden)]
pub fn verify_texts(keys: impl Into<KeyRing>, text: &str) -> Result<Option<String>> {
    let keys = keys.into();
    let Opened { header, payload, .. } = open(&keys, text)?;
    let mut texts = String::with_capacity(payload.len() + 64);
    texts.push('[');
    match header {
        Header::Usual(header) => texts.push_str(header),
        Header::Parsed(header) => header.write_to(&mut texts),
    }
    texts.push(',');
    Ok(std::str::from_utf8(&payload).ok().map(|payload| texts + payload + "]"))
}

/// The result of [`verify`] before the header becomes an object.
pub(crate) struct Opened<'k> {
    pub(crate) header: Header,
    pub(crate) payload: Vec<u8>,
    pub(crate) key: &'k SigningKey,
}

pub(crate) fn open<'k>(keys: &'k KeyRing, text: &str) -> Result<Opened<'k>> {
    let parts = Parts::of(text)?;
    let header = parts.header()?;
    let verified = match base64url::decode_32(parts.signature) {
        Some(signature) => keys.verify(header.kid(), parts.signed, &signature),
        // This is not a signature of 32 bytes. It is decoded again only to choose the error.
        None => segment(parts.signature, "signature")
            .and_then(|_| Err(errors::invalid_signature().with_field("signature"))),
    };
    let key = verified.map_err(|error| parts.count().err().unwrap_or(error))?;
    Ok(Opened { header, payload: parts.payload()?, key })
}

/// The length of an encoded signature, in characters.
const SIGNATURE: usize = 43;

/// Returns the number of base64url characters for the given number of bytes.
const fn encoded_length(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// Rejects a token that is too long for any verifier. `signed` is the token without the last full stop and the
/// signature.
pub(crate) fn check_unsigned(signed: &[u8]) -> Result<()> {
    check_length(signed.len() + 1 + SIGNATURE)
}

fn check_length(length: usize) -> Result<()> {
    if length <= MAX_LENGTH { Ok(()) } else { Err(errors::token_too_long(length, MAX_LENGTH)) }
}

/// Rejects claims that are nested too deep for any verifier.
pub(crate) fn check_depth(claims: &Object) -> Result<()> {
    if claims.iter().any(|(_, value)| value.is_deeper_than(MAX_DEPTH - 1)) {
        let error = jit_approvals_base::errors::too_deep(MAX_DEPTH);
        return Err(errors::malformed_claims(Plain(error.message())).with_field("payload"));
    }
    Ok(())
}

/// Appends the signature to the signed text, which is ASCII.
pub(crate) fn finish(mut text: Vec<u8>, signature: &Tag) -> String {
    text.push(b'.');
    base64url::encode_to(&signature.0, &mut text);
    String::from_utf8(text).expect("base64url is ASCII")
}

/// The three segments of a compact JWS, still encoded.
pub(crate) struct Parts<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
    /// The signed part: header and payload with the full stop between them.
    signed: &'a str,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(text: &'a str) -> Result<Self> {
        check_length(text.len())?;
        if text.starts_with("Bearer ") {
            return Err(malformed("it starts with `Bearer `: pass only what follows", "token"));
        }
        let three = || {
            let (signed, signature) = text.rsplit_once('.')?;
            let (header, payload) = signed.split_once('.')?;
            Some(Self { header, payload, signature, signed })
        };
        three().ok_or_else(|| malformed("it must have three segments", "token"))
    }

    /// Rejects more than three segments. It is called only if the signature does not match. Otherwise decoding the
    /// payload rejects them, because a full stop is not in the base64url alphabet.
    fn count(&self) -> Result<()> {
        if self.payload.contains('.') {
            return Err(malformed("it must have three segments", "token"));
        }
        Ok(())
    }

    /// Reads and checks the header. This does not verify the signature.
    pub(crate) fn header(&self) -> Result<Header> {
        match USUAL.iter().find(|(encoded, _)| *encoded == self.header) {
            Some((_, text)) => Ok(Header::Usual(text)),
            None => Header::parse(&segment(self.header, "header")?),
        }
    }

    /// Reads the header without checking its parameters.
    pub(crate) fn unchecked_header(&self) -> Result<Object> {
        object(&segment(self.header, "header")?)
    }

    /// Decodes the payload. This does not verify the signature.
    pub(crate) fn payload(&self) -> Result<Vec<u8>> {
        segment(self.payload, "payload")
    }
}

/// The headers of njwt and `PyJWT`, encoded and decoded. Nearly every token has one of them. Skipping their decoding
/// and parsing saves a sixth of the time of verifying.
const USUAL: [(&str, &str); 2] = [
    ("eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9", r#"{"typ":"JWT","alg":"HS256"}"#),
    ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", r#"{"alg":"HS256","typ":"JWT"}"#),
];

/// A header that this crate accepts: HS256, and no critical parameters.
pub(crate) enum Header {
    /// One of [`USUAL`], which needs no decoding.
    Usual(&'static str),
    Parsed(Object),
}

impl Header {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let header = object(bytes)?;
        check_algorithm(&header)?;
        // RFC 7515 §4.1.11: a header with a critical parameter that is not understood must be rejected.
        if header.contains_key("crit") {
            return Err(errors::unsupported_header("crit").with_field("crit"));
        }
        if header.get("kid").is_some_and(|kid| kid.as_str().is_none()) {
            return Err(malformed("the header's `kid` must be a string", "header"));
        }
        Ok(Self::Parsed(header))
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        match self {
            Self::Usual(_) => None,
            Self::Parsed(header) => header.get("kid")?.as_str(),
        }
    }

    /// Returns the `typ`, as JSON text if it is not a string.
    pub(crate) fn typ(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Usual(_) => Some(Cow::Borrowed("JWT")),
            Self::Parsed(header) => header.get("typ").map(|typ| match typ {
                Json::String(typ) => Cow::Borrowed(typ.as_str()),
                other => Cow::Owned(other.to_string()),
            }),
        }
    }

    fn into_object(self) -> Result<Object> {
        match self {
            Self::Usual(text) => Ok(Json::parse(text)?.as_object().cloned().unwrap_or_default()),
            Self::Parsed(header) => Ok(header),
        }
    }
}

/// Parses a header, which must be a JSON object.
fn object(bytes: &[u8]) -> Result<Object> {
    match parse(bytes) {
        Ok(Json::Object(header)) => Ok(header),
        Ok(_) => Err(malformed("the header must be a JSON object", "header")),
        Err(error) => Err(malformed(&error.to_string(), "header")),
    }
}

/// Parses the claims of a payload, which must be a JSON object.
pub(crate) fn claims(payload: &[u8]) -> Result<Object> {
    let malformed = |reason: &str| errors::malformed_claims(Plain(reason)).with_field("payload");
    match parse(payload) {
        Ok(Json::Object(claims)) => Ok(claims),
        Ok(other) => Err(malformed(&format!("they must be an object, not {}", other.kind()))),
        Err(error) => Err(malformed(&error.to_string())),
    }
}

/// Parses JSON within the limits of a token.
fn parse(bytes: &[u8]) -> Result<Json> {
    Json::parse_within(bytes, Limits { bytes: MAX_LENGTH, depth: MAX_DEPTH })
}

/// Accepts only HS256, whatever algorithm a token names (RFC 8725 §3.1).
fn check_algorithm(header: &Object) -> Result<()> {
    match header.get("alg") {
        Some(Json::String(algorithm)) if algorithm == "HS256" => Ok(()),
        Some(Json::String(algorithm)) => Err(errors::unsupported_algorithm(algorithm).with_field("alg")),
        _ => Err(malformed("the header's `alg` must be a string", "header")),
    }
}

fn segment(text: &str, name: &str) -> Result<Vec<u8>> {
    base64url::decode(text).ok_or_else(|| malformed(&format!("the {name} is not base64url"), name))
}

fn malformed(reason: &str, field: &str) -> Error {
    errors::malformed_token(Plain(reason)).with_field(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_headers_decode_to_their_text() {
        for (encoded, text) in USUAL {
            assert_eq!(base64url::decode(encoded).unwrap(), text.as_bytes());
            assert_eq!(Header::Usual(text).into_object().unwrap().to_string(), text);
        }
    }
}
