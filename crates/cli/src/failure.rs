//! Why a command did not do what it was asked.

use std::io;
use std::path::Path;

use jit_approvals::Error;
use jit_approvals::json::{Json, Object, Place};
use jit_approvals_base::{Plain, errors};

use crate::out::{Line, error_excerpt, error_json, error_line};
use crate::style::{BAD, FAINT};

/// An error, perhaps at a place in a file that can be shown.
#[derive(Debug)]
pub(crate) enum Failure {
    Error(Error),
    InFile(Error, InFile),
    /// Whoever reads our output has gone, as `head` does: nobody is left to tell.
    BrokenPipe,
    /// All has been said.
    Reported,
}

/// A place in a file.
#[derive(Debug)]
pub(crate) struct InFile {
    pub(crate) file: String,
    pub(crate) place: Place,
    /// The line around it, with a mark under the place.
    pub(crate) excerpt: String,
}

impl Failure {
    pub(crate) fn usage(problem: impl Into<String>) -> Self {
        errors::usage(Plain(problem.into())).into()
    }

    /// What went wrong with a file or stream.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| errors::io(Plain(what), Plain(error.to_string())).into()
    }

    /// What went wrong with this file.
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

    /// Says on standard error what happened: for people, or as JSON for programs.
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

/// An error in one line: the message, the field it is about, the code that programs decide by.
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
