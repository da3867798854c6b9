//! The shared base of all JIT Approvals crates: JSON, errors, time and ids. It contains no domain logic.
//!
//! ```
//! use jit_approvals_base::{Json, Place};
//!
//! let order = Json::parse(r#"{"item": "Metallica Ticket", "price": 1e21}"#)?;
//! assert_eq!(order.get("price").unwrap().to_string(), "1e+21");
//!
//! let error = Json::parse("{\"seat\": 1,\n \"seat\": 2}").unwrap_err();
//! assert_eq!(error.code(), "duplicate_key");
//! assert_eq!(error.place(), Some(Place::new(2, 2)));
//! # Ok::<(), jit_approvals_base::Error>(())
//! ```
//!
//! | I want to … | call |
//! |---|---|
//! | read JSON from an untrusted sender | [`Json::parse`], [`Json::parse_within`] |
//! | write the same text as `JSON.stringify` | [`Json::to_string`](ToString) |
//! | write canonical text, for a hash | [`Json::to_canonical`] |
//! | write canonical text without building a tree | [`Canonical`] |
//! | find a value in a JSON text | [`Json::locate`] |
//! | read a record and reject unknown members | [`Members`] |
//! | report an error | [`Error`], [`catalogue!`] |
//! | read the clock | [`UnixTime::now`] |
//! | create an id for a record or a token | [`Id::v7`], [`Id::v4`] |
//! | create a secret | [`random::fill`] |

#![forbid(unsafe_code)]

mod did_you_mean;
mod error;
mod id;
mod json;
mod place;
pub mod random;
mod registered;
mod time;

pub use did_you_mean::did_you_mean;
pub use error::{Error, ErrorCode, Family, Plain, Row, Shown, errors};
#[doc(hidden)]
pub use error::{harmless_field, list, quote};
pub use id::Id;
#[cfg(feature = "serde")]
#[doc(hidden)]
pub use json::write_serialized;
pub use json::{Canonical, Json, Limits, Members, Number, Object, Path, Span};
pub use place::Place;
pub use registered::REGISTERED_CLAIMS;
pub use time::UnixTime;

/// A result with the project's only error type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Compiles and runs the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
