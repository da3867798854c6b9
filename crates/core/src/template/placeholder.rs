//! Texts with placeholders: `$(key)` and `${key}`.

use jit_approvals_base::{Error, Plain, nearest};

use crate::{Result, errors, reading};

/// A text taken apart, once, into its own words and its placeholders.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    pub(crate) segments: Vec<Segment>,
    /// What the placeholders among them stand for, in their order.
    pub(crate) sources: Vec<Source>,
    /// Bytes of the text's own words.
    pub(crate) literal_bytes: usize,
    /// Whether the request's id is among the placeholders.
    pub(crate) shows_id: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    Placeholder { key: String, source: Source },
}

/// Where a placeholder's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The metadata field at this place.
    Field(usize),
    /// The listed claim at this place.
    Claim(usize),
    CompanyName,
    Subject,
    RequestId,
}

/// The placeholders that every template has, and none may declare.
pub(crate) const BUILT_IN: [(&str, Source); 3] =
    [("companyName", Source::CompanyName), ("subject", Source::Subject), ("requestId", Source::RequestId)];

/// What a template's placeholders may name.
pub(crate) struct Names<'a> {
    pub(crate) fields: Vec<&'a str>,
    pub(crate) claims: Vec<&'a str>,
}

impl Pattern {
    /// Takes a text apart. An error has its line and column within the text.
    ///
    /// `\$(` and `\${` mean the characters themselves, `\\` is one backslash, any other backslash itself, and
    /// so is any other `$`.
    pub(crate) fn parse(text: &str, names: &Names<'_>) -> Result<Self> {
        let mut pattern =
            Self { segments: Vec::new(), sources: Vec::new(), literal_bytes: 0, shows_id: false };
        let mut literal = String::new();
        let mut rest = text;
        while let Some(place) = memchr::memchr2(b'\\', b'$', rest.as_bytes()) {
            literal.push_str(&rest[..place]);
            rest = &rest[place..];
            let taken = match rest.as_bytes() {
                [b'\\', b'\\', ..] => {
                    literal.push('\\');
                    2
                }
                [b'\\', b'$', b'(' | b'{', ..] => {
                    literal.push_str(&rest[1..3]);
                    3
                }
                [b'$', b'(' | b'{', ..] => {
                    let at = |error: Error| {
                        let (line, column) = reading::place(text, text.len() - rest.len());
                        error.at(line, column)
                    };
                    let (key, length) = key(rest).map_err(at)?;
                    let source = names.source(key).map_err(at)?;
                    pattern.push_literal(&mut literal);
                    pattern.shows_id |= source == Source::RequestId;
                    pattern.sources.push(source);
                    pattern.segments.push(Segment::Placeholder { key: key.to_owned(), source });
                    length
                }
                _ => {
                    literal.push_str(&rest[..1]);
                    1
                }
            };
            rest = &rest[taken..];
        }
        literal.push_str(rest);
        pattern.push_literal(&mut literal);
        Ok(pattern)
    }

    fn push_literal(&mut self, literal: &mut String) {
        if !literal.is_empty() {
            self.literal_bytes += literal.len();
            self.segments.push(Segment::Literal(std::mem::take(literal)));
        }
    }
}

impl Names<'_> {
    fn source(&self, key: &str) -> Result<Source> {
        if let Some(place) = self.fields.iter().position(|field| *field == key) {
            return Ok(Source::Field(place));
        }
        if let Some((_, source)) = BUILT_IN.iter().find(|(name, _)| *name == key) {
            return Ok(*source);
        }
        if let Some(claim) = key.strip_prefix("claim.")
            && let Some(place) = self.claims.iter().position(|listed| *listed == claim)
        {
            return Ok(Source::Claim(place));
        }
        let claims: Vec<String> = self.claims.iter().map(|claim| format!("claim.{claim}")).collect();
        let known = self.fields.iter().copied().chain(BUILT_IN.iter().map(|(name, _)| *name));
        let hint = nearest(key, known.chain(claims.iter().map(String::as_str)));
        let hint = hint.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        Err(errors::unknown_placeholder(key, Plain(hint)))
    }
}

/// The key of the placeholder that this text begins with, and the placeholder's length.
fn key(text: &str) -> Result<(&str, usize)> {
    let closing = if text.as_bytes()[1] == b'(' { ')' } else { '}' };
    let malformed = || errors::malformed_placeholder(&text[..2]);
    let end = text.find(closing).ok_or_else(malformed)?;
    let key = &text[2..end];
    if is_key(key.strip_prefix("claim.").unwrap_or(key)) { Ok((key, end + 1)) } else { Err(malformed()) }
}

/// `[A-Za-z_][A-Za-z0-9_-]{0,63}`
pub(crate) fn is_key(text: &str) -> bool {
    let first = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let rest = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    first && rest && text.len() <= 64
}
