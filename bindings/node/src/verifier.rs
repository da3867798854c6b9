//! Verifying auth tokens.

use jit_approvals::{Json, Object, Result, UnverifiedToken, Verifier, origin};
use jit_approvals_base::Members;
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Function, FunctionCallContext};
use napi_derive::napi;

use crate::call::{Text, call, text, time_or_now};
use crate::key::{Key, ring};

/// `(token, now?, as origin?) → the claims, or their origin, as JSON text`
#[napi]
pub fn verifier<'env>(
    env: &'env Env,
    keys: Vec<ClassInstance<'_, Key>>,
    options: String,
) -> napi::Result<Function<'env, (), Text>> {
    let verifier = call(|| make(&keys, &options))?;
    env.create_function_from_closure("verify", move |context: FunctionCallContext| {
        let token: String = context.get(0)?;
        let now: Option<i64> = if context.length() > 1 { context.get(1)? } else { None };
        let as_origin: bool = if context.length() > 2 { context.get(2)? } else { false };
        call(|| {
            let now = time_or_now(now);
            if as_origin {
                return Ok(text(origin(&verifier.verify_at(&token, now)?)?.to_json().to_string()));
            }
            verifier.verify_text_at(&token, now).map(text)
        })
    })
}

/// From `{issuer, audience, leewaySeconds?, maxLifetimeSeconds?, requireSubject?}`. An issuer or audience of null means
/// any.
fn make(keys: &[ClassInstance<'_, Key>], options: &str) -> Result<Verifier> {
    const MEMBERS: &[&str] = &["issuer", "audience", "leewaySeconds", "maxLifetimeSeconds", "requireSubject"];
    let record = Json::parse(options)?;
    let options = Members::of(&record, "", MEMBERS)?;
    // One that is left out by mistake does not mean any.
    let given = |name| match options.required(name, record.get(name))? {
        Json::Null => Ok(None),
        _ => options.text(name),
    };
    let (issuer, audience) = (given("issuer")?, given("audience")?);
    let mut verifier = Verifier::new(ring(keys), issuer.unwrap_or_default(), audience.unwrap_or_default());
    if issuer.is_none() {
        verifier = verifier.any_issuer();
    }
    if audience.is_none() {
        verifier = verifier.any_audience();
    }
    if let Some(seconds) = options.count("leewaySeconds", 0, u32::MAX)? {
        verifier = verifier.leeway_seconds(seconds);
    }
    if let Some(seconds) = options.count("maxLifetimeSeconds", 0, u32::MAX)? {
        verifier = verifier.max_lifetime_seconds(seconds);
    }
    if options.boolean("requireSubject")? == Some(true) {
        verifier = verifier.require_subject();
    }
    Ok(verifier)
}

/// What a token says, before anything is verified: `{issuer, keyId, header, claims}`.
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
