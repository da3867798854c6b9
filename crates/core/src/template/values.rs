//! The values that fill a template.

use jit_approvals_base::{Json, Object, Plain, did_you_mean};

use super::placeholder::BUILT_IN;
use super::{MetadataField, Template};
use crate::limits;
use crate::origin::{Origin, hidden};
use crate::shown_text::{Source, flaw};
use crate::{Result, errors};

/// The texts that replace the placeholders of a template: first those of the declared fields, then those of the listed
/// claims, then those of the built-in names.
#[derive(Debug)]
pub(crate) struct PlaceholderTexts<'a> {
    texts: Vec<ValueText<'a>>,
    fields: usize,
}

/// The text of a value.
// This is not a `Cow`, because dropping a `Copy` type costs nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ValueText<'a> {
    /// A text, unchanged.
    Given(&'a str),
    /// The digits of an integer, with a minus if it is negative: at most 17 characters.
    Integer([u8; 17], u8),
}

impl<'a> PlaceholderTexts<'a> {
    /// Checks the given values. Adds the defaults of the other fields, the claims and the built-in texts.
    pub(crate) fn new(
        template: &'a Template,
        meta_data: &'a Object,
        origin: &'a Origin,
        request_id: &'a str,
    ) -> Result<Self> {
        let inner = &*template.0;
        let fields = &inner.fields;
        let built_in = [&*origin.company_name, &*origin.subject, request_id];
        let mut texts = Vec::with_capacity(fields.len() + inner.claims.len() + built_in.len());
        texts.extend(fields.iter().map(|field| ValueText::Given(&field.default_value)));
        for (key, value) in meta_data.iter() {
            let Some(index) = fields.iter().position(|field| field.key == key) else {
                return Err(unknown(key, fields.iter().map(|field| &*field.key)));
            };
            let text = value_text(key, value).map_err(|error| error.with_field(format!("metaData.{key}")))?;
            fields[index].check(text.as_str())?;
            texts[index] = text;
        }
        let missing =
            |(field, text): &(&MetadataField, &ValueText<'_>)| field.required && text.as_str().is_empty();
        if let Some((field, _)) = fields.iter().zip(&texts).find(missing) {
            return Err(field.missing());
        }
        for name in &inner.claims {
            texts.push(claim(name, origin)?);
        }
        texts.extend(built_in.map(ValueText::Given));
        Ok(Self { texts, fields: fields.len() })
    }

    /// All texts. The `place` of a placeholder is an index into this list.
    pub(crate) fn all(&self) -> &[ValueText<'a>] {
        &self.texts
    }

    /// The texts of the declared fields.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.texts[..self.fields].iter().map(ValueText::as_str)
    }

    /// The texts of the listed claims.
    pub(crate) fn claims(&self) -> impl Iterator<Item = &str> {
        self.texts[self.fields..self.texts.len() - BUILT_IN.len()].iter().map(ValueText::as_str)
    }
}

impl ValueText<'_> {
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

/// Returns the text of a value: the string itself, `true` or `false`, or the digits of an integer.
#[inline]
pub(crate) fn value_text<'a>(key: &str, value: &'a Json) -> Result<ValueText<'a>> {
    const EXACT: i64 = (1 << 53) - 1;
    let problem = match value {
        Json::String(text) => return Ok(ValueText::Given(text)),
        Json::Bool(value) => return Ok(ValueText::Given(if *value { "true" } else { "false" })),
        Json::Number(number) => match number.as_i64() {
            Some(value) if (-EXACT..=EXACT).contains(&value) => return Ok(ValueText::integer(value)),
            None if number.as_f64().fract() != 0.0 => {
                format!("`{value}` is not an integer: send decimals as text, such as `12.50`")
            }
            _ => format!("`{value}` is not within ±(2^53-1): send larger numbers as text"),
        },
        Json::Null => "null is not allowed: leave the member out".to_owned(),
        other => format!("{} is not allowed: send a string, a boolean or an integer", other.kind()),
    };
    Err(errors::metadata_type(key, Plain(problem)))
}

pub(crate) fn unknown<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> jit_approvals_base::Error {
    errors::unknown_metadata(key, Plain(did_you_mean(key, known))).with_field(format!("metaData.{key}"))
}

/// Returns the text of a claim that the template lists. It must have one line.
fn claim<'a>(name: &str, origin: &'a Origin) -> Result<ValueText<'a>> {
    let key = format!("claim.{name}");
    let check = || {
        let value = origin.claims.get(name).ok_or_else(|| errors::absent_claim(name))?;
        let text = value_text(&key, value)?;
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
