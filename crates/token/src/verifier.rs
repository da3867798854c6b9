//! Verifying auth tokens.

use jit_approvals_base::{Json, Plain, UnixTime};

use crate::claims::{Claims, empty};
use crate::key::KeyRing;
use crate::{Result, errors, jws};

/// Verifies auth tokens: first the signature, then type, times, issuer and audience. Nothing of a token is
/// given out before all of it holds.
#[derive(Debug, Clone)]
pub struct Verifier {
    keys: KeyRing,
    checks: Checks,
    subject: bool,
    max_lifetime: Option<i64>,
}

impl Verifier {
    /// By how many seconds clocks may differ unless told.
    pub const LEEWAY_SECONDS: u32 = 60;

    /// A verifier of the tokens that the application `issuer` mints for `audience` with one of these keys.
    pub fn new(keys: impl Into<KeyRing>, issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            keys: keys.into(),
            checks: Checks {
                issuer: Some(issuer.into()),
                audience: Some(audience.into()),
                leeway: Self::LEEWAY_SECONDS.into(),
            },
            subject: false,
            max_lifetime: None,
        }
    }

    /// The same verifier, but a token may come from any holder of the key; it must still say from whom.
    #[must_use]
    pub fn any_issuer(mut self) -> Self {
        self.checks.issuer = None;
        self
    }

    /// The same verifier, but a token may be meant for anyone; it must still say for whom.
    #[must_use]
    pub fn any_audience(mut self) -> Self {
        self.checks.audience = None;
        self
    }

    /// The same verifier, which demands a `sub` that is a string and not empty.
    #[must_use]
    pub fn require_subject(self) -> Self {
        Self { subject: true, ..self }
    }

    /// The same verifier with this leeway, in seconds, for `exp`, `nbf`, `iat` and the longest life.
    #[must_use]
    pub fn leeway_seconds(mut self, seconds: u32) -> Self {
        self.checks.leeway = seconds.into();
        self
    }

    /// The same verifier, which refuses a token that expires later than so many seconds from now.
    #[must_use]
    pub fn max_lifetime_seconds(self, seconds: u32) -> Self {
        Self { max_lifetime: Some(seconds.into()), ..self }
    }

    /// The claims of a token that holds now.
    ///
    /// # Errors
    ///
    /// Those of [`jws::verify`]; `wrong_token_type`, `malformed_claims`, `missing_claim`, `invalid_claim`,
    /// `token_expired`, `token_not_yet_valid`, `token_from_future`, `token_lives_too_long`, `wrong_issuer`,
    /// `wrong_audience`.
    pub fn verify(&self, token: &str) -> Result<Claims> {
        self.verify_at(token, UnixTime::now())
    }

    /// The claims of a token that holds at this time.
    ///
    /// # Errors
    ///
    /// As [`Verifier::verify`].
    pub fn verify_at(&self, token: &str, now: UnixTime) -> Result<Claims> {
        self.verified(token, now).map(|(claims, _)| claims)
    }

    /// The JSON text of the claims of a token that holds at this time, as the token has it: for another language,
    /// whose own parser can rely on its being strict JSON without duplicate keys.
    ///
    /// # Errors
    ///
    /// As [`Verifier::verify`].
    pub fn verify_text_at(&self, token: &str, now: UnixTime) -> Result<String> {
        let (_, payload) = self.verified(token, now)?;
        Ok(String::from_utf8(payload).expect("JSON that was parsed"))
    }

    fn verified(&self, token: &str, now: UnixTime) -> Result<(Claims, Vec<u8>)> {
        let (header, payload) = jws::open(&self.keys, token)?;
        if let Some(typ) = header.typ().filter(|typ| typ != "JWT") {
            return Err(errors::wrong_token_type(&typ, Plain("`JWT` or none")).with_field("typ"));
        }
        let claims = Claims::parse(&payload)?;
        self.checks.hold(&claims, now)?;
        if let Some(bound) = self.max_lifetime {
            self.checks.hold_lifetime(&claims, now, bound)?;
        }
        if self.subject {
            claims.text_claim("sub")?;
        }
        Ok((claims, payload))
    }
}

/// What auth tokens and access tokens alike are held to.
#[derive(Debug, Clone)]
pub(crate) struct Checks {
    pub(crate) issuer: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) leeway: i64,
}

impl Checks {
    pub(crate) fn hold(&self, claims: &Claims, now: UnixTime) -> Result<()> {
        let times = claims.times;
        // RFC 7519 §4.1.4: at its `exp` a token has expired.
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
        if self.issuer.as_ref().is_some_and(|expected| expected != issuer) {
            return Err(errors::wrong_issuer(issuer).with_field("iss"));
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
        if self.audience.is_none() && claims.audiences().all(str::is_empty) {
            let expected = Plain("a string that is not empty, or an array with one");
            return Err(errors::invalid_claim("aud", expected).with_field("aud"));
        }
        match &self.audience {
            Some(expected) if !claims.audiences().any(|one| one == expected) => {
                Err(errors::wrong_audience().with_field("aud"))
            }
            _ => Ok(()),
        }
    }
}

impl Checks {
    /// Refuses a token that expires later than these seconds from now.
    pub(crate) fn hold_lifetime(&self, claims: &Claims, now: UnixTime, bound: i64) -> Result<()> {
        let latest = now.plus(bound).plus(self.leeway);
        if claims.expires_at() <= latest {
            return Ok(());
        }
        Err(errors::token_lives_too_long(claims.expires_at(), latest).with_field("exp"))
    }
}

impl Claims {
    /// A claim that has to be there, as a string that is not empty.
    pub(crate) fn text_claim(&self, name: &str) -> Result<&str> {
        match self.get(name) {
            None => Err(errors::missing_claim(name).with_field(name)),
            Some(Json::String(text)) if !text.is_empty() => Ok(text),
            Some(_) => Err(empty(name)),
        }
    }
}
