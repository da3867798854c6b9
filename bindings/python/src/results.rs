//! Classes that are written in Python: results, enums and exceptions.

use pyo3::call::PyCallArgs;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyModule;

/// The module with the classes that are written in Python.
pub(crate) fn module(py: Python<'_>) -> PyResult<&Bound<'_, PyModule>> {
    static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let load = || py.import(intern!(py, "jit_approvals._types")).map(Bound::unbind);
    Ok(MODULE.get_or_try_init(py, load)?.bind(py))
}

/// Creates a result: an instance of one of these classes.
pub(crate) fn result<'py>(
    py: Python<'py>,
    class: &str,
    fields: impl PyCallArgs<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    module(py)?.getattr(class)?.call1(fields)
}

/// Returns a member of an enum by its value, such as `Status("pending")`.
pub(crate) fn member<'py>(py: Python<'py>, class: &str, value: &str) -> PyResult<Bound<'py, PyAny>> {
    module(py)?.getattr(class)?.call1((value,))
}
