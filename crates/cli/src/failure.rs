//! The reasons why a command fails.

use std::io;
use std::path::Path;

use jit_approvals::Error;
use jit_approvals::json::{Json, Object, Place};
use jit_approvals_base::{Plain, errors};

use crate::out::{Line, error_excerpt, error_json, error_line};
use crate::style::{BAD, FAINT};

/// An error, with the place in a file if it has one.
#[derive(Debug)]
pub(crate) enum Failure {
    Error(Error),
    InFile(Error, InFile),
    /// The program that reads our output has exited, as `head` does. Nobody is left to read an error.
    BrokenPipe,
    /// All errors are already reported.
    Reported,
}

/// A place in a file.
#[derive(Debug)]
pub(crate) struct InFile {
    pub(crate) file: String,
    pub(crate) place: Place,
    /// The line of the file, with a mark under the place.
    pub(crate) excerpt: String,
}

impl Failure {
    pub(crate) fn usage(problem: impl Into<String>) -> Self {
        errors::usage(Plain(problem.into())).into()
    }

    /// Creates a failure from an I/O error of a file or stream.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| errors::io(Plain(what), Plain(error.to_string())).into()
    }

    /// Creates a failure from an I/O error of this file.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        Self::io(path.display().to_string())
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::BrokenPipe => 0,
            Self::Error(error) if error.code() == "usage" => 2,
            _ => 1,
        }
    }

    /// Prints the failure to standard error, as text for people or as JSON for programs.
    pub(crate) fn report(&self, json: bool) {
        match self {
            Self::BrokenPipe | Self::Reported => {}
            Self::Error(_) | Self::InFile(..) if json => {
                error_json(Object::new().with("error", self.to_json()));
            }
            Self::Error(error) => {
                error_line(&Line::new().own_in(BAD, "error:").own(" ").and(&summary(error)));
            }
            Self::InFile(error, place) => {
                let line = Line::new().own_in(BAD, "error:").own(" ").value(error.message());
                error_line(&line.own_in(FAINT, format!(" [{}]", error.code())));
                error_excerpt(&place.excerpt);
            }
        }
    }

    /// `{number, code, family, message, field?, file?, line?, column?}`
    pub(crate) fn to_json(&self) -> Json {
        match self {
            Self::BrokenPipe | Self::Reported => Json::Null,
            Self::Error(error) => error.to_json(),
            Self::InFile(error, place) => match error.to_json() {
                Json::Object(object) => object
                    .with("file", &*place.file)
                    .with("line", place.place.line())
                    .with("column", place.place.column())
                    .into(),
                other => other,
            },
        }
    }
}

/// Returns an error in one line: the message, the field, and the code, which programs use.
pub(crate) fn summary(error: &Error) -> Line {
    let line = Line::new().value(error);
    let line = match error.field() {
        Some(field) => line.own(" (").value(field).own(")"),
        None => line,
    };
    line.own_in(FAINT, format!(" [{}]", error.code()))
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::BrokenPipe;
        }
        Self::io("standard output")(error)
    }
}
