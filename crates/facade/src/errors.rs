//! The whole catalogue.

use jit_approvals_base::Row;

pub(crate) mod rows {
    jit_approvals_base::catalogue! {
        CaughtPanic caught_panic() "an internal error; this is a bug";
    }
}

/// Every error that any call can give, in the order of its numbers: what the exception classes of each
/// language are compared with.
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
