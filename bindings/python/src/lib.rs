//! The native part of the Python package `jit-approvals`: classes over the facade.

#![forbid(unsafe_code)]
#![allow(
    unreachable_pub,
    missing_debug_implementations,
    clippy::needless_pass_by_value,
    clippy::unused_self,
    clippy::doc_markdown,
    reason = "the shape that pyo3's macros need; nobody links this crate; the documentation is Python's"
)]

mod access;
mod event;
mod exception;
mod jws;
mod jwt;
mod key;
mod minter;
#[cfg(feature = "panicking")]
mod panicking;
mod request;
mod results;
mod template;
mod text;
mod values;
mod verifier;

use std::sync::OnceLock;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;

/// The native part of `jit_approvals`.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::access::{AccessTokenVerifier, sign_access_token};
    #[pymodule_export]
    use super::event::verify_chain;
    #[pymodule_export]
    use super::exception::catalogue;
    #[pymodule_export]
    use super::jws::{jws_sign, jws_verify};
    #[pymodule_export]
    use super::jwt::Jwt;
    #[pymodule_export]
    use super::key::SigningKey;
    #[pymodule_export]
    use super::minter::Minter;
    #[cfg(feature = "panicking")]
    #[pymodule_export]
    use super::panicking::panic_in_every_call;
    #[pymodule_export]
    use super::request::ApprovalRequest;
    #[pymodule_export]
    use super::template::{Rendered, Template};
    #[pymodule_export]
    use super::text::{identity, plain_text};
    #[pymodule_export]
    use super::values::seconds;
    #[pymodule_export]
    use super::verifier::{Verifier, unverified_token};
    use super::{Bound, OnceLock, PyImportError, PyModule, PyModuleMethods, PyResult};

    /// Rejects every interpreter but the first: the classes that are written in Python would be those of the first.
    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        static FIRST: OnceLock<usize> = OnceLock::new();
        let this = module.py().import("sys")?.as_ptr() as usize;
        if *FIRST.get_or_init(|| this) == this {
            return module.add("__version__", env!("CARGO_PKG_VERSION"));
        }
        Err(PyImportError::new_err("jit_approvals does not support several interpreters in one process"))
    }
}
