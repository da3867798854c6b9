//! Access tokens.

use jit_approvals::UnixTime;
use jit_approvals::bindings;
use jit_approvals::json::Json;
use jit_approvals::token::AccessToken;
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Function, FunctionCallContext};
use napi_derive::napi;

use crate::call::{Text, call, text};
use crate::key::{Key, ring};

/// Signs an access token. The record is JSON text.
#[napi]
pub fn sign_access_token(record: String, key: ClassInstance<'_, Key>) -> napi::Result<String> {
    call(|| AccessToken::from_json(&Json::parse(&record)?)?.sign(&key.0))
}

/// Creates a function `(token, now) → record` from the options `{issuer, application, leewaySeconds?}`.
#[napi]
pub fn access_verifier<'env>(
    env: &'env Env,
    keys: Vec<ClassInstance<'_, Key>>,
    options: String,
) -> napi::Result<Function<'env, (), Text>> {
    let verifier = call(|| bindings::access_token_verifier(ring(&keys)?, &Json::parse(&options)?))?;
    env.create_function_from_closure("verify", move |context: FunctionCallContext| {
        let (token, now): (String, i64) = (context.get(0)?, context.get(1)?);
        call(|| Ok(text(verifier.verify_at(&token, UnixTime::from_seconds(now))?.to_json().to_string())))
    })
}
