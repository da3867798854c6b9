//! Verifies auth tokens.

use std::time::Duration;

use jit_approvals_base::errors::missing_member;
use jit_approvals_base::{Error, Json, Plain, UnixTime};

use crate::claims::{Claims, empty};
use crate::key::KeyRing;
use crate::{Result, errors, jws};

/// Verifies auth tokens: first the signature, then type, times, issuer and audience. It returns nothing of a token
/// before all checks have passed.
///
/// ```
/// use std::time::Duration;
///
/// # mod jit_approvals { pub use jit_approvals_base::UnixTime; pub use jit_approvals_token::*; pub use jit_approvals_base as json; }
/// use jit_approvals::{SigningKey, Verifier};
///
/// let key = SigningKey::generate()?;
/// let verifier = Verifier::builder(&key)
///     .issuer("shop.example.com")
///     .audience("approvals.example.com")
///     .max_lifetime(Duration::from_secs(3600))
///     .build()?;
/// assert_eq!(verifier.verify("a.b.c").unwrap_err().code(), "malformed_token");
/// # Ok::<(), jit_approvals_base::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verifier {
    keys: KeyRing,
    checks: Checks,
    subject: bool,
    max_lifetime: Option<i64>,
}

/// The settings of a [`Verifier`]. Issuer and audience are required.
#[derive(Debug, Clone)]
#[must_use]
pub struct VerifierBuilder {
    keys: KeyRing,
    issuer: Option<Expected>,
    audience: Option<Expected>,
    leeway: Duration,
    max_lifetime: Option<Duration>,
    subject: bool,
}

/// The issuers or audiences that are accepted.
#[derive(Debug, Clone)]
pub(crate) enum Expected {
    Anyone,
    OneOf(Vec<String>),
}

impl Expected {
    /// Rejects a missing or empty setting, and an empty name: these are configuration mistakes.
    fn checked(expected: Option<Self>, member: &str) -> Result<Self> {
        match expected {
            Some(Self::OneOf(names)) if names.is_empty() || names.iter().any(String::is_empty) => {
                Err(invalid_option(member))
            }
            Some(expected) => Ok(expected),
            None => Err(missing_member(member).with_field(member)),
        }
    }
}

impl VerifierBuilder {
    /// Sets the issuer that a token must have: its `iss`.
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        Self { issuer: Some(Expected::OneOf(vec![issuer.into()])), ..self }
    }

    /// Accepts a token from any holder of the key. It must still have an `iss`.
    pub fn any_issuer(self) -> Self {
        Self { issuer: Some(Expected::Anyone), ..self }
    }

    /// Sets the audience that a token must have: its `aud`, or one of them.
    pub fn audience(self, audience: impl Into<String>) -> Self {
        self.audiences([audience])
    }

    /// Sets the accepted audiences. One of them must be the token's `aud`, or one of several in it.
    pub fn audiences<S: Into<String>>(self, audiences: impl IntoIterator<Item = S>) -> Self {
        let audiences = audiences.into_iter().map(Into::into).collect();
        Self { audience: Some(Expected::OneOf(audiences)), ..self }
    }

    /// Accepts a token for any audience. It must still have an `aud`.
    pub fn any_audience(self) -> Self {
        Self { audience: Some(Expected::Anyone), ..self }
    }

    /// Sets by how much clocks may differ, in whole seconds: 60 s by default. It applies to `exp`, `nbf`, `iat` and
    /// the maximum lifetime.
    pub fn leeway(self, leeway: Duration) -> Self {
        Self { leeway, ..self }
    }

    /// Sets the maximum time until a token expires, in whole seconds. The leeway is added to it. By default there is
    /// no maximum.
    pub fn max_lifetime(self, lifetime: Duration) -> Self {
        Self { max_lifetime: Some(lifetime), ..self }
    }

    /// Requires a `sub` that is a non-empty string.
    pub fn require_subject(self) -> Self {
        Self { subject: true, ..self }
    }

    /// Creates the verifier.
    ///
    /// # Errors
    ///
    /// `missing_member` for a missing issuer or audience; `invalid_claim` for an empty one.
    pub fn build(self) -> Result<Verifier> {
        Ok(Verifier {
            keys: self.keys,
            checks: Checks {
                issuer: Expected::checked(self.issuer, "issuer")?,
                audience: Expected::checked(self.audience, "audience")?,
                leeway: seconds(self.leeway),
            },
            subject: self.subject,
            max_lifetime: self.max_lifetime.map(seconds),
        })
    }
}

/// Returns the whole seconds of a duration, at most `i64::MAX`.
pub(crate) fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

pub(crate) fn invalid_option(member: &str) -> Error {
    errors::invalid_claim(member, Plain("a non-empty string")).with_field(member)
}

impl Verifier {
    /// The default difference that clocks may have, in seconds.
    pub const LEEWAY_SECONDS: u32 = 60;

    /// Creates a builder for a verifier of the tokens that an application signs with one of the given keys.
    pub fn builder(keys: impl Into<KeyRing>) -> VerifierBuilder {
        VerifierBuilder {
            keys: keys.into(),
            issuer: None,
            audience: None,
            leeway: Duration::from_secs(Self::LEEWAY_SECONDS.into()),
            max_lifetime: None,
            subject: false,
        }
    }

