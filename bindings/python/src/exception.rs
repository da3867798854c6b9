//! Errors become exceptions, and so do panics.

use std::cell::Cell;

use jit_approvals::bindings::guarded;
use pyo3::exceptions::{PyBaseException, PyRecursionError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::results::module;

/// Runs a call. A panic becomes an `InternalError`.
pub(crate) fn call<T>(py: Python<'_>, body: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let Some(_depth) = Depth::enter() else {
        return Err(PyRecursionError::new_err("calls of jit_approvals inside of each other are too deep"));
    };
    let body = || {
        #[cfg(feature = "panicking")]
        crate::panicking::panic_if_asked();
        Ok(body())
    };
    guarded(body).unwrap_or_else(|panic| Err(exception(py, &panic)))
}

/// How many calls of this thread are inside of each other: a mapping's own code may call the library again.
struct Depth;

impl Depth {
    const MOST: usize = 32;

    fn enter() -> Option<Self> {
        DEPTH.with(|depth| {
            let is_free = depth.get() < Self::MOST;
            is_free.then(|| {
                depth.set(depth.get() + 1);
                Self
            })
        })
    }
}

impl Drop for Depth {
    fn drop(&mut self) {
        DEPTH.with(|depth| depth.set(depth.get() - 1));
    }
}

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Runs a part of a call and converts the library's error.
pub(crate) fn run<T>(py: Python<'_>, body: impl FnOnce() -> jit_approvals::Result<T>) -> PyResult<T> {
    body().map_err(|error| exception(py, &error))
}

/// Returns the exception of an error, an instance of its family's class.
pub(crate) fn exception(py: Python<'_>, error: &jit_approvals::Error) -> PyErr {
    object(py, error).map_or_else(|problem| problem, PyErr::from_value)
}

pub(crate) fn object<'py>(py: Python<'py>, error: &jit_approvals::Error) -> PyResult<Bound<'py, PyAny>> {
    let place = error.place().or_else(|| error.place_in_field());
    let code = error.code();
    let arguments = (
        error.message(),
        code.as_str(),
        code.number(),
        code.status(),
        error.field(),
        place.map(jit_approvals::json::Place::line),
        place.map(jit_approvals::json::Place::column),
    );
    let classes = module(py)?.getattr(intern!(py, "EXCEPTIONS"))?;
    let error = classes.get_item(code.family().as_str())?.call1(arguments)?;
    // `may_decide` returns it: nothing else may stand for "no".
    if error.is_instance_of::<PyBaseException>() {
        Ok(error)
    } else {
        Err(PyTypeError::new_err("not an exception"))
    }
}

/// Whether an exception is one of the library's.
pub(crate) fn is_library_error(py: Python<'_>, problem: &PyErr) -> PyResult<bool> {
    let base = module(py)?.getattr(intern!(py, "JitError"))?.cast_into::<PyType>()?;
    problem.get_type(py).is_subclass(&base)
}

/// The error of an attempt to pickle something that holds a secret.
pub(crate) fn unpicklable(what: &str) -> PyErr {
    PyTypeError::new_err(format!("{what} cannot be pickled: it holds a key"))
}

/// Every error, in the order of their numbers: `(number, code, family, status, message)`.
#[pyfunction]
pub fn catalogue(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyTuple>>> {
    call(py, || {
        let rows = jit_approvals::catalogue().into_iter();
        rows.map(|row| {
            let code = row.code;
            (code.number(), code.as_str(), code.family().as_str(), code.status(), row.message)
                .into_pyobject(py)
        })
        .collect()
    })
}
