//! Signing keys.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jit_approvals_base::{Error, Place, Plain, random};
use zeroize::{Zeroize as _, Zeroizing};

use crate::mac::Mac;
use crate::{Result, errors};

/// The HMAC-SHA-256 key of an application. A clone is cheap: it is another handle to the same prepared state.
///
/// The bytes of the key are not kept, and the state is zeroed when the last handle is dropped. `Debug` shows neither.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    id: Option<Arc<str>>,
    mac: Mac,
}

impl SigningKey {
    /// The minimum size of a key by default, in bytes: the size of the hash (RFC 7518 §3.2).
    pub const MIN_BYTES: usize = 32;

    /// Generates a key: 32 bytes from the system's generator. To store a new key, use
    /// [`generate_base64`](Self::generate_base64), which returns its text.
    ///
    /// # Errors
    ///
    /// `random_unavailable`
    pub fn generate() -> Result<Self> {
        Self::from_bytes(&*random_bytes()?)
    }

    /// Generates a key and returns its base64 text: 32 bytes from the system's generator. Anyone who has the text has
    /// the key.
    ///
    /// # Errors
    ///
    /// `random_unavailable`
    pub fn generate_base64() -> Result<String> {
        Ok(base64::engine::general_purpose::STANDARD.encode(random_bytes()?.as_ref()))
    }

    /// Reads a key of at least 32 bytes from base64 text: standard or URL-safe alphabet, padding optional, white
    /// space ignored. Anything else is an error and is never skipped.
    ///
    /// # Errors
    ///
    /// `malformed_key`, `key_too_short`
    pub fn from_base64(text: &str) -> Result<Self> {
        Self::from_base64_with_at_least(text, Self::MIN_BYTES)
    }

    /// Reads a key of at least the given number of bytes from base64 text. Use it for keys that were issued before
    /// there was a minimum size. An empty key is always rejected.
    ///
    /// # Errors
    ///
    /// `malformed_key`, `key_too_short`
    pub fn from_base64_with_at_least(text: &str, least: usize) -> Result<Self> {
        Self::from_bytes_with_at_least(&decode(text)?, least)
    }

    /// Creates a key from at least 32 bytes.
    ///
    /// # Errors
    ///
    /// `key_too_short`
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::from_bytes_with_at_least(bytes, Self::MIN_BYTES)
    }

    /// Creates a key from at least the given number of bytes. An empty key is always rejected.
    ///
    /// # Errors
    ///
    /// `key_too_short`
    pub fn from_bytes_with_at_least(bytes: &[u8], least: usize) -> Result<Self> {
        let least = least.max(1);
        if bytes.len() < least {
            return Err(errors::key_too_short(bytes.len(), least));
        }
        Ok(Self(Arc::new(Inner { id: None, mac: Mac::new(bytes) })))
    }

    /// Returns the same key with the given id. Its tokens may name the id as their `kid` (RFC 7515 §4.1.4).
    #[must_use]
    pub fn with_id(self, id: impl Into<String>) -> Self {
        Self(Arc::new(Inner { id: Some(id.into().into()), mac: self.0.mac.clone() }))
    }

    /// Returns the id of the key, if it has one.
    pub fn id(&self) -> Option<&str> {
        self.0.id.as_deref()
    }

    pub(crate) fn shared_id(&self) -> Option<Arc<str>> {
        self.0.id.clone()
    }

    /// The prepared state.
    pub(crate) fn mac(&self) -> &Mac {
        &self.0.mac
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SigningKey").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// The keys that may have signed a token: one key, or several during a key rotation. A key ring is never empty.
#[derive(Debug, Clone)]
pub struct KeyRing(Vec<SigningKey>);

impl KeyRing {
    /// Creates a key ring from keys, in the order in which they are tried.
    ///
    /// # Errors
    ///
    /// `missing_member` if there is no key.
    pub fn new(keys: impl IntoIterator<Item = SigningKey>) -> Result<Self> {
        let keys: Vec<SigningKey> = keys.into_iter().collect();
        if keys.is_empty() {
            return Err(jit_approvals_base::errors::missing_member("keys").with_field("keys"));
        }
        Ok(Self(keys))
    }

    /// Returns the key that made the signature. The `kid` of a token selects among the keys that have an id. Keys
    /// without an id are always tried.
    pub(crate) fn verify(&self, kid: Option<&str>, text: &str, signature: &[u8; 32]) -> Result<&SigningKey> {
        let mut tried = false;
        for key in &self.0 {
            if kid.is_some() && key.id().is_some() && kid != key.id() {
                continue;
            }
            tried = true;
            if key.mac().sign(text.as_bytes()).is(signature) {
                return Ok(key);
            }
        }
        match kid {
            Some(kid) if !tried => Err(errors::unknown_key(kid)),
            _ => Err(errors::invalid_signature().with_field("signature")),
        }
    }

    /// Returns the keys in the order in which they are tried.
    pub fn keys(&self) -> &[SigningKey] {
        &self.0
    }
}

impl From<&SigningKey> for KeyRing {
    fn from(key: &SigningKey) -> Self {
        Self(vec![key.clone()])
    }
}

impl From<SigningKey> for KeyRing {
    fn from(key: SigningKey) -> Self {
        Self(vec![key])
    }
}

impl From<&Self> for KeyRing {
    fn from(ring: &Self) -> Self {
        ring.clone()
    }
}

fn random_bytes() -> Result<Zeroizing<[u8; SigningKey::MIN_BYTES]>> {
    let mut bytes = Zeroizing::new([0; SigningKey::MIN_BYTES]);
    random::fill(bytes.as_mut())?;
    Ok(bytes)
}

/// Decodes base64 text of either alphabet, with or without padding. Unused bits of the last character must be zero.
fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>> {
    const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let malformed = |reason: &str, offset: usize| -> Error {
        errors::malformed_key(Plain(reason)).at(Place::of(text, offset))
    };
    // The buffer has its full size from the start: a buffer that grows would leave copies of the key in memory.
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len()));
    for (offset, character) in text.char_indices() {
        match character {
            '-' => plain.push(b'+'),
            '_' => plain.push(b'/'),
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' | '=' => plain.push(character as u8),
            ' ' | '\t' | '\n' | '\r' => {}
            _ => return Err(malformed("it contains a character that is in neither base64 alphabet", offset)),
        }
    }
    let mut bytes = Zeroizing::new(vec![0; plain.len() / 4 * 3 + 3]);
    match ANY_PADDING.decode_slice(&plain, &mut bytes) {
        Ok(length) => {
            bytes[length..].zeroize();
            bytes.truncate(length);
            Ok(bytes)
        }
        // The decoder's error is not shown, because it contains a character of the key.
        Err(_) => Err(malformed("it is truncated, or its padding is wrong", text.len())),
    }
}
