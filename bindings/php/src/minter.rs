//! Mints auth tokens.

use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use jit_approvals::Id;
use jit_approvals::json::Object;

use crate::exception::{Result, call, run};
use crate::key::one;
use crate::values::{EMPTY_ARRAY, EMPTY_TEXT, Int, Mixed, Nullable, Place, Text, duration, moment, object};

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
}
