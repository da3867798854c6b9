//! HS256 tokens: the auth token with which an application opens an approval request, and the access token that
//! carries a grant.
//!
//! ```
//! use jit_approvals_base::Object;
//! use jit_approvals_token::{Minter, SigningKey, Verifier};
//!
//! let key = SigningKey::generate()?;
//! let minter = Minter::builder(&key).issuer("shop.example.com").audience("approvals.example.com").build()?;
//! let token = minter.mint("kevin", &Object::new())?;
//!
//! let verifier = Verifier::builder(&key).issuer("shop.example.com").audience("approvals.example.com").build()?;
//! assert_eq!(verifier.verify(&token)?.subject(), Some("kevin"));
//! # Ok::<(), jit_approvals_base::Error>(())
//! ```
//!
//! | I want to … | call |
//! |---|---|
//! | generate or read a key | [`SigningKey::generate`], [`SigningKey::from_base64`] |
//! | mint an auth token | [`Minter::mint`] |
//! | mint many auth tokens at once | [`Minter::mint_many`] |
//! | build a token with setters, as with njwt | [`Jwt`] |
//! | verify an auth token | [`Verifier::verify`] |
//! | read an unverified token, to choose its key | [`UnverifiedToken`] |
//! | sign or verify an access token, which carries a grant | [`AccessToken`], [`AccessTokenVerifier`] |
//! | sign or verify any other payload | [`jws::sign`], [`jws::verify`] |

#![forbid(unsafe_code)]

mod access;
mod base64url;
mod claims;
pub mod errors;
pub mod jws;
mod jwt;
mod key;
mod mac;
mod minter;
mod to_claims;
mod unverified;
mod verifier;

pub use access::{AccessToken, AccessTokenVerifier, AccessTokenVerifierBuilder};
pub use claims::Claims;
pub use jwt::Jwt;
pub use key::{KeyRing, SigningKey};
pub use minter::{Minter, MinterBuilder};
pub use to_claims::ToClaims;
pub use unverified::UnverifiedToken;
pub use verifier::{Verifier, VerifierBuilder};

use jit_approvals_base::Result;

/// Compiles and runs the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
