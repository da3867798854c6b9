//! Minting: the hot call is a closure, which costs a seventh of a method.

use jit_approvals::bindings::Members;
use jit_approvals::json::{Json, Object};
use jit_approvals::{Id, SigningKey, UnixTime};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Function, FunctionCallContext, Latin1String};
use napi_derive::napi;

use crate::call::{call, duration, time, time_or_now};
use crate::key::Key;

/// `(subject, claims as text?, now?, jti?) → token`
#[napi]
pub fn minter<'env>(
    env: &'env Env,
    key: ClassInstance<'_, Key>,
    options: String,
) -> napi::Result<Function<'env, (), Latin1String>> {
    let minter = make(&key.0, &options)?;
    env.create_function_from_closure("mint", move |context: FunctionCallContext| {
        let subject: String = context.get(0)?;
        let given: Option<String> = if context.length() > 1 { context.get(1)? } else { None };
        let (now, jti): (Option<i64>, Option<String>) =
            if context.length() > 2 { (context.get(2)?, context.get(3)?) } else { (None, None) };
        let token = call(|| {
            let claims = given.as_deref().map_or_else(|| Ok(Object::new()), Object::parse)?;
            if now.is_none() && jti.is_none() {
                return minter.mint(&subject, &claims);
            }
            let jti = jti.map_or_else(|| Ok(Id::v4()?.to_string()), Ok)?;
            minter.mint_at(&subject, &claims, time(now).unwrap_or_else(UnixTime::now), &jti)
        });
        // A token is ASCII.
        token.map(Latin1String::from)
    })
}

/// A token for each subject.
#[napi]
pub fn mint_many(
    key: ClassInstance<'_, Key>,
    options: String,
    subjects: Vec<String>,
    claims: Option<String>,
    now: Option<i64>,
) -> napi::Result<Vec<String>> {
    let minter = make(&key.0, &options)?;
    call(|| {
        let claims = claims.as_deref().map_or_else(|| Ok(Object::new()), Object::parse)?;
        minter.mint_many_at(&subjects, &claims, time_or_now(now))
    })
}

/// From `{issuer, audience, lifetimeSeconds?, backdateSeconds?}`.
fn make(key: &SigningKey, options: &str) -> napi::Result<jit_approvals::Minter> {
    call(|| {
        let options = Json::parse(options)?;
        let known = ["issuer", "audience", "lifetimeSeconds", "backdateSeconds"];
        let options = Members::of(&options, "", &known)?;
        let text = |name| options.required(name, options.text(name)?);
        let mut minter =
            jit_approvals::Minter::builder(key).issuer(text("issuer")?).audience(text("audience")?);
        if let Some(lifetime) = duration(&options, "lifetimeSeconds")? {
            minter = minter.lifetime(lifetime);
        }
        if let Some(backdate) = duration(&options, "backdateSeconds")? {
            minter = minter.backdate(backdate);
        }
        minter.build()
    })
}
