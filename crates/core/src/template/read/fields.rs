//! The rows of `metadata`.

use super::super::decimal::Decimal;
use super::super::mistakes::Mistakes;
use super::super::pattern::{Pattern, Patterns};
use super::super::placeholder::{BUILT_IN, is_key};
use super::super::{MetadataField, ValueText, ValueType, value_text};
use crate::limits;
use crate::{Result, errors};
use jit_approvals_base::{Json, Members, Path, Plain};

/// Returns the valid rows, and the keys of all rows, valid or not.
pub(super) fn fields<'a>(
    members: &'a Members<'_>,
    mistakes: &mut Mistakes,
) -> (Vec<MetadataField>, Vec<&'a str>) {
    let Some(rows) = mistakes.keep(rows(members)) else {
        return (Vec::new(), Vec::new());
    };
    let mut fields: Vec<MetadataField> = Vec::with_capacity(rows.len());
    let mut keys = Vec::with_capacity(rows.len());
    let mut patterns = Patterns::default();
    for (path, row) in rows {
        if mistakes.is_full() {
            break;
        }
        let Some(row) = mistakes.keep(Members::open(row, path)) else {
            keys.push("");
            continue;
        };
        let key = row.optional("key").and_then(Json::as_str);
        keys.push(key.unwrap_or_default());
        let Some(field) = field(&row, key, &mut patterns, mistakes) else {
            continue;
        };
        if fields.iter().any(|other| other.key == field.key) {
            mistakes.add(errors::duplicate_field(&field.key).with_field(format!("{path}.key")));
        }
        fields.push(field);
    }
    (fields, keys)
}

fn rows<'a>(members: &'a Members<'_>) -> Result<impl ExactSizeIterator<Item = (Path<'a>, &'a Json)>> {
    let rows = members.elements("metadata")?;
    if rows.len() > limits::FIELDS {
        return Err(errors::too_many_fields(rows.len(), limits::FIELDS).with_field("metadata"));
    }
    Ok(rows)
}

fn field(
    row: &Members<'_>,
    key: Option<&str>,
    patterns: &mut Patterns,
    mistakes: &mut Mistakes,
) -> Option<MetadataField> {
    const MEMBERS: &[&str] = &[
        "key",
        "defaultValue",
        "required",
        "type",
        "oneOf",
        "pattern",
        "min",
        "max",
        "maxLength",
        "multiline",
    ];
    let default = row.optional("defaultValue");
    // Most rows have only a key and a default, so the other members need no lookup.
    let bare = row.len() == usize::from(key.is_some()) + usize::from(default.is_some());
    if !bare {
        mistakes.extend(row.unknown(MEMBERS));
    }
    let name = key.unwrap_or_default();
    let key = mistakes.keep(checked_key(row, key));
    let read = default.map_or(Ok(ValueText::Given("")), |value| {
        value_text(name, value).map_err(|error| error.with_field(row.path_of("defaultValue")))
    });
    let default_value = mistakes.keep(read);
    let constraints = if bare { Some(Constraints::default()) } else { constraints(row, patterns, mistakes) };
    let (Constraints { required, value_type, one_of, pattern, min, max, max_length, multiline }, key) =
        (constraints?, key?.to_owned());
    let default_value = default_value?.as_str().to_owned();
    let field = MetadataField {
        key,
        default_value,
        required,
        value_type,
        one_of,
        pattern,
        min,
        max,
        max_length,
        multiline,
        constrained: !bare,
    };
    check(&field, row, mistakes);
    Some(field)
}

/// The constraints of a row on its values.
#[derive(Default)]
struct Constraints {
    required: bool,
    value_type: ValueType,
    one_of: Vec<String>,
    pattern: Option<Pattern>,
    min: Option<String>,
    max: Option<String>,
    max_length: Option<u32>,
    multiline: bool,
}

