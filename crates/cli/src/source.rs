//! Files that people write, and showing them where something is wrong.

mod literal;
mod locate;
mod toml;

use std::path::Path;

use jit_approvals::Error;
use jit_approvals::json::{Json, Place};

use crate::failure::InFile;
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
        let value = match language {
            Language::Json => Json::parse(&source.text)
                .map_err(|error| (error.place().map_or(0, |place| place.offset(&source.text)), error)),
            Language::Toml => toml::parse(&source.text),
        };
        source.value = value.map_err(|(offset, error)| source.show(error, offset))?;
        Ok(source)
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
        if let Some(within) = error.place_in_field() {
            place += literal::place_within(&self.text[place..], within);
        }
        self.show(error.clone(), place)
    }

    fn show(&self, error: Error, offset: usize) -> Failure {
        let found = Place::of(&self.text, offset);
        let line = self.text.lines().nth(found.line() as usize - 1).unwrap_or_default();
        let place = InFile {
            file: self.name.clone(),
            place: found,
            excerpt: excerpt(line, found.column() as usize - 1),
        };
        Failure::InFile(error, place)
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
