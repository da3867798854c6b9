//! Asks a person to approve one concrete act before it happens, and hands out a single-use grant for exactly
//! what they saw.
//!
//! ```
//! use jit_approvals::json::Object;
//! use jit_approvals::{Act, ApprovalRequest, Decision, Directory, RequestBody, Template};
//! use jit_approvals::{Minter, SigningKey, Verifier, origin};
//!
//! // The application proves who asks, and for whom.
//! let key = SigningKey::generate()?;
//! let (shop, host) = ("shop.example.com", "approvals.example.com");
//! let minter = Minter::builder(&key).issuer(shop).audience(host).build()?;
//! let token = minter.mint("kevin", &Object::new())?;
//!
//! // The host verifies that, and fills the administrator's template.
//! let verifier = Verifier::builder(&key).issuer(shop).audience(host).build()?;
//! let template = Template::parse(
//!     r#"{
//!         "approvalType": "approve", "templateName": "Refund", "approvalKey": "REFUND",
//!         "approvalTitle": "Refund $(amount)?",
//!         "approvalData": "Refund $(amount) to $(subject).",
//!         "defaultApprovers": ["ann@example.com"],
//!         "metadata": [{"key": "amount", "required": true}]
//!     }"#,
//! )?;
//! let body = RequestBody::new("REFUND").with_meta_data([("amount", "$1,654")]);
//! let people = Directory::everyone();
//! let origin = origin(&verifier.verify(&token)?)?;
//! let mut request = ApprovalRequest::open(&template, &body, &origin, &people)?;
//!
//! // The approver reads it and decides; the application acts, once.
//! assert_eq!(request.text(), "Refund $1,654 to kevin.");
//! let decision = Decision::approve("ann@example.com", request.content_hash());
//! request.decide(&decision, &people)?;
//! let act = Act::new([("amount", "$1,654")]);
//! request.consume(&act)?;
//! assert_eq!(request.consume(&act).unwrap_err().code(), "grant_consumed");
//! # Ok::<(), jit_approvals::Error>(())
//! ```
//!
//! | I want to … | call |
//! |---|---|
//! | make a key | [`SigningKey::generate`], [`SigningKey::from_base64`] |
//! | mint and verify an auth token | [`Minter::mint`], [`Verifier::verify`] |
//! | mint what njwt mints, setter by setter | [`Jwt`] |
//! | choose a key by what a token says of itself | [`UnverifiedToken`] |
//! | check a template, see what it shows | [`Template::parse`], [`Template::mistakes`], [`Template::render`] |
//! | open a request | [`RequestBody::parse`], [`origin`], [`ApprovalRequest::open`] |
//! | load the people that a command needs | [`Template::needs`], [`ApprovalRequest::needs_of`] |
//! | decide, know who may | [`ApprovalRequest::decide`], [`ApprovalRequest::may_decide`] |
//! | withdraw it | [`ApprovalRequest::cancel`] |
//! | act on the grant, take it back | [`ApprovalRequest::consume`], [`ApprovalRequest::revoke`] |
//! | carry the grant in a signed text | [`ApprovalRequest::access_token`], [`AccessTokenVerifier`] |
//! | keep a request and have it back | [`ApprovalRequest::events_since`], [`ApprovalRequest::restore`]; [Persistence](ApprovalRequest#persistence) |
//! | prove that no event was changed | [`verify_chain`] |
//! | know what an application may send instead of a refused text | [`plain_text`] |
//! | decide by an error's code | [`ErrorCode`], [`catalogue`] |
//!
//! Every call that needs the present or a new id takes the system's; its twin `…_at` is given them.
//!
//! # Features
//!
//! `token` and `approvals` are the two halves, `serde` reads and writes their records; all are on by default. A program
//! that only mints tokens takes `default-features = false, features = ["token"]`.

#![forbid(unsafe_code)]

#[cfg(all(feature = "token", feature = "approvals"))]
mod carry;
mod errors;
mod guard;
#[cfg(feature = "approvals")]
mod request;

#[cfg(all(feature = "token", feature = "approvals"))]
pub use carry::origin;
pub use errors::catalogue;
pub use jit_approvals_base::{Error, ErrorCode, Id, Result, UnixTime};
#[cfg(feature = "approvals")]
pub use jit_approvals_core::{
    Act, Attachment, Decision, Device, Directory, Location, Origin, Person, Rendered, RequestBody, Status,
    Template, identity, limits, plain_text, verify_chain,
};
#[cfg(feature = "token")]
pub use jit_approvals_token::{
    AccessTokenVerifier, Claims, Jwt, Minter, SigningKey, UnverifiedToken, Verifier,
};
#[cfg(feature = "approvals")]
pub use request::ApprovalRequest;

/// JSON values, strictly read: no duplicate keys, bounded in size and depth, integers exact.
pub mod json {
    pub use jit_approvals_base::{Json, Limits, Number, Object, Place};
}

/// The rest of what tokens are made of.
#[cfg(feature = "token")]
pub mod token {
    pub use jit_approvals_token::{
        AccessToken, AccessTokenVerifierBuilder, KeyRing, MinterBuilder, ToClaims, VerifierBuilder, jws,
    };
}

/// What a template says, piece by piece.
#[cfg(feature = "approvals")]
pub mod template {
    pub use jit_approvals_core::{
        ApprovalType, ApproverOverride, GrantUse, MetadataField, Needs, Part, Pattern, Stage, ValueType,
    };
}

/// What a request is made of: its events, and who made them.
#[cfg(feature = "approvals")]
pub mod event {
    pub use jit_approvals_core::{
        Actor, ActorKind, Administered, At, Body, ChainReport, Decided, Eligible, Event, Grant, GrantStatus,
        Hash, Head, IssuedGrant, PeopleKnown, Requested, StageState, Verdict,
    };
}

/// Errors as values: their families, and the rows of the [`catalogue`].
pub mod error {
    pub use jit_approvals_base::{Family, Row};
}

/// What only bindings of other languages call.
#[doc(hidden)]
pub mod bindings {
    pub use crate::guard::guarded;
    #[cfg(feature = "approvals")]
    pub use crate::request::at;
    pub use jit_approvals_base::{Members, Path};
}

/// The README's example is compiled and run.
#[cfg(all(doctest, feature = "token", feature = "approvals"))]
#[doc = include_str!("../README.md")]
struct Readme;
