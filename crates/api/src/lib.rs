//! The wire format of the HTTP API, for the server and for clients. No I/O.
//!
//! ```
//! use jit_approvals_api::{Problem, errors, paths};
//!
//! let problem = Problem::new(&errors::not_found(), "urn:uuid:0198d2a4-0000-7000-8000-000000000001");
//! assert_eq!(problem.to_json().get("code").unwrap().as_str(), Some("not_found"));
//! assert_eq!(paths::under_base(paths::REQUESTS), "/nl3/api/v1/approvalRequest");
//! ```
//!
//! | I want to … | use |
//! |---|---|
//! | know where a call goes | [`paths`] |
//! | know which headers it has | [`headers`] |
//! | write or read an error | [`Problem`], [`errors`] |
//! | write or read a page of a list | [`Page`] |
//! | describe the API to other programs | [`OPENAPI`] |
//!
//! The bodies of requests, decisions and acts, and the record of a request, are those of the library `jit-approvals`.

#![forbid(unsafe_code)]

pub mod errors;
pub mod headers;
mod page;
pub mod paths;
mod problem;

pub use page::Page;
pub use problem::Problem;

/// The description of the API by `OpenAPI` 3.1: every call, and every answer.
pub const OPENAPI: &str = include_str!("../openapi.json");

/// Compiles and runs the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
