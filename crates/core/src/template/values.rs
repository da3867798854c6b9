//! The values that fill a template.

use jit_approvals_base::{Json, Object, Plain, nearest};
use smallvec::SmallVec;

use super::{MetadataField, Template};
use crate::limits;
use crate::origin::{Origin, hidden};
use crate::shown_text::{Source, flaw};
use crate::{Result, errors};

/// What the placeholders of a template stand for: the final text of every declared field and every listed
/// claim, in the template's order, and of the built-in ones.
#[derive(Debug, Default)]
pub(crate) struct Values<'a> {
    /// As many as most templates have need no allocation.
    texts: SmallVec<[Text<'a>; 12]>,
    fields: usize,
}

/// What is given for a field.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Given<'a> {
    /// A text.
    Text(&'a str),
    /// Anything, perhaps with no text that stands for it.
    Json(&'a Json),
}

/// What an object's members give.
pub(crate) fn given(meta_data: &Object) -> impl Iterator<Item = (&str, Given<'_>)> {
    meta_data.iter().map(|(key, value)| match value {
        Json::String(text) => (key, Given::Text(text)),
        other => (key, Given::Json(other)),
    })
}

/// A value as text.
// No `Cow`: what can be copied needs no look when it is dropped.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text<'a> {
    /// As it was given.
    Given(&'a str),
    /// An integer's digits and perhaps a minus, 17 characters at most.
    Integer([u8; 17], u8),
}

impl<'a> Values<'a> {
    /// Reads the request's values, or the defaults, checked, into one that is still empty: it is too large to
    /// be handed on.
    pub(crate) fn read(
        &mut self,
        template: &'a Template,
        meta_data: impl Iterator<Item = (&'a str, Given<'a>)>,
        origin: &'a Origin,
        request_id: &'a str,
    ) -> Result<()> {
        let inner = &*template.0;
        let fields = inner.fields.len();
        self.fields = fields;
        self.texts.extend(inner.fields.iter().map(|field| Text::Given(&field.default_value)));
        // A bit for each field, of which there are at most 64.
        let mut given = 0_u64;
        // Values mostly come in the order of the fields.
        let mut next = 0;
        for (key, value) in meta_data {
            let (before, behind) = inner.fields.split_at(next);
            let named = |field: &MetadataField| field.key == key;
            let found = behind.iter().position(named).map(|place| next + place);
            let Some(place) = found.or_else(|| before.iter().position(named)) else {
                return Err(unknown(key, inner.fields.iter().map(|field| &*field.key)));
            };
            let text = match value {
                Given::Text(text) => Text::Given(text),
                Given::Json(value) => {
                    convert(key, value).map_err(|error| error.with_field(format!("metaData.{key}")))?
                }
            };
            inner.fields[place].check(text.as_str())?;
            self.texts[place] = text;
            given |= 1 << place;
            next = place + 1;
        }
        let missing = inner.needed & !given;
        if missing != 0 {
            return Err(inner.fields[missing.trailing_zeros() as usize].missing());
        }
        for name in &inner.claims {
            self.texts.push(claim(name, origin)?);
        }
        self.texts.extend([&*origin.company_name, &*origin.subject, request_id].map(Text::Given));
        Ok(())
    }

    /// All of them, as the places of placeholders count.
    pub(crate) fn texts(&self) -> &[Text<'a>] {
        &self.texts
    }

    /// Those of the declared fields.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.texts[..self.fields].iter().map(Text::as_str)
    }

    /// Those of the listed claims.
    pub(crate) fn claims(&self) -> impl Iterator<Item = &str> {
        self.texts[self.fields..self.texts.len() - 3].iter().map(Text::as_str)
    }
}

impl Text<'_> {
    fn integer(value: i64) -> Self {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(value).as_bytes();
        let mut text = [0; 17];
        text[..digits.len()].copy_from_slice(digits);
        Self::Integer(text, u8::try_from(digits.len()).expect("17 at most"))
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Given(text) => text,
            Self::Integer(text, length) => {
                std::str::from_utf8(&text[..usize::from(*length)]).expect("digits")
            }
        }
    }
}

impl Default for Text<'_> {
    fn default() -> Self {
        Self::Given("")
    }
}

/// A value as text: a string's own, `true` or `false`, an integer's digits.
#[inline]
pub(crate) fn convert<'a>(key: &str, value: &'a Json) -> Result<Text<'a>> {
    const EXACT: i64 = (1 << 53) - 1;
    match value {
        Json::String(text) => Ok(Text::Given(text)),
        Json::Bool(value) => Ok(Text::Given(if *value { "true" } else { "false" })),
        Json::Number(number) => match number.as_i64() {
            Some(value) if (-EXACT..=EXACT).contains(&value) => Ok(Text::integer(value)),
            _ => Err(errors::metadata_type(key, Plain(value.kind()))),
        },
        Json::Null => Err(errors::metadata_type(key, Plain("null: leave it out"))),
        other => Err(errors::metadata_type(key, Plain(other.kind()))),
    }
}

pub(crate) fn unknown<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> jit_approvals_base::Error {
    let hint = nearest(key, known).map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
    errors::unknown_metadata(key, Plain(hint)).with_field(format!("metaData.{key}"))
}

/// A claim that the template shows: text of one line, like a value.
fn claim<'a>(name: &str, origin: &'a Origin) -> Result<Text<'a>> {
    let key = format!("claim.{name}");
    let check = || {
        let value = origin.claims.get(name).ok_or_else(|| errors::absent_claim(name))?;
        let text = convert(&key, value)?;
        let length = text.as_str().len();
        if length > limits::VALUE_BYTES as usize {
            return Err(errors::value_too_long(&key, length, limits::VALUE_BYTES as usize));
        }
        match flaw(text.as_str(), false, Source::Given) {
            Some(flaw) => Err(hidden(&key, flaw, text.as_str())),
            None => Ok(text),
        }
    };
    check().map_err(|error| error.with_field(&*key))
}
