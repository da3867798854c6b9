//! The whole catalogue of errors.

use jit_approvals_base::{Json, Object, Row};

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
        jit_approvals_api::errors::CATALOGUE,
        rows::CATALOGUE,
    ];
    let mut rows: Vec<&Row> = catalogues.into_iter().flatten().collect();
    rows.sort_by_key(|row| row.code);
    rows
}

/// Returns the [`catalogue`] as `[{number, code, family, status, message}]`.
pub fn catalogue_json() -> Json {
    let record = |row: &Row| {
        Object::new()
            .with("number", row.code.number())
            .with("code", row.code.as_str())
            .with("family", row.code.family().as_str())
            .with("status", row.code.status())
            .with("message", row.message)
    };
    catalogue().into_iter().map(record).collect::<Vec<_>>().into()
}
