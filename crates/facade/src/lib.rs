//! Asks a person to approve one concrete act before it happens, and hands out a single-use grant for exactly
//! what they saw.
//!
//! ```
//! use jit_approvals::{Act, ApprovalRequest, Decision, Directory, RequestBody, Template};
//! use jit_approvals::{Minter, Object, SigningKey, Verifier, origin};
//!
//! // The application proves who asks, and for whom.
//! let key = SigningKey::from_base64(&SigningKey::generate()?)?;
//! let minter = Minter::new(&key, "shop.example.com", "approvals.example.com")?;
//! let token = minter.mint("kevin", &Object::new())?;
//!
//! // The host verifies that, and fills the administrator's template.
//! let claims = Verifier::new(&key, "shop.example.com", "approvals.example.com").verify(&token)?;
//! let template = Template::parse(include_str!("../../../examples/purchase/approve.template.json"))?;
//! let body = RequestBody::new("PURCHASE_APPROVAL").meta_data([("purchasePrice", "$1,654")]);
//! let people = Directory::everyone();
//! let mut request = ApprovalRequest::open(&template, &body, &origin(&claims)?, &people)?;
//!
//! // The approver reads it and decides; the application acts, once.
//! let decision = Decision::approve("steve@nl3.com", request.content_hash());
//! request.decide(&decision, &people)?;
//! let act = Act::new([("purchasePrice", "$1,654")]);
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
//! | decide, cancel | [`ApprovalRequest::decide`], [`ApprovalRequest::cancel`] |
//! | act on the grant, take it back | [`ApprovalRequest::consume`], [`ApprovalRequest::revoke`] |
//! | carry the grant in a signed text | [`ApprovalRequest::access_token`], [`AccessTokenVerifier`] |
//! | keep a request and have it back | [`ApprovalRequest::events_since`](jit_approvals_core::ApprovalRequest::events_since), [`ApprovalRequest::restore`] |
//! | know what an application may send instead of a refused text | [`plain_text`] |
//! | prove that no event was changed | [`verify_chain`] |
//! | know every error there is | [`catalogue`] |
//! | call it from another language | [`guarded`] |
//!
//! Every call that needs the present or a new id takes the system's; its twin `…_at` is told them.

#![forbid(unsafe_code)]

mod errors;
mod guard;
mod request;

pub use errors::catalogue;
pub use guard::guarded;
pub use jit_approvals_base::{
    Error, ErrorCode, Family, Id, Json, Limits, Number, Object, Place, Result, Row, UnixTime,
};
pub use jit_approvals_core::{
    Act, Actor, ActorKind, ApprovalType, ApproverOverride, At, Attachment, Body, ChainReport, Decision,
    Device, Directory, Eligible, Event, Grant, GrantStatus, GrantUse, Hash, Head, Location, MetadataField,
    Needs, Origin, Part, Pattern, PeopleKnown, Person, Rendered, RequestBody, Stage, StageState, Status,
    Template, ValueType, Verdict, identity, limits, plain_text, verify_chain,
};
pub use jit_approvals_token::{
    AccessToken, AccessTokenVerifier, Claims, Jwt, KeyRing, Minter, SigningKey, UnverifiedToken, Verifier,
    jws,
};
pub use request::{ApprovalRequest, at, origin};

/// The README's story is compiled and run like any other.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
