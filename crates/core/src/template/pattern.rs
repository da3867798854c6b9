//! Patterns for values: regular expressions in the syntax of the `regex` crate, matched in linear time.

use jit_approvals_base::Plain;
use regex_automata::meta::Regex;
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::hir::translate::Translator;
use regex_syntax::hir::{Hir, Look};

use crate::limits;
use crate::{Error, Result, errors};

/// A pattern that matches whole values only.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    compiled: Regex,
}

impl Pattern {
    /// The pattern as written in the template.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole value matches.
    pub fn matches(&self, value: &str) -> bool {
        self.compiled.is_match(value)
    }
}

/// The number of bytes that the remaining compiled patterns of a template may use.
#[derive(Debug)]
pub(super) struct Patterns {
    bytes: usize,
}

impl Default for Patterns {
    fn default() -> Self {
        Self { bytes: limits::PATTERN_BYTES }
    }
}

impl Patterns {
    pub(super) fn compile(&mut self, text: &str) -> Result<Pattern> {
        // The anchors are added to the parsed pattern, not to its text. Otherwise `a)|(b` would be accepted, and the
        // anchors in `^a|b$` would each apply to one side only.
        let whole = Hir::concat(vec![Hir::look(Look::Start), parse(text)?, Hir::look(Look::End)]);
        // Every thread has its own cache, and a value has at most 4 KiB, so a small cache is enough.
        let config = Regex::config().nfa_size_limit(Some(self.bytes)).hybrid_cache_capacity(256 << 10);
        let compiled = Regex::builder().configure(config).build_from_hir(&whole);
        let compiled = compiled.ok().filter(|compiled| compiled.memory_usage() <= self.bytes);
        let compiled = compiled.ok_or_else(|| {
            let reason = format!(
                "together, the compiled patterns of the template exceed the limit of {} bytes",
                limits::PATTERN_BYTES
            );
            errors::invalid_pattern(text, Plain(reason))
        })?;
        self.bytes -= compiled.memory_usage();
        Ok(Pattern { text: text.to_owned(), compiled })
    }
}

fn parse(text: &str) -> Result<Hir> {
    let invalid = |reason: String| -> Error {
        let reason = reason.trim_end_matches('.').to_lowercase();
        errors::invalid_pattern(text, Plain(reason))
    };
    let ast = ParserBuilder::new().build().parse(text).map_err(|error| invalid(error.kind().to_string()))?;
    Translator::new().translate(text, &ast).map_err(|error| invalid(error.kind().to_string()))
}
