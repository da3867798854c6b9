//! Reads files that people write, and shows where a mistake is.

mod literal;
mod toml;

use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use jit_approvals::Error;
use jit_approvals::json::{Json, Place};

use crate::failure::InFile;
use crate::out::{escaped, visible};
use crate::{Failure, input};

/// A JSON or TOML file and its value.
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
    /// Reads a file as TOML if its name ends in `.toml`, otherwise as JSON.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = input::file(path)?.to_string();
        let toml = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        let language = if toml { Language::Toml } else { Language::Json };
        let name = path.display().to_string();
        let mut source = Self { name, text, language, value: Json::Null };
        let value = match language {
            Language::Json => Json::parse(&source.text).map_err(|error| {
                let offset = error.place().map_or(0, |place| place.offset(&source.text));
                (offset..offset, error)
            }),
            Language::Toml => toml::parse(&source.text),
        };
        source.value = value.map_err(|(span, error)| source.show(error, span))?;
        Ok(source)
    }

    pub(crate) fn value(&self) -> &Json {
        &self.value
    }

    /// Creates a failure that shows an error of the library at its place in the file.
    ///
    /// The place is the field that the error names, or a position in the text of that field if the error has one.
    pub(crate) fn failure(&self, error: &Error) -> Failure {
        let field = error.field().unwrap_or_default();
        let mut span = match self.language {
            Language::Json => json_span(&self.text, field, error),
            Language::Toml => toml::locate(&self.text, field),
        };
        if let Some(within) = error.place_in_field() {
            span.start += literal::place_within(&self.text[span.clone()], within);
            span.end = span.start;
        }
        self.show(error.clone(), span)
    }

    fn show(&self, error: Error, span: Range<usize>) -> Failure {
        let place = Place::of(&self.text, span.start);
        // The first line of the span is enough to find the mistake.
        let line_start = self.text[..span.start].rfind('\n').map_or(0, |end| end + 1);
        let (before, rest) = self.text[line_start..].split_at(span.start - line_start);
        let rest = rest.lines().next().unwrap_or_default();
        let (marked, after) = rest.split_at(rest.len().min(span.len()));
        let [before, marked, after] = [before, marked, after].map(visible);
        let annotation = AnnotationKind::Primary.span(before.len()..before.len() + marked.len());
        let snippet = Snippet::source(before + &marked + &after)
            .line_start(place.line() as usize)
            .path(escaped(&self.name))
            .annotation(annotation.label(error.field().map(escaped)));
        let excerpt = Renderer::styled().render(&[Group::with_level(Level::ERROR).element(snippet)]);
        Failure::InFile(error, InFile { file: self.name.clone(), place, excerpt })
    }
}

fn json_span(text: &str, field: &str, error: &Error) -> Range<usize> {
    let Some(span) = Json::locate(text, field) else { return 0..0 };
    // If the key is unknown, the mistake is the key and not its value.
    if error.code() == "unknown_member" { span.key } else { span.value }
}
