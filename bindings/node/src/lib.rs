//! The native part of the npm package `jit-approvals`. It provides the facade's calls as functions and handles, which
//! the package's JavaScript classes wrap. Open data crosses the boundary as JSON text.

#![allow(
    unreachable_pub,
    missing_debug_implementations,
    clippy::needless_pass_by_value,
    reason = "napi's macros need this form, and no other crate links this one"
)]

mod access;
mod call;
mod jws;
mod jwt;
mod key;
mod minter;
#[cfg(feature = "panicking")]
mod panicking;
mod request;
mod template;
mod text;
mod verifier;
mod weight;

use jit_approvals::bindings::{catalogue_json, did_you_mean as hint, harmless_field, quote};
use napi_derive::napi;

/// Returns the catalogue of errors: `[{number, code, family, status, message}]`.
#[napi]
pub fn catalogue() -> napi::Result<String> {
    call::call(|| Ok(catalogue_json().to_string()))
}

/// Returns the version of the addon, which must be the package's.
#[napi]
pub fn version() -> napi::Result<&'static str> {
    call::call(|| Ok(env!("CARGO_PKG_VERSION")))
}

/// Quotes input for a message: in backticks, shortened, with escapes for characters that could do harm.
#[napi]
pub fn quoted(text: String) -> napi::Result<String> {
    call::call(|| Ok(quote(&text)))
}

/// Returns the name of a field as an error has it: shortened, with escapes for characters that could do harm.
#[napi]
pub fn harmless(field: String) -> napi::Result<String> {
    call::call(|| Ok(harmless_field(&field)))
}

/// Returns the hint for a misspelled name, such as ``; did you mean `issuer`?``. It is empty if no known name is similar.
#[napi]
pub fn did_you_mean(given: String, known: Vec<String>) -> napi::Result<String> {
    call::call(|| Ok(hint(&given, known.iter().map(String::as_str))))
}
