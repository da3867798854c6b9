//! Access tokens: signed texts that carry a grant.

use std::time::Duration;

use jit_approvals_base::errors::missing_member;
use jit_approvals_base::{Json, Members, Object, Plain, UnixTime};

use crate::claims::{Claims, empty};
use crate::key::KeyRing;
use crate::verifier::{Checks, Expected, invalid_option, seconds};
use crate::{Result, SigningKey, errors, jws};

/// The `typ` of access tokens. It differs from that of auth tokens, so neither is accepted as the other.
const TYPE: &str = "jit-grant+jwt";

/// The content of an access token: which application holds which grant of which request.
///
/// It proves this to holders of the application's key. Only consuming the grant proves that it was neither used nor
/// revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessToken {
    /// `iss`: the host that issued the grant.
    pub issuer: String,
    /// `aud`: the application that made the request.
    pub application: String,
    /// `sub`: the user on whose behalf the application made the request.
    pub subject: String,
    /// `jti`: the id of the grant.
    pub grant_id: String,
    /// `exp`: when the grant expires.
    pub expires_at: UnixTime,
    /// The id of the approved request.
    pub approval_request_id: String,
    /// The id of the request's template.
    pub template_id: String,
    /// The content hash of what the approver saw.
    pub content_hash: String,
}

impl AccessToken {
    /// Reads the JSON that [`to_json`](Self::to_json) returns.
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

    /// Returns `{issuer, application, subject, grantId, expiresAt, approvalRequestId, templateId, contentHash}`.
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

    /// Signs the token and returns the text for the application. The id of the key, if it has one, becomes the `kid`.
    ///
    /// # Errors
    ///
    /// `invalid_claim` for an empty string; `token_too_long`.
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

/// Verifies access tokens. It rejects all other tokens.
#[derive(Debug, Clone)]
pub struct AccessTokenVerifier {
    keys: KeyRing,
    checks: Checks,
}

/// The settings of an [`AccessTokenVerifier`]. Issuer and application are required.
#[derive(Debug, Clone)]
#[must_use]
pub struct AccessTokenVerifierBuilder {
    keys: KeyRing,
    issuer: Option<String>,
    application: Option<String>,
    leeway: Duration,
}

impl AccessTokenVerifierBuilder {
    /// Sets the host that issued the grant: the token's `iss`.
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        Self { issuer: Some(issuer.into()), ..self }
    }

    /// Sets the application that made the request: the token's `aud`.
    pub fn application(self, application: impl Into<String>) -> Self {
        Self { application: Some(application.into()), ..self }
    }

    /// Sets by how much clocks may differ, in whole seconds: 0 s by default.
    pub fn leeway(self, leeway: Duration) -> Self {
        Self { leeway, ..self }
    }

    /// Creates the verifier.
    ///
    /// # Errors
    ///
    /// `missing_member` for a missing issuer or application; `invalid_claim` for an empty one.
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
    /// The maximum time until an access token expires, in seconds: 30 days, the maximum of any grant. The leeway is
    /// added to it.
    pub const MAX_LIFETIME_SECONDS: u32 = 2_592_000;

    /// Creates a builder for a verifier of access tokens that are signed with one of the given keys.
    pub fn builder(keys: impl Into<KeyRing>) -> AccessTokenVerifierBuilder {
        let (issuer, application, leeway) = (None, None, Duration::ZERO);
        AccessTokenVerifierBuilder { keys: keys.into(), issuer, application, leeway }
    }

    /// Verifies an access token at the current time and returns its content.
    ///
    /// # Errors
    ///
    /// Those of [`Verifier::verify`](crate::Verifier::verify).
    pub fn verify(&self, token: &str) -> Result<AccessToken> {
        self.verify_at(token, UnixTime::now())
    }

    /// Verifies an access token at the given time and returns its content.
    ///
    /// # Errors
    ///
    /// Those of [`AccessTokenVerifier::verify`].
    pub fn verify_at(&self, token: &str, now: UnixTime) -> Result<AccessToken> {
        let jws::Opened { header, payload, key } = jws::open(&self.keys, token)?;
        let typ = header.typ().unwrap_or_default();
        if typ != TYPE {
            return Err(errors::wrong_token_type(&typ, Plain("`jit-grant+jwt`")).with_field("typ"));
        }
        let claims = Claims::parse(&payload, key)?;
        self.checks.check(&claims, now)?;
        self.checks.check_lifetime(&claims, now, Self::MAX_LIFETIME_SECONDS.into())?;
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
