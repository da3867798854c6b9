//! Signing keys.

use jit_approvals::token::KeyRing;
use jit_approvals::{Result, SigningKey};

use crate::abi::{JitBuffer, JitSlice, call, create, free, get, optional_count, several};

/// A signing key. No function returns its bytes.
#[derive(Debug)]
pub struct JitSigningKey(pub(crate) SigningKey);

/// Creates a random key. `id` is optional: the `kid` of its tokens.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_signing_key_generate(
    id: JitSlice,
    key: *mut *mut JitSigningKey,
    out: *mut JitBuffer,
) -> u32 {
    create(key, out, || with_id(SigningKey::generate()?, id))
}

/// Creates a random key and returns its base64 text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_signing_key_generate_base64(out: *mut JitBuffer) -> u32 {
    call(out, SigningKey::generate_base64)
}

/// Reads a key from base64 text. `least_bytes` is the minimum number of bytes; a negative number means 32.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_signing_key_from_base64(
    text: JitSlice,
    least_bytes: i64,
    id: JitSlice,
    key: *mut *mut JitSigningKey,
    out: *mut JitBuffer,
) -> u32 {
    create(key, out, || {
        let text = text.text("text")?;
        let key = match optional_count(least_bytes) {
            Some(least) => SigningKey::from_base64_with_at_least(text, least)?,
            None => SigningKey::from_base64(text)?,
        };
        with_id(key, id)
    })
}

/// Creates a key from its bytes. `least_bytes` is the minimum number of bytes; a negative number means 32.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_signing_key_from_bytes(
    bytes: JitSlice,
    least_bytes: i64,
    id: JitSlice,
    key: *mut *mut JitSigningKey,
    out: *mut JitBuffer,
) -> u32 {
    create(key, out, || {
        let bytes = bytes.bytes("bytes")?;
        let key = match optional_count(least_bytes) {
            Some(least) => SigningKey::from_bytes_with_at_least(bytes, least)?,
            None => SigningKey::from_bytes(bytes)?,
        };
        with_id(key, id)
    })
}

/// Returns the id of the key, or no value if it has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_signing_key_id(key: *const JitSigningKey, out: *mut JitBuffer) -> u32 {
    call(out, || Ok(get(key, "key")?.0.id().map(str::to_owned)))
}

/// Frees a key and clears its memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_signing_key_free(key: *mut JitSigningKey) {
    free(key);
}

unsafe fn with_id(key: SigningKey, id: JitSlice) -> Result<JitSigningKey> {
    Ok(JitSigningKey(match id.optional("id")? {
        Some(id) => key.with_id(id),
        None => key,
    }))
}

/// Creates a key ring from several keys, for rotation.
pub(crate) unsafe fn ring(keys: *const *const JitSigningKey, count: usize) -> Result<KeyRing> {
    KeyRing::new(several(keys, count, "keys")?.into_iter().map(|key| key.0.clone()))
}
