//! Access tokens: signed texts that carry a grant.

use ext_php_rs::types::Zval;
use jit_approvals::json::Object;

use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;

use crate::exception::{Result, call, json_serializable, run};
use crate::key::{one, ring};
use crate::values::{DateTimeImmutable, Int, Mixed, Nullable, Text, duration, moment, time, value};

/// Verifies access tokens, and no other tokens: those for the grants that `$issuer` gave to an application.
///
/// `$key` is a SigningKey, or a list of them.
#[php_class]
#[php(name = "JitApprovals\\AccessTokenVerifier")]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
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
            run(|| self.0.verify_at(token, now)).map(AccessToken)
        })
    }
}

/// What an access token says: which application holds which grant of which request.
#[php_class]
#[php(name = "JitApprovals\\AccessToken")]
#[php(implements(ce = json_serializable, stub = "\\JsonSerializable"))]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct AccessToken(jit_approvals::token::AccessToken);

#[php_impl]
impl AccessToken {
    #[expect(clippy::too_many_arguments, reason = "named arguments")]
    pub fn __construct(
        issuer: Text<'_>,
        application: Text<'_>,
        subject: Text<'_>,
        grantId: Text<'_>,
        expiresAt: Mixed<'_>,
        approvalRequestId: Text<'_>,
        templateId: Text<'_>,
        contentHash: Text<'_>,
    ) -> Result<Self> {
        call(|| {
            let record = Object::new()
                .with("issuer", issuer.text("issuer")?)
                .with("application", application.text("application")?)
                .with("subject", subject.text("subject")?)
                .with("grantId", grantId.text("grantId")?)
                .with("expiresAt", time(expiresAt.required(), "expiresAt")?)
                .with("approvalRequestId", approvalRequestId.text("approvalRequestId")?)
                .with("templateId", templateId.text("templateId")?)
                .with("contentHash", contentHash.text("contentHash")?);
            run(|| jit_approvals::token::AccessToken::from_json(&record.into())).map(Self)
        })
    }

    /// Signs the token and returns its text.
    #[php(name = "sign")]
    pub fn sign(&self, key: Mixed<'_>) -> Result<String> {
        call(|| {
            let key = one(key.required(), "key")?;
            run(|| self.0.sign(&key))
        })
    }

    /// Returns the record, in which times are Unix seconds.
    #[php(name = "jsonSerialize")]
    pub fn json_serialize(&self) -> Result<Zval> {
        call(|| value(&self.0.to_json()))
    }

    /// `iss`: the host that issued the grant.
    #[php(getter, name = "issuer")]
    pub fn issuer(&self) -> String {
        self.0.issuer.clone()
    }

    /// `aud`: the application that made the request.
    #[php(getter, name = "application")]
    pub fn application(&self) -> String {
        self.0.application.clone()
    }

    /// `sub`: the user on whose behalf the application made the request.
    #[php(getter, name = "subject")]
    pub fn subject(&self) -> String {
        self.0.subject.clone()
    }

    /// `jti`: the id of the grant.
    #[php(getter, name = "grantId")]
    pub fn grant_id(&self) -> String {
        self.0.grant_id.clone()
    }

    /// `exp`: when the grant expires.
    #[php(getter, name = "expiresAt")]
    pub fn expires_at(&self) -> DateTimeImmutable {
        DateTimeImmutable(self.0.expires_at)
    }

    /// The id of the approved request.
    #[php(getter, name = "approvalRequestId")]
    pub fn approval_request_id(&self) -> String {
        self.0.approval_request_id.clone()
    }

    /// The key of the request's template.
    #[php(getter, name = "templateId")]
    pub fn template_id(&self) -> String {
        self.0.template_id.clone()
    }

    /// The content hash of what the approver saw.
    #[php(getter, name = "contentHash")]
    pub fn content_hash(&self) -> String {
        self.0.content_hash.clone()
    }
}
