//! Verifies auth tokens.

use jit_approvals::bindings::Members;
use jit_approvals::json::{Json, Object};
use jit_approvals::{Claims, Result, UnixTime, UnverifiedToken, Verifier, origin};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Function, FunctionCallContext};
use napi_derive::napi;

use crate::call::{Text, call, duration, text};
use crate::key::{Key, ring};

/// Creates a function `(token, now, what?) → JSON text`. By default it returns the claims. If `what` is `origin`, it
/// returns the origin that the claims prove. If `what` is `verified`, it returns `{claims, keyId?}`.
#[napi]
pub fn verifier<'env>(
    env: &'env Env,
    keys: Vec<ClassInstance<'_, Key>>,
    options: String,
) -> napi::Result<Function<'env, (), Text>> {
    let verifier = call(|| make(&keys, &options))?;
    env.create_function_from_closure("verify", move |context: FunctionCallContext| {
        let (token, now): (String, i64) = (context.get(0)?, context.get(1)?);
        let what: Option<String> = if context.length() > 2 { context.get(2)? } else { None };
        call(|| {
            let now = UnixTime::from_seconds(now);
            match what.as_deref() {
                Some("origin") => Ok(text(origin(&verifier.verify_at(&token, now)?)?.to_json().to_string())),
                Some("verified") => verifier.verify_at(&token, now).map(|claims| text(verified(claims))),
                _ => verifier.verify_text_at(&token, now).map(text),
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

/// Builds a verifier from the options
/// `{issuer | anyIssuer, audience | anyAudience, leewaySeconds?, maxLifetimeSeconds?, requireSubject?}`. `audience` is
/// a string or an array of strings.
fn make(keys: &[ClassInstance<'_, Key>], options: &str) -> Result<Verifier> {
    const MEMBERS: &[&str] = &[
        "issuer",
        "anyIssuer",
        "audience",
        "anyAudience",
        "leewaySeconds",
        "maxLifetimeSeconds",
        "requireSubject",
    ];
    let options = Json::parse(options)?;
    let options = Members::of(&options, "", MEMBERS)?;
    let mut verifier = Verifier::builder(ring(keys)?);
    if options.boolean("anyIssuer")? == Some(true) {
        verifier = verifier.any_issuer();
    }
    if let Some(issuer) = options.text("issuer")? {
        verifier = verifier.issuer(issuer);
    }
    if options.boolean("anyAudience")? == Some(true) {
        verifier = verifier.any_audience();
    }
    match options.optional("audience") {
        Some(Json::Array(_)) => verifier = verifier.audiences(options.texts("audience")?),
        Some(_) => verifier = verifier.audience(options.text("audience")?.unwrap_or_default()),
        None => {}
    }
    if let Some(leeway) = duration(&options, "leewaySeconds")? {
        verifier = verifier.leeway(leeway);
    }
    if let Some(lifetime) = duration(&options, "maxLifetimeSeconds")? {
        verifier = verifier.max_lifetime(lifetime);
    }
    if options.boolean("requireSubject")? == Some(true) {
        verifier = verifier.require_subject();
    }
    verifier.build()
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
