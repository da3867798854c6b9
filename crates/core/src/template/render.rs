//! Renders templates in one pass: placeholders inside a value are never replaced.

use std::fmt;

use jit_approvals_base::{Error, Json, Object, Plain};
use unicode_segmentation::GraphemeCursor;

use super::placeholder::{Segment, TextPattern};
use super::{PlaceholderTexts, Template, ValueText};
use crate::limits;
use crate::shown_text::is_visible;
use crate::{Result, errors};

/// What an approver sees.
#[derive(Clone)]
pub struct Rendered {
    template: Template,
    /// None if the title has no placeholders.
    title: Option<String>,
    text: String,
    /// The length in bytes of each value, first in the title, then in the text.
    lengths: Vec<u32>,
}

/// A part of a rendered title or text.
///
/// A page that shows parts must make values look different from the template's own words. It must also isolate each
/// part (`<bdi>` in HTML, U+2068 and U+2069 in plain text), because right-to-left letters reorder the digits next to
/// them, even without control characters.
///
/// The API has parts instead of offsets because offsets differ between languages: bytes, UTF-16 units or code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// The text of the part. All parts joined are the whole title or text.
    pub text: &'a str,
    /// The key of the placeholder that this part replaces. `None` for the template's own words.
    pub key: Option<&'a str>,
}

impl Rendered {
    #[inline]
    pub(crate) fn new(template: &Template, texts: &PlaceholderTexts<'_>) -> Result<Self> {
        let inner = &*template.0;
        let mut lengths = Vec::with_capacity(inner.title.places.len() + inner.text.places.len());
        let title = match inner.title.segments.as_slice() {
            // Already checked when the template was read.
            [Segment::Literal(_)] => None,
            _ => Some(title(&inner.title, texts.all(), &mut lengths)?),
        };
        let text = fill(&inner.text, texts.all(), limits::TEXT_BYTES, &mut lengths, |size| {
            too_long("text", size, "bytes", limits::TEXT_BYTES)
        })?;
        if !is_visible(&text) {
            return Err(errors::missing_metadata("text").with_field("text"));
        }
        Ok(Self { template: template.clone(), title, text, lengths })
    }

    /// The title, which has one line.
    pub fn title(&self) -> &str {
        match (&self.title, self.template.0.title.segments.as_slice()) {
            (None, [Segment::Literal(title)]) => title,
            (title, _) => title.as_deref().unwrap_or_default(),
        }
    }

    /// The title in parts.
    pub fn title_parts(&self) -> impl Iterator<Item = Part<'_>> {
        parts(&self.template.0.title, self.title(), &self.lengths)
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text in parts.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        parts(&self.template.0.text, &self.text, &self.lengths[self.template.0.title.places.len()..])
    }

    /// `{title, titleParts: [{text, key?}], text, parts: [{text, key?}]}`
    pub fn to_json(&self) -> Json {
        let title_parts: Vec<Object> = self.title_parts().map(Object::from).collect();
        let parts: Vec<Object> = self.parts().map(Object::from).collect();
        Object::new()
            .with("title", self.title())
            .with("titleParts", title_parts)
            .with("text", self.text())
            .with("parts", parts)
            .into()
    }
}

fn parts<'a>(pattern: &'a TextPattern, text: &'a str, lengths: &'a [u32]) -> impl Iterator<Item = Part<'a>> {
    let mut rest = text;
    let mut lengths = lengths.iter();
    pattern.segments.iter().map(move |segment| {
        let (length, key) = match segment {
            Segment::Literal(text) => (text.len(), None),
            Segment::Placeholder { key, .. } => {
                (lengths.next().map_or(0, |length| *length as usize), Some(&**key))
            }
        };
        let (text, after) = rest.split_at(length);
        rest = after;
        Part { text, key }
    })
}

impl fmt::Debug for Rendered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the template.
        out.debug_struct("Rendered")
            .field("title", &self.title())
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}

/// `{text, key?}`
impl From<Part<'_>> for Object {
    fn from(part: Part<'_>) -> Self {
        let object = Self::new().with("text", part.text);
        match part.key {
            Some(key) => object.with("key", key),
            None => object,
        }
    }
}

