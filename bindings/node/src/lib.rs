//! The native part of the npm package `jit-approvals`: the facade's calls as functions and handles that its
//! JavaScript classes hold. Open data comes and goes as JSON text.

#![allow(
    unreachable_pub,
    missing_debug_implementations,
    clippy::needless_pass_by_value,
    reason = "the shape that napi's macros need; nobody links this crate"
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

use jit_approvals::json::{Json, Object};
use napi_derive::napi;

/// The catalogue of errors: `[{number, code, family, status, message}]`.
#[napi]
pub fn catalogue() -> napi::Result<String> {
    call::call(|| {
        let row = |row: &jit_approvals::error::Row| {
            let code = row.code;
            let object = Object::new().with("number", code.number()).with("code", code.as_str());
            let object = object.with("family", code.family().as_str()).with("status", code.status());
            object.with("message", row.message)
        };
        let rows: Vec<Object> = jit_approvals::catalogue().into_iter().map(row).collect();
        Ok(Json::from(rows).to_string())
    })
}
