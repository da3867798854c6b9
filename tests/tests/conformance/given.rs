//! Reads the input of a case.

use std::time::Duration;

use jit_approvals::UnixTime;
use jit_approvals::json::{Json, Object};

/// The `given` object of a case. The accessors panic if a member is missing or has a wrong type, because the vectors
/// are then wrong.
pub(crate) struct Given<'a>(pub(crate) &'a Json);

impl<'a> Given<'a> {
    /// Returns a member, or `None` if it is missing or null.
    pub(crate) fn optional(&self, name: &str) -> Option<&'a Json> {
        self.0.get(name).filter(|value| **value != Json::Null)
    }

    pub(crate) fn value(&self, name: &str) -> &'a Json {
        self.optional(name).unwrap_or_else(|| panic!("no `{name}` in {}", self.0))
    }

    pub(crate) fn inner(&self, name: &str) -> Given<'a> {
        Given(self.value(name))
    }

    pub(crate) fn text(&self, name: &str) -> &'a str {
        self.value(name).as_str().unwrap_or_else(|| panic!("`{name}` is not text in {}", self.0))
    }

    pub(crate) fn object(&self, name: &str) -> &'a Object {
        self.value(name).as_object().unwrap_or_else(|| panic!("`{name}` is not an object in {}", self.0))
    }

    pub(crate) fn array(&self, name: &str) -> &'a [Json] {
        self.value(name).as_array().unwrap_or_else(|| panic!("`{name}` is not an array in {}", self.0))
    }

    pub(crate) fn integer(&self, name: &str) -> i64 {
        let number = self.value(name).as_number().and_then(jit_approvals::json::Number::as_i64);
        number.unwrap_or_else(|| panic!("`{name}` is not an integer in {}", self.0))
    }

    pub(crate) fn duration(&self, name: &str) -> Option<Duration> {
        self.optional(name).map(|_| Duration::from_secs(self.integer(name).unsigned_abs()))
    }

    pub(crate) fn time(&self, name: &str) -> UnixTime {
        UnixTime::from_seconds(self.integer(name))
    }
}
