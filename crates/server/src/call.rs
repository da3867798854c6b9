//! A call: what came over the wire, read strictly.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use axum::body::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use jit_approvals::Error;
use jit_approvals::json::{Json, Limits};
use jit_approvals_api::{Page, errors, headers};
use jit_approvals_base::errors::{out_of_range, unknown_member, wrong_type};
use jit_approvals_base::{Id, Plain, did_you_mean, quote};
use tokio::sync::OwnedSemaphorePermit;

use crate::password::Hashed;
use crate::refusal::Result;

/// The largest body, in bytes.
pub(crate) const BODY_BYTES: usize = 256 << 10;

/// The deepest nesting of a body.
const BODY_DEPTH: usize = 32;

/// A call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The pattern of the path, with braces.
    pub(crate) route: &'static str,
    /// The path.
    pub(crate) path: String,
    /// The parameters of the path.
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) peer: IpAddr,
    /// When it came.
    pub(crate) begun: Instant,
    pub(crate) work: Work,
}

/// What a call has done, however often it was computed.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Whether it was charged to the budget of its application.
    pub(crate) charged: AtomicBool,
    /// Whether it was looked at how often credentials from its address were refused.
    pub(crate) checked: AtomicBool,
    /// Whether its credential was refused.
    pub(crate) refused: AtomicBool,
    /// How many statements have read for it.
    pub(crate) statements: AtomicU32,
    /// How many changes were handed to the store.
    pub(crate) changes: AtomicU32,
    /// What was hashed for it.
    pub(crate) hashed: Hashed,
    /// Its place among the calls that compute.
    place: Mutex<Option<OwnedSemaphorePermit>>,
}

impl Work {
    /// Takes a place among the calls that compute.
    pub(crate) fn computes(&self, place: OwnedSemaphorePermit) {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = Some(place);
    }

    /// Leaves the place to others: the call is about to wait.
    pub(crate) fn waits(&self) {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Call {
    /// The server's own work: nobody calls.
    pub(crate) fn own() -> Self {
        Self {
            method: Method::GET,
            route: "",
            path: String::new(),
            parameters: Vec::new(),
            query: None,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            peer: IpAddr::from([127, 0, 0, 1]),
            begun: Instant::now(),
            work: Work::default(),
        }
    }

    /// Returns a parameter of the path.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Returns an id in the path. What is none does not exist.
    pub(crate) fn id(&self, name: &str) -> Result<Id> {
        self.parameter(name).parse().map_err(|_| errors::not_found().into())
    }

    /// Returns the only value of a header.
    ///
    /// # Errors
    ///
    /// `invalid_header` if it is there twice or is not text.
    pub(crate) fn header(&self, name: &'static str) -> Result<Option<&str>> {
        let mut values = self.headers.get_all(name).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(invalid_header(name, "sent once").into());
        }
        match value.to_str() {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(invalid_header(name, "visible ASCII text").into()),
        }
    }

    /// Reads the body.
    pub(crate) fn json(&self) -> Result<Json> {
        self.check_content_type()?;
        let limits = Limits { bytes: BODY_BYTES, depth: BODY_DEPTH };
        Ok(Json::parse_within(&self.body, limits)?)
    }

    /// Reads the body, which may be empty: then it is an empty object.
    pub(crate) fn optional_json(&self) -> Result<Json> {
        if self.body.is_empty() { Ok(Json::Object(jit_approvals::json::Object::new())) } else { self.json() }
    }

    fn check_content_type(&self) -> Result<()> {
        let Some(found) = self.header(CONTENT_TYPE.as_str())? else {
            return Err(unsupported("missing".to_owned()).into());
        };
        let mut parts = found.split(';').map(str::trim);
        let is_json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
        let is_utf8 = parts.all(|part| {
            part.split_once('=').is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("charset") && value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            })
        });
        if is_json && is_utf8 {
            return Ok(());
        }
        Err(unsupported(quote(found)).into())
    }

    /// Reads the query, which may have the given members.
    pub(crate) fn query(&self, known: &[&str]) -> Result<Query> {
        let mut members: Vec<(String, String)> = Vec::new();
        for pair in self.query.as_deref().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            if !known.contains(&name.as_str()) {
                let hint = did_you_mean(&name, known.iter().copied());
                return Err(unknown_member(&name, Plain(hint)).with_field(name).into());
            }
            if members.iter().any(|(other, _)| *other == name) {
                return Err(jit_approvals_base::errors::duplicate_key(&name).with_field(name).into());
            }
            members.push((name, value));
        }
        Ok(Query(members))
    }

    /// Returns the idempotency key, if the call has one.
    ///
    /// # Errors
    ///
    /// `invalid_header`
    pub(crate) fn idempotency_key(&self) -> Result<Option<&str>> {
        let name = headers::IDEMPOTENCY_KEY;
        let Some(key) = self.header(name)? else { return Ok(None) };
        let sound = (1..=headers::IDEMPOTENCY_KEY_BYTES).contains(&key.len())
            && key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        if sound {
            return Ok(Some(key));
        }
        Err(invalid_header(name, "1 to 255 visible ASCII characters").into())
    }

    /// Returns the version in `If-Match`.
    ///
    /// # Errors
    ///
    /// `version_required`, `invalid_header`
    pub(crate) fn if_match(&self) -> Result<i64> {
        let name = "if-match";
        let Some(text) = self.header(name)? else { return Err(errors::version_required().into()) };
        let version = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        version
            .and_then(|version| version.parse().ok())
            .ok_or_else(|| invalid_header(name, "the `ETag` that you read, such as `\"3\"`").into())
    }
}

/// The members of a query.
#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Returns a member.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns an integer between `least` and `most`.
    pub(crate) fn integer(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let value = text.parse().ok().filter(|value| digits && (least..=most).contains(value));
        let range = || Plain(format!("a whole number between {least} and {most}"));
        value.map(Some).ok_or_else(|| out_of_range(name, range()).with_field(name).into())
    }

    /// Returns the number of items of a page.
    pub(crate) fn limit(&self) -> Result<usize> {
        let limit = self.integer("limit", 1, Page::MOST.into())?.unwrap_or(Page::DEFAULT.into());
        Ok(usize::try_from(limit).unwrap_or(1))
    }

    /// Returns an id.
    pub(crate) fn id(&self, name: &str) -> Result<Option<Id>> {
        let id = self.get(name).map(str::parse::<Id>).transpose();
        id.map_err(|error| error.with_field(name).into())
    }

    /// Returns one of several words.
    pub(crate) fn choice<T: FromStr<Err = Error>>(&self, name: &str) -> Result<Option<T>> {
        let choice = self.get(name).map(str::parse::<T>).transpose();
        choice.map_err(|error| error.with_field(name).into())
    }

    /// Returns a flag.
    pub(crate) fn flag(&self, name: &str) -> Result<bool> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => {
                let expected = Plain("`true` or `false`");
                Err(wrong_type(name, expected, Plain("another text")).with_field(name).into())
            }
        }
    }
}

fn unsupported(found: String) -> Error {
    errors::unsupported_media_type(Plain(found)).with_field("Content-Type")
}

/// The error about a header: what it must be.
pub(crate) fn invalid_header(name: &'static str, expected: &'static str) -> Error {
    let name = headers::spelling(name);
    errors::invalid_header(name, Plain(expected)).with_field(name)
}

/// Decodes a part of a query.
fn decoded(text: &str) -> Result<String, Error> {
    let text = text.replace('+', " ");
    percent_encoding::percent_decode_str(&text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| wrong_type("the query", Plain("UTF-8"), Plain("other bytes")).with_field("query"))
}
