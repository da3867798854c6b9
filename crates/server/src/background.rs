//! Threads that work as long as the server runs.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{Builder, JoinHandle};

/// Starts a thread. If it panics, the process ends: without it nothing would expire, or no wait would be answered.
pub(crate) fn spawn(name: &'static str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    Builder::new().name(name.to_owned()).spawn(move || guarded(name, work, end))
}

fn guarded(name: &str, work: impl FnOnce(), fatal: impl FnOnce(&str)) {
    // Nothing that the work has left behind is used again.
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        fatal(name);
    }
}

fn end(name: &str) {
    tracing::error!(thread = name, "a thread of the server has panicked: the process ends");
    std::process::exit(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_fatal_and_a_normal_end_is_not() {
        let mut ended = Vec::new();
        guarded("sweep", || {}, |name| ended.push(name.to_owned()));
        guarded("feed", || panic!("a fault of a test"), |name| ended.push(name.to_owned()));
        assert_eq!(ended, ["feed"]);
    }
}