fn title(pattern: &TextPattern, texts: &[ValueText<'_>], lengths: &mut Vec<u32>) -> Result<String> {
    const MOST: usize = limits::TITLE_CHARACTERS;
    let too_long = |size| too_long("title", size, "characters", MOST);
    // A character has at most four bytes. A title with more bytes than that is too long, so it is not built.
    let title = fill(pattern, texts, 4 * MOST, lengths, |_| {
        too_long(pattern.segments.iter().map(|segment| piece(segment, texts).chars().count()).sum())
    })?;
    let size = title.chars().count();
    if size > MOST {
        return Err(too_long(size));
    }
    if is_visible(&title) { Ok(title) } else { Err(errors::missing_metadata("title").with_field("title")) }
}

/// Returns the filled text. Checks its size before writing anything.
#[inline]
fn fill(
    pattern: &TextPattern,
    texts: &[ValueText<'_>],
    most: usize,
    lengths: &mut Vec<u32>,
    too_long: impl FnOnce(usize) -> Error,
) -> Result<String> {
    let before = lengths.len();
    let mut size = pattern.literal_bytes;
    // ASCII characters never merge. If all edges are ASCII, no joint needs a check.
    let mut ascii = pattern.has_ascii_edges;
    lengths.extend(pattern.places.iter().map(|place| {
        let value = texts[*place].as_str();
        size += value.len();
        ascii &= has_ascii_edges(value);
        u32::try_from(value.len()).unwrap_or(u32::MAX)
    }));
    if size > most {
        return Err(too_long(size));
    }
    let mut text = String::with_capacity(size);
    for segment in &pattern.segments {
        text.push_str(piece(segment, texts));
    }
    if !ascii && let Some(key) = merging(pattern, &text, &lengths[before..]) {
        return Err(errors::merging_value(key).with_field(format!("metaData.{key}")));
    }
    Ok(text)
}

#[inline]
fn piece<'a>(segment: &'a Segment, texts: &'a [ValueText<'_>]) -> &'a str {
    match segment {
        Segment::Literal(words) => words,
        Segment::Placeholder { place, .. } => texts[*place].as_str(),
    }
}

/// Whether a piece begins and ends with an ASCII character, or is empty.
#[inline]
pub(super) fn has_ascii_edges(piece: &str) -> bool {
    match piece.as_bytes() {
        [first, .., last] => (first | last).is_ascii(),
        one => one.is_ascii(),
    }
}

/// Returns the key of the first value that merges with the text next to it.
#[cold]
fn merging<'a>(pattern: &'a TextPattern, text: &'a str, lengths: &'a [u32]) -> Option<&'a str> {
    let key = |segment: &'a Segment| match segment {
        Segment::Literal(_) => None,
        Segment::Placeholder { key, .. } => Some(&**key),
    };
    let index = merging_part(text, parts(pattern, text, lengths).map(|part| part.text.len()))?;
    // Of two neighbours at least one is a value.
    key(&pattern.segments[index]).or_else(|| key(&pattern.segments[index - 1]))
}

/// Returns the index of the first part that merges with the text before it: the joint between them is not a boundary
/// of grapheme clusters (UAX #29).
pub(crate) fn merging_part(text: &str, lengths: impl Iterator<Item = usize>) -> Option<usize> {
    // The last joint that is a boundary. Text before it has no influence, so no part is examined twice.
    let mut boundary = 0;
    let mut joint = 0;
    for (index, length) in lengths.enumerate() {
        if joint > boundary && joint < text.len() {
            let rest = &text[boundary..];
            let ascii = (text.as_bytes()[joint - 1] | text.as_bytes()[joint]).is_ascii();
            let mut cursor = GraphemeCursor::new(joint - boundary, rest.len(), true);
            if !ascii && cursor.is_boundary(rest, 0) != Ok(true) {
                return Some(index);
            }
            boundary = joint;
        }
        joint += length;
    }
    None
}

fn too_long(member: &str, size: usize, unit: &str, limit: usize) -> Error {
    errors::rendered_too_long(Plain(member.to_owned()), Plain(format!("{size} {unit}")), limit)
        .with_field(member)
}
