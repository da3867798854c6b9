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

/// The HMAC-SHA-256 key of an application; a cheap handle to one prepared state.
///
/// The key's own bytes are not kept, the state is zeroed when the last handle goes, and no text shows either.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    id: Option<Arc<str>>,
    mac: Mac,
}

impl SigningKey {
    /// The fewest bytes that a key may have by default: as many as the hash has (RFC 7518 §3.2).
    pub const MIN_BYTES: usize = 32;

    /// A new key: 32 bytes from the system's generator. For one that is kept, [`generate_base64`](Self::generate_base64)
    /// gives its text.
    ///
    /// # Errors
    ///
    /// `random_unavailable`
    pub fn generate() -> Result<Self> {
        Self::from_bytes(&*random_bytes()?)
    }

    /// The base64 text of a new key: 32 bytes from the system's generator. Whoever holds the text holds the key.
    ///
    /// # Errors
    ///
    /// `random_unavailable`
    pub fn generate_base64() -> Result<String> {
        Ok(base64::engine::general_purpose::STANDARD.encode(random_bytes()?.as_ref()))
    }

    /// A key from base64 text of at least 32 bytes: standard or URL-safe alphabet, padding optional, white
    /// space ignored. Anything else is an error, never skipped.
    ///
    /// # Errors
    ///
    /// `malformed_key`, `key_too_short`
    pub fn from_base64(text: &str) -> Result<Self> {
        Self::from_base64_with_at_least(text, Self::MIN_BYTES)
    }

    /// A key from base64 text of at least so many bytes: for keys that were given out before there was a rule.
    /// No bound admits an empty key.
    ///
    /// # Errors
    ///
    /// `malformed_key`, `key_too_short`
    pub fn from_base64_with_at_least(text: &str, least: usize) -> Result<Self> {
        Self::from_bytes_with_at_least(&decode(text)?, least)
    }

    /// A key from at least 32 bytes.
    ///
    /// # Errors
    ///
    /// `key_too_short`
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::from_bytes_with_at_least(bytes, Self::MIN_BYTES)
    }

    /// A key from at least so many bytes. No bound admits an empty key.
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

    /// The same key under this id, which its tokens may name as their `kid` (RFC 7515 §4.1.4).
    #[must_use]
    pub fn with_id(self, id: impl Into<String>) -> Self {
        Self(Arc::new(Inner { id: Some(id.into().into()), mac: self.0.mac.clone() }))
    }

    /// Its id, if it has one.
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

/// The keys that a token may be signed with: one, or several while they are rotated; never none.
#[derive(Debug, Clone)]
pub struct KeyRing(Vec<SigningKey>);

impl KeyRing {
    /// These keys, in the order in which they are tried.
    ///
    /// # Errors
    ///
    /// `missing_member` if there is none
    pub fn new(keys: impl IntoIterator<Item = SigningKey>) -> Result<Self> {
        let keys: Vec<SigningKey> = keys.into_iter().collect();
        if keys.is_empty() {
            return Err(jit_approvals_base::errors::missing_member("keys").with_field("keys"));
        }
        Ok(Self(keys))
    }

    /// The key that made this signature. A token's `kid` chooses among the keys that have an id; those
    /// without one are always tried.
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
            _ => Err(errors::invalid_signature()),
        }
    }

    /// The keys, in the order in which they are tried.
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

/// Both alphabets become one, padding is left to choice; stray bits in the last character are an error.
fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>> {
    const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let malformed = |reason: &str, place: usize| -> Error {
        errors::malformed_key(Plain(reason)).at(Place::of(text, place))
    };
    // Sized before it is filled: a buffer that grows would leave copies of the key behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len()));
    for (place, character) in text.char_indices() {
        match character {
            '-' => plain.push(b'+'),
            '_' => plain.push(b'/'),
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' | '=' => plain.push(character as u8),
            ' ' | '\t' | '\n' | '\r' => {}
            _ => return Err(malformed("a character of neither alphabet", place)),
        }
    }
    let mut bytes = Zeroizing::new(vec![0; plain.len() / 4 * 3 + 3]);
    match ANY_PADDING.decode_slice(&plain, &mut bytes) {
        Ok(length) => {
            bytes[length..].zeroize();
            bytes.truncate(length);
            Ok(bytes)
        }
        // The decoder's own error repeats a character of the key.
        Err(_) => Err(malformed("cut off, or padded where it should not be", text.len())),
    }
}
