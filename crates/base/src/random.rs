//! Random bytes: from the system for secrets, from a buffer for ids.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

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
pub(crate) fn unique() -> Result<[u8; 16]> {
    thread_local! {
        static POOL: RefCell<Pool> = const { RefCell::new(Pool::EMPTY) };
    }
    POOL.with_borrow_mut(|pool| pool.take(nanoseconds()))
}

/// Bytes from the system, fetched many at a time: one system call per id would cost more than the
/// signature over the token that the id is for.
///
/// After a fork both processes hold the same bytes. Two things keep their ids apart: the clock is mixed into
/// each id, and whenever it shows a pause long enough for a fork, the pool asks whether the process is still
/// the one that filled it.
struct Pool {
    bytes: [u8; Self::SIZE],
    used: usize,
    process: u32,
    last: u64,
    mixed: u64,
}

impl Pool {
    const SIZE: usize = 4096;
    const EMPTY: Self = Self { bytes: [0; Self::SIZE], used: Self::SIZE, process: 0, last: 0, mixed: 0 };

    /// Nanoseconds. A fork takes far longer, a call in a busy loop far less: so only a caller that has time
    /// pays for the system call that tells the process.
    const PAUSE: u64 = 5_000;

    fn take(&mut self, now: u64) -> Result<[u8; 16]> {
        // A clock set back wraps around to a long pause: that is the safe side.
        let paused = now.wrapping_sub(self.last) > Self::PAUSE;
        self.last = now;
        if self.used == Self::SIZE || (paused && self.process != std::process::id()) {
            fill(&mut self.bytes)?;
            self.used = 0;
            self.process = std::process::id();
        }
        let mut bytes: [u8; 16] =
            self.bytes[self.used..self.used + 16].try_into().expect("SIZE is a multiple of 16");
        self.used += 16;
        // The odd factor (of the golden ratio) spreads the clock's few moving bits over the word, and keeping
        // the sum lets two processes drift apart for good once their clocks have differed once.
        self.mixed = (self.mixed ^ now).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for (byte, mix) in bytes.iter_mut().zip(self.mixed.to_le_bytes()) {
            *byte ^= mix;
        }
        Ok(bytes)
    }
}

fn nanoseconds() -> u64 {
    // Only the bits that move matter.
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs().wrapping_mul(1_000_000_000).wrapping_add(time.subsec_nanos().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_copies_of_a_pool_part_by_the_clock_alone() {
        let mut parent = Pool::EMPTY;
        parent.take(1).unwrap();
        let mut child = Pool { bytes: parent.bytes, ..parent };
        assert_ne!(parent.take(2).unwrap(), child.take(3).unwrap());
        // The clocks agree again, the ids still differ.
        assert_ne!(parent.take(4).unwrap(), child.take(4).unwrap());
    }

    #[test]
    fn a_pool_that_changed_its_process_is_filled_anew_after_a_pause() {
        let mut pool = Pool::EMPTY;
        pool.take(0).unwrap();
        pool.process ^= 1;
        let (before, used) = (pool.bytes, pool.used);
        pool.take(Pool::PAUSE).unwrap();
        assert!(pool.used > used && pool.bytes == before, "no pause, no question");
        pool.take(3 * Pool::PAUSE).unwrap();
        assert!(pool.bytes != before);
    }
}
