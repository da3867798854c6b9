//! Collects all mistakes in a template, not only the first.

use jit_approvals_base::Error;

use crate::Result;

/// The mistakes found so far, up to a maximum number.
#[derive(Debug)]
pub(super) struct Mistakes {
    found: Vec<Error>,
    most: usize,
}

impl Mistakes {
    pub(super) fn up_to(most: usize) -> Self {
        Self { found: Vec::new(), most }
    }

    /// Returns the value, or records the mistake and returns `None`.
    pub(super) fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    pub(super) fn add(&mut self, error: Error) {
        if !self.is_full() {
            self.found.push(error);
        }
    }

    pub(super) fn extend(&mut self, errors: impl IntoIterator<Item = Error>) {
        let left = self.most - self.found.len();
        self.found.extend(errors.into_iter().take(left));
    }

    /// Whether the maximum number is reached. Then there is no reason to continue.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= self.most
    }

    pub(super) fn into_errors(self) -> Vec<Error> {
        self.found
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}
