//! Verified claims.

use std::sync::Arc;

use jit_approvals_base::{Error, Json, Object, Plain, REGISTERED_CLAIMS, UnixTime};

use crate::{Result, SigningKey, errors, jws};

/// The claims of a token, after its signature and times have been verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    object: Object,
    pub(crate) times: Times,
    key_id: Option<Arc<str>>,
}

/// The `NumericDate`s, rounded up. A comparison with whole seconds has the same result as without rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) expires_at: UnixTime,
    pub(crate) not_before: Option<UnixTime>,
    pub(crate) issued_at: Option<UnixTime>,
}

impl Claims {
    pub(crate) fn parse(payload: &[u8], key: &SigningKey) -> Result<Self> {
        let object = jws::claims(payload)?;
        let times = Times {
            expires_at: time(&object, "exp")?
                .ok_or_else(|| errors::missing_claim("exp").with_field("exp"))?,
            not_before: time(&object, "nbf")?,
            issued_at: time(&object, "iat")?,
        };
        Ok(Self { object, times, key_id: key.shared_id() })
    }

    /// Returns the id of the key that verified the token, if that key has one.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// `iss`: the application that minted the token.
    pub fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    /// `sub`: the user on whose behalf the application asks.
    pub fn subject(&self) -> Option<&str> {
        self.text("sub")
    }

    /// `jti`: the id of the token.
    pub fn id(&self) -> Option<&str> {
        self.text("jti")
    }

    /// `aud`: the audiences that the token is for, one or several.
    pub fn audiences(&self) -> impl Iterator<Item = &str> {
        match self.object.get("aud") {
            Some(Json::Array(several)) => several.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        }
        .iter()
        .filter_map(Json::as_str)
    }

    /// `exp`, rounded up to the second.
    pub fn expires_at(&self) -> UnixTime {
        self.times.expires_at
    }

    /// `nbf`, rounded up to the second.
    pub fn not_before(&self) -> Option<UnixTime> {
        self.times.not_before
    }

    /// `iat`, rounded up to the second.
    pub fn issued_at(&self) -> Option<UnixTime> {
        self.times.issued_at
    }

    /// Returns any claim by its name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.object.get(name)
    }

    /// Returns the application's own claims: all claims that RFC 7519 §4.1 does not register.
    pub fn custom(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.object.iter().filter(|(name, _)| !REGISTERED_CLAIMS.contains(name))
    }

    /// Reads the claims as a type of the application.
    ///
    /// # Errors
    ///
    /// `unexpected_form`
    #[cfg(feature = "serde")]
    pub fn deserialize<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        self.object.deserialize_into()
    }

    /// Returns all claims, in the order of the token.
    pub fn as_object(&self) -> &Object {
        &self.object
    }

    /// Returns all claims, in the order of the token.
    pub fn into_object(self) -> Object {
        self.object
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.object.get(name)?.as_str()
    }
}

/// Returns the error for a claim that must be a non-empty string.
pub(crate) fn empty(claim: &str) -> Error {
    errors::invalid_claim(claim, Plain("a non-empty string")).with_field(claim)
}

/// Reads a `NumericDate` (RFC 7519 §2): seconds, whole or fractional.
fn time(object: &Object, claim: &str) -> Result<Option<UnixTime>> {
    let Some(value) = object.get(claim) else {
        return Ok(None);
    };
    let Json::Number(number) = value else {
        return Err(errors::invalid_claim(claim, Plain("a number")).with_field(claim));
    };
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates at the ends of the range")]
    let seconds = number.as_i64().unwrap_or_else(|| number.as_f64().ceil() as i64);
    Ok(Some(UnixTime::from_seconds(seconds)))
}
