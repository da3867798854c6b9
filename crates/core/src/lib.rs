//! Approval templates, metadata substitution and approval state. This crate has no I/O, no clock and no randomness:
//! the caller passes times, ids and data as arguments, so that every request can be replayed from its events.
//!
//! ```
//! use jit_approvals_base::{Json, UnixTime};
//! use jit_approvals_core::{At, Directory, Origin, RequestBody, Template};
//!
//! let template = Template::parse(
//!     r#"{"approvalType": "approve", "templateName": "Refund", "approvalKey": "REFUND",
//!         "approvalTitle": "Refund $(amount)?", "approvalData": "Refund $(amount) to $(subject).",
//!         "defaultApprovers": ["ann@example.com"], "metadata": [{"key": "amount", "required": true}]}"#,
//! )?;
//! let body = RequestBody::parse(r#"{"templateId": "REFUND", "metaData": {"amount": "$1,654"}}"#)?;
//! let origin = Origin::new("shop.example.com", "kevin")?;
//! let at = At { now: UnixTime::from_seconds(1_700_000_000), id: "018bcfe5-6800-7000-8000-000000000001".parse()? };
//! let request = template.open(&body, &origin, &Directory::everyone(), at)?;
//! assert_eq!(request.text(), "Refund $1,654 to kevin.");
//! # Ok::<(), jit_approvals_base::Error>(())
//! ```
//!
//! | I want to … | call |
//! |---|---|
//! | check a template | [`Template::parse`] |
//! | see what an approver would see | [`Template::render`] |
//! | open a request | [`Template::open`] |
//! | decide or cancel a request | [`ApprovalRequest::decide`], [`ApprovalRequest::cancel`] |
//! | use the grant | [`ApprovalRequest::consume`] |
//! | store a request and restore it | [`ApprovalRequest::events_since`], [`ApprovalRequest::restore`] |
//! | get a text to send instead of a rejected one | [`plain_text`] |
//! | prove that no event was changed | [`verify_chain`] |

#![forbid(unsafe_code)]

mod directory;
pub mod errors;
mod host;
mod identity;
pub mod limits;
mod origin;
mod request;
#[cfg(feature = "serde")]
mod serde;
mod shown_text;
mod template;

pub use directory::{Directory, Person};
pub use identity::identity;
pub use origin::{Device, Location, Origin};
pub use request::{
    Act, Actor, ActorKind, Administered, ApprovalRequest, At, Attachment, Body, ChainReport, Decided,
    Decision, Eligible, Event, Grant, GrantStatus, Hash, Head, IssuedGrant, Needs, PeopleKnown, RequestBody,
    Requested, StageState, Status, Verdict, verify_chain,
};
pub use shown_text::plain_text;
pub use template::{
    ApprovalType, ApproverOverride, GrantUse, MetadataField, Part, Pattern, Rendered, Stage, Template,
    ValueType,
};

use jit_approvals_base::{Error, Result};

/// Compiles and runs the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
