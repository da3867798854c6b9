//! The njwt-compatible builder.

use jit_approvals::json::{Json, Object};
use jit_approvals::{Id, UnixTime};
use napi::bindgen_prelude::ClassInstance;
use napi_derive::napi;

use crate::call::{call, time};
use crate::key::Key;

/// A token that is being built.
#[napi]
pub struct Jwt(jit_approvals::Jwt);

#[napi]
impl Jwt {
    /// Creates a token with the given claims, which are JSON text.
    #[napi(factory)]
    pub fn create(claims: String, now: i64, jti: Option<String>) -> napi::Result<Self> {
        call(|| {
            let jti = jti.map_or_else(|| Ok(Id::v4()?.to_string()), Ok)?;
            Ok(Self(jit_approvals::Jwt::create_at(
                Object::parse(&claims)?,
                UnixTime::from_seconds(now),
                &jti,
            )))
        })
    }

    /// Sets a claim to a value that is JSON text.
    #[napi]
    pub fn set_claim(&mut self, name: String, value: String) -> napi::Result<()> {
        call(|| {
            self.0.set_claim(&name, Json::parse(&value)?);
            Ok(())
        })
    }

    /// Sets a parameter of the header to a value that is JSON text.
    #[napi]
    pub fn set_header(&mut self, name: String, value: String) -> napi::Result<()> {
        call(|| {
            self.0.set_header(&name, Json::parse(&value)?);
            Ok(())
        })
    }

    /// Sets `exp`, or removes it if no time is given.
    #[napi]
    pub fn set_expiration(&mut self, expires_at: Option<i64>) -> napi::Result<()> {
        call(|| {
            self.0.set_expiration(time(expires_at));
            Ok(())
        })
    }

    /// Sets `nbf`, or removes it if no time is given.
    #[napi]
    pub fn set_not_before(&mut self, not_before: Option<i64>) -> napi::Result<()> {
        call(|| {
            self.0.set_not_before(time(not_before));
            Ok(())
        })
    }

    /// The header, as JSON text.
    #[napi(getter)]
    pub fn header(&self) -> napi::Result<String> {
        call(|| Ok(self.0.header().to_string()))
    }

    /// The claims, as JSON text.
    #[napi(getter)]
    pub fn claims(&self) -> napi::Result<String> {
        call(|| Ok(self.0.claims().to_string()))
    }

    /// Signs the token and returns its text.
    #[napi]
    pub fn compact(&self, key: ClassInstance<'_, Key>) -> napi::Result<String> {
        call(|| self.0.compact(&key.0))
    }
}
