//! How many files the process may open.

/// What is left for files that are not connections.
const OTHERS: usize = 128;

/// Raises the limit as far as allowed, and returns how many connections fit under it.
pub(crate) fn limit() -> usize {
    #[cfg(unix)]
    {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
            let limit = if setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok() { hard } else { soft };
            return usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(OTHERS).max(1);
        }
    }
    usize::MAX - OTHERS
}
