//! Stores approval requests: one log of events for each company. Everything else is looked up from the log.
//!
//! - An event has a place in its stream, (company, stream, sequence), and a position in its company's log, without gaps.
//!   A stream is a request, or the company itself for administrative changes.
//! - A [`Change`] names what it was computed from. [`Store::commit`] writes all of it in one transaction, or nothing: see
//!   [`Outcome`].
//! - What is stored beside the log is written in the same transaction. [`Store::check`] rebuilds it from the log and
//!   compares.
//!
//! | I want to … | call |
//! |---|---|
//! | open a store in a file | [`Sqlite::open`] |
//! | read | [`Store::read`] |
//! | write | [`Store::commit`] |
//! | know what was committed | [`Store::follow`] |
//! | know the time that events are dated with | [`Store::now`] |
//! | compare the lookups with the log | [`Store::check`] |
//! | copy a store beside whoever works on it | [`Sqlite::copy_to`] |

#![forbid(unsafe_code)]

mod application;
mod change;
mod check;
mod clock;
mod company;
#[allow(unexpected_cfgs, reason = "the macro is also for crates that have the feature `serde`")]
mod credential;
mod directory;
mod group;
#[allow(unexpected_cfgs, reason = "the macro is also for crates that have the feature `serde`")]
pub mod inbox;
mod log;
mod mark;
#[allow(unexpected_cfgs, reason = "the macro is also for crates that have the feature `serde`")]
mod person;
mod request;
mod rows;
mod sqlite;
mod store;
pub mod stream;
mod template;
mod value;

pub use application::{ApplicationRow, Identified, Opener, SigningKeyRow};
pub use change::{Change, Claim, LogEvent, Outcome, RowChange, Unique};
pub use company::CompanyRow;
pub use credential::{CredentialKind, CredentialRow};
pub use directory::{directory, directory_for_decision};
pub use group::GroupRow;
pub use mark::{Mark, Marked};
pub use person::{AliasRow, PersonRow, Role};
pub use request::{InboxRow, RequestRow};
pub use sqlite::{Batches, Copied, NoCopy, Options, READS, Sqlite};
#[doc(hidden)]
pub use sqlite::{Fault, Faults, Steps};
pub use store::{Failure, Position, Reader, Result, Store};
pub use template::TemplateRow;
pub use value::{Row, Value};

/// Compiles and runs the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
