//! HMAC-SHA-256 (RFC 2104). The state of a key is prepared only once.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The state of a key, or its state after the first part of a text. `hmac` and `sha2` zero it on drop (feature
/// `zeroize`).
#[derive(Clone)]
pub(crate) struct Mac(Hmac<Sha256>);

/// A signature. It has no `==`, because it must be compared in constant time.
pub(crate) struct Tag(pub(crate) [u8; 32]);

impl Tag {
    pub(crate) fn is(&self, other: &[u8; 32]) -> bool {
        constant_time_eq::constant_time_eq_32(&self.0, other)
    }
}

impl Mac {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC accepts a key of any length"))
    }

    /// Returns the state after the given first part of a text.
    pub(crate) fn after(&self, first: &[u8]) -> Self {
        let mut hmac = self.0.clone();
        hmac.update(first);
        Self(hmac)
    }

    /// Signs a text. If this is the state after the first part of a text, `text` is the rest of it.
    pub(crate) fn sign(&self, text: &[u8]) -> Tag {
        let mut hmac = self.0.clone();
        hmac.update(text);
        Tag(hmac.finalize().into_bytes().into())
    }
}
