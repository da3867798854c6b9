//! Whatever is wrong with a template, and not only what is wrong first.

use jit_approvals_base::Error;

use crate::Result;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct Mistakes(Vec<Error>);

impl Mistakes {
    /// What was read, or else nothing, and the mistake is noted.
    pub(super) fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.0.push(error)).ok()
    }

    pub(super) fn add(&mut self, error: Error) {
        self.0.push(error);
    }

    pub(super) fn extend(&mut self, errors: impl IntoIterator<Item = Error>) {
        self.0.extend(errors);
    }

    pub(super) fn into_errors(self) -> Vec<Error> {
        self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
