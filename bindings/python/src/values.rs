//! Converts Python's values to the library's and back. Everything is checked here, before it crosses.

mod json;
mod objects;
mod time;

use std::borrow::Cow;
use std::fmt;

use jit_approvals::bindings::{Plain, errors};
use jit_approvals::{Error, Id};
use pyo3::exceptions::{PyBufferError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::type_object::PyTypeInfo;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyInt, PyMemoryView, PySlice, PyString, PyType};
use zeroize::Zeroizing;

pub(crate) use self::json::{Place, from_json, from_object, json, json_text, object, record, record_or_text};
pub(crate) use self::time::{duration, from_time, moment, seconds, time};
use crate::exception::exception;

/// An optional argument whose `None` does not mean "not given".
pub(crate) enum Given<'py> {
    Absent,
    Value(Bound<'py, PyAny>),
}

impl<'py> FromPyObject<'_, 'py> for Given<'py> {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self::Value(value.to_owned()))
    }
}

impl<'py> Given<'py> {
    pub(crate) fn map<T>(
        self,
        convert: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<T>,
    ) -> PyResult<Option<T>> {
        match self {
            Self::Absent => Ok(None),
            Self::Value(value) => convert(&value).map(Some),
        }
    }

    pub(crate) fn is_given(&self) -> bool {
        matches!(self, Self::Value(_))
    }
}

pub(crate) fn error(py: Python<'_>, error: Error, field: impl fmt::Display) -> PyErr {
    exception(py, &error.with_field(field.to_string()))
}

pub(crate) fn wrong_type(value: &Bound<'_, PyAny>, place: impl fmt::Display, expected: &str) -> PyErr {
    let found = kind(value);
    let place = place.to_string();
    error(value.py(), errors::wrong_type(&place, Plain(expected), Plain(&found)), &place)
}

/// What a value is, with its article.
fn kind(value: &Bound<'_, PyAny>) -> Cow<'static, str> {
    if value.is_none() {
        return "None".into();
    }
    let name = value.get_type().name().map_or_else(|_| "object".to_owned(), |name| name.to_string());
    let article =
        if name.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    // A class's name may be anything, and long.
    let is_name =
        name.len() <= 40 && name.chars().all(|char| char.is_ascii_alphanumeric() || "_.".contains(char));
    if is_name { format!("{article} {name}").into() } else { "an object".into() }
}

/// The text of a `str`, also of a subclass.
pub(crate) fn text<'a>(value: &'a Bound<'_, PyAny>, place: impl fmt::Display) -> PyResult<Cow<'a, str>> {
    let Ok(text) = value.cast::<PyString>() else { return Err(wrong_type(value, place, "a str")) };
    text.to_cow().map_err(|_| {
        let place = place.to_string();
        let expected = Plain("Unicode text");
        error(value.py(), errors::wrong_type(&place, expected, Plain("a str with a lone surrogate")), &place)
    })
}

/// The value of `id` or `reason`: `None` means "not given".
pub(crate) fn optional_text(value: Option<&Bound<'_, PyAny>>, name: &str) -> PyResult<Option<String>> {
    value.map(|value| text(value, name).map(Cow::into_owned)).transpose()
}

pub(crate) fn id(value: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Id>> {
    let Some(value) = value else { return Ok(None) };
    // A `uuid.UUID` is its text.
    let id = match value.cast::<PyString>() {
        Ok(_) => text(value, "id")?.parse(),
        Err(_) if is_a(value, uuid(value.py())?)? => {
            text(&uuid(value.py())?.call_method1("__str__", (value,))?, "id")?.parse()
        }
        Err(_) => return Err(wrong_type(value, "id", "a UUID")),
    };
    id.map(Some).map_err(|problem: Error| error(value.py(), problem, "id"))
}

fn uuid(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static UUID: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    UUID.import(py, "uuid", "UUID")
}

/// Calls `body` with the bytes of a bytes-like object. A copy is cleared afterwards: it may be a key.
pub(crate) fn with_bytes<T>(
    value: &Bound<'_, PyAny>,
    name: &str,
    body: impl FnOnce(&[u8]) -> PyResult<T>,
) -> PyResult<T> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return body(bytes.as_bytes());
    }
    if let Ok(bytes) = value.cast::<PyByteArray>() {
        return body(&Zeroizing::new(bytes.to_vec()));
    }
    // Python 3.9's stable ABI has no buffers: `bytearray` reads those of other bytes-like objects.
    let py = value.py();
    let copy = PyMemoryView::from(value).and_then(|view| py.get_type::<PyByteArray>().call1((view,)));
    let copy = match copy {
        Ok(copy) => copy.cast_into::<PyByteArray>()?,
        Err(problem) if is_one_of::<PyTypeError, PyBufferError, PyValueError>(&problem, py) => {
            return Err(wrong_type(value, name, "bytes"));
        }
        Err(problem) => return Err(problem),
    };
    let bytes = Zeroizing::new(copy.to_vec());
    copy.call_method1("__setitem__", (PySlice::full(py), PyBytes::new(py, &vec![0; bytes.len()])))?;
    body(&bytes)
}

fn is_one_of<A: PyTypeInfo, B: PyTypeInfo, C: PyTypeInfo>(problem: &PyErr, py: Python<'_>) -> bool {
    problem.is_instance_of::<A>(py) || problem.is_instance_of::<B>(py) || problem.is_instance_of::<C>(py)
}

/// Whether a value's type is a class or one of its subclasses, whatever the value says that its class is.
pub(crate) fn is_a(value: &Bound<'_, PyAny>, class: &Bound<'_, PyType>) -> PyResult<bool> {
    value.get_type().is_subclass(class)
}

pub(crate) fn boolean(value: &Bound<'_, PyAny>, name: &str) -> PyResult<bool> {
    value
        .cast::<PyBool>()
        .map(pyo3::types::PyBoolMethods::is_true)
        .map_err(|_| wrong_type(value, name, "a bool"))
}

/// An integer from 0 to 2^32-1.
pub(crate) fn count(value: &Bound<'_, PyAny>, name: &str) -> PyResult<u32> {
    if !is_int(value) {
        return Err(wrong_type(value, name, "an int"));
    }
    value.extract().map_err(|_| {
        let range = Plain("between 0 and 4294967295".to_owned());
        error(value.py(), errors::out_of_range(name, range), name)
    })
}

/// A `bool` is an `int`, too, but never meant as one.
fn is_int(value: &Bound<'_, PyAny>) -> bool {
    value.cast::<PyInt>().is_ok() && value.cast::<PyBool>().is_err()
}

/// Iterates over an argument that holds several values: not a `str` and not a mapping.
pub(crate) fn iterable<'py>(
    value: &Bound<'py, PyAny>,
    name: &str,
    expected: &str,
    most: usize,
) -> PyResult<impl Iterator<Item = PyResult<Bound<'py, PyAny>>>> {
    let py = value.py();
    if value.cast::<PyString>().is_ok() || value.cast::<PyBytes>().is_ok() || value.hasattr("keys")? {
        return Err(wrong_type(value, name, expected));
    }
    // An iterator's own exception reaches the caller.
    if !value.hasattr("__iter__")? && !value.hasattr("__getitem__")? {
        return Err(wrong_type(value, name, expected));
    }
    let each = value.try_iter()?;
    let most_text = Plain(format!("at most {most}"));
    let too_many = error(py, errors::out_of_range(&format!("the length of {name}"), most_text), name);
    let mut too_many = Some(too_many);
    Ok(each.enumerate().map_while(
        move |(index, item)| {
            if index < most { Some(item) } else { too_many.take().map(Err) }
        },
    ))
}
