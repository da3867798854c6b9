//! TOML: the same records, easier to write by hand.

use jit_approvals::{Json, Number, Object};
use toml_edit::{Document, Item, Table, TomlError, Value};

use super::locate::{Step, steps};

/// Reads a TOML text as the JSON that it means.
pub(super) fn parse(text: &str) -> Result<Json, TomlError> {
    Document::parse(text).map(|document| from_item(document.as_item()))
}

/// The offset of what a path leads to, or of the last thing on the way.
pub(super) fn locate(text: &str, path: &str) -> usize {
    let Ok(document) = Document::parse(text) else { return 0 };
    let (mut item, mut place) = (document.as_item(), 0);
    for step in steps(path) {
        let next = match step {
            Step::Key(key) => item.get(key),
            Step::Place(count) => item.get(count),
        };
        let Some(next) = next else { break };
        item = next;
        place = item.span().map_or(place, |span| span.start);
    }
    text.len() - text[place.min(text.len())..].trim_start().len()
}

fn from_item(item: &Item) -> Json {
    match item {
        Item::None => Json::Null,
        Item::Value(value) => from_value(value),
        Item::Table(table) => from_table(table),
        Item::ArrayOfTables(tables) => Json::Array(tables.iter().map(from_table).collect()),
    }
}

fn from_table(table: &Table) -> Json {
    table.iter().map(|(key, item)| (key, from_item(item))).collect::<Object>().into()
}

fn from_value(value: &Value) -> Json {
    match value {
        Value::String(text) => text.value().as_str().into(),
        Value::Integer(integer) => (*integer.value()).into(),
        Value::Float(float) => Number::from_f64(*float.value()).map_or(Json::Null, Json::from),
        Value::Boolean(boolean) => (*boolean.value()).into(),
        // As text, which is what JSON has for it.
        Value::Datetime(date) => date.value().to_string().into(),
        Value::Array(array) => Json::Array(array.iter().map(from_value).collect()),
        Value::InlineTable(table) => {
            table.iter().map(|(key, value)| (key, from_value(value))).collect::<Object>().into()
        }
    }
}
