//! Minters and verifiers from options that are JSON, for languages whose options cross as text.

use std::time::Duration;

use jit_approvals_base::errors::wrong_type;
use jit_approvals_base::{Json, Members, Plain, Result};
use jit_approvals_token::{AccessTokenVerifier, KeyRing, Minter, SigningKey, Verifier};

/// Builds a minter from `{issuer, audience, lifetimeSeconds?, backdateSeconds?}`.
///
/// # Errors
///
/// `unknown_member`, `missing_member`, `wrong_type`, `out_of_range`, and those of the builder.
pub fn minter(key: &SigningKey, options: &Json) -> Result<Minter> {
    let options = Members::of(options, "", &["issuer", "audience", "lifetimeSeconds", "backdateSeconds"])?;
    let mut minter = Minter::builder(key)
        .issuer(options.required_text("issuer")?)
        .audience(options.required_text("audience")?);
    if let Some(lifetime) = duration(&options, "lifetimeSeconds")? {
        minter = minter.lifetime(lifetime);
    }
    if let Some(backdate) = duration(&options, "backdateSeconds")? {
        minter = minter.backdate(backdate);
    }
    minter.build()
}

/// Builds a verifier from
/// `{issuer | anyIssuer, audience | anyAudience, leewaySeconds?, maxLifetimeSeconds?, requireSubject?}`. `audience` is
/// a string or an array of strings.
///
/// # Errors
///
/// `unknown_member`, `wrong_type`, `out_of_range`, and those of the builder.
pub fn verifier(keys: KeyRing, options: &Json) -> Result<Verifier> {
    const MEMBERS: &[&str] = &[
        "issuer",
        "anyIssuer",
        "audience",
        "anyAudience",
        "leewaySeconds",
        "maxLifetimeSeconds",
        "requireSubject",
    ];
    let options = Members::of(options, "", MEMBERS)?;
    one_of(&options, "issuer", "anyIssuer")?;
    one_of(&options, "audience", "anyAudience")?;
    let mut verifier = Verifier::builder(keys);
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

/// Builds a verifier of access tokens from `{issuer, application, leewaySeconds?}`.
///
/// # Errors
///
/// `unknown_member`, `missing_member`, `wrong_type`, `out_of_range`, and those of the builder.
pub fn access_token_verifier(keys: KeyRing, options: &Json) -> Result<AccessTokenVerifier> {
    let options = Members::of(options, "", &["issuer", "application", "leewaySeconds"])?;
    let mut verifier = AccessTokenVerifier::builder(keys)
        .issuer(options.required_text("issuer")?)
        .application(options.required_text("application")?);
    if let Some(leeway) = duration(&options, "leewaySeconds")? {
        verifier = verifier.leeway(leeway);
    }
    verifier.build()
}

/// Checks that a value is not given if any value is accepted.
fn one_of(options: &Members<'_>, name: &str, any: &str) -> Result<()> {
    match options.optional(name) {
        Some(given) if options.boolean(any)? == Some(true) => {
            let expected = format!("left out if `{any}` is true");
            Err(wrong_type(name, Plain(&expected), Plain(given.kind())).with_field(name))
        }
        _ => Ok(()),
    }
}

/// Returns an option in whole seconds, or `None` if it is not given.
fn duration(options: &Members<'_>, name: &str) -> Result<Option<Duration>> {
    let seconds = options.count(name, 0, u32::MAX)?;
    Ok(seconds.map(|seconds| Duration::from_secs(seconds.into())))
}
