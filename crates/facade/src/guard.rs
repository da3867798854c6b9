//! Where another language calls in.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jit_approvals_base::Result;

use crate::errors::rows;

/// Runs what another language called: a panic becomes an error, since none may cross into it.
///
/// What panicked is a bug; a handle that it was changing is not to be trusted any more.
///
/// # Errors
///
/// Those of the call; `caught_panic`.
pub fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err(rows::caught_panic()))
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_panic_is_an_error() {
        assert_eq!(guarded(|| Ok(1)).unwrap(), 1);
        let error = guarded(|| -> super::Result<()> { panic!("what it says is not passed on") }).unwrap_err();
        assert_eq!(error.code(), "caught_panic");
        assert_eq!(error.message(), "an internal error; this is a bug");
    }
}
