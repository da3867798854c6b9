//! Values that JSON can hold: claims, metadata and records.

use std::cell::Cell;
use std::fmt;

use jit_approvals::bindings::{Plain, errors};
use jit_approvals::json::{Json, Number, Object};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString, PyTuple,
    PyType,
};

use super::{error, text, wrong_type};
use crate::exception::exception;

/// The deepest nesting of a value.
const DEEPEST: usize = 64;

/// The most values in an argument. A sequence may claim any length.
const MOST_VALUES: usize = 500_000;

/// How much of an argument may still be read.
#[derive(Clone, Copy)]
struct Left<'a> {
    levels: usize,
    values: &'a Cell<usize>,
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
    match value.cast::<PyString>() {
        Ok(_) => Json::parse(&text(value, name)?).map_err(|problem| exception(value.py(), &problem)),
        Err(_) => record(value, name),
    }
}

/// The members of a mapping, a dataclass or a pydantic model.
pub(crate) fn object(value: &Bound<'_, PyAny>, place: Place<'_>) -> PyResult<Object> {
    match convert(value, place, Left { levels: DEEPEST, values: &Cell::new(MOST_VALUES) })? {
        Json::Object(object) => Ok(object),
        _ => Err(wrong_type(value, place, "a mapping")),
    }
}

/// Any value that JSON can hold.
pub(crate) fn json(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Json> {
    convert(value, Place::Argument(name), Left { levels: DEEPEST, values: &Cell::new(MOST_VALUES) })
}

fn convert(value: &Bound<'_, PyAny>, place: Place<'_>, left: Left<'_>) -> PyResult<Json> {
    let py = value.py();
    match left.values.get().checked_sub(1) {
        Some(values) => left.values.set(values),
        None => return Err(error(py, errors::too_large(MOST_VALUES + 1, MOST_VALUES), place)),
    }
    if let Ok(string) = value.cast_exact::<PyString>() {
        return Ok(text(string, place)?.into_owned().into());
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
    if value.cast::<PyString>().is_ok() {
        return Ok(text(value, place)?.into_owned().into());
    }
    let Some(levels) = left.levels.checked_sub(1) else {
        return Err(error(py, errors::too_deep(DEEPEST), place));
    };
    let left = Left { levels, ..left };
    if let Ok(dict) = value.cast::<PyDict>() {
        // A copy: a value's own code may change the dict.
        return members(py, dict.copy()?.iter(), place, left);
    }
    if let Ok(list) = value.cast::<PyList>() {
        return elements(list.get_slice(0, list.len()).iter(), place, left);
    }
    if let Ok(tuple) = value.cast::<PyTuple>() {
        return elements(tuple.iter(), place, left);
    }
    if let Some(decimal) = decimal_text(value, place)? {
        return Ok(decimal.into());
    }
    if let Ok(mapping) = value.cast::<PyMapping>() {
        let items =
            mapping.items()?.iter().map(|item| item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>());
        return members(py, items.collect::<PyResult<Vec<_>>>()?.into_iter(), place, left);
    }
    if let Ok(sequence) = value.cast::<PySequence>()
        && value.cast::<PyBytes>().is_err()
        && value.cast::<PyByteArray>().is_err()
    {
        // Item by item, as many as it says: its iterator may have no end.
        let length = sequence.len()?;
        if length > MOST_VALUES {
            return Err(error(py, errors::too_large(length, MOST_VALUES), place));
        }
        let items = (0..length).map(|index| sequence.get_item(index)).collect::<PyResult<Vec<_>>>()?;
        return elements(items.into_iter(), place, left);
    }
    if let Some(fields) = fields(value)? {
        return convert(&fields, place, left);
    }
    Err(wrong_type(value, place, "a value that JSON can hold"))
}

fn members<'py>(
    py: Python<'py>,
    items: impl Iterator<Item = (Bound<'py, PyAny>, Bound<'py, PyAny>)>,
    place: Place<'_>,
    left: Left<'_>,
) -> PyResult<Json> {
    let mut given: Vec<(String, Json)> = Vec::new();
    for (key, value) in items {
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
    values: impl Iterator<Item = Bound<'py, PyAny>>,
    place: Place<'_>,
    left: Left<'_>,
) -> PyResult<Json> {
    let element =
        |(index, value): (usize, Bound<'py, PyAny>)| convert(&value, Place::Element(&place, index), left);
    values.enumerate().map(element).collect::<PyResult<Vec<Json>>>().map(Json::from)
}

fn from_float(float: &Bound<'_, PyFloat>, place: Place<'_>) -> PyResult<Json> {
    let value = float.value();
    if place.is_meta_data() {
        let problem = format!(
            "`{value}` is a float, whose digits may not be the ones you wrote: send a Decimal or text"
        );
        return Err(error(float.py(), errors::metadata_type(place.name(), Plain(problem)), place));
    }
    match Number::from_f64(value) {
        Some(number) => Ok(number.into()),
        None => Err(wrong_type(float, place, "a finite number")),
    }
}

/// The text of a `Decimal`, without an exponent.
fn decimal_text(value: &Bound<'_, PyAny>, place: Place<'_>) -> PyResult<Option<String>> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = value.py();
    // Nobody has a Decimal without its module.
    let modules = py.import(intern!(py, "sys"))?.getattr(intern!(py, "modules"))?;
    if !modules.contains(intern!(py, "decimal"))?
        || !value.is_instance(DECIMAL.import(py, "decimal", "Decimal")?)?
    {
        return Ok(None);
    }
    if !value.call_method0(intern!(py, "is_finite"))?.is_truthy()? {
        return Err(wrong_type(value, place, "a finite number"));
    }
    Ok(Some(value.call_method1(intern!(py, "__format__"), ("f",))?.extract()?))
}

/// The fields of a pydantic model or a dataclass, as a dict.
fn fields<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = value.py();
    if value.is_instance_of::<PyType>() {
        return Ok(None);
    }
    let class = value.get_type();
    if class.hasattr(intern!(py, "__pydantic_fields__"))? || class.hasattr(intern!(py, "model_dump"))? {
        let options = PyDict::new(py);
        options.set_item("mode", "json")?;
        return value.call_method(intern!(py, "model_dump"), (), Some(&options)).map(Some);
    }
    let Ok(declared) = class.getattr(intern!(py, "__dataclass_fields__")) else { return Ok(None) };
    let fields = PyDict::new(py);
    for name in declared.try_iter()? {
        let name = name?;
        fields.set_item(&name, value.getattr(name.cast::<PyString>()?)?)?;
    }
    Ok(Some(fields.into_any()))
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
