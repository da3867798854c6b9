//! JSON Web Signature (RFC 7515), compact, HS256 only: the ground under every token of this crate.
//!
//! ```
//! use jit_approvals_token::{SigningKey, jws};
//!
//! let key = SigningKey::from_bytes(&[7; 32])?;
//! let text = jws::sign(&key, r#"{"alg":"HS256"}"#, b"any bytes")?;
//! assert_eq!(jws::verify(&key, &text)?.payload, b"any bytes");
//! # Ok::<(), jit_approvals_base::Error>(())
//! ```

use hmac::Mac as _;
use jit_approvals_base::{Error, Json, Limits, Object, Plain};

use crate::key::KeyRing;
use crate::{Result, SigningKey, base64url, errors};

/// The longest token that is looked at, in characters.
pub const MAX_LENGTH: usize = 64 * 1024;

/// The deepest nesting of a token's header or claims.
pub const MAX_DEPTH: usize = 32;

/// A JWS whose signature has been verified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Jws {
    /// The protected header.
    pub header: Object,
    /// The signed bytes.
    pub payload: Vec<u8>,
}

/// Signs a payload under a header, which is JSON text whose bytes are kept as they are.
///
/// # Errors
///
/// `unsupported_algorithm` unless the header's `alg` is `HS256`, `unsupported_header`, `malformed_token`.
pub fn sign(key: &SigningKey, header: &str, payload: &[u8]) -> Result<String> {
    Header::parse(header.as_bytes())?;
    let mut text = String::with_capacity((header.len() + payload.len()) * 4 / 3 + 52);
    base64url::encode_to(header.as_bytes(), &mut text);
    text.push('.');
    base64url::encode_to(payload, &mut text);
    append_signature(key.mac(), 0, &mut text);
    Ok(text)
}

/// Verifies a compact JWS by one of these keys.
///
/// # Errors
///
/// `token_too_long`, `malformed_token`, `unsupported_algorithm`, `unsupported_header`, `unknown_key`,
/// `invalid_signature`
pub fn verify(keys: impl Into<KeyRing>, text: &str) -> Result<Jws> {
    let (header, payload) = open(&keys.into(), text)?;
    Ok(Jws { header: header.0, payload })
}

/// What [`verify`] does, with the header still of its own type.
pub(crate) fn open(keys: &KeyRing, text: &str) -> Result<(Header, Vec<u8>)> {
    let parts = Parts::of(text)?;
    let header = Header::parse(&segment(parts.header, "header")?)?;
    let signature = segment(parts.signature, "signature")?;
    keys.verify(header.kid(), parts.signed.as_bytes(), &signature)?;
    Ok((header, segment(parts.payload, "payload")?))
}

/// Signs `text[from..]`, whose earlier bytes this state has already taken, and appends the signature.
pub(crate) fn append_signature(mut mac: hmac::Hmac<sha2::Sha256>, from: usize, text: &mut String) {
    mac.update(&text.as_bytes()[from..]);
    text.push('.');
    base64url::encode_to(&mac.finalize().into_bytes(), text);
}

/// The three segments of a compact JWS, still encoded.
pub(crate) struct Parts<'a> {
    pub(crate) header: &'a str,
    pub(crate) payload: &'a str,
    signature: &'a str,
    /// Header and payload with the full stop between them: what is signed.
    signed: &'a str,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(text: &'a str) -> Result<Self> {
        if text.len() > MAX_LENGTH {
            return Err(errors::token_too_long(text.len(), MAX_LENGTH));
        }
        let mut segments = text.split('.');
        match (segments.next(), segments.next(), segments.next(), segments.next()) {
            (Some(header), Some(payload), Some(signature), None) => {
                let signed = &text[..header.len() + 1 + payload.len()];
                Ok(Self { header, payload, signature, signed })
            }
            _ => Err(malformed("it must have three segments", "token")),
        }
    }
}

/// A header that this crate understands: HS256, and nothing critical.
pub(crate) struct Header(Object);

impl Header {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let limits = Limits { bytes: MAX_LENGTH, depth: MAX_DEPTH };
        let header = match Json::parse_within(bytes, limits) {
            Ok(Json::Object(header)) => header,
            Ok(_) => return Err(malformed("the header must be a JSON object", "header")),
            Err(error) => return Err(malformed(&error.to_string(), "header")),
        };
        match header.get("alg") {
            Some(Json::String(algorithm)) if algorithm == "HS256" => {}
            Some(Json::String(algorithm)) => return Err(errors::unsupported_algorithm(algorithm)),
            _ => return Err(malformed("the header's `alg` must be a string", "header")),
        }
        // RFC 7515 §4.1.11: what is marked critical and not understood must be refused.
        if header.contains_key("crit") {
            return Err(errors::unsupported_header("crit"));
        }
        if header.get("kid").is_some_and(|kid| kid.as_str().is_none()) {
            return Err(malformed("the header's `kid` must be a string", "header"));
        }
        Ok(Self(header))
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.0.get("kid")?.as_str()
    }

    pub(crate) fn typ(&self) -> Option<&Json> {
        self.0.get("typ")
    }
}

fn segment(text: &str, name: &str) -> Result<Vec<u8>> {
    base64url::decode(text.as_bytes()).ok_or_else(|| malformed(&format!("the {name} is not base64url"), name))
}

fn malformed(reason: &str, field: &str) -> Error {
    errors::malformed_token(Plain(reason)).with_field(field)
}
