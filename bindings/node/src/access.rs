//! Access tokens.

use jit_approvals::{AccessToken, AccessTokenVerifier, Json};
use jit_approvals_base::Members;
use napi::bindgen_prelude::ClassInstance;
use napi_derive::napi;

use crate::call::{call, time_or_now};
use crate::key::{Key, ring};

/// Signs an access token's record.
#[napi]
pub fn sign_access_token(record: String, key: ClassInstance<'_, Key>) -> napi::Result<String> {
    call(|| AccessToken::from_json(&Json::parse(&record)?)?.sign(&key.0))
}

/// The record of an access token that holds, for `{issuer, application, leewaySeconds?}`.
#[napi]
pub fn verify_access_token(
    keys: Vec<ClassInstance<'_, Key>>,
    options: String,
    token: String,
    now: Option<i64>,
) -> napi::Result<String> {
    call(|| {
        let options = Json::parse(&options)?;
        let options = Members::of(&options, "", &["issuer", "application", "leewaySeconds"])?;
        let text = |name| options.required(name, options.text(name)?);
        let mut verifier = AccessTokenVerifier::new(ring(&keys), text("issuer")?, text("application")?);
        if let Some(seconds) = options.count("leewaySeconds", 0, u32::MAX)? {
            verifier = verifier.leeway_seconds(seconds);
        }
        Ok(verifier.verify_at(&token, time_or_now(now))?.to_json().to_string())
    })
}
