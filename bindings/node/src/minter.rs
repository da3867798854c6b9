//! Mints auth tokens. The hot call is a closure: calling it costs a seventh of what calling a method costs.

use jit_approvals::bindings;
use jit_approvals::json::{Json, Object};
use jit_approvals::{Id, SigningKey, UnixTime};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Function, FunctionCallContext, Latin1String};
use napi_derive::napi;

use crate::call::call;
use crate::key::Key;

/// Creates a function `(subject, now, claims?, jti?) → token` from the options
/// `{issuer, audience, lifetimeSeconds?, backdateSeconds?}`. The claims are JSON text.
#[napi]
pub fn minter<'env>(
    env: &'env Env,
    key: ClassInstance<'_, Key>,
    options: String,
) -> napi::Result<Function<'env, (), Latin1String>> {
    let minter = make(&key.0, &options)?;
    env.create_function_from_closure("mint", move |context: FunctionCallContext| {
        let (subject, now): (String, i64) = (context.get(0)?, context.get(1)?);
        let claims: Option<String> = if context.length() > 2 { context.get(2)? } else { None };
        let jti: Option<String> = if context.length() > 3 { context.get(3)? } else { None };
        let token = call(|| {
            let claims = claims.as_deref().map_or_else(|| Ok(Object::new()), Object::parse)?;
            let mut id = [0; 36];
            let jti = match &jti {
                Some(jti) => jti,
                None => Id::v4()?.encode(&mut id),
            };
            minter.mint_at(&subject, &claims, UnixTime::from_seconds(now), jti)
        });
        // A token is ASCII.
        token.map(Latin1String::from)
    })
}

/// Mints a token for each subject. The options are those of [`minter`], the claims are JSON text.
#[napi]
pub fn mint_many(
    key: ClassInstance<'_, Key>,
    options: String,
    subjects: Vec<String>,
    now: i64,
    claims: Option<String>,
) -> napi::Result<Vec<String>> {
    let minter = make(&key.0, &options)?;
    call(|| {
        let claims = claims.as_deref().map_or_else(|| Ok(Object::new()), Object::parse)?;
        minter.mint_many_at(&subjects, &claims, UnixTime::from_seconds(now))
    })
}

fn make(key: &SigningKey, options: &str) -> napi::Result<jit_approvals::Minter> {
    call(|| bindings::minter(key, &Json::parse(options)?))
}
