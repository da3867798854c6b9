//! Rendering, in one pass: a value is never looked into for placeholders.

use jit_approvals_base::{Error, Id, Json, Object, Plain};

use super::placeholder::{Pattern, Segment, Source};
use super::{Template, Values, limits};
use crate::request::Origin;
use crate::{Result, errors};

/// What an approver sees.
#[derive(Debug, Clone)]
pub struct Rendered {
    template: Template,
    title: String,
    text: String,
    /// Where each segment's part of the text ends.
    ends: Vec<u32>,
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
        let id = request_id.encode(&mut id);
        let value = |source: Source| match source {
            Source::Field(place) => &values.fields[place],
            Source::Claim(place) => &values.claims[place],
            Source::CompanyName => origin.company_name.as_str(),
            Source::Subject => origin.subject.as_str(),
            Source::RequestId => &*id,
        };
        let title = fill(&template.0.title, value, |_| {});
        let size = title.chars().count();
        if size > limits::TITLE_CHARACTERS {
            return Err(too_long("title", size, "characters", limits::TITLE_CHARACTERS));
        }
        let mut ends = Vec::with_capacity(template.0.text.segments.len());
        let text = fill(&template.0.text, value, |end| ends.push(end));
        if text.len() > limits::TEXT_BYTES {
            return Err(too_long("text", text.len(), "bytes", limits::TEXT_BYTES));
        }
        // What it is filled with is one line each, but for the fields that say otherwise.
        let ends = ends.into_iter().map(|end| u32::try_from(end).expect("within TEXT_BYTES")).collect();
        Ok(Self { template: template.clone(), title, text, ends })
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

fn fill<'a>(pattern: &'a Pattern, value: impl Fn(Source) -> &'a str, mut ends: impl FnMut(usize)) -> String {
    let mut text = String::with_capacity(pattern.literal_bytes + 32 * pattern.segments.len());
    for segment in &pattern.segments {
        text.push_str(match segment {
            Segment::Literal(words) => words,
            Segment::Placeholder { source, .. } => value(*source),
        });
        ends(text.len());
    }
    text
}

fn too_long(member: &str, size: usize, unit: &str, limit: usize) -> Error {
    errors::rendered_too_long(Plain(member.to_owned()), Plain(format!("{size} {unit}")), limit)
        .with_field(member)
}
