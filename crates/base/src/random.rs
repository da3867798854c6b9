//! Random bytes: from the system for secrets, from a generator of our own for ids.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};

use crate::error::errors;
use crate::{Plain, Result};

/// Fills the buffer from the system's generator: for keys, session ids and everything else that is secret.
///
/// # Errors
///
/// `random_unavailable` where the system has no generator to offer.
pub fn fill(buffer: &mut [u8]) -> Result<()> {
    getrandom::fill(buffer).map_err(|error| errors::random_unavailable(Plain(error.to_string())))
}

/// Sixteen bytes that no other call, thread or process gets: for ids, which are unique but no secret.
/// The clock, as it has just been read, is part of them.
pub(crate) fn unique(now: SystemTime) -> Result<[u8; 16]> {
    thread_local! {
        static POOL: RefCell<Option<Pool>> = const { RefCell::new(None) };
    }
    let now = nanoseconds(now);
    POOL.with_borrow_mut(|pool| match pool {
        Some(pool) if !pool.is_foreign(now) => Ok(pool.take(now)),
        other => Ok(other.insert(Pool::new(now)?).take(now)),
    })
}

/// A generator, seeded by the system once for each thread: one system call per id would cost more than the
/// signature over the token that the id is for.
///
/// After a fork both processes hold the same generator. Two things keep their ids apart: the clock is mixed
/// into each id, and whenever it shows a pause long enough for a fork, the pool asks whether the process is
/// still the one that seeded it.
struct Pool {
    generator: ChaCha8Rng,
    process: u32,
    last: u64,
    mixed: u64,
}

impl Pool {
    /// Nanoseconds. A fork takes far longer, a call in a busy loop far less: so only a caller that has time
    /// pays for the system call that tells the process.
    const PAUSE: u64 = 5_000;

    fn new(now: u64) -> Result<Self> {
        let mut seed = [0; 32];
        fill(&mut seed)?;
        Ok(Self::from_seed(seed, now))
    }

    fn from_seed(seed: [u8; 32], now: u64) -> Self {
        let generator = ChaCha8Rng::from_seed(seed);
        Self { generator, process: std::process::id(), last: now, mixed: 0 }
    }

    /// Whether this is the copy of a fork's child, asked where there was time for a fork.
    fn is_foreign(&self, now: u64) -> bool {
        // A clock set back wraps around to a long pause: that is the safe side.
        now.wrapping_sub(self.last) > Self::PAUSE && self.process != std::process::id()
    }

    fn take(&mut self, now: u64) -> [u8; 16] {
        self.last = now;
        // The odd factor (of the golden ratio) spreads the clock's few moving bits over the word, and keeping
        // the sum lets two processes drift apart for good once their clocks have differed once.
        self.mixed = (self.mixed ^ now).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (high, low) = (self.generator.next_u64() ^ self.mixed, self.generator.next_u64());
        (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
    }
}

/// Only the bits that move matter: a clock that wraps or stands before 1970 does no harm.
fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs().wrapping_mul(1_000_000_000).wrapping_add(since.subsec_nanos().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_copies_of_a_pool_part_by_the_clock_alone() {
        let (mut parent, mut child) = (Pool::from_seed([7; 32], 0), Pool::from_seed([7; 32], 0));
        assert_eq!(parent.take(1), child.take(1));
        assert_ne!(parent.take(2), child.take(3));
        // The clocks agree again, the ids still differ.
        assert_ne!(parent.take(4), child.take(4));
    }

    #[test]
    fn the_process_is_asked_for_after_a_pause() {
        let mut pool = Pool::from_seed([7; 32], 0);
        assert!(!pool.is_foreign(Pool::PAUSE + 1));
        pool.process ^= 1;
        assert!(!pool.is_foreign(Pool::PAUSE), "no pause, no question");
        assert!(pool.is_foreign(Pool::PAUSE + 1));
        pool.take(u64::MAX);
        assert!(pool.is_foreign(u64::MAX - 1), "a clock set back is a pause");
    }
}
