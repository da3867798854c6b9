//! The njwt-compatible builder.

use std::sync::Mutex;

use jit_approvals::json::{Json, Object};
use jit_approvals::{Id, Jwt, Result, UnixTime};

use crate::abi::{JIT_NOW, JitBuffer, JitSlice, call, create, free, get, lock, time};
use crate::key::JitSigningKey;

/// A token that is being built: byte for byte the token of njwt 2.0.1 for the same claims, clock and `jti`.
#[derive(Debug)]
pub struct JitJwt(Mutex<Jwt>);

/// Starts a token with the given claims, then `jti` and `iat`, if they are not among them, and `exp`, an hour from now.
/// `claims` is optional JSON text of an object, `jti` is optional.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_jwt_new(
    claims: JitSlice,
    now: i64,
    jti: JitSlice,
    jwt: *mut *mut JitJwt,
    out: *mut JitBuffer,
) -> u32 {
    create(jwt, out, || {
        let claims = claims.optional("claims")?.map_or_else(|| Ok(Object::new()), Object::parse)?;
        let jti = match jti.optional("jti")? {
            Some(jti) => jti.to_owned(),
            None => Id::v4()?.to_string(),
        };
        Ok(JitJwt(Mutex::new(Jwt::create_at(claims, time(now), &jti))))
    })
}

/// Sets a claim to a value that is JSON text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_jwt_set_claim(
    jwt: *const JitJwt,
    name: JitSlice,
    value: JitSlice,
    out: *mut JitBuffer,
) -> u32 {
    change(jwt, out, |jwt| {
        jwt.set_claim(name.text("name")?, value.json("value")?);
        Ok(())
    })
}

/// Sets a parameter of the header to a value that is JSON text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_jwt_set_header(
    jwt: *const JitJwt,
    name: JitSlice,
    value: JitSlice,
    out: *mut JitBuffer,
) -> u32 {
    change(jwt, out, |jwt| {
        jwt.set_header(name.text("name")?, value.json("value")?);
        Ok(())
    })
}

/// Sets `exp`. `JIT_NOW` removes it: such a token never expires, and no verifier accepts it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_jwt_set_expiration(
    jwt: *const JitJwt,
    expires_at: i64,
    out: *mut JitBuffer,
) -> u32 {
    change(jwt, out, |jwt| {
        jwt.set_expiration(or_none(expires_at));
        Ok(())
    })
}

/// Sets `nbf`. `JIT_NOW` removes it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_jwt_set_not_before(
    jwt: *const JitJwt,
    not_before: i64,
    out: *mut JitBuffer,
) -> u32 {
    change(jwt, out, |jwt| {
        jwt.set_not_before(or_none(not_before));
        Ok(())
    })
}

/// Returns the header, as JSON text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_jwt_header(jwt: *const JitJwt, out: *mut JitBuffer) -> u32 {
    call(out, || Ok(Json::from(lock(&get(jwt, "jwt")?.0).header().clone()).to_string()))
}

/// Returns the claims, as JSON text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_jwt_claims(jwt: *const JitJwt, out: *mut JitBuffer) -> u32 {
    call(out, || Ok(Json::from(lock(&get(jwt, "jwt")?.0).claims().clone()).to_string()))
}

/// Signs the token and returns its text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_jwt_compact(
    jwt: *const JitJwt,
    key: *const JitSigningKey,
    out: *mut JitBuffer,
) -> u32 {
    call(out, || lock(&get(jwt, "jwt")?.0).compact(&get(key, "key")?.0))
}

/// Frees a token that is being built.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_jwt_free(jwt: *mut JitJwt) {
    free(jwt);
}

unsafe fn change(
    jwt: *const JitJwt,
    out: *mut JitBuffer,
    change: impl FnOnce(&mut Jwt) -> Result<()>,
) -> u32 {
    call(out, || change(&mut lock(&get(jwt, "jwt")?.0)))
}

fn or_none(time: i64) -> Option<UnixTime> {
    (time != JIT_NOW).then(|| UnixTime::from_seconds(time))
}
