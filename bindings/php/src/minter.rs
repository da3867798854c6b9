//! Mints auth tokens.

use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use jit_approvals::Id;
use jit_approvals::json::Object;

use crate::exception::{Result, call, run};
use crate::key::one;
use crate::values::{
    Array, EMPTY_ARRAY, EMPTY_TEXT, Int, Mixed, Nullable, Place, Text, duration, moment, object, text,
    wrong_type,
};

/// Mints an application's auth tokens. Create one for each key, and use it often.
///
/// `$issuer` is the application's own identifier (`iss`), `$audience` the host that receives its requests (`aud`).
/// `$lifetimeSeconds` is how long a token is valid, from 1 second to 24 hours. `$backdateSeconds` is how far `nbf` is in the
/// past, for verifiers with a slow clock.
#[php_class]
#[php(name = "JitApprovals\\Minter")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Minter(jit_approvals::Minter);

#[php_impl]
impl Minter {
    #[php(defaults(lifetimeSeconds = 300, backdateSeconds = 60))]
    pub fn __construct(
        key: Mixed<'_>,
        issuer: Text<'_>,
        audience: Text<'_>,
        lifetimeSeconds: Int<'_>,
        backdateSeconds: Int<'_>,
    ) -> Result<Self> {
        call(|| {
            let mut minter = jit_approvals::Minter::builder(&one(key.required(), "key")?)
                .issuer(issuer.text("issuer")?)
                .audience(audience.text("audience")?);
            if let Some(lifetime) = lifetimeSeconds.given() {
                minter = minter.lifetime(duration(lifetime, "lifetimeSeconds")?);
            }
            if let Some(backdate) = backdateSeconds.given() {
                minter = minter.backdate(duration(backdate, "backdateSeconds")?);
            }
            run(|| minter.build()).map(Self)
        })
    }

    /// Mints a token for a subject, the user on whose behalf the application asks.
    ///
    /// Its claims are `iss`, `aud`, `sub`, `jti`, `iat`, `exp`, `nbf`, and then the given ones.
    #[php(name = "mint")]
    #[php(defaults(claims = EMPTY_ARRAY, jti = EMPTY_TEXT))]
    pub fn mint(
        &self,
        subject: Text<'_>,
        claims: Mixed<'_>,
        now: Nullable<'_, Mixed<'_>>,
        jti: Text<'_>,
    ) -> Result<String> {
        call(|| {
            let subject = subject.text("subject")?;
            let claims = claims.given().map(|value| object(value, Place::Record("claims"))).transpose()?;
            let (now, jti) = (moment(now)?, jti.unless_empty("jti")?);
            run(|| {
                let mut id = [0; 36];
                let jti = match jti {
                    Some(jti) => jti,
                    None => Id::v4()?.encode(&mut id),
                };
                self.0.mint_at(subject, &claims.unwrap_or_else(Object::new), now, jti)
            })
        })
    }

    /// Mints a token for each of a list of subjects, in order. All have the same claims and times.
    #[php(name = "mintMany")]
    #[php(defaults(claims = EMPTY_ARRAY))]
    pub fn mint_many(
        &self,
        subjects: Array<'_>,
        claims: Mixed<'_>,
        now: Nullable<'_, Mixed<'_>>,
    ) -> Result<Vec<String>> {
        call(|| {
            let subjects = subjects.required();
            let each =
                subjects.array().ok_or_else(|| wrong_type(subjects, "subjects", "a list of strings"))?;
            let each = each.values().enumerate();
            let subjects = each.map(|(index, subject)| text(subject, format_args!("subjects[{index}]")));
            let subjects = subjects.collect::<Result<Vec<&str>>>()?;
            // Reading the claims may run code that changes the list.
            let subjects: Vec<String> = subjects.into_iter().map(str::to_owned).collect();
            let claims = claims.given().map(|value| object(value, Place::Record("claims"))).transpose()?;
            let now = moment(now)?;
            run(|| self.0.mint_many_at(&subjects, &claims.unwrap_or_else(Object::new), now))
        })
    }
}
