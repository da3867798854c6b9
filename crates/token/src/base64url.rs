//! Strict base64url: no padding, no other alphabet, no unused bits that are set (RFC 4648 §5, RFC 7515 §2).

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::GeneralPurposeConfig;

/// The engine that uses vector instructions, for the processors that the `base64` crate supports.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
static ENGINE: LazyLock<base64::engine::Simd> = LazyLock::new(|| base64::engine::Simd::url_safe(UNPADDED));

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
static ENGINE: LazyLock<base64::engine::GeneralPurpose> =
    LazyLock::new(|| base64::engine::GeneralPurpose::new(&base64::alphabet::URL_SAFE, UNPADDED));

/// Padding is neither written nor accepted, and the unused bits of the last character must be zero.
const UNPADDED: GeneralPurposeConfig = base64::engine::general_purpose::NO_PAD;

/// Appends the encoded bytes, which are ASCII.
pub(crate) fn encode_to(bytes: &[u8], text: &mut Vec<u8>) {
    let start = text.len();
    let length = (bytes.len() * 4).div_ceil(3);
    text.resize(start + length, 0);
    let written = ENGINE.encode_slice(bytes, &mut text[start..]);
    debug_assert_eq!(written, Ok(length));
}

/// Returns the decoded bytes, or `None` for a text that [`encode_to`] would not write.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    ENGINE.decode(text).ok()
}

/// Returns the decoded bytes of a text of 43 characters, the length of a signature. Does not allocate.
pub(crate) fn decode_32(text: &str) -> Option<[u8; 32]> {
    // The decoder needs room for complete groups of three bytes.
    let mut bytes = [0; 33];
    match ENGINE.decode_slice(text, &mut bytes) {
        Ok(32) => bytes[..32].try_into().ok(),
        _ => None,
    }
}
