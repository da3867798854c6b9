//! Signing keys.

use jit_approvals::token::KeyRing;
use jit_approvals::{Result, SigningKey};
use napi::bindgen_prelude::ClassInstance;
use napi_derive::napi;
use zeroize::Zeroizing;

use crate::call::call;

/// A signing key. JavaScript cannot read its bytes.
#[napi]
pub struct Key(pub(crate) SigningKey);

#[napi]
impl Key {
    /// Creates a random key.
    #[napi(factory)]
    pub fn generate(id: Option<String>) -> napi::Result<Self> {
        call(|| Ok(Self::with_id(SigningKey::generate()?, id)))
    }

    /// Creates a random key and returns its base64 text.
    #[napi]
    pub fn generate_base64() -> napi::Result<String> {
        call(SigningKey::generate_base64)
    }

    /// Reads a key from base64 text. `least` is the minimum number of bytes, by default 32.
    #[napi(factory)]
    pub fn from_base64(text: String, least: Option<u32>, id: Option<String>) -> napi::Result<Self> {
        let text = Zeroizing::new(text);
        call(|| {
            let key = match least {
                Some(least) => SigningKey::from_base64_with_at_least(&text, least as usize)?,
                None => SigningKey::from_base64(&text)?,
            };
            Ok(Self::with_id(key, id))
        })
    }

    /// Creates a key from its bytes. `least` is the minimum number of bytes, by default 32.
    #[napi(factory)]
    pub fn from_bytes(bytes: &[u8], least: Option<u32>, id: Option<String>) -> napi::Result<Self> {
        call(|| {
            let key = match least {
                Some(least) => SigningKey::from_bytes_with_at_least(bytes, least as usize)?,
                None => SigningKey::from_bytes(bytes)?,
            };
            Ok(Self::with_id(key, id))
        })
    }

    /// The id of the key. The `kid` of a token selects a key by this id.
    #[napi(getter)]
    pub fn id(&self) -> napi::Result<Option<String>> {
        call(|| Ok(self.0.id().map(str::to_owned)))
    }

    fn with_id(key: SigningKey, id: Option<String>) -> Self {
        match id {
            Some(id) => Self(key.with_id(id)),
            None => Self(key),
        }
    }
}

/// Creates a key ring from several keys, for rotation.
pub(crate) fn ring(keys: &[ClassInstance<'_, Key>]) -> Result<KeyRing> {
    KeyRing::new(keys.iter().map(|key| key.0.clone()))
}
