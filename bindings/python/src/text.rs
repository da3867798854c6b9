//! Texts that applications send, and names that people have.

use pyo3::prelude::*;

use crate::exception::{call, run};
use crate::values::text;

/// Returns what an application may send instead of a text that is not accepted.
///
/// Line ends become line feeds, other white space becomes spaces, and what may not be shown to an approver is left out. The
/// library never calls it by itself: the act must equal what was shown, so the application acts on the mended text.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub fn plain_text(py: Python<'_>, text: Bound<'_, PyAny>) -> PyResult<String> {
    call(py, || {
        let given = crate::values::text(&text, "text")?;
        run(py, || Ok(jit_approvals::plain_text(&given)))
    })
}

/// Returns the key of a name. Two emails or subjects with the same key are the same person's.
#[pyfunction]
#[pyo3(signature = (name, /))]
pub fn identity(py: Python<'_>, name: Bound<'_, PyAny>) -> PyResult<String> {
    call(py, || {
        let given = text(&name, "name")?;
        run(py, || Ok(jit_approvals::identity(&given)))
    })
}
