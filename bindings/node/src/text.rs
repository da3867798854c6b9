//! Texts that applications send, and names that people have.

use napi_derive::napi;

use crate::call::{Text, call, text};

/// What an application may send instead of a text that is not accepted.
#[napi]
pub fn plain_text(given: String) -> napi::Result<Text> {
    call(|| Ok(text(jit_approvals::plain_text(&given))))
}

/// The key of *same person*.
#[napi]
pub fn identity(name: String) -> napi::Result<Text> {
    call(|| Ok(text(jit_approvals::identity(&name))))
}
