//! The values that fill a template.

use std::borrow::Cow;

use jit_approvals_base::{Json, Object, Plain, nearest};

use tinyvec::TinyVec;

use super::{MetadataField, Template};
use crate::limits;
use crate::origin::Origin;
use crate::{Result, errors, reading};

/// The final text of every declared field and listed claim, in the template's order.
#[derive(Debug)]
pub(crate) struct Values<'a> {
    pub(crate) fields: Texts<'a>,
    pub(crate) claims: Vec<Cow<'a, str>>,
}

/// As many as most templates have need no allocation.
type Texts<'a> = TinyVec<[Cow<'a, str>; 8]>;

impl<'a> Values<'a> {
    /// The request's values, or the defaults, checked.
    #[inline]
    pub(crate) fn of(template: &'a Template, meta_data: &'a Object, origin: &'a Origin) -> Result<Self> {
        let inner = &template.0;
        let mut fields: Texts<'a> =
            inner.fields.iter().map(|field| Cow::Borrowed(&*field.default_value)).collect();
        // A bit for each field, of which there are at most 64.
        let mut given = 0_u64;
        for (key, value) in meta_data.iter() {
            let Some(place) = inner.fields.iter().position(|field| field.key == key) else {
                return Err(unknown(key, inner.fields.iter().map(|field| &*field.key)));
            };
            let text = convert(key, value).map_err(|error| error.with_field(format!("metaData.{key}")))?;
            inner.fields[place].check(&text)?;
            fields[place] = text;
            given |= 1 << place;
        }
        // A default was checked when the template was.
        let left_out = inner.fields.iter().enumerate().filter(|(place, _)| given & (1 << place) == 0);
        left_out.map(|(_, field)| field).try_for_each(MetadataField::check_default)?;
        let claims = inner.claims.iter().map(|name| claim(name, origin)).collect::<Result<_>>()?;
        Ok(Self { fields, claims })
    }
}

/// A value as text: a string's own, `true` or `false`, an integer's digits.
pub(crate) fn convert<'a>(key: &str, value: &'a Json) -> Result<Cow<'a, str>> {
    const EXACT: i64 = (1 << 53) - 1;
    match value {
        Json::String(text) => Ok(Cow::Borrowed(text)),
        Json::Bool(value) => Ok(Cow::Borrowed(if *value { "true" } else { "false" })),
        Json::Number(number) if number.as_i64().is_some_and(|value| (-EXACT..=EXACT).contains(&value)) => {
            Ok(Cow::Owned(value.to_string()))
        }
        other => Err(errors::metadata_type(key, Plain(other.kind()))),
    }
}

pub(crate) fn unknown<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> jit_approvals_base::Error {
    let hint = nearest(key, known).map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
    errors::unknown_metadata(key, Plain(hint)).with_field(format!("metaData.{key}"))
}

/// A claim that the template shows: text of one line, like a value.
fn claim<'a>(name: &str, origin: &'a Origin) -> Result<Cow<'a, str>> {
    let key = format!("claim.{name}");
    let check = || {
        let value = origin.claims.get(name).ok_or_else(|| errors::absent_claim(name))?;
        let text = convert(&key, value)?;
        if text.len() > limits::VALUE_BYTES as usize {
            return Err(errors::value_too_long(&key, text.len(), limits::VALUE_BYTES as usize));
        }
        match reading::misleading(&text, false) {
            Some((_, character)) => {
                Err(errors::hidden_character(&key, Plain(reading::code_point(character))))
            }
            None => Ok(text),
        }
    };
    check().map_err(|error| error.with_field(&*key))
}
