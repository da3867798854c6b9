//! Rendering, in one pass: a value is never looked into for placeholders.

use jit_approvals_base::{Error, Id, Json, Object, Plain};

use tinyvec::TinyVec;

use super::placeholder::{Pattern, Segment, Source};
use super::{Template, Values};
use crate::limits;
use crate::origin::Origin;
use crate::{Result, errors};

/// What an approver sees.
#[derive(Debug, Clone)]
pub struct Rendered {
    template: Template,
    /// None where nothing fills it: then it is the template's own.
    title: Option<String>,
    text: String,
    /// Where each segment's part of the text ends. As many as most texts have need no allocation.
    ends: TinyVec<[u32; 24]>,
}

/// A piece of a rendered text. Pieces and not offsets, since bytes, UTF-16 units and code points differ
/// between languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// The piece. All of them joined are the text.
    pub text: &'a str,
    /// The placeholder that it stands for; none for the template's own words.
    pub key: Option<&'a str>,
}

impl Rendered {
    pub(crate) fn new(
        template: &Template,
        values: &Values<'_>,
        origin: &Origin,
        request_id: Id,
    ) -> Result<Self> {
        let mut id = [0; 36];
        let shows_id = template.0.title.shows_id || template.0.text.shows_id;
        let id = if shows_id { request_id.encode(&mut id) } else { "" };
        let value = |source: Source| match source {
            Source::Field(place) => &values.fields[place],
            Source::Claim(place) => &values.claims[place],
            Source::CompanyName => origin.company_name.as_str(),
            Source::Subject => origin.subject.as_str(),
            Source::RequestId => id,
        };
        let title = match template.0.title.segments.as_slice() {
            // Measured when the template was checked.
            [Segment::Literal(_)] => None,
            _ => Some(title(&template.0.title, value)?),
        };
        let mut ends = TinyVec::with_capacity(template.0.text.segments.len());
        let text = fill(&template.0.text, value, limits::TEXT_BYTES, |end| {
            ends.push(u32::try_from(end).expect("within TEXT_BYTES"));
        });
        let text = text.map_err(|size| too_long("text", size, "bytes", limits::TEXT_BYTES))?;
        Ok(Self { template: template.clone(), title, text, ends })
    }

    /// The title: one line.
    pub fn title(&self) -> &str {
        match (&self.title, self.template.0.title.segments.as_slice()) {
            (Some(title), _) | (None, [Segment::Literal(title)]) => title,
            (None, _) => "",
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text in parts, so that values can be set apart from the template's own words.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let mut start = 0;
        self.template.0.text.segments.iter().zip(&self.ends).map(move |(segment, end)| {
            let text = &self.text[start..*end as usize];
            start = *end as usize;
            let key = match segment {
                Segment::Literal(_) => None,
                Segment::Placeholder { key, .. } => Some(key.as_str()),
            };
            Part { text, key }
        })
    }

    /// `{title, text, parts: [{text, key?}]}`
    pub fn to_json(&self) -> Json {
        let parts: Vec<Object> = self.parts().map(Part::to_object).collect();
        Object::new().with("title", self.title()).with("text", self.text()).with("parts", parts).into()
    }
}

impl Part<'_> {
    pub(crate) fn to_object(self) -> Object {
        let object = Object::new().with("text", self.text);
        match self.key {
            Some(key) => object.with("key", key),
            None => object,
        }
    }
}

fn title<'a>(pattern: &'a Pattern, value: impl Fn(Source) -> &'a str) -> Result<String> {
    // No character has more than four bytes: what is longer in bytes need not be made to know.
    let title = fill(pattern, value, 4 * limits::TITLE_CHARACTERS, |_| {});
    let size = title.as_ref().map_or_else(|size| *size, |title| title.chars().count());
    let title = title.ok().filter(|_| size <= limits::TITLE_CHARACTERS);
    title.ok_or_else(|| too_long("title", size, "characters", limits::TITLE_CHARACTERS))
}

/// The filled text, or its size where that is more than the most: known before anything is written.
fn fill<'a>(
    pattern: &'a Pattern,
    value: impl Fn(Source) -> &'a str,
    most: usize,
    mut ends: impl FnMut(usize),
) -> Result<String, usize> {
    let filled: usize = pattern.sources.iter().map(|source| value(*source).len()).sum();
    let size = pattern.literal_bytes + filled;
    if size > most {
        return Err(size);
    }
    let mut text = String::with_capacity(size);
    for segment in &pattern.segments {
        text.push_str(match segment {
            Segment::Literal(words) => words,
            Segment::Placeholder { source, .. } => value(*source),
        });
        ends(text.len());
    }
    Ok(text)
}

fn too_long(member: &str, size: usize, unit: &str, limit: usize) -> Error {
    errors::rendered_too_long(Plain(member.to_owned()), Plain(format!("{size} {unit}")), limit)
        .with_field(member)
}
