//! A token builder that is compatible with njwt.

use jit_approvals_base::{Id, Json, Object, UnixTime};

use crate::{Result, SigningKey, jws};

/// A token builder. For the same claims, clock and `jti`, the token is byte for byte the same as that of njwt 2.0.1.
///
/// If an application mints many tokens of one kind, [`Minter`](crate::Minter) is faster.
///
/// The differences from njwt are deliberate: integers beyond 2^53 stay exact, and HS256 is the only algorithm.
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
    /// The default lifetime of a token, in seconds. [`set_expiration`](Self::set_expiration) overrides it.
    pub const LIFETIME_SECONDS: i64 = 3600;

    /// Creates a token with the given claims. `jti` and `iat` are set if they are missing or ECMAScript treats them
    /// as false. `exp` is always set. Claims that are added come after the given ones.
    ///
    /// # Errors
    ///
    /// `random_unavailable`
    pub fn create(claims: Object) -> Result<Self> {
        Ok(Self::create_at(claims, UnixTime::now(), &Id::v4()?.to_string()))
    }

    /// Creates a token with the given claims at the given time, like [`create`](Self::create). `jti` is used if the
    /// claims have none.
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

    /// Sets a claim. A claim that exists keeps its index, a new one is added at the end.
    pub fn set_claim(&mut self, name: &str, value: impl Into<Json>) -> &mut Self {
        self.body.insert(name, value);
        self
    }

    /// Sets a parameter of the header, in the same way.
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

    /// Sets `iat` to the given value without conversion, as njwt does.
    pub fn set_issued_at(&mut self, issued_at: impl Into<Json>) -> &mut Self {
        self.set_claim("iat", issued_at)
    }

    /// Sets or removes `exp`. A token without `exp` never expires, and no verifier of this crate accepts it.
    pub fn set_expiration(&mut self, expires_at: Option<UnixTime>) -> &mut Self {
        self.set_time("exp", expires_at)
    }

    /// Sets or removes `nbf`.
    pub fn set_not_before(&mut self, not_before: Option<UnixTime>) -> &mut Self {
        self.set_time("nbf", not_before)
    }

    /// Returns the header, in the order of the token.
    pub fn header(&self) -> &Object {
        &self.header
    }

    /// Returns the claims, in the order of the token. There is one exception: in the token, keys that look like array
    /// indices come first, in ascending order.
    pub fn claims(&self) -> &Object {
        &self.body
    }

    /// Signs the token and returns its text.
    ///
    /// # Errors
    ///
    /// Those of [`jws::sign`], such as `unsupported_algorithm` if the header's `alg` is not `HS256`;
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

/// Returns whether ECMAScript treats a value as false (ECMA-262 §7.1.2). njwt replaces such a `jti` or `iat`.
fn is_falsy(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::Number(number) => number.as_u64() == Some(0),
        Json::String(text) => text.is_empty(),
        _ => false,
    }
}
