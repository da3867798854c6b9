//! Rendering, in one pass: a value is never looked into for placeholders.

use std::borrow::Cow;

use jit_approvals_base::{Error, Json, Object, Plain};
use smallvec::SmallVec;

use super::placeholder::{Pattern, Segment};
use super::{Inner, Text, Values};
use crate::limits;
use crate::{Result, errors};

/// What an approver sees.
#[derive(Debug, Clone)]
pub struct Rendered<'a> {
    segments: &'a [Segment],
    title: Cow<'a, str>,
    text: String,
    /// The bytes of each value in the text. As many as most texts have need no allocation.
    lengths: Lengths,
}

type Lengths = SmallVec<[u32; 12]>;

/// A piece of a rendered text. Pieces and not offsets, since bytes, UTF-16 units and code points differ
/// between languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// The piece. All of them joined are the text.
    pub text: &'a str,
    /// The placeholder that it stands for; none for the template's own words.
    pub key: Option<&'a str>,
}

impl<'a> Rendered<'a> {
    #[inline]
    pub(crate) fn new(template: &'a Inner, values: &Values<'_>) -> Result<Self> {
        let title = match template.title.segments.as_slice() {
            // Measured when the template was checked.
            [Segment::Literal(title)] => Cow::Borrowed(&**title),
            _ => Cow::Owned(title(&template.title, values.texts())?),
        };
        let mut lengths = Lengths::new();
        let text = fill(&template.text, values.texts(), limits::TEXT_BYTES, &mut lengths);
        let text = text.map_err(|size| too_long("text", size, "bytes", limits::TEXT_BYTES))?;
        Ok(Self { segments: &template.text.segments, title, text, lengths })
    }

    /// The title: one line.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text in parts, so that values can be set apart from the template's own words.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let mut rest = &*self.text;
        let mut lengths = self.lengths.iter();
        self.segments.iter().map(move |segment| {
            let (length, key) = match segment {
                Segment::Literal(text) => (text.len(), None),
                Segment::Placeholder { key, .. } => {
                    (lengths.next().map_or(0, |length| *length as usize), Some(&**key))
                }
            };
            let (text, behind) = rest.split_at(length);
            rest = behind;
            Part { text, key }
        })
    }

    /// `{title, text, parts: [{text, key?}]}`
    pub fn to_json(&self) -> Json {
        let parts: Vec<Object> = self.parts().map(Object::from).collect();
        Object::new().with("title", self.title()).with("text", self.text()).with("parts", parts).into()
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

fn title(pattern: &Pattern, texts: &[Text<'_>]) -> Result<String> {
    // No character has more than four bytes: what is longer in bytes need not be made to know.
    let title = fill(pattern, texts, 4 * limits::TITLE_CHARACTERS, &mut Lengths::new());
    let size = title.as_ref().map_or_else(|size| *size, |title| title.chars().count());
    let title = title.ok().filter(|_| size <= limits::TITLE_CHARACTERS);
    title.ok_or_else(|| too_long("title", size, "characters", limits::TITLE_CHARACTERS))
}

/// The filled text, or its size where that is more than the most: known before anything is written.
#[inline]
fn fill(pattern: &Pattern, texts: &[Text<'_>], most: usize, lengths: &mut Lengths) -> Result<String, usize> {
    let mut size = pattern.literal_bytes;
    lengths.extend(pattern.places.iter().map(|place| {
        let length = texts[*place].as_str().len();
        size += length;
        u32::try_from(length).unwrap_or(u32::MAX)
    }));
    if size > most {
        return Err(size);
    }
    let mut text = String::with_capacity(size);
    for segment in &pattern.segments {
        text.push_str(match segment {
            Segment::Literal(words) => words,
            Segment::Placeholder { place, .. } => texts[*place].as_str(),
        });
    }
    Ok(text)
}

fn too_long(member: &str, size: usize, unit: &str, limit: usize) -> Error {
    errors::rendered_too_long(Plain(member.to_owned()), Plain(format!("{size} {unit}")), limit)
        .with_field(member)
}
