//! The agents: a program for each language that answers questions.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use jit_approvals::json::{Json, Number, Object};

use super::languages::Language;
use crate::Outcome;

/// A program that answers for a language.
pub(super) struct Agent {
    pub(super) language: &'static str,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// What an agent answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Ok(Json),
    Error(Problem),
}

/// An error: what a program can rely on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    pub(super) code: String,
    pub(super) field: Option<String>,
    /// Line and column.
    pub(super) place: Option<(i64, i64)>,
    pub(super) message: String,
}

impl Agent {
    /// Asks a question.
    pub(super) fn ask(&mut self, operation: &str, given: &Object) -> Outcome<Answer> {
        let failed = |what: &str| format!("{}: {what}: {operation}", self.language);
        let mut question = Object::new().with("operation", operation);
        question.append(given);
        writeln!(self.input, "{question}")
            .and_then(|()| self.input.flush())
            .map_err(|_| failed("has ended"))?;
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(|_| failed("no text"))?;
        let answer = Json::parse(&line).map_err(|_| failed("has ended, or does not answer with JSON"))?;
        match (answer.get("ok"), answer.get("error")) {
            (Some(value), None) => Ok(Answer::Ok(value.clone())),
            (None, Some(error)) => Ok(Answer::Error(Problem::read(error))),
            _ => Err(failed("neither a value nor an error")),
        }
    }

    /// Asks a question that has an answer.
    pub(super) fn value(&mut self, operation: &str, given: &Object) -> Outcome<Json> {
        match self.ask(operation, given)? {
            Answer::Ok(value) => Ok(value),
            Answer::Error(problem) => Err(format!("{}: {operation}: {problem:?} for {given}", self.language)),
        }
    }

    /// Asks a question whose answer is a text.
    pub(super) fn text(&mut self, operation: &str, given: &Object) -> Outcome<String> {
        let value = self.value(operation, given)?;
        value.as_str().map(str::to_owned).ok_or_else(|| format!("{}: {operation}: no text", self.language))
    }

    fn start(language: &'static str, program: &mut Command) -> Outcome<Self> {
        program.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = program.spawn().map_err(|error| format!("{language}: {error}"))?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        Ok(Self { language, child, input, output })
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Problem {
    fn read(error: &Json) -> Self {
        let text = |name: &str| error.get(name).and_then(Json::as_str).map(str::to_owned);
        let number = |name: &str| error.get(name).and_then(Json::as_number).and_then(Number::as_i64);
        let message = text("message").unwrap_or_default();
        let place = number("line").zip(number("column"));
        // Most languages append the place to the message.
        let message = match place {
            Some((line, column)) => {
                message.trim_end_matches(&format!(" at line {line} column {column}")).to_owned()
            }
            None => message,
        };
        Self { code: text("code").unwrap_or_default(), field: text("field"), place, message }
    }

    /// Whether two errors are the same to a program.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (&self.code, &self.field, self.place) == (&other.code, &other.field, other.place)
    }
}

/// Starts the agent of a language.
pub(super) fn start(language: &Language) -> Outcome<Agent> {
    let mut program = language.program(Path::new("tests/interop").join(language.agent).as_path())?;
    Agent::start(language.name, &mut program)
}
