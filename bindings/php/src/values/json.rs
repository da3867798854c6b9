//! Values that JSON can hold: claims, metadata and records.

use std::cell::Cell;
use std::fmt;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::exception::PhpException;
use ext_php_rs::types::{ZendHashTable, ZendObject, Zval};
use jit_approvals::bindings::{Plain, errors};
use jit_approvals::json::{Json, Number, Object};

use super::{error, is_a, method, text, wrong_type};
use crate::exception::{Result, engine, exception};

/// The deepest nesting of a value.
const DEEPEST: usize = 64;

/// The most values in one argument. An array that occurs several times counts each time.
const MOST_VALUES: usize = 500_000;

/// The most bytes of all texts in one argument.
const MOST_BYTES: usize = 64 << 20;

/// What a value may still contain.
#[derive(Clone, Copy)]
struct Budget<'a> {
    levels: usize,
    values: &'a Cell<usize>,
    bytes: &'a Cell<usize>,
}

impl Budget<'_> {
    fn spend_value(self, place: Place<'_>) -> Result<()> {
        match self.values.get().checked_sub(1) {
            Some(left) => {
                self.values.set(left);
                Ok(())
            }
            None => Err(too_many(&format!("a value with at most {MOST_VALUES} values in all"), place)),
        }
    }

    fn spend_bytes(self, count: usize, place: Place<'_>) -> Result<()> {
        match self.bytes.get().checked_sub(count) {
            Some(left) => {
                self.bytes.set(left);
                Ok(())
            }
            None => Err(too_many(&format!("a value with at most {MOST_BYTES} bytes of text in all"), place)),
        }
    }
}

fn too_many(range: &str, place: Place<'_>) -> PhpException {
    let place = place.to_string();
    error(errors::out_of_range(&place, Plain(range.to_owned())), &place)
}

/// The members of records that are objects. PHP writes an empty object as `[]`, as it writes an empty list.
const OBJECTS: [&str; 6] = ["metaData", "groups", "device", "location", "claims", "defaults"];

/// Where a value is in an argument.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    Argument(&'a str),
    Member(&'a Place<'a>, &'a str),
    Element(&'a Place<'a>, usize),
    /// The argument is a record: the paths of its members do not begin with the argument's name.
    Record(&'a str),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(name) | Self::Record(name) | Self::Member(Self::Record(_), name) => {
                out.write_str(name)
            }
            Self::Member(of, name) => write!(out, "{of}.{name}"),
            Self::Element(of, index) => write!(out, "{of}[{index}]"),
        }
    }
}

impl Place<'_> {
    /// The name of the innermost member or argument.
    fn name(&self) -> &str {
        match self {
            Self::Argument(name) | Self::Record(name) | Self::Member(_, name) => name,
            Self::Element(of, _) => of.name(),
        }
    }

    /// Whether values here are metadata, whose text an approver sees.
    fn is_meta_data(&self) -> bool {
        match self {
            Self::Member(of, name) => *name == "metaData" || of.is_meta_data(),
            Self::Argument(name) => *name == "metaData",
            Self::Element(..) | Self::Record(_) => false,
        }
    }

    /// Whether an empty array here is an object.
    fn is_object(&self) -> bool {
        match self {
            Self::Record(_) => true,
            // A template's `claims` is a list of names.
            Self::Member(Self::Record("template"), name) => *name != "claims" && OBJECTS.contains(name),
            Self::Member(_, name) => OBJECTS.contains(name),
            Self::Argument(name) => *name == "metaData",
            Self::Element(..) => false,
        }
    }
}

/// A record, such as a directory: an array with `string` keys.
pub(crate) fn record(value: &Zval, name: &str) -> Result<Json> {
    object(value, Place::Record(name)).map(Json::from)
}

/// A record, as an array or as JSON text.
pub(crate) fn record_or_text(value: &Zval, name: &str) -> Result<Json> {
    if value.dereference().is_string() {
        return Json::parse(text(value, name)?).map_err(|problem| exception(&problem));
    }
    record(value, name)
}

/// The members of an array or an object.
pub(crate) fn object(value: &Zval, place: Place<'_>) -> Result<Object> {
    match converted(value, place)? {
        Json::Object(object) => Ok(object),
        Json::Array(elements) if elements.is_empty() => Ok(Object::new()),
        Json::Array(_) => {
            let place = place.to_string();
            let (expected, found) = (Plain("an array with string keys"), Plain("a list"));
            Err(error(errors::wrong_type(&place, expected, found), &place))
        }
        _ => Err(wrong_type(value, place, "an array with string keys")),
    }
}

/// Any value that JSON can hold.
pub(crate) fn json(value: &Zval, name: &str) -> Result<Json> {
    converted(value, Place::Argument(name))
}

fn converted(value: &Zval, place: Place<'_>) -> Result<Json> {
    let (values, bytes) = (&Cell::new(MOST_VALUES), &Cell::new(MOST_BYTES));
    convert(value, place, Budget { levels: DEEPEST, values, bytes })
}

