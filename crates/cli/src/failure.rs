//! Why a command did not do what it was asked.

use std::io;

use jit_approvals::{Error, Object};

use crate::style;

/// A refusal with its code, a file or stream that could not be used, or a call that makes no sense.
#[derive(Debug)]
pub(crate) enum Failure {
    Refused(Error),
    /// Refused in a file that can be shown.
    InFile {
        error: Object,
        text: String,
    },
    Io {
        what: String,
        error: io::Error,
    },
    Usage(String),
}

impl Failure {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        |error| Self::Io { what, error }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(_) | Self::InFile { .. } | Self::Io { .. } => 1,
            Self::Usage(_) => 2,
        }
    }

    /// Whether the reader of our output has gone, as `head` does: nobody is left to tell.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io { error, .. } if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Says on standard error what happened: for people, or as JSON for programs.
    pub(crate) fn report(&self, json: bool) {
        let (code, text) = match self {
            Self::Refused(error) if json => {
                anstream::eprintln!("{}", Object::new().with("error", error.to_json()));
                return;
            }
            Self::InFile { error, .. } if json => {
                anstream::eprintln!("{}", Object::new().with("error", error.clone()));
                return;
            }
            Self::Refused(error) => (error.code(), style::refusal(error)),
            Self::InFile { text, .. } => ("", text.clone()),
            Self::Io { what, error } => ("io", format!("{what}: {error}")),
            Self::Usage(text) => ("usage", text.clone()),
        };
        if json {
            let error = Object::new().with("code", code).with("message", text);
            anstream::eprintln!("{}", Object::new().with("error", error));
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
