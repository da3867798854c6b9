//! JWS in its compact form, on which tokens are built.

use jit_approvals::json::Json;
use jit_approvals::token::jws;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::exception::{call, run};
use crate::key::{one, ring};
use crate::values::{Place, from_object, object, text, with_bytes};

/// Signs a payload under a header.
#[pyfunction]
pub fn jws_sign(
    py: Python<'_>,
    header: Bound<'_, PyAny>,
    payload: Bound<'_, PyAny>,
    key: Bound<'_, PyAny>,
) -> PyResult<String> {
    call(py, || {
        let key = one(&key, "key")?;
        let header = Json::from(object(&header, Place::Record("header"))?).to_string();
        if payload.cast::<PyString>().is_ok() {
            let payload = text(&payload, "payload")?;
            return run(py, || jws::sign(&key, &header, payload.as_bytes()));
        }
        with_bytes(&payload, "payload", |payload| run(py, || jws::sign(&key, &header, payload)))
    })
}

/// Verifies a JWS and returns its header and payload.
#[pyfunction]
pub fn jws_verify<'py>(
    py: Python<'py>,
    token: Bound<'py, PyAny>,
    key: Bound<'py, PyAny>,
) -> PyResult<(Bound<'py, PyDict>, Bound<'py, PyBytes>)> {
    call(py, || {
        let (token, keys) = (text(&token, "token")?, ring(&key)?);
        let verified = run(py, || jws::verify(&keys, &token))?;
        Ok((from_object(py, &verified.header)?, PyBytes::new(py, &verified.payload)))
    })
}
