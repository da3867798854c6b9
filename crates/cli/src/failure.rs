//! Why a command did not do what it was asked.

use std::io;

use jit_approvals::{Error, Object};

use crate::style;

/// A refusal with its code, or a file or stream that could not be used.
#[derive(Debug)]
pub(crate) enum Failure {
    Refused(Error),
    Io { what: String, error: io::Error },
}

impl Failure {
    /// Whether the reader of our output has gone, as `head` does: nobody is left to tell.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io { error, .. } if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Says on standard error what happened: for people, or as JSON for programs.
    pub(crate) fn report(&self, json: bool) {
        let text = match self {
            Self::Refused(error) if json => Object::new().with("error", error.to_json()).to_string(),
            Self::Refused(error) => style::refusal(error),
            Self::Io { what, error } if json => {
                let error = Object::new().with("code", "io").with("message", format!("{what}: {error}"));
                Object::new().with("error", error).to_string()
            }
            Self::Io { what, error } => format!("{what}: {error}"),
        };
        if json {
            anstream::eprintln!("{text}");
        } else {
            anstream::eprintln!("{}error:{:#} {text}", style::BAD, style::BAD);
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io { what: "standard output".to_owned(), error }
    }
}
