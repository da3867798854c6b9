//! Access tokens: signed texts that carry a grant.

use std::time::Duration;

use jit_approvals_base::errors::missing_member;
use jit_approvals_base::{Json, Members, Object, Plain, UnixTime};

use crate::claims::{Claims, empty};
use crate::key::KeyRing;
use crate::verifier::{Checks, Expected, invalid_option, seconds};
use crate::{Result, SigningKey, errors, jws};

/// The `typ` that sets access tokens apart from auth tokens: neither is ever taken for the other.
const TYPE: &str = "jit-grant+jwt";

/// What an access token says: that this application holds this grant of this request.
///
/// It proves that to holders of the application's key. Only consuming the grant proves that it was neither used nor
/// revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessToken {
    /// `iss`: the host that decided.
    pub issuer: String,
    /// `aud`: the application that asked.
    pub application: String,
    /// `sub`: the user on whose behalf it asked.
    pub subject: String,
    /// `jti`: the grant's id.
    pub grant_id: String,
    /// `exp`: when the grant expires.
    pub expires_at: UnixTime,
    /// The request that was approved.
    pub approval_request_id: String,
    /// Its template.
    pub template_id: String,
    /// The content hash of what the approver saw.
    pub content_hash: String,
}

impl AccessToken {
    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`
    pub fn from_json(value: &Json) -> Result<Self> {
        const MEMBERS: &[&str] = &[
            "issuer",
            "application",
            "subject",
            "grantId",
            "expiresAt",
            "approvalRequestId",
            "templateId",
            "contentHash",
        ];
        let members = Members::of(value, "", MEMBERS)?;
        let text = |name| members.required_text(name).map(str::to_owned);
        Ok(Self {
            issuer: text("issuer")?,
            application: text("application")?,
            subject: text("subject")?,
            grant_id: text("grantId")?,
            expires_at: members.required("expiresAt", members.time("expiresAt")?)?,
            approval_request_id: text("approvalRequestId")?,
            template_id: text("templateId")?,
            content_hash: text("contentHash")?,
        })
    }

    /// `{issuer, application, subject, grantId, expiresAt, approvalRequestId, templateId, contentHash}`
    pub fn to_json(&self) -> Json {
        let object = Object::new()
            .with("issuer", &*self.issuer)
            .with("application", &*self.application)
            .with("subject", &*self.subject)
            .with("grantId", &*self.grant_id)
            .with("expiresAt", self.expires_at)
            .with("approvalRequestId", &*self.approval_request_id)
            .with("templateId", &*self.template_id)
            .with("contentHash", &*self.content_hash);
        object.into()
    }

    /// Signs it: the text that the application receives. The key's id, if it has one, becomes its `kid`.
    ///
    /// # Errors
    ///
    /// `invalid_claim` for a text that is empty; `token_too_long`.
    pub fn sign(&self, key: &SigningKey) -> Result<String> {
        let texts = [
            ("iss", &self.issuer),
            ("aud", &self.application),
            ("sub", &self.subject),
            ("jti", &self.grant_id),
            ("approvalRequestId", &self.approval_request_id),
            ("templateId", &self.template_id),
            ("contentHash", &self.content_hash),
        ];
        if let Some((claim, _)) = texts.into_iter().find(|(_, text)| text.is_empty()) {
            return Err(empty(claim));
        }
        let mut header = Object::new().with("typ", TYPE).with("alg", "HS256");
        if let Some(id) = key.id() {
            header.insert("kid", id);
        }
        let claims = Object::new()
            .with("iss", &*self.issuer)
            .with("aud", &*self.application)
            .with("sub", &*self.subject)
            .with("jti", &*self.grant_id)
            .with("exp", self.expires_at)
            .with("approvalRequestId", &*self.approval_request_id)
            .with("templateId", &*self.template_id)
            .with("contentHash", &*self.content_hash);
        jws::sign(key, &Json::from(header).to_string(), Json::from(claims).to_string().as_bytes())
    }
}

/// Verifies access tokens, and nothing but access tokens.
#[derive(Debug, Clone)]
pub struct AccessTokenVerifier {
    keys: KeyRing,
    checks: Checks,
}

/// What an [`AccessTokenVerifier`] asks of tokens. Issuer and application have to be said.
#[derive(Debug, Clone)]
#[must_use]
pub struct AccessTokenVerifierBuilder {
    keys: KeyRing,
    issuer: Option<String>,
    application: Option<String>,
    leeway: Duration,
}

impl AccessTokenVerifierBuilder {
    /// The host that decided: the token's `iss`.
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        Self { issuer: Some(issuer.into()), ..self }
    }

    /// The application that asked: the token's `aud`.
    pub fn application(self, application: impl Into<String>) -> Self {
        Self { application: Some(application.into()), ..self }
    }

    /// By how much clocks may differ, in whole seconds: not at all by default.
    pub fn leeway(self, leeway: Duration) -> Self {
        Self { leeway, ..self }
    }

    /// The verifier.
    ///
    /// # Errors
    ///
    /// `missing_member` for an issuer or application that was not said; `invalid_claim` for an empty one
    pub fn build(self) -> Result<AccessTokenVerifier> {
        let expected = |name: Option<String>, member| match name {
            Some(name) if name.is_empty() => Err(invalid_option(member)),
            Some(name) => Ok(Expected::OneOf(vec![name])),
            None => Err(missing_member(member).with_field(member)),
        };
        let (issuer, audience) =
            (expected(self.issuer, "issuer")?, expected(self.application, "application")?);
        let checks = Checks { issuer, audience, leeway: seconds(self.leeway) };
        Ok(AccessTokenVerifier { keys: self.keys, checks })
    }
}

impl AccessTokenVerifier {
    /// The longest that an access token may still live, in seconds, beside the leeway: 30 days, as long as any grant.
    pub const MAX_LIFETIME_SECONDS: u32 = 2_592_000;

    /// A verifier of access tokens that are signed with one of these keys.
    pub fn builder(keys: impl Into<KeyRing>) -> AccessTokenVerifierBuilder {
        let (issuer, application, leeway) = (None, None, Duration::ZERO);
        AccessTokenVerifierBuilder { keys: keys.into(), issuer, application, leeway }
    }

    /// What an access token says that holds now.
    ///
    /// # Errors
    ///
    /// Those of [`Verifier::verify`](crate::Verifier::verify).
    pub fn verify(&self, token: &str) -> Result<AccessToken> {
        self.verify_at(token, UnixTime::now())
    }

    /// What an access token says that holds at this time.
    ///
    /// # Errors
    ///
    /// As [`AccessTokenVerifier::verify`].
    pub fn verify_at(&self, token: &str, now: UnixTime) -> Result<AccessToken> {
        let jws::Opened { header, payload, key } = jws::open(&self.keys, token)?;
        let typ = header.typ().unwrap_or_default();
        if typ != TYPE {
            return Err(errors::wrong_token_type(&typ, Plain("`jit-grant+jwt`")).with_field("typ"));
        }
        let claims = Claims::parse(&payload, key)?;
        self.checks.hold(&claims, now)?;
        self.checks.hold_lifetime(&claims, now, Self::MAX_LIFETIME_SECONDS.into())?;
        let text = |name| claims.text_claim(name).map(str::to_owned);
        Ok(AccessToken {
            issuer: text("iss")?,
            application: text("aud")?,
            subject: text("sub")?,
            grant_id: text("jti")?,
            expires_at: claims.expires_at(),
            approval_request_id: text("approvalRequestId")?,
            template_id: text("templateId")?,
            content_hash: text("contentHash")?,
        })
    }
}
