//! Access tokens: signed texts that carry a grant.

use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;

use crate::exception::{Result, call, run};
use crate::key::ring;
use crate::results::AccessToken;
use crate::values::{DateTimeImmutable, Int, Mixed, Nullable, Text, duration, moment};

/// Verifies access tokens, and no other tokens: those for the grants that `$issuer` gave to an application.
///
/// `$key` is a SigningKey, or a list of them.
#[php_class]
#[php(name = "JitApprovals\\AccessTokenVerifier")]
#[php(flags = ClassFlags::Final)]
pub struct AccessTokenVerifier(jit_approvals::AccessTokenVerifier);

#[php_impl]
impl AccessTokenVerifier {
    #[php(defaults(leewaySeconds = 0))]
    pub fn __construct(
        key: Mixed<'_>,
        issuer: Text<'_>,
        application: Text<'_>,
        leewaySeconds: Int<'_>,
    ) -> Result<Self> {
        call(|| {
            let mut verifier = jit_approvals::AccessTokenVerifier::builder(ring(key)?)
                .issuer(issuer.text("issuer")?)
                .application(application.text("application")?);
            if let Some(leeway) = leewaySeconds.given() {
                verifier = verifier.leeway(duration(leeway, "leewaySeconds")?);
            }
            run(|| verifier.build()).map(Self)
        })
    }

    /// Verifies an access token and returns what it says.
    #[php(name = "verify")]
    pub fn verify(&self, token: Text<'_>, now: Nullable<'_, Mixed<'_>>) -> Result<AccessToken> {
        call(|| {
            let (token, now) = (token.text("token")?, moment(now)?);
            let token = run(|| self.0.verify_at(token, now))?;
            Ok(AccessToken {
                issuer: token.issuer,
                application: token.application,
                subject: token.subject,
                grant_id: token.grant_id,
                expires_at: DateTimeImmutable(token.expires_at),
                approval_request_id: token.approval_request_id,
                template_id: token.template_id,
                content_hash: token.content_hash,
            })
        })
    }
}
