//! What a case hands in.

use jit_approvals::{Json, Object, UnixTime};

/// The members of a case's `given`; one that is missing is a mistake in the vectors.
pub(crate) struct Given<'a>(pub(crate) &'a Json);

impl<'a> Given<'a> {
    /// A member, unless it is left out or null.
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
        self.value(name).as_str().unwrap_or_else(|| panic!("`{name}` is no text in {}", self.0))
    }

    pub(crate) fn object(&self, name: &str) -> &'a Object {
        self.value(name).as_object().unwrap_or_else(|| panic!("`{name}` is no object in {}", self.0))
    }

    pub(crate) fn array(&self, name: &str) -> &'a [Json] {
        self.value(name).as_array().unwrap_or_else(|| panic!("`{name}` is no array in {}", self.0))
    }

    pub(crate) fn integer(&self, name: &str) -> i64 {
        let number = self.value(name).as_number().and_then(jit_approvals::Number::as_i64);
        number.unwrap_or_else(|| panic!("`{name}` is no integer in {}", self.0))
    }

    pub(crate) fn seconds(&self, name: &str) -> Option<u32> {
        self.optional(name).map(|_| u32::try_from(self.integer(name)).unwrap())
    }

    pub(crate) fn time(&self, name: &str) -> UnixTime {
        UnixTime::from_seconds(self.integer(name))
    }
}
