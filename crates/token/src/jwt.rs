//! The builder that makes what njwt makes.

use jit_approvals_base::{Id, Json, Object, UnixTime};

use crate::{Result, SigningKey, jws};

/// A token in the making, whose text is byte for byte the one that njwt 2.0.1 makes of the same claims with
/// the same clock and `jti`.
///
/// For an application that mints many tokens of one kind, [`Minter`](crate::Minter) is the faster way.
///
/// Differences, all of them deliberate: integers beyond 2^53 stay exact; HS256 is the only algorithm.
///
/// ```
/// # mod jit_approvals { pub use jit_approvals_base::UnixTime; pub use jit_approvals_token::*; pub use jit_approvals_base as json; }
/// use jit_approvals::json::Json;
/// use jit_approvals::{Jwt, SigningKey, UnixTime};
///
/// let mut jwt = Jwt::create(Json::parse(r#"{"iss": "shop.example.com"}"#)?.as_object().unwrap().clone())?;
/// jwt.set_claim("otherClaim", "claimValue").set_expiration(Some(UnixTime::now().plus(300)));
/// let token = jwt.compact(&SigningKey::from_bytes(&[7; 32])?)?;
/// assert_eq!(token.split('.').count(), 3);
/// # Ok::<(), jit_approvals_base::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwt {
    header: Object,
    body: Object,
}

impl Jwt {
    /// Seconds until a token expires unless [`set_expiration`](Self::set_expiration) says otherwise.
    pub const LIFETIME_SECONDS: i64 = 3600;

    /// A token with these claims, and behind them `jti` and `iat` unless given, and `exp` in any case.
    ///
    /// # Errors
    ///
    /// `random_unavailable`
    pub fn create(claims: Object) -> Result<Self> {
        Ok(Self::create_at(claims, UnixTime::now(), &Id::v4()?.to_string()))
    }

    /// A token with these claims, made at this time, with this `jti` unless they have one.
    pub fn create_at(claims: Object, now: UnixTime, jti: &str) -> Self {
        let header = Object::new().with("typ", "JWT").with("alg", "HS256");
        let mut jwt = Self { header, body: claims };
        if jwt.body.get("jti").is_none_or(is_falsy) {
            jwt.set_jti(jti);
        }
        if jwt.body.get("iat").is_none_or(is_falsy) {
            jwt.set_issued_at(now.seconds());
        }
        jwt.set_expiration(Some(now.plus(Self::LIFETIME_SECONDS)));
        jwt
    }

    /// Sets a claim: in its place if there is one of that name, else behind the others.
    pub fn set_claim(&mut self, name: &str, value: impl Into<Json>) -> &mut Self {
        self.body.insert(name, value);
        self
    }

    /// Sets a parameter of the header, likewise.
    pub fn set_header(&mut self, name: &str, value: impl Into<Json>) -> &mut Self {
        self.header.insert(name, value);
        self
    }

    /// Sets `iss`.
    pub fn set_issuer(&mut self, issuer: &str) -> &mut Self {
        self.set_claim("iss", issuer)
    }

    /// Sets `sub`.
    pub fn set_subject(&mut self, subject: &str) -> &mut Self {
        self.set_claim("sub", subject)
    }

    /// Sets `jti`.
    pub fn set_jti(&mut self, jti: &str) -> &mut Self {
        self.set_claim("jti", jti)
    }

    /// Sets `iat`, as it is given: njwt converts nothing here.
    pub fn set_issued_at(&mut self, issued_at: impl Into<Json>) -> &mut Self {
        self.set_claim("iat", issued_at)
    }

    /// Sets `exp`, or takes it out: a token without one never expires, and no verifier here takes it.
    pub fn set_expiration(&mut self, expires_at: Option<UnixTime>) -> &mut Self {
        self.set_time("exp", expires_at)
    }

    /// Sets `nbf`, or takes it out.
    pub fn set_not_before(&mut self, not_before: Option<UnixTime>) -> &mut Self {
        self.set_time("nbf", not_before)
    }

    /// The header, in the order of the token.
    pub fn header(&self) -> &Object {
        &self.header
    }

    /// The claims, but that keys which look like array indices come first in the token, ascending.
    pub fn claims(&self) -> &Object {
        &self.body
    }

    /// The signed token.
    ///
    /// # Errors
    ///
    /// Those of [`jws::sign`], such as `unsupported_algorithm` if the header's `alg` was set to another than `HS256`;
    /// `malformed_claims` for claims that are nested too deep to be verified.
    pub fn compact(&self, key: &SigningKey) -> Result<String> {
        jws::check_depth(&self.body)?;
        jws::sign(key, &self.header.to_string(), self.body.to_string().as_bytes())
    }

    fn set_time(&mut self, name: &str, time: Option<UnixTime>) -> &mut Self {
        match time {
            Some(time) => self.body.insert(name, time),
            None => self.body.remove(name),
        };
        self
    }
}

/// What ECMAScript takes for false (ECMA-262 §7.1.2): njwt replaces such a `jti` or `iat`.
fn is_falsy(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::Number(number) => number.as_u64() == Some(0),
        Json::String(text) => text.is_empty(),
        _ => false,
    }
}
