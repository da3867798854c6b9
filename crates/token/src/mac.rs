//! HMAC-SHA-256 (RFC 2104) of whole texts, with what can be prepared prepared.

use std::slice::from_ref;

use hmac::KeyInit as _;
use hmac::block_api::HmacCore;
use hmac::digest::block_api::{Block, Buffer, FixedOutputCore as _, UpdateCore as _};
use sha2::Sha256;

type Core = HmacCore<Sha256>;

/// The state of a key, and perhaps of a first part of what it signs. `hmac` and `sha2` zero it on drop (their
/// feature `zeroize`).
///
/// Over the crate's blocks and not its buffered interface, since a text that lies in one piece needs no
/// buffer: a sixth of the time.
#[derive(Clone)]
pub(crate) struct Mac {
    core: Core,
    /// Bytes that the state has taken: whole blocks.
    taken: usize,
}

/// A signature. It has no `==`: it is compared in constant time.
pub(crate) struct Tag(pub(crate) [u8; 32]);

impl Tag {
    pub(crate) fn is(&self, other: &[u8; 32]) -> bool {
        constant_time_eq::constant_time_eq_32(&self.0, other)
    }
}

impl Mac {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self { core: Core::new_from_slice(key).expect("HMAC takes a key of any length"), taken: 0 }
    }

    /// The state that has taken as many whole blocks of this text as there are.
    pub(crate) fn prepared(&self, text: &[u8]) -> Self {
        let mut prepared = self.clone();
        let (blocks, _) = Block::<Core>::slice_as_chunks(&text[self.taken..]);
        prepared.core.update_blocks(blocks);
        prepared.taken += blocks.len() * blocks.first().map_or(0, |block| block.len());
        prepared
    }

    /// The signature of a text, which begins with what the state has taken already.
    pub(crate) fn sign(&self, text: &[u8]) -> Tag {
        let mut core = self.core.clone();
        let (blocks, rest) = Block::<Core>::slice_as_chunks(&text[self.taken..]);
        core.update_blocks(blocks);
        finish(core, rest)
    }

    /// The signatures of two texts, block by block in turn: neither waits for the other, so that a processor
    /// works at both.
    pub(crate) fn sign_two(&self, one: &[u8], two: &[u8]) -> (Tag, Tag) {
        let (mut first, mut second) = (self.core.clone(), self.core.clone());
        let (ones, one_rest) = Block::<Core>::slice_as_chunks(&one[self.taken..]);
        let (twos, two_rest) = Block::<Core>::slice_as_chunks(&two[self.taken..]);
        let both = ones.len().min(twos.len());
        for (one, two) in ones.iter().zip(twos) {
            first.update_blocks(from_ref(one));
            second.update_blocks(from_ref(two));
        }
        first.update_blocks(&ones[both..]);
        second.update_blocks(&twos[both..]);
        (finish(first, one_rest), finish(second, two_rest))
    }
}

fn finish(mut core: Core, rest: &[u8]) -> Tag {
    let mut tag = hmac::digest::Output::<Core>::default();
    core.finalize_fixed_core(&mut Buffer::<Core>::new(rest), &mut tag);
    Tag(tag.into())
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, Mac as _};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_buffered_hmac(
            key in prop::collection::vec(any::<u8>(), 0..200),
            text in prop::collection::vec(any::<u8>(), 0..400),
            cut in 0..400_usize,
        ) {
            let mut hmac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            hmac.update(&text);
            let mac = Mac::new(&key);
            let tag: [u8; 32] = hmac.finalize().into_bytes().into();
            prop_assert_eq!(mac.sign(&text).0, tag);
            let prepared = mac.prepared(&text[..cut.min(text.len())]);
            prop_assert_eq!(prepared.sign(&text).0, tag);
            let (whole, part) = mac.sign_two(&text, &text[..cut.min(text.len())]);
            prop_assert_eq!(whole.0, tag);
            prop_assert_eq!(part.0, mac.sign(&text[..cut.min(text.len())]).0);
        }
    }
}
