//! Panics in every kind of call, for the test that no panic crosses into Python.

use pyo3::prelude::*;

use crate::exception::{call, run};

/// A class.
#[pyclass(frozen)]
pub struct Panicking;

#[pymethods]
impl Panicking {
    #[new]
    fn new() -> Self {
        Self
    }

    fn method(&self, py: Python<'_>) -> PyResult<()> {
        call(py, || panic!("in a method"))
    }
}

/// A function.
#[pyfunction]
pub fn panics(py: Python<'_>) -> PyResult<()> {
    run(py, || panic!("in a function"))
}
