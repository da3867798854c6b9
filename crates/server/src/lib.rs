//! The self-hosted server: approval requests over HTTP, durable.
//!
//! | I want to … | use |
//! |---|---|
//! | run a server | [`serve`], [`Settings`] |
//! | make companies, links, checks and backups on the machine | [`Operator`] |
//! | list what it answers | [`endpoints`] |
//! | log what it does | [`log::start`] |
//!
//! An endpoint is a file: it names its caller as a type, reads the body, calls the library, writes one change, and
//! answers. All endpoints are listed in `router.rs`.

#![forbid(unsafe_code)]
// All endpoints have one signature: `fn(&mut Attempt, Caller) -> Result<Answer>`, whatever they do with them.
#![allow(clippy::needless_pass_by_value, clippy::unnecessary_wraps)]

mod answer;
mod approval_request;
mod background;
mod body;
mod budget;
mod call;
mod caller;
mod clock;
mod connection;
mod desk;
mod dispatch;
mod feed;
mod files;
mod first_start;
mod grant;
mod health;
mod idempotency;
mod limits;
pub mod log;
mod management;
mod metrics;
mod notification;
mod operator;
mod password;
mod pending;
mod refusal;
mod request;
mod restore;
mod rings;
mod router;
mod seal;
mod server;
mod session;
mod settings;
mod state;
mod streams;
mod sweep;
mod templates;

pub use limits::Limits;
pub use operator::{Backup, Company, Operator};
pub use restore::Restored;
pub use router::endpoints;
pub use server::{Problem, Started, serve};
pub use settings::Settings;
