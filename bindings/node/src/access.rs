//! Access tokens.

use jit_approvals::bindings::Members;
use jit_approvals::json::Json;
use jit_approvals::token::AccessToken;
use jit_approvals::{AccessTokenVerifier, UnixTime};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Function, FunctionCallContext};
use napi_derive::napi;

use crate::call::{Text, call, duration, text};
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
    let verifier = call(|| {
        let options = Json::parse(&options)?;
        let options = Members::of(&options, "", &["issuer", "application", "leewaySeconds"])?;
        let text = |name| options.required(name, options.text(name)?);
        let mut verifier = AccessTokenVerifier::builder(ring(&keys)?)
            .issuer(text("issuer")?)
            .application(text("application")?);
        if let Some(leeway) = duration(&options, "leewaySeconds")? {
            verifier = verifier.leeway(leeway);
        }
        verifier.build()
    })?;
    env.create_function_from_closure("verify", move |context: FunctionCallContext| {
        let (token, now): (String, i64) = (context.get(0)?, context.get(1)?);
        call(|| Ok(text(verifier.verify_at(&token, UnixTime::from_seconds(now))?.to_json().to_string())))
    })
}
