//! Converts arguments, results and errors between JavaScript and Rust.

use jit_approvals::bindings::guarded;
use jit_approvals::json::Json;
use jit_approvals::{Id, Result, UnixTime};
use napi::bindgen_prelude::{Either, Latin1String};

/// A string for JavaScript. ASCII text, such as a token, is faster to create as Latin-1.
pub(crate) type Text = Either<Latin1String, String>;

/// Runs a call and catches its panics. The message of an error is its record,
/// `{number, code, family, status, message, …}`: the JavaScript part creates its exception from the record.
pub(crate) fn call<T>(body: impl FnOnce() -> Result<T>) -> napi::Result<T> {
    guarded(body).map_err(|error| napi::Error::from_reason(error.to_json().to_string()))
}

pub(crate) fn text(text: String) -> Text {
    if text.is_ascii() { Either::A(text.into()) } else { Either::B(text) }
}

pub(crate) fn time(seconds: Option<i64>) -> Option<UnixTime> {
    seconds.map(UnixTime::from_seconds)
}

pub(crate) fn id(id: Option<&str>) -> Result<Option<Id>> {
    id.map(str::parse).transpose()
}

/// Reads a record that may be left out from its JSON text.
pub(crate) fn record<T>(text: Option<&str>, read: fn(&Json) -> Result<T>) -> Result<Option<T>> {
    text.map(|text| read(&Json::parse(text)?)).transpose()
}
