//! What a call is answered with.

use std::borrow::Cow;
use std::time::Instant;

use axum::body::Body;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use jit_approvals::json::Json;
use jit_approvals_api::{Problem, headers};
use jit_approvals_base::Id;
use jit_approvals_store::Change;

use crate::feed::Waiter;
use crate::notification::events::Beginning;
use crate::refusal::Told;

/// An answer without an error.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    body: Option<Cow<'static, str>>,
    headers: HeaderMap,
}

/// What an endpoint has computed.
#[derive(Debug)]
pub(crate) enum Computed {
    /// The answer is known.
    Reply(Reply),
    /// The answer is true after a change is durable.
    Written(Box<Written>),
}

/// A change, and the answer after it.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) change: Change,
    pub(crate) answer: Answer,
}

/// How a call is answered.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The answer.
    Now(Answer),
    /// The answer is a stream of events.
    Stream(Beginning),
    /// The answer comes when the request has moved, or at a time; then the endpoint is asked again.
    Wait {
        /// The request.
        request: Id,
        /// Who waits: an application or a person.
        waiter: Waiter,
        /// The time. The clock of the store may be set or stand still; this one goes on.
        until: Instant,
    },
}

impl From<Answer> for Computed {
    fn from(answer: Answer) -> Self {
        Self::Reply(Reply::Now(answer))
    }
}

impl From<Reply> for Computed {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

impl From<Written> for Computed {
    fn from(written: Written) -> Self {
        Self::Written(Box::new(written))
    }
}

impl Answer {
    /// 200 with a body.
    pub(crate) fn ok(body: impl Into<Json>) -> Self {
        Self::text(body.into().to_string())
    }

    /// 200 with a body that is JSON already.
    pub(crate) fn text(body: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::OK, body: Some(body.into()), headers: HeaderMap::new() }
    }

    /// 201 with a body and the place of what was created.
    pub(crate) fn created(body: impl Into<Json>, location: &str) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(body) }.with(LOCATION, location)
    }

    /// 204
    pub(crate) fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, headers: HeaderMap::new() }
    }

    /// Adds the version of a record, for `If-Match`.
    pub(crate) fn with_version(self, version: i64) -> Self {
        self.with(ETAG, &format!("\"{version}\""))
    }

    /// Adds a cookie.
    pub(crate) fn with_cookie(self, cookie: &str) -> Self {
        self.with(SET_COOKIE, cookie)
    }

    fn with(mut self, name: HeaderName, value: &str) -> Self {
        // A value that cannot be a header, such as a location with odd characters, was percent-encoded before.
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn into_response(self, instance: Id) -> Response<Body> {
        let mut response = Response::new(self.body.map_or_else(Body::empty, Body::from));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if self.status != StatusCode::NO_CONTENT {
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        common(response.headers_mut(), instance);
        response
    }
}

/// 200 with a stream of events.
pub(crate) fn event_stream(body: Body, instance: Id) -> Response<Body> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // A proxy in front of the server passes each event on at once.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    common(headers, instance);
    response
}

impl Told {
    pub(crate) fn into_response(self, instance: Id) -> Response<Body> {
        self.into_text(instance).map(Body::from)
    }

    /// The answer with its body as text, for who writes it without a library.
    pub(crate) fn into_text(self, instance: Id) -> Response<String> {
        let mut problem = Problem::new(&self.error, &format!("urn:uuid:{instance}"));
        if let Some(record) = self.request {
            problem = problem.with_approval_request(record);
        }
        if let Some(record) = self.present {
            problem = problem.with_present(record);
        }
        let mut response = Response::new(problem.to_json().to_string());
        let status = self.error.code().status();
        // For the log and the metrics.
        response.extensions_mut().insert(self.error.code());
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(Problem::CONTENT_TYPE));
        if status == 401 {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        headers.extend(
            self.headers.into_iter().map(|(name, value)| (Some(name), value)).collect::<HeaderPairs>(),
        );
        common(headers, instance);
        response
    }
}

type HeaderPairs = Vec<(Option<HeaderName>, HeaderValue)>;

/// The headers of every answer.
fn common(headers: &mut HeaderMap, instance: Id) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(http::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(instance) = HeaderValue::from_str(&instance.to_string()) {
        headers.insert(HeaderName::from_static(headers::REQUEST_ID), instance);
    }
}
