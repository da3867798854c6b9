//! Why a call is not answered with what it asked for.

use http::HeaderValue;
use jit_approvals::Error;
use jit_approvals::json::Json;
use jit_approvals_api::errors;
use jit_approvals_base::Id;
use jit_approvals_store::{Failure, Unique};

use crate::password::Task;

/// The result of an endpoint.
pub(crate) type Result<T, E = Refusal> = std::result::Result<T, E>;

/// Why a call is not answered with what it asked for.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The caller is told why.
    Told(Box<Told>),
    /// What the call was computed from has changed: it starts again from its credential.
    Again(Id),
    /// A value that must be unique exists.
    Taken(Unique),
    /// The store did not do it.
    Store(Failure),
    /// A password must be hashed first. Then the call is computed again.
    Hash(Box<Task>),
}

/// What the caller is told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) error: Error,
    /// The present record of the request that the call was about.
    pub(crate) request: Option<Json>,
    /// The present record of what else the call was about.
    pub(crate) present: Option<Json>,
    /// After how many seconds the call may be repeated.
    pub(crate) retry_after: Option<u64>,
    pub(crate) headers: Vec<(http::HeaderName, HeaderValue)>,
}

impl Refusal {
    /// An error about a request, whose present record is shown if the status is 409 or 410.
    pub(crate) fn about(error: Error, request: impl FnOnce() -> Json) -> Self {
        let request = matches!(error.code().status(), 409 | 410).then(request);
        Self::Told(Box::new(Told { request, ..Told::from(error) }))
    }

    /// An error that shows the present record.
    pub(crate) fn with_present(error: Error, present: Json) -> Self {
        Self::Told(Box::new(Told { present: Some(present), ..Told::from(error) }))
    }

    /// Names the field that is wrong by its name in the call, if a field is.
    pub(crate) fn with_field(self, name: &str) -> Self {
        match self {
            Self::Told(told) if told.error.field().is_some() => {
                Self::Told(Box::new(Told { error: told.error.with_field(name), ..*told }))
            }
            other => other,
        }
    }

    /// An error after which the call may be repeated.
    pub(crate) fn later(error: Error, seconds: u64) -> Self {
        Self::Told(Box::new(Told { retry_after: Some(seconds), ..Told::from(error) }))
    }

    /// The server cannot do it now, and nothing was written.
    pub(crate) fn unavailable() -> Self {
        Self::later(errors::unavailable(), 1)
    }
}

impl From<Error> for Told {
    fn from(error: Error) -> Self {
        Self { error, request: None, present: None, retry_after: None, headers: Vec::new() }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Told(Box::new(Told::from(error)))
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Store(failure)
    }
}
