//! Patterns of values: regular expressions in the syntax of the `regex` crate, matched in linear time.

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
    /// As it is in the template.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole value matches.
    pub fn matches(&self, value: &str) -> bool {
        self.compiled.is_match(value)
    }
}

/// What a template's patterns may still take, compiled.
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
        // Anchored as a whole, and not by text around it: `a)|(b` is no pattern, and `a|b` matches both as wholes.
        let whole = Hir::concat(vec![Hir::look(Look::Start), parse(text)?, Hir::look(Look::End)]);
        // The cache is for one thread; a value has at most 4 KiB.
        let config = Regex::config().nfa_size_limit(Some(self.bytes)).hybrid_cache_capacity(256 << 10);
        let compiled = Regex::builder().configure(config).build_from_hir(&whole);
        let compiled = compiled.ok().filter(|compiled| compiled.memory_usage() <= self.bytes);
        let compiled = compiled.ok_or_else(|| {
            let reason = format!(
                "compiled, a template's patterns together take more than {} bytes",
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