fn constraints(row: &Members<'_>, patterns: &mut Patterns, mistakes: &mut Mistakes) -> Option<Constraints> {
    let value_type = mistakes.keep(row.parsed("type")).map(Option::unwrap_or_default);
    if let Some(value_type) = value_type {
        misplaced(row, value_type, mistakes);
    }
    let required = mistakes.keep(row.boolean("required"));
    let one_of = mistakes.keep(one_of(row));
    let pattern = row.text("pattern").and_then(|text| {
        let pattern = text.map(|text| patterns.compile(text)).transpose();
        pattern.map_err(|error| error.with_field(row.path_of("pattern")))
    });
    let pattern = mistakes.keep(pattern);
    let (min, max) = (mistakes.keep(bound(row, "min")), mistakes.keep(bound(row, "max")));
    let max_length = mistakes.keep(row.count("maxLength", 1, limits::VALUE_BYTES));
    let multiline = mistakes.keep(row.boolean("multiline"));
    Some(Constraints {
        required: required?.unwrap_or(false),
        value_type: value_type?,
        one_of: one_of?,
        pattern: pattern?,
        min: min?,
        max: max?,
        max_length: max_length?,
        multiline: multiline?.unwrap_or(false),
    })
}

fn checked_key<'a>(row: &Members<'a>, key: Option<&'a str>) -> Result<&'a str> {
    let key = match key {
        Some(key) => key,
        None => row.required("key", row.text("key")?)?,
    };
    if BUILT_IN.contains(&key) {
        return Err(errors::reserved_key(key).with_field(row.path_of("key")));
    }
    if is_key(key) { Ok(key) } else { Err(errors::invalid_key(key).with_field(row.path_of("key"))) }
}

/// Reads the choices. Rejects an empty list, because its meaning is unclear: no value is allowed, or every value.
fn one_of(row: &Members<'_>) -> Result<Vec<String>> {
    let count = row.count_elements("oneOf")?;
    if count > limits::CHOICES {
        let error = errors::too_many(Plain("choices"), count, limits::CHOICES);
        return Err(error.with_field(row.path_of("oneOf")));
    }
    let choices = row.texts("oneOf")?;
    if choices.is_empty() && row.optional("oneOf").is_some() {
        return Err(errors::empty_text("oneOf").with_field(row.path_of("oneOf")));
    }
    Ok(choices)
}

/// Records the constraints that do not apply to values of this type.
fn misplaced(row: &Members<'_>, value_type: ValueType, mistakes: &mut Mistakes) {
    for (constraint, kinds) in [
        ("min", [ValueType::Number].as_slice()),
        ("max", &[ValueType::Number]),
        ("pattern", &[ValueType::Text, ValueType::Number]),
        ("maxLength", &[ValueType::Text, ValueType::Number]),
        ("multiline", &[ValueType::Text]),
    ] {
        if row.optional(constraint).is_some() && !kinds.contains(&value_type) {
            let error = errors::misplaced_constraint(constraint, Plain(value_type.as_str()));
            mistakes.add(error.with_field(row.path_of(constraint)));
        }
    }
}

/// Checks that the bounds allow a value, and that the choices and the default satisfy the constraints.
///
/// A missing default is accepted here, even for a required field: the request may give the value.
fn check(field: &MetadataField, row: &Members<'_>, mistakes: &mut Mistakes) {
    if let (Some(least), Some(most)) = (&field.min, &field.max)
        && Decimal::parse(least) > Decimal::parse(most)
    {
        mistakes.add(errors::invalid_bound(least).with_field(row.path_of("min")));
        // No value can satisfy these bounds, so mistakes in the choices or the default would only repeat this one.
        return;
    }
    for (index, choice) in field.one_of.iter().enumerate() {
        let path = || format!("{}[{index}]", row.path_of("oneOf"));
        mistakes.keep(field.check_choice(choice).map_err(|error| error.with_field(path())));
        if mistakes.is_full() {
            return;
        }
    }
    if !field.default_value.is_empty() {
        let default = field.check_given(&field.default_value);
        mistakes.keep(default.map_err(|error| error.with_field(row.path_of("defaultValue"))));
    }
}

fn bound(row: &Members<'_>, member: &str) -> Result<Option<String>> {
    let Some(value) = row.optional(member) else {
        return Ok(None);
    };
    let text = match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    match Decimal::parse(&text) {
        Some(_) => Ok(Some(text)),
        None => Err(errors::invalid_bound(&text).with_field(row.path_of(member))),
    }
}
