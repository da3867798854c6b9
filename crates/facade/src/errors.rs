//! The whole catalogue of errors.

use jit_approvals_base::Row;

pub(crate) mod rows {
    jit_approvals_base::catalogue! {
        CaughtPanic caught_panic() "an internal error; this is a bug";
    }
}

/// Returns every error that a call can return, sorted by number. The tests of each language compare its exception
/// classes with this list.
pub fn catalogue() -> Vec<&'static Row> {
    let catalogues = [
        jit_approvals_base::errors::CATALOGUE,
        #[cfg(feature = "token")]
        jit_approvals_token::errors::CATALOGUE,
        #[cfg(feature = "approvals")]
        jit_approvals_core::errors::CATALOGUE,
        rows::CATALOGUE,
    ];
    let mut rows: Vec<&Row> = catalogues.into_iter().flatten().collect();
    rows.sort_by_key(|row| row.code);
    rows
}
