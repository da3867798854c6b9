//! Asks a person to approve one concrete act before it happens, and issues a single-use grant for exactly what they
//! saw.
//!
//! ```
//! use jit_approvals::json::Object;
//! use jit_approvals::{Act, ApprovalRequest, Decision, Directory, RequestBody, Template};
//! use jit_approvals::{Minter, SigningKey, Verifier, origin};
//!
//! // The application proves who is asking, and on whose behalf.
//! let key = SigningKey::generate()?;
//! let (shop, host) = ("shop.example.com", "approvals.example.com");
//! let minter = Minter::builder(&key).issuer(shop).audience(host).build()?;
//! let token = minter.mint("kevin", &Object::new())?;
//!
//! // The host verifies the token and fills the administrator's template.
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
//! // The approver reads the text and approves it. The application consumes the grant, then acts.
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
//! | create a signing key | [`SigningKey::generate`], [`SigningKey::from_base64`] |
//! | mint and verify an auth token | [`Minter::mint`], [`Verifier::verify`] |
//! | mint a token as njwt does, setter by setter | [`Jwt`] |
//! | choose a key by the `iss` or `kid` of an unverified token | [`UnverifiedToken`] |
//! | check a template, preview the rendered text | [`Template::parse`], [`Template::mistakes`], [`Template::render`] |
//! | open a request | [`RequestBody::parse`], [`origin`], [`ApprovalRequest::open`] |
//! | load the people that a command needs | [`Template::needs`], [`ApprovalRequest::needs_of`] |
//! | decide, check who may decide | [`ApprovalRequest::decide`], [`ApprovalRequest::may_decide`] |
//! | withdraw a request | [`ApprovalRequest::cancel`] |
//! | use the grant, revoke it | [`ApprovalRequest::consume`], [`ApprovalRequest::revoke`] |
//! | carry the grant in an access token, verify it | [`ApprovalRequest::access_token`], [`AccessTokenVerifier`] |
//! | store a request and restore it | [`ApprovalRequest::events_since`], [`ApprovalRequest::restore`]; [Persistence](ApprovalRequest#persistence) |
//! | prove that no event was changed | [`verify_chain`] |
//! | get a text to send instead of a rejected one | [`plain_text`] |
//! | handle an error by its code | [`ErrorCode`], [`catalogue`] |
//!
//! Every call that needs the current time or a new id uses the system's. Its `…_at` form takes them as arguments.
//!
//! # Features
//!
//! All features are on by default:
//!
//! - `token`: auth tokens and access tokens
//! - `approvals`: templates, requests, decisions and grants
//! - `serde`: reads and writes their records with serde
//!
//! A program that only mints tokens needs only `default-features = false, features = ["token"]`.

#![forbid(unsafe_code)]

#[cfg(all(feature = "token", feature = "approvals"))]
mod carry;
mod errors;
mod guard;
#[cfg(feature = "token")]
mod options;
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

/// JSON values and a strict reader: no duplicate keys, limited size and depth, exact integers.
pub mod json {
    pub use jit_approvals_base::{Json, Limits, Number, Object, Place};
}

/// Further types for tokens.
#[cfg(feature = "token")]
pub mod token {
    pub use jit_approvals_token::{
        AccessToken, AccessTokenVerifierBuilder, KeyRing, MinterBuilder, ToClaims, VerifierBuilder, jws,
    };
}

/// Further types for templates.
#[cfg(feature = "approvals")]
pub mod template {
    pub use jit_approvals_core::{
        ApprovalType, ApproverOverride, GrantUse, MetadataField, Needs, Part, Pattern, Stage, ValueType,
    };
}

/// Further types for requests: their events, actors, stages and grants.
#[cfg(feature = "approvals")]
pub mod event {
    pub use jit_approvals_core::{
        Actor, ActorKind, Administered, At, Body, ChainReport, Decided, Eligible, Event, Grant, GrantStatus,
        Hash, Head, IssuedGrant, PeopleKnown, Requested, StageState, Verdict,
    };
}

/// The families of errors, and the rows of the [`catalogue`].
pub mod error {
    pub use jit_approvals_base::{Family, Row};
}

/// Functions and types that only the bindings for other languages use.
#[doc(hidden)]
pub mod bindings {
    pub use crate::errors::catalogue_json;
    pub use crate::guard::guarded;
    #[cfg(feature = "token")]
    pub use crate::options::{access_token_verifier, minter, verifier};
    #[cfg(feature = "approvals")]
    pub use crate::request::at;
    pub use jit_approvals_base::{Members, Path, Plain, did_you_mean, harmless_field, quote};

    /// The errors of arguments that are checked before they cross.
    pub mod errors {
        pub use jit_approvals_base::errors::{
            duplicate_key, missing_member, out_of_range, too_deep, too_large, wrong_type,
        };
        #[cfg(feature = "approvals")]
        pub use jit_approvals_core::errors::metadata_type;
    }
}

/// Compiles and runs the example in the README.
#[cfg(all(doctest, feature = "token", feature = "approvals"))]
#[doc = include_str!("../README.md")]
struct Readme;
