//! Values that JSON can hold: claims, metadata and records.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use jit_approvals::bindings::{Plain, errors};
use jit_approvals::json::{Json, Number, Object};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyMemoryView, PySequence,
    PyString, PyTuple,
};

use super::{error, objects, text, wrong_type};
use crate::exception::exception;

/// The deepest nesting of a value.
const DEEPEST: usize = 64;

/// The most values in an argument. An iterator may have no end.
const MOST_VALUES: usize = 500_000;

/// The most characters in an argument. The same long text may be in it many times.
const MOST_CHARACTERS: usize = 64 << 20;

/// How much of an argument may still be read.
#[derive(Clone, Copy)]
struct Left<'a> {
    levels: usize,
    values: &'a Cell<usize>,
    characters: &'a Cell<usize>,
}

impl Left<'_> {
    /// Takes the given number from what is left of the values or characters.
    fn take(left: &Cell<usize>, number: usize) -> bool {
        let rest = left.get().checked_sub(number);
        left.set(rest.unwrap_or_default());
        rest.is_some()
    }

    fn text(self, string: &Bound<'_, PyString>, place: Place<'_>) -> PyResult<String> {
        if Self::take(self.characters, string.len()?) {
            return Ok(text(string, place)?.into_owned());
        }
        let most = Plain(format!("at most {MOST_CHARACTERS} characters in all"));
        Err(error(string.py(), errors::out_of_range(&place.to_string(), most), place))
    }
}

/// Converts a whole argument.
fn whole(value: &Bound<'_, PyAny>, place: Place<'_>) -> PyResult<Json> {
    let (values, characters) = (&Cell::new(MOST_VALUES), &Cell::new(MOST_CHARACTERS));
    convert(value, place, Left { levels: DEEPEST, values, characters })
}

/// Where a value is in an argument.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    Argument(&'a str),
    /// A member of the argument itself, whose path starts with the member's name.
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
}

