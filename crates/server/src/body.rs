//! Reads the bodies of calls: in time, and not too much.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT};
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt as _;
use jit_approvals::Error;
use jit_approvals_api::errors;
use jit_approvals_base::Plain;
use jit_approvals_base::errors::{malformed_json, too_large};

use crate::call::BODY_BYTES;
use crate::refusal::{Refusal, Told};

/// For how long a body may take.
const BODY_TIME: Duration = Duration::from_secs(30);

/// For how long the rest of a body that is too large is read.
const DISCARD_TIME: Duration = Duration::from_secs(5);

/// For how long a client that sends a body that is too large may send nothing of it.
const DISCARD_PAUSE: Duration = Duration::from_millis(500);

/// The most bytes of the rest of a body that is too large.
const DISCARDED_BYTES: usize = 1 << 20;

/// Reads a body. After an error the connection is closed, because the rest of the body is not looked at.
pub(crate) async fn read(headers: &HeaderMap, mut body: Body) -> Result<Bytes, Refusal> {
    let closing = |error: Error| {
        let mut told = Told::from(error);
        told.headers.push((CONNECTION, HeaderValue::from_static("close")));
        Refusal::Told(Box::new(told))
    };
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if let Some(length) = length.filter(|length| *length > BODY_BYTES) {
        discard(headers, body);
        return Err(closing(too_large(length, BODY_BYTES)));
    }
    match tokio::time::timeout(BODY_TIME, collected(&mut body)).await {
        Ok(Ok(Some(body))) => Ok(body),
        Ok(Ok(None)) => {
            discard(headers, body);
            Err(closing(too_large(BODY_BYTES + 1, BODY_BYTES)))
        }
        Ok(Err(_)) => {
            let reason = "the body ended early, or its encoding is broken";
            Err(closing(malformed_json(Plain(reason))))
        }
        Err(_) => Err(closing(errors::call_timeout(BODY_TIME.as_secs()))),
    }
}

/// Returns a body, or `None` if it is too large. The parts are copied into one piece: each part by itself would keep far
/// more memory than it has bytes.
async fn collected(body: &mut Body) -> Result<Option<Bytes>, axum::Error> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame?;
        let part = frame.data_ref().map_or(&[][..], |part| part);
        if whole.len() + part.len() > BODY_BYTES {
            return Ok(None);
        }
        whole.extend_from_slice(part);
    }
    Ok(Some(whole.into()))
}

/// Reads the rest of a body that is too large, up to a limit, while the answer is sent. Otherwise a client that is still
/// sending, such as a proxy, may see that the connection is reset, and not the answer.
fn discard(headers: &HeaderMap, mut body: Body) {
    // This client waits for the answer before it sends a body.
    if headers.contains_key(EXPECT) {
        return;
    }
    tokio::spawn(tokio::time::timeout(DISCARD_TIME, async move {
        let mut left = DISCARDED_BYTES;
        while let Ok(Some(Ok(frame))) = tokio::time::timeout(DISCARD_PAUSE, body.frame()).await {
            let Some(rest) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else { return };
            left = rest;
        }
    }));
}
