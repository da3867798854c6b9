//! The demo for programs: one JSON document, with the same keys as the records that it contains.

use jit_approvals::Result;
use jit_approvals::json::{Json, Object};
use jit_approvals::token::AccessToken;

use super::story::{Attempt, Story};

pub(super) fn of(story: &Story) -> Json {
    let events = story.request.events().iter().map(|event| Json::parse(&event.to_text()));
    let chain = &story.chain;
    let mut document = Object::new()
        .with("authToken", &*story.auth_token)
        .with("claims", story.claims.as_object().clone())
        .with("template", story.template.to_json().clone())
        .with("request", story.request.to_json(story.now));
    if let Some((token, verified)) = &story.access {
        document.insert("accessToken", token.as_str());
        document.insert("accessTokenClaims", claims(verified));
    }
    document
        .with("acts", story.attempts.iter().map(attempt).collect::<Vec<_>>())
        .with("events", events.collect::<Result<Vec<_>>>().expect("our own text is JSON"))
        .with(
            "chain",
            Object::new()
                .with("count", chain.head.count)
                .with("hash", chain.head.hash.to_string())
                .with("complete", chain.complete),
        )
        .into()
}

fn claims(token: &AccessToken) -> Object {
    Object::new()
        .with("iss", &*token.issuer)
        .with("aud", &*token.application)
        .with("sub", &*token.subject)
        .with("jti", &*token.grant_id)
        .with("exp", token.expires_at)
        .with("approvalRequestId", &*token.approval_request_id)
        .with("templateId", &*token.template_id)
        .with("contentHash", &*token.content_hash)
}

fn attempt(attempt: &Attempt) -> Object {
    let object = Object::new()
        .with("about", attempt.about)
        .with("metaData", attempt.act.meta_data().clone())
        .with("consumed", attempt.error.is_none());
    match &attempt.error {
        Some(error) => object.with("error", error.to_json()),
        None => object,
    }
}
