//! Reads TOML, which has the same records as JSON and is easier to write by hand.

use std::ops::Range;

use jit_approvals::Error;
use jit_approvals::json::{Json, Number, Object};
use jit_approvals_base::Plain;
use jit_approvals_base::errors::malformed_toml;
use toml_edit::{Document, Item, Table, Value};

/// The place of a mistake in a TOML text, and the error.
type Mistake = (Range<usize>, Error);

/// Converts a TOML text to the JSON with the same meaning.
pub(super) fn parse(text: &str) -> Result<Json, Mistake> {
    let document =
        Document::parse(text).map_err(|error| mistake(error.span(), error.message().trim_end()))?;
    from_item(document.as_item())
}

fn mistake(span: Option<Range<usize>>, reason: &str) -> Mistake {
    (span.unwrap_or_default(), malformed_toml(Plain(reason.to_owned())))
}

/// Returns the position of the value at a path such as `metadata[2].key`. If the path does not exist, returns the
/// position of the last value that was found on it.
pub(super) fn locate(text: &str, path: &str) -> Range<usize> {
    let Ok(document) = Document::parse(text) else { return 0..0 };
    let (mut item, mut span) = (document.as_item(), 0..text.len());
    for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
        let next = match step.strip_suffix(']').map(str::parse::<usize>) {
            Some(Ok(index)) => item.get(index),
            _ => item.get(step),
        };
        let Some(next) = next else { break };
        item = next;
        span = item.span().unwrap_or(span);
    }
    let start = text.len() - text[span.start..].trim_start().len();
    start..span.end.max(start)
}

fn from_item(item: &Item) -> Result<Json, Mistake> {
    Ok(match item {
        Item::None => Json::Null,
        Item::Value(value) => from_value(value)?,
        Item::Table(table) => from_table(table)?,
        Item::ArrayOfTables(tables) => Json::Array(tables.iter().map(from_table).collect::<Result<_, _>>()?),
    })
}

fn from_table(table: &Table) -> Result<Json, Mistake> {
    let members = table.iter().map(|(key, item)| Ok((key, from_item(item)?)));
    members.collect::<Result<Object, _>>().map(Json::from)
}

fn from_value(value: &Value) -> Result<Json, Mistake> {
    Ok(match value {
        Value::String(text) => text.value().as_str().into(),
        Value::Integer(integer) => (*integer.value()).into(),
        Value::Float(float) => {
            let number = Number::from_f64(*float.value());
            let reason = || format!("`{}` is not a finite number", float.value());
            let number = number.ok_or_else(|| mistake(float.span(), &reason()))?;
            number.into()
        }
        Value::Boolean(boolean) => (*boolean.value()).into(),
        // JSON has no dates, so use text.
        Value::Datetime(date) => date.value().to_string().into(),
        Value::Array(array) => Json::Array(array.iter().map(from_value).collect::<Result<_, _>>()?),
        Value::InlineTable(table) => {
            let members = table.iter().map(|(key, value)| Ok((key, from_value(value)?)));
            members.collect::<Result<Object, Mistake>>()?.into()
        }
    })
}
