//! The C ABI of jit-approvals. The .NET library calls it, and other languages can.
//!
//! - Text and bytes go in as a `JitSlice`, text in UTF-8, records as JSON text. What comes out is a `JitBuffer`,
//!   which `jit_buffer_free` frees.
//! - Every function that can fail returns 0, or the number of an error. Then `out` holds the error's record as JSON:
//!   `{number, code, family, status, message, field?, line?, column?}`.
//! - A handle is created by one function and freed by the `…_free` function of its kind. Handles may be used from
//!   several threads at a time, except that nothing may use a handle while or after it is freed.
//! - A time is Unix seconds. `JIT_NOW` is the current time of the system.
//! - An optional slice that is not given has a null pointer. An empty slice is a value, and has a pointer.
//!
//! `jit_approvals.h` declares all this for C and C++.

#![allow(unsafe_code, reason = "a C ABI reads and writes through the pointers of its callers")]
#![deny(clippy::undocumented_unsafe_blocks, clippy::multiple_unsafe_ops_per_block)]
#![allow(
    unsafe_op_in_unsafe_fn,
    clippy::missing_safety_doc,
    reason = "what every caller promises is in the module `abi`, whose blocks are explicit; the bodies of the functions of \
              the C ABI only pass their arguments on to it"
)]

pub mod abi;
pub mod access;
pub mod event;
pub mod jws;
pub mod jwt;
pub mod key;
pub mod minter;
#[cfg(feature = "panicking")]
pub mod panicking;
pub mod record;
pub mod request;
pub mod template;
pub mod text;
pub mod verifier;
