//! The store's clock.

use std::sync::atomic::{AtomicI64, Ordering};

use jit_approvals_base::UnixTime;

/// A clock that never goes back while the process runs.
#[derive(Debug)]
pub(crate) struct Clock {
    latest: AtomicI64,
    system: fn() -> UnixTime,
}

impl Clock {
    /// A clock that is not behind a time: that of the newest event.
    pub(crate) fn new(system: fn() -> UnixTime, newest: i64) -> Self {
        Self { latest: AtomicI64::new(newest), system }
    }

    pub(crate) fn now(&self) -> UnixTime {
        let now = (self.system)().seconds();
        UnixTime::from_seconds(self.latest.fetch_max(now, Ordering::Relaxed).max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_never_goes_back() {
        static TIME: AtomicI64 = AtomicI64::new(10);
        let clock = Clock::new(|| UnixTime::from_seconds(TIME.load(Ordering::Relaxed)), 7);
        assert_eq!(clock.now().seconds(), 10);
        TIME.store(5, Ordering::Relaxed);
        assert_eq!(clock.now().seconds(), 10);
        TIME.store(11, Ordering::Relaxed);
        assert_eq!(clock.now().seconds(), 11);
    }
}
