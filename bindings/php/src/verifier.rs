//! Verifies auth tokens.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use jit_approvals::bindings::{Plain, errors};

use crate::exception::{Result, call, run};
use crate::key::ring;
use crate::origin::Origin;
use crate::results::Verified;
use crate::values::{
    Default, EMPTY_TEXT, Flag, Int, Mixed, Nullable, Text, array, duration, error, moment, text, wrong_type,
};

/// The default of `$maxLifetimeSeconds`.
const UNLIMITED: Default = Default::Source("PHP_INT_MAX");

/// Verifies auth tokens: first the signature, then type, times, issuer and audience.
///
/// `$key` is a SigningKey, or a list of them for rotation. `$issuer` is the `iss` that a token must have, or `anyIssuer: true`
/// accepts any holder of the key. `$audience` is the name, or a list of names, of which a token's `aud` must contain one, or
/// `anyAudience: true` accepts any. `$leewaySeconds` is how much clocks may differ, `$maxLifetimeSeconds` how long a token
/// may still be valid. With `requireSubject: true`, a token needs a `sub`.
#[php_class]
#[php(name = "JitApprovals\\Verifier")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Verifier(jit_approvals::Verifier);

#[php_impl]
impl Verifier {
    #[php(defaults(
        issuer = EMPTY_TEXT,
        audience = EMPTY_TEXT,
        anyIssuer = false,
        anyAudience = false,
        leewaySeconds = 60,
        maxLifetimeSeconds = UNLIMITED,
        requireSubject = false
    ))]
    #[expect(clippy::too_many_arguments, reason = "named arguments")]
    pub fn __construct(
        key: Mixed<'_>,
        issuer: Text<'_>,
        audience: Mixed<'_>,
        anyIssuer: Flag<'_>,
        anyAudience: Flag<'_>,
        leewaySeconds: Int<'_>,
        maxLifetimeSeconds: Int<'_>,
        requireSubject: Flag<'_>,
    ) -> Result<Self> {
        call(|| {
            let mut verifier = jit_approvals::Verifier::builder(ring(key)?);
            let issuer = issuer.unless_empty("issuer")?;
            if anyIssuer.value("anyIssuer")? {
                one_of_two(issuer.is_some(), "issuer", "anyIssuer")?;
                verifier = verifier.any_issuer();
            }
            if let Some(issuer) = issuer {
                verifier = verifier.issuer(issuer);
            }
            let audiences = audience.given().map(names).transpose()?.filter(|names| *names != [""]);
            if anyAudience.value("anyAudience")? {
                one_of_two(audiences.is_some(), "audience", "anyAudience")?;
                verifier = verifier.any_audience();
            }
            if let Some(audiences) = audiences {
                verifier = verifier.audiences(audiences);
            }
            if let Some(leeway) = leewaySeconds.given() {
                verifier = verifier.leeway(duration(leeway, "leewaySeconds")?);
            }
            if let Some(lifetime) = maxLifetimeSeconds.given().filter(|given| given.long() != Some(i64::MAX))
            {
                verifier = verifier.max_lifetime(duration(lifetime, "maxLifetimeSeconds")?);
            }
            if requireSubject.value("requireSubject")? {
                verifier = verifier.require_subject();
            }
            run(|| verifier.build()).map(Self)
        })
    }

    /// Verifies a token and returns its claims. If the token is not valid, nothing of it is returned.
    #[php(name = "verify")]
    pub fn verify(&self, token: Text<'_>, now: Nullable<'_, Mixed<'_>>) -> Result<ZBox<ZendHashTable>> {
        call(|| array(self.claims(token, now)?.as_object()))
    }

    /// Verifies a token and returns its claims, and the id of the key that verified it, if that key has one.
    #[php(name = "verified")]
    pub fn verified(&self, token: Text<'_>, now: Nullable<'_, Mixed<'_>>) -> Result<Verified> {
        call(|| {
            let claims = self.claims(token, now)?;
            Ok(Verified { claims: claims.as_object().clone(), key_id: claims.key_id().map(str::to_owned) })
        })
    }

    /// Verifies a token and returns the origin that it proves, for `Template::open`.
    #[php(name = "origin")]
    pub fn origin(&self, token: Text<'_>, now: Nullable<'_, Mixed<'_>>) -> Result<Origin> {
        call(|| {
            let claims = self.claims(token, now)?;
            run(|| jit_approvals::origin(&claims)).map(Origin)
        })
    }
}

impl Verifier {
    fn claims(&self, token: Text<'_>, now: Nullable<'_, Mixed<'_>>) -> Result<jit_approvals::Claims> {
        let (token, now) = (token.text("token")?, moment(now)?);
        run(|| self.0.verify_at(token, now))
    }
}

/// Rejects an option beside the one that makes it meaningless.
fn one_of_two(is_given: bool, name: &str, any: &str) -> Result<()> {
    if !is_given {
        return Ok(());
    }
    let expected = format!("left out if `{any}` is true");
    Err(error(errors::wrong_type(name, Plain(&expected), Plain("set")), name))
}

/// One name, or several.
fn names(value: &Zval) -> Result<Vec<String>> {
    if value.is_string() {
        return Ok(vec![text(value, "audience")?.to_owned()]);
    }
    let Some(names) = value.array() else {
        return Err(wrong_type(value, "audience", "a string or a list of strings"));
    };
    let name = |(index, name)| Ok(text(name, format_args!("audience[{index}]"))?.to_owned());
    names.values().enumerate().map(name).collect()
}
