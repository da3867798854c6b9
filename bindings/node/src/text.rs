//! The texts that applications send and the names of people.

use napi_derive::napi;

use crate::call::{Text, call, text};

/// Returns what an application may send instead of a text that is not accepted.
#[napi]
pub fn plain_text(given: String) -> napi::Result<Text> {
    call(|| Ok(text(jit_approvals::plain_text(&given))))
}

/// Returns the key of a name. Names of the same person have the same key.
#[napi]
pub fn identity(name: String) -> napi::Result<Text> {
    call(|| Ok(text(jit_approvals::identity(&name))))
}
