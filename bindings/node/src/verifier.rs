//! Verifies auth tokens.

use jit_approvals::bindings;
use jit_approvals::json::{Json, Object};
use jit_approvals::{Claims, UnixTime, UnverifiedToken, origin};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Function, FunctionCallContext};
use napi_derive::napi;

use crate::call::{Text, call, text};
use crate::key::{Key, ring};

/// Creates a function `(token, now, what?) → JSON text`. By default it returns the claims. If `what` is `origin`, it
/// returns the origin that the claims prove. If `what` is `verified`, it returns `{claims, keyId?}`. The options are those
/// of [`bindings::verifier`].
#[napi]
pub fn verifier<'env>(
    env: &'env Env,
    keys: Vec<ClassInstance<'_, Key>>,
    options: String,
) -> napi::Result<Function<'env, (), Text>> {
    let verifier = call(|| bindings::verifier(ring(&keys)?, &Json::parse(&options)?))?;
    env.create_function_from_closure("verify", move |context: FunctionCallContext| {
        let (token, now): (String, i64) = (context.get(0)?, context.get(1)?);
        let what: Option<String> = if context.length() > 2 { context.get(2)? } else { None };
        call(|| {
            let now = UnixTime::from_seconds(now);
            match what.as_deref() {
                Some("origin") => Ok(text(origin(&verifier.verify_at(&token, now)?)?.to_json().to_string())),
                Some("verified") => verifier.verify_at(&token, now).map(|claims| text(verified(claims))),
                _ => verifier.verify_with_text_at(&token, now).map(|(_, json)| text(json)),
            }
        })
    })
}

fn verified(claims: Claims) -> String {
    let mut object = Object::new();
    if let Some(id) = claims.key_id() {
        object.insert("keyId", id);
    }
    object.with("claims", claims.into_object()).to_string()
}

/// Reads a token without verifying it: `{issuer, keyId, header, claims}`.
#[napi]
pub fn unverified(token: String) -> napi::Result<String> {
    call(|| {
        let token = UnverifiedToken::parse(&token)?;
        let or_null = |text: Option<&str>| text.map_or(Json::Null, Json::from);
        let object = Object::new()
            .with("issuer", or_null(token.issuer()))
            .with("keyId", or_null(token.key_id()))
            .with("header", token.header().clone())
            .with("claims", token.claims().clone());
        Ok(object.to_string())
    })
}
