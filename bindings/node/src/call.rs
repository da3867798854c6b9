//! How calls come in and errors go out.

use std::time::Duration;

use jit_approvals::bindings::{Members, guarded};
use jit_approvals::json::Json;
use jit_approvals::{Id, Result, UnixTime};
use napi::bindgen_prelude::{Either, Latin1String};

/// A text for JavaScript. One that is ASCII, as tokens are, is made faster.
pub(crate) type Text = Either<Latin1String, String>;

/// Runs a call. An error's message is its record, `{number, code, family, status, message, …}`, from which the JavaScript
/// part makes its exception.
pub(crate) fn call<T>(body: impl FnOnce() -> Result<T>) -> napi::Result<T> {
    guarded(body).map_err(|error| napi::Error::from_reason(error.to_json().to_string()))
}

pub(crate) fn text(text: String) -> Text {
    if text.is_ascii() { Either::A(text.into()) } else { Either::B(text) }
}

pub(crate) fn time(seconds: Option<i64>) -> Option<UnixTime> {
    seconds.map(UnixTime::from_seconds)
}

pub(crate) fn time_or_now(seconds: Option<i64>) -> UnixTime {
    time(seconds).unwrap_or_else(UnixTime::now)
}

pub(crate) fn id(id: Option<&str>) -> Result<Option<Id>> {
    id.map(str::parse).transpose()
}

/// An option in whole seconds, if it is given.
pub(crate) fn duration(options: &Members<'_>, name: &str) -> Result<Option<Duration>> {
    let seconds = options.count(name, 0, u32::MAX)?;
    Ok(seconds.map(|seconds| Duration::from_secs(seconds.into())))
}

/// A record that may be left out.
pub(crate) fn record<T>(text: Option<&str>, read: fn(&Json) -> Result<T>) -> Result<Option<T>> {
    text.map(|text| read(&Json::parse(text)?)).transpose()
}
