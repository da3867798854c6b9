//! Texts with placeholders: `$(key)` and `${key}`.

use jit_approvals_base::{Error, Place, Plain, did_you_mean};

use super::render::has_ascii_edges;
use crate::{Result, errors};

/// A text that is split, once, into literal text and placeholders.
#[derive(Debug, Clone)]
pub(crate) struct TextPattern {
    pub(crate) segments: Vec<Segment>,
    /// For each placeholder, in order, the index of its text in the [`PlaceholderTexts`](super::PlaceholderTexts).
    pub(crate) places: Vec<usize>,
    /// The number of bytes of literal text.
    pub(crate) literal_bytes: usize,
    /// Whether all literal segments begin and end with ASCII characters.
    pub(crate) has_ascii_edges: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(Box<str>),
    /// Replaced by the text at index `place` of the [`PlaceholderTexts`](super::PlaceholderTexts).
    Placeholder {
        key: Box<str>,
        place: usize,
    },
}

/// The placeholders that every template has and no template may declare.
///
/// This is also the order of their texts in the [`PlaceholderTexts`](super::PlaceholderTexts), after the fields and
/// the claims.
pub(crate) const BUILT_IN: [&str; 3] = ["companyName", "subject", "requestId"];

/// The names that the placeholders of a template may use.
pub(crate) struct Names<'a> {
    pub(crate) fields: Vec<&'a str>,
    pub(crate) claims: Vec<&'a str>,
}

impl TextPattern {
    /// Splits a text. Calls `mistaken` for every mistake, with its line and column in the text. Stops if `mistaken`
    /// returns false.
    ///
    /// `\$(` and `\${` mean these characters without the backslash, and `\\` means one backslash. All other backslashes
    /// and `$` characters mean themselves.
    pub(crate) fn parse(text: &str, names: &Names<'_>, mut mistaken: impl FnMut(Error) -> bool) -> Self {
        /// The number of unknown names for which a similar name is searched. Further ones get no hint.
        const HINTS: usize = 10;
        let mut hints = 0;
        let mut pattern =
            Self { segments: Vec::new(), places: Vec::new(), literal_bytes: 0, has_ascii_edges: true };
        // The literal text so far, if it contains an escape and therefore is not a slice of the text.
        let mut words = String::new();
        let mut rest = text;
        // The end of the current piece. The piece starts at the beginning of `rest`.
        let mut end = 0;
        while let Some(place) = rest[end..].find(['\\', '$']) {
            end += place;
            let (piece, special) = rest.split_at(end);
            match special.as_bytes() {
                [b'\\', b'\\', ..] => {
                    // Two backslashes mean one: keep the first.
                    words.push_str(&rest[..=end]);
                    (rest, end) = (&special[2..], 0);
                }
                [b'\\', b'$', b'(' | b'{', ..] => {
                    words.push_str(piece);
                    words.push_str(&special[1..3]);
                    (rest, end) = (&special[3..], 0);
                }
                [b'$', b'(' | b'{', ..] => {
                    let mut place = |key| {
                        names.place(key).ok_or_else(|| {
                            hints += 1;
                            names.unknown(key, hints <= HINTS)
                        })
                    };
                    let read = key(special).and_then(|(key, length)| Ok((key, place(key)?, length)));
                    match read {
                        Ok((key, place, length)) => {
                            pattern.push_words(&mut words, piece);
                            pattern.places.push(place);
                            pattern.segments.push(Segment::Placeholder { key: key.into(), place });
                            (rest, end) = (&special[length..], 0);
                        }
                        Err(error) => {
                            if !mistaken(error.at_in_field(Place::of(text, text.len() - special.len()))) {
                                break;
                            }
                            end += 2;
                        }
                    }
                }
                _ => end += 1,
            }
        }
        pattern.push_words(&mut words, rest);
        pattern
    }

    /// Adds the literal text so far and this piece as one segment.
    fn push_words(&mut self, words: &mut String, piece: &str) {
        if !words.is_empty() {
            words.push_str(piece);
            self.push_literal(&std::mem::take(words));
        } else if !piece.is_empty() {
            self.push_literal(piece);
        }
    }

    fn push_literal(&mut self, words: &str) {
        self.literal_bytes += words.len();
        self.has_ascii_edges &= has_ascii_edges(words);
        self.segments.push(Segment::Literal(words.into()));
    }
}

impl Names<'_> {
    /// Returns the index of this key's text in the [`PlaceholderTexts`](super::PlaceholderTexts).
    fn place(&self, key: &str) -> Option<usize> {
        let (fields, claims) = (self.fields.len(), self.claims.len());
        let field = self.fields.iter().position(|field| *field == key);
        let built_in = || Some(fields + claims + BUILT_IN.iter().position(|name| *name == key)?);
        let claim = || {
            let claim = key.strip_prefix("claim.")?;
            Some(fields + self.claims.iter().position(|listed| *listed == claim)?)
        };
        field.or_else(built_in).or_else(claim)
    }

    fn unknown(&self, key: &str, hinted: bool) -> Error {
        if !hinted {
            return errors::unknown_placeholder(key, Plain(String::new()));
        }
        let claims: Vec<String> = self.claims.iter().map(|claim| format!("claim.{claim}")).collect();
        let known = self.fields.iter().copied().chain(BUILT_IN);
        let hint = did_you_mean(key, known.chain(claims.iter().map(String::as_str)));
        errors::unknown_placeholder(key, Plain(hint))
    }
}

/// Returns the key and the length of the placeholder at the beginning of this text.
fn key(text: &str) -> Result<(&str, usize)> {
    let closing = if text.as_bytes()[1] == b'(' { ')' } else { '}' };
    let malformed = || errors::malformed_placeholder(&text[..2]);
    let end = text.find(closing).ok_or_else(malformed)?;
    let key = &text[2..end];
    if is_key(key.strip_prefix("claim.").unwrap_or(key)) { Ok((key, end + 1)) } else { Err(malformed()) }
}

/// Whether a text matches `[A-Za-z_][A-Za-z0-9_-]{0,63}`.
pub(crate) fn is_key(text: &str) -> bool {
    let first = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let rest = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    first && rest && text.len() <= 64
}