    /// Verifies a token at the current time and returns its claims.
    ///
    /// # Errors
    ///
    /// Those of [`jws::verify`]; `wrong_token_type`, `malformed_claims`, `missing_claim`, `invalid_claim`,
    /// `token_expired`, `token_not_yet_valid`, `token_from_future`, `token_lives_too_long`, `wrong_issuer`,
    /// `wrong_audience`.
    pub fn verify(&self, token: &str) -> Result<Claims> {
        self.verify_at(token, UnixTime::now())
    }

    /// Verifies a token at the given time and returns its claims.
    ///
    /// # Errors
    ///
    /// Those of [`Verifier::verify`].
    pub fn verify_at(&self, token: &str, now: UnixTime) -> Result<Claims> {
        self.verified(token, now).map(|(claims, _)| claims)
    }

    /// Verifies a token at the given time and returns its claims and their JSON text, unchanged. The text is for another
    /// language: its parser can rely on strict JSON without duplicate keys.
    ///
    /// # Errors
    ///
    /// Those of [`Verifier::verify`].
    #[doc(hidden)]
    pub fn verify_with_text_at(&self, token: &str, now: UnixTime) -> Result<(Claims, String)> {
        let (claims, payload) = self.verified(token, now)?;
        Ok((claims, String::from_utf8(payload).expect("JSON that was parsed")))
    }

    fn verified(&self, token: &str, now: UnixTime) -> Result<(Claims, Vec<u8>)> {
        let jws::Opened { header, payload, key } = jws::open(&self.keys, token)?;
        if let Some(typ) = header.typ().filter(|typ| typ != "JWT") {
            return Err(errors::wrong_token_type(&typ, Plain("`JWT` or none")).with_field("typ"));
        }
        let claims = Claims::parse(&payload, key)?;
        self.checks.check(&claims, now)?;
        if let Some(bound) = self.max_lifetime {
            self.checks.check_lifetime(&claims, now, bound)?;
        }
        if self.subject {
            claims.text_claim("sub")?;
        }
        Ok((claims, payload))
    }
}

/// The checks that auth tokens and access tokens share.
#[derive(Debug, Clone)]
pub(crate) struct Checks {
    pub(crate) issuer: Expected,
    pub(crate) audience: Expected,
    pub(crate) leeway: i64,
}

impl Checks {
    pub(crate) fn check(&self, claims: &Claims, now: UnixTime) -> Result<()> {
        let times = claims.times;
        // RFC 7519 §4.1.4: at the time of its `exp`, a token has already expired.
        if now >= times.expires_at.plus(self.leeway) {
            return Err(errors::token_expired(times.expires_at, now).with_field("exp"));
        }
        if let Some(start) = times.not_before.filter(|start| *start > now.plus(self.leeway)) {
            return Err(errors::token_not_yet_valid(start, now).with_field("nbf"));
        }
        if let Some(issued) = times.issued_at.filter(|issued| *issued > now.plus(self.leeway)) {
            return Err(errors::token_from_future(issued, now).with_field("iat"));
        }
        let issuer = claims.text_claim("iss")?;
        match &self.issuer {
            Expected::OneOf(expected) if expected.iter().all(|expected| expected != issuer) => {
                return Err(errors::wrong_issuer(issuer).with_field("iss"));
            }
            _ => {}
        }
        match claims.get("aud") {
            None => return Err(errors::missing_claim("aud").with_field("aud")),
            Some(Json::String(_)) => {}
            Some(Json::Array(several)) if several.iter().all(|one| one.as_str().is_some()) => {}
            Some(_) => {
                let expected = Plain("a string or an array of strings");
                return Err(errors::invalid_claim("aud", expected).with_field("aud"));
            }
        }
        match &self.audience {
            Expected::Anyone if claims.audiences().all(str::is_empty) => {
                let expected = Plain("a non-empty string, or an array with one");
                Err(errors::invalid_claim("aud", expected).with_field("aud"))
            }
            Expected::OneOf(expected)
                if !claims.audiences().any(|one| expected.iter().any(|name| name == one)) =>
            {
                Err(errors::wrong_audience().with_field("aud"))
            }
            _ => Ok(()),
        }
    }
}

impl Checks {
    /// Rejects a token that expires more than `bound` seconds after `now`. The leeway is added to the bound.
    pub(crate) fn check_lifetime(&self, claims: &Claims, now: UnixTime, bound: i64) -> Result<()> {
        let latest = now.plus(bound).plus(self.leeway);
        if claims.expires_at() <= latest {
            return Ok(());
        }
        Err(errors::token_lives_too_long(claims.expires_at(), latest).with_field("exp"))
    }
}

impl Claims {
    /// Returns a claim that must be present, as a non-empty string.
    pub(crate) fn text_claim(&self, name: &str) -> Result<&str> {
        match self.get(name) {
            None => Err(errors::missing_claim(name).with_field(name)),
            Some(Json::String(text)) if !text.is_empty() => Ok(text),
            Some(_) => Err(empty(name)),
        }
    }
}