fn convert(value: &Zval, place: Place<'_>, budget: Budget<'_>) -> Result<Json> {
    let value = value.dereference();
    budget.spend_value(place)?;
    if value.is_string() {
        let text = text(value, place)?;
        budget.spend_bytes(text.len(), place)?;
        return Ok(text.into());
    }
    if let Some(integer) = value.long() {
        return Ok(integer.into());
    }
    if let Some(boolean) = value.bool() {
        return Ok(boolean.into());
    }
    if value.is_null() {
        return Ok(Json::Null);
    }
    if let Some(float) = value.double() {
        return from_float(float, place);
    }
    let Some(levels) = budget.levels.checked_sub(1) else {
        return Err(error(errors::too_deep(DEEPEST), place));
    };
    let budget = Budget { levels, ..budget };
    if value.is_array() {
        // PHP copies an array before it changes one that is in use twice: a value's own code cannot change this one.
        let held = value.shallow_clone();
        let Some(array) = held.array() else { return Ok(Json::Null) };
        let is_list = if array.is_empty() {
            !place.is_object()
        } else {
            starts_a_list(array) && array.has_sequential_keys()
        };
        return if is_list { elements(array, place, budget) } else { members(array, place, budget) };
    }
    match value.object() {
        Some(object) => from_object(value, object, place, budget),
        None => Err(wrong_type(value, place, "a value that JSON can hold")),
    }
}

/// Whether an array may be a list: it has the key 0. It is a fast look before all keys are read.
fn starts_a_list(array: &ZendHashTable) -> bool {
    array.get_index(0).is_some()
}

fn members(array: &ZendHashTable, place: Place<'_>, budget: Budget<'_>) -> Result<Json> {
    let mut members = array.iter();
    let mut failed = None;
    let mut member = || -> Result<Option<(Key, Json)>> {
        let Some((key, value)) = members.next_zval() else { return Ok(None) };
        let key = Key::of(key, place)?;
        let value = convert(value, Place::Member(&place, key.as_ref()), budget)?;
        Ok(Some((key, value)))
    };
    // The range tells how many there are.
    let object: Object = (0..array.len())
        .map_while(|_| {
            member().unwrap_or_else(|problem| {
                failed = Some(problem);
                None
            })
        })
        .collect();
    failed.map_or_else(|| Ok(object.into()), Err)
}

/// The key of an array's element.
enum Key {
    /// A string that is UTF-8.
    Text(Zval),
    /// PHP keeps the key "1" as the integer 1.
    Number(String),
}

impl Key {
    fn of(key: Zval, place: Place<'_>) -> Result<Self> {
        match key.long() {
            Some(number) => Ok(Self::Number(number.to_string())),
            None => text(&key, format_args!("{place}: a key")).map(|_| ()).map(|()| Self::Text(key)),
        }
    }
}

impl AsRef<str> for Key {
    fn as_ref(&self) -> &str {
        match self {
            Self::Text(key) => key.str().unwrap_or_default(),
            Self::Number(digits) => digits,
        }
    }
}

fn elements(array: &ZendHashTable, place: Place<'_>, budget: Budget<'_>) -> Result<Json> {
    let element = |(index, value)| convert(value, Place::Element(&place, index), budget);
    Ok(Json::Array(array.values().enumerate().map(element).collect::<Result<_>>()?))
}

/// An object as `json_encode` treats it: `JsonSerializable`, a backed enum or a `stdClass`.
fn from_object(value: &Zval, object: &ZendObject, place: Place<'_>, budget: Budget<'_>) -> Result<Json> {
    if is_a(object, "JsonSerializable") {
        return convert(&method(value, "jsonSerialize")?, place, budget);
    }
    if is_a(object, "BackedEnum") {
        let value = object.get_properties().map_err(engine)?.get("value");
        let value = value.map(|value| value.indirect().unwrap_or(value));
        return value.map_or(Ok(Json::Null), |value| convert(value, place, budget));
    }
    if object.get_class_name().is_ok_and(|name| name == "stdClass") {
        let members = object.get_properties().map_err(engine)?.to_owned();
        return self::members(&members, place, budget);
    }
    Err(wrong_type(value, place, "a value that JSON can hold"))
}

fn from_float(float: f64, place: Place<'_>) -> Result<Json> {
    if place.is_meta_data() {
        let problem = format!("`{float}` is a float, whose digits may not be the ones you wrote: send text");
        return Err(error(errors::metadata_type(place.name(), Plain(problem)), place));
    }
    if let Some(number) = Number::from_f64(float) {
        return Ok(number.into());
    }
    let (place, found) = (place.to_string(), float.to_string());
    Err(error(errors::wrong_type(&place, Plain("a finite number"), Plain(&found)), &place))
}

/// A value in PHP's own types.
pub(crate) fn value(json: &Json) -> Result<Zval> {
    let mut out = Zval::new();
    match json {
        Json::Null => out.set_null(),
        Json::Bool(value) => out.set_bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => out.set_long(integer),
            None => out.set_double(number.as_f64()),
        },
        Json::String(text) => out.set_string(text, false).map_err(engine)?,
        Json::Array(elements) => out.set_hashtable(list(elements)?),
        Json::Object(object) => out.set_hashtable(array(object)?),
    }
    Ok(out)
}

pub(crate) fn array(object: &Object) -> Result<ZBox<ZendHashTable>> {
    let mut array = ZendHashTable::with_capacity(u32::try_from(object.len()).unwrap_or(u32::MAX));
    for (key, member) in object.iter() {
        array.insert(key, value(member)?).map_err(engine)?;
    }
    Ok(array)
}

pub(crate) fn list(elements: &[Json]) -> Result<ZBox<ZendHashTable>> {
    let mut list = ZendHashTable::new();
    for element in elements {
        list.push(value(element)?).map_err(engine)?;
    }
    Ok(list)
}
