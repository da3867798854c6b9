//! Random bytes: from the system's generator for secrets, from a generator in this crate for ids.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};

use crate::error::errors;
use crate::{Plain, Result};

/// Fills the buffer from the system's generator. Use it for keys, session ids and all other secrets.
///
/// # Errors
///
/// `random_unavailable` if the system's generator fails.
pub fn fill(buffer: &mut [u8]) -> Result<()> {
    getrandom::fill(buffer).map_err(|error| errors::random_unavailable(Plain(error.to_string())))
}

/// Returns sixteen bytes that no other call, thread or process gets. They are for ids, which are unique but not
/// secret. `now` is the current time and is mixed into the bytes.
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

/// A generator that the system seeds once for each thread. One system call per id would cost more than the signature
/// of the token that the id is for.
///
/// After a fork both processes have the same generator. Two measures keep their ids different. The clock is mixed
/// into each id. After each pause that is long enough for a fork, the pool checks that the process is still the one
/// that seeded it.
struct Pool {
    generator: ChaCha8Rng,
    process: u32,
    last: u64,
    mixed: u64,
}

impl Pool {
    /// The pause, in nanoseconds, after which the process is checked. A fork takes far longer, and a call in a busy
    /// loop takes far less. So a busy loop never pays for the system call that returns the process id.
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

    /// Returns whether this pool is a copy in the child of a fork. It checks the process only after a pause that is
    /// long enough for a fork.
    fn is_foreign(&self, now: u64) -> bool {
        // If the clock was set back, the difference wraps around to a long pause. This is the safe case.
        now.wrapping_sub(self.last) > Self::PAUSE && self.process != std::process::id()
    }

    fn take(&mut self, now: u64) -> [u8; 16] {
        self.last = now;
        // The odd factor (from the golden ratio) spreads the few changing bits of the clock over the word. `mixed` is
        // kept between calls: once the clocks of two processes have differed, their ids differ from then on.
        self.mixed = (self.mixed ^ now).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (high, low) = (self.generator.next_u64() ^ self.mixed, self.generator.next_u64());
        (u128::from(high) << 64 | u128::from(low)).to_le_bytes()
    }
}

/// Returns the nanoseconds since 1970. Only the changing bits matter, so a result that wraps or a clock before 1970
/// does no harm.
fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs().wrapping_mul(1_000_000_000).wrapping_add(since.subsec_nanos().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_copies_of_a_pool_diverge_by_the_clock_alone() {
        let (mut parent, mut child) = (Pool::from_seed([7; 32], 0), Pool::from_seed([7; 32], 0));
        assert_eq!(parent.take(1), child.take(1));
        assert_ne!(parent.take(2), child.take(3));
        // The clocks agree again, but the ids still differ.
        assert_ne!(parent.take(4), child.take(4));
    }

    #[test]
    fn the_process_is_checked_after_a_pause() {
        let mut pool = Pool::from_seed([7; 32], 0);
        assert!(!pool.is_foreign(Pool::PAUSE + 1));
        pool.process ^= 1;
        assert!(!pool.is_foreign(Pool::PAUSE), "without a pause there is no check");
        assert!(pool.is_foreign(Pool::PAUSE + 1));
        pool.take(u64::MAX);
        assert!(pool.is_foreign(u64::MAX - 1), "a clock that was set back counts as a pause");
    }
}