/// A record, such as a directory: a mapping with `str` keys, or its JSON text.
pub(crate) fn record(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Json> {
    object(value, Place::Record(name)).map(Json::from)
}

/// A record, as a mapping or as JSON text.
pub(crate) fn record_or_text(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Json> {
    match json_text(value, name)? {
        Some(text) => Json::parse(&text).map_err(|problem| exception(value.py(), &problem)),
        None => record(value, name),
    }
}

/// JSON text: a `str`, or UTF-8 in `bytes` or a `bytearray`, as it came from a network or a database.
pub(crate) fn json_text<'a>(value: &'a Bound<'_, PyAny>, name: &str) -> PyResult<Option<Cow<'a, str>>> {
    if value.cast::<PyString>().is_ok() {
        return text(value, name).map(Some);
    }
    let bytes = match (value.cast::<PyBytes>(), value.cast::<PyByteArray>()) {
        (Ok(bytes), _) => Cow::Borrowed(bytes.as_bytes()),
        (_, Ok(bytes)) => Cow::Owned(bytes.to_vec()),
        _ => return Ok(None),
    };
    let decoded = match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    };
    let found = || errors::wrong_type(name, Plain("UTF-8 text"), Plain("other bytes"));
    decoded.map(Some).ok_or_else(|| error(value.py(), found(), name))
}

/// The members of a mapping, a dataclass or a pydantic model.
pub(crate) fn object(value: &Bound<'_, PyAny>, place: Place<'_>) -> PyResult<Object> {
    match whole(value, place)? {
        Json::Object(object) => Ok(object),
        _ => Err(wrong_type(value, place, "a mapping")),
    }
}

/// Any value that JSON can hold.
pub(crate) fn json(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Json> {
    whole(value, Place::Argument(name))
}

fn convert(value: &Bound<'_, PyAny>, place: Place<'_>, left: Left<'_>) -> PyResult<Json> {
    let py = value.py();
    if !Left::take(left.values, 1) {
        let most = Plain(format!("at most {MOST_VALUES} values in all"));
        return Err(error(py, errors::out_of_range(&place.to_string(), most), place));
    }
    if let Ok(string) = value.cast_exact::<PyString>() {
        return Ok(left.text(string, place)?.into());
    }
    if value.is_none() {
        return Ok(Json::Null);
    }
    if let Ok(boolean) = value.cast::<PyBool>() {
        return Ok(boolean.is_true().into());
    }
    if value.cast::<PyInt>().is_ok() {
        let number =
            value.extract::<i64>().map(Json::from).or_else(|_| value.extract::<u64>().map(Json::from));
        let range = || Plain("an int between -2^63 and 2^64-1".to_owned());
        return number.map_err(|_| error(py, errors::out_of_range(&place.to_string(), range()), place));
    }
    if let Ok(float) = value.cast::<PyFloat>() {
        return from_float(float, place);
    }
    if let Ok(string) = value.cast::<PyString>() {
        return Ok(left.text(string, place)?.into());
    }
    let Some(levels) = left.levels.checked_sub(1) else {
        return Err(error(py, errors::too_deep(DEEPEST), place));
    };
    let left = Left { levels, ..left };
    // Copies: a value's own code may change a dict or a list.
    if let Ok(dict) = value.cast_exact::<PyDict>() {
        return members(py, dict.copy()?.iter().map(Ok), place, left);
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        return members(py, dict.items().iter().map(pair), place, left);
    }
    if let Ok(list) = value.cast::<PyList>() {
        return elements(list.get_slice(0, list.len()).iter().map(Ok), place, left);
    }
    if let Ok(tuple) = value.cast::<PyTuple>() {
        return elements(tuple.iter().map(Ok), place, left);
    }
    if let Some(decimal) = objects::decimal_text(value, place)? {
        return Ok(decimal.into());
    }
    if value.cast::<PyMapping>().is_ok() {
        let items = value.call_method0(intern!(py, "items"))?;
        return members(py, items.try_iter()?.map(|item| pair(item?)), place, left);
    }
    if let Ok(sequence) = value.cast::<PySequence>()
        && !is_bytes_like(value)
    {
        // As many as it says: its iterator may have no end.
        return elements(value.try_iter()?.take(sequence.len()?), place, left);
    }
    if let Some(fields) = objects::fields(value)? {
        return convert(&fields, place, left);
    }
    Err(wrong_type(value, place, "a value that JSON can hold"))
}

/// A key and its value.
type Pair<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

fn pair(item: Bound<'_, PyAny>) -> PyResult<Pair<'_>> {
    item.extract()
}

fn is_bytes_like(value: &Bound<'_, PyAny>) -> bool {
    value.cast::<PyBytes>().is_ok()
        || value.cast::<PyByteArray>().is_ok()
        || value.cast::<PyMemoryView>().is_ok()
}

fn members<'py>(
    py: Python<'py>,
    items: impl Iterator<Item = PyResult<Pair<'py>>>,
    place: Place<'_>,
    left: Left<'_>,
) -> PyResult<Json> {
    let mut given: Vec<(String, Json)> = Vec::new();
    for item in items {
        let (key, value) = item?;
        let name = text(&key, format_args!("{place}: a key"))?.into_owned();
        let value = convert(&value, Place::Member(&place, &name), left)?;
        given.push((name, value));
    }
    let count = given.len();
    let object: Object = given.into_iter().collect();
    // Keys of a subclass of `str` may be equal as texts only.
    if object.len() == count { Ok(object.into()) } else { Err(duplicate(py, place)) }
}

fn duplicate(py: Python<'_>, place: Place<'_>) -> PyErr {
    error(py, errors::duplicate_key(&place.to_string()), place)
}

fn elements<'py>(
    values: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
    place: Place<'_>,
    left: Left<'_>,
) -> PyResult<Json> {
    let element = |(index, value): (usize, PyResult<Bound<'py, PyAny>>)| {
        convert(&value?, Place::Element(&place, index), left)
    };
    values.enumerate().map(element).collect::<PyResult<Vec<Json>>>().map(Json::from)
}

fn from_float(float: &Bound<'_, PyFloat>, place: Place<'_>) -> PyResult<Json> {
    let value = float.value();
    if place.is_meta_data() {
        let shown = float.repr()?;
        let problem = format!(
            "`{shown}` is a float, whose digits may not be the ones you wrote: send a Decimal or text"
        );
        return Err(error(float.py(), errors::metadata_type(place.name(), Plain(problem)), place));
    }
    if let Some(number) = Number::from_f64(value) {
        return Ok(number.into());
    }
    let (place, found) = (place.to_string(), float.repr()?.to_string());
    Err(error(float.py(), errors::wrong_type(&place, Plain("a finite number"), Plain(&found)), &place))
}

/// A value in Python's own types.
pub(crate) fn from_json<'py>(py: Python<'py>, value: &Json) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Json::Null => py.None().into_bound(py),
        Json::Bool(value) => PyBool::new(py, *value).to_owned().into_any(),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(integer), _) => integer.into_pyobject(py)?.into_any(),
            (None, Some(integer)) => integer.into_pyobject(py)?.into_any(),
            (None, None) => PyFloat::new(py, number.as_f64()).into_any(),
        },
        Json::String(text) => PyString::new(py, text).into_any(),
        Json::Array(elements) => {
            let list = PyList::empty(py);
            for element in elements {
                list.append(from_json(py, element)?)?;
            }
            list.into_any()
        }
        Json::Object(object) => from_object(py, object)?.into_any(),
    })
}

pub(crate) fn from_object<'py>(py: Python<'py>, object: &Object) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (key, value) in object.iter() {
        dict.set_item(key, from_json(py, value)?)?;
    }
    Ok(dict)
}
