//! The ground that every JIT Approvals crate stands on; nothing of the domain.
//!
//! ```
//! use jit_approvals_base::{Json, Place};
//!
//! let order = Json::parse(r#"{"item": "Metallica Ticket", "price": 1e21}"#)?;
//! assert_eq!(order.get("price").unwrap().to_string(), "1e+21");
//!
//! let refused = Json::parse("{\"seat\": 1,\n \"seat\": 2}").unwrap_err();
//! assert_eq!(refused.code(), "duplicate_key");
//! assert_eq!(refused.place(), Some(Place::new(2, 2)));
//! # Ok::<(), jit_approvals_base::Error>(())
//! ```
//!
//! | I want to … | call |
//! |---|---|
//! | read JSON that a stranger sent | [`Json::parse`], [`Json::parse_within`] |
//! | write the text that `JSON.stringify` writes | [`Json::to_string`](ToString) |
//! | write the text that a hash is taken of | [`Json::to_canonical`] |
//! | write such a text without a tree | [`Canonical`] |
//! | find a value in a text | [`Json::locate`] |
//! | take a record apart and refuse members it does not have | [`Members`] |
//! | say what went wrong | [`Error`], [`catalogue!`] |
//! | read the clock | [`UnixTime::now`] |
//! | name a record or a token | [`Id::v7`], [`Id::v4`] |
//! | make a secret | [`random::fill`] |

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
#[doc(hidden)]
pub use error::list;
pub use error::{Error, ErrorCode, Family, Plain, Row, Shown, errors};
pub use id::Id;
#[cfg(feature = "serde")]
#[doc(hidden)]
pub use json::write_serialized;
pub use json::{Canonical, Json, Limits, Members, Number, Object, Path, Span};
pub use place::Place;
pub use registered::REGISTERED_CLAIMS;
pub use time::UnixTime;

/// A result whose error is the project's one error type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The README's example is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
