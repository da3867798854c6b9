//! The guard around calls from other languages.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jit_approvals_base::Result;

use crate::errors::rows;

/// Runs a call from another language and turns a panic into an error, because no panic may cross into that language.
///
/// A panic is a bug. A handle that the call was changing must not be used any more.
///
/// # Errors
///
/// Those of the call; `caught_panic`.
pub fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| {
        // Dropping it could panic again.
        std::mem::forget(payload);
        Err(rows::caught_panic())
    })
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_panic_becomes_an_error() {
        assert_eq!(guarded(|| Ok(1)).unwrap(), 1);
        let error =
            guarded(|| -> super::Result<()> { panic!("this text must not reach the caller") }).unwrap_err();
        assert_eq!(error.code(), "caught_panic");
        assert_eq!(error.message(), "an internal error; this is a bug");
    }
}
