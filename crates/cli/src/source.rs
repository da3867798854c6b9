//! Files that people write, and showing them where something is wrong.

mod literal;
mod locate;
mod toml;

use std::fmt::Write as _;
use std::path::Path;

use jit_approvals::{Error, Json, Object};

use crate::style::{BAD, FAINT};
use crate::{Failure, input};

/// A JSON or TOML file, and what it says.
pub(crate) struct Source {
    name: String,
    text: String,
    language: Language,
    value: Json,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Json,
    Toml,
}

impl Source {
    /// Reads a file: TOML if its name ends so, else JSON.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = input::file(path)?.to_string();
        let toml = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        let language = if toml { Language::Toml } else { Language::Json };
        let name = path.display().to_string();
        let mut source = Self { name, text, language, value: Json::Null };
        let problem = match language {
            Language::Json => match Json::parse(&source.text) {
                Ok(value) => {
                    source.value = value;
                    return Ok(source);
                }
                Err(error) => {
                    let place = error.line().zip(error.column()).unwrap_or((1, 1));
                    Problem { code: error.code(), message: error.message().to_owned(), field: None }
                        .at(literal::offset(&source.text, place))
                }
            },
            Language::Toml => match toml::parse(&source.text) {
                Ok(value) => {
                    source.value = value;
                    return Ok(source);
                }
                Err(toml::Mistake { message, offset }) => {
                    Problem { code: "malformed_toml", message, field: None }.at(offset)
                }
            },
        };
        Err(source.show(&problem))
    }

    pub(crate) fn value(&self) -> &Json {
        &self.value
    }

    /// What the library refused, shown at its place in the file: the field that it names, and the place within
    /// its text where it tells one.
    pub(crate) fn refusal(&self, error: &Error) -> Failure {
        let field = error.field().unwrap_or_default();
        let mut place = match self.language {
            // A key that nobody knows is the mistake, not its value.
            Language::Json if error.code() == "unknown_member" => locate::json_key(&self.text, field),
            Language::Json => locate::json(&self.text, field),
            Language::Toml => toml::locate(&self.text, field),
        };
        if let Some(within) = error.line().zip(error.column()) {
            place += literal::place_within(&self.text[place..], within);
        }
        let field = error.field().map(str::to_owned);
        self.show(&Problem { code: error.code(), message: error.message().to_owned(), field }.at(place))
    }

    fn show(&self, (problem, offset): &(Problem, usize)) -> Failure {
        let before = &self.text[..(*offset).min(self.text.len())];
        let start = before.rfind('\n').map_or(0, |place| place + 1);
        let number = before.matches('\n').count() + 1;
        let column = self.text[start..before.len()].chars().count();
        let line = self.text[start..].lines().next().unwrap_or_default();
        let (excerpt, caret) = excerpt(line, column);
        let width = number.to_string().len();
        let Problem { code, message, field } = problem;
        let field_shown = field.as_ref().map_or_else(String::new, |field| format!(" ({field})"));
        let mut text = format!("{message} {FAINT}[{code}]{FAINT:#}\n");
        let place = format!("{}:{number}:{}{field_shown}", self.name, column + 1);
        writeln!(text, "{FAINT}{:width$}-->{FAINT:#} {place}", "").expect("a String");
        writeln!(text, "{FAINT}{number} |{FAINT:#} {excerpt}").expect("a String");
        write!(text, "{FAINT}{:width$} |{FAINT:#} {}{BAD}^{BAD:#}", "", " ".repeat(caret)).expect("a String");
        let mut error = Object::new().with("code", *code).with("message", message.as_str());
        if let Some(field) = field {
            error.insert("field", field.as_str());
        }
        let error =
            error.with("file", &*self.name).with("line", number as u64).with("column", column as u64 + 1);
        Failure::InFile { error, text }
    }
}

/// What is wrong, in words and for programs.
struct Problem {
    code: &'static str,
    message: String,
    field: Option<String>,
}

impl Problem {
    fn at(self, offset: usize) -> (Self, usize) {
        (self, offset)
    }
}

/// The part of a line around a column, and where the column is in it.
fn excerpt(line: &str, column: usize) -> (String, usize) {
    const BEFORE: usize = 60;
    const AFTER: usize = 40;
    let start = column.saturating_sub(BEFORE);
    let characters: Vec<char> = line.chars().collect();
    let end = characters.len().min(column + AFTER);
    // What could hide or reorder the line, perhaps the very mistake, is shown as a mark of the same width.
    let plain = |character: char| character.escape_debug().len() == 1 || "\"'\\".contains(character);
    let show = |character: &char| match *character {
        '\t' => ' ',
        character if plain(character) => character,
        _ => '\u{fffd}',
    };
    let middle: String = characters[start.min(end)..end].iter().map(show).collect();
    let (left, right) = (if start > 0 { "…" } else { "" }, if end < characters.len() { "…" } else { "" });
    (format!("{left}{middle}{right}"), column - start + left.chars().count())
}
