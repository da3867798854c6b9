//! Access tokens.

use jit_approvals::AccessTokenVerifier;
use jit_approvals::bindings::Members;
use jit_approvals::json::Json;
use jit_approvals::token::AccessToken;
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Function, FunctionCallContext};
use napi_derive::napi;

use crate::call::{Text, call, duration, text, time_or_now};
use crate::key::{Key, ring};

/// Signs an access token's record.
#[napi]
pub fn sign_access_token(record: String, key: ClassInstance<'_, Key>) -> napi::Result<String> {
    call(|| AccessToken::from_json(&Json::parse(&record)?)?.sign(&key.0))
}

/// `(token, now?) → record`, for `{issuer, application, leewaySeconds?}`.
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
        let token: String = context.get(0)?;
        let now: Option<i64> = if context.length() > 1 { context.get(1)? } else { None };
        call(|| Ok(text(verifier.verify_at(&token, time_or_now(now))?.to_json().to_string())))
    })
}
