//! Signing keys.

use jit_approvals::bindings::{Plain, errors};
use jit_approvals::token::KeyRing;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};
use zeroize::Zeroizing;

use crate::exception::{call, run, unpicklable};
use crate::values::{Given, count, error, optional_text, with_bytes, wrong_type};

/// An HS256 signing key. Nothing of it can be read: `repr`, `copy` and `traceback` show only its id.
#[pyclass(frozen, module = "jit_approvals")]
pub struct SigningKey(pub(crate) jit_approvals::SigningKey);

#[pymethods]
impl SigningKey {
    /// Creates a key from 32 bytes of the system's generator. To keep a key, see `generate_base64`.
    #[staticmethod]
    #[pyo3(signature = (*, id = None))]
    fn generate(py: Python<'_>, id: Option<Bound<'_, PyAny>>) -> PyResult<Self> {
        call(py, || {
            let id = optional_text(id.as_ref(), "id")?;
            Ok(Self::with_id(run(py, jit_approvals::SigningKey::generate)?, id))
        })
    }

    /// Returns the base64 text of a new key: 32 bytes of the system's generator. Keep it like a password.
    #[staticmethod]
    #[pyo3(signature = ())]
    fn generate_base64(py: Python<'_>) -> PyResult<String> {
        call(py, || run(py, jit_approvals::SigningKey::generate_base64))
    }

    /// Reads a key from base64 text, in the standard or the URL-safe alphabet, padded or not. White space is ignored.
    ///
    /// `least_bytes` is the least number of bytes: by default 32 (RFC 7518 section 3.2), never 0. Tokens that are minted
    /// with the key name its `id` as their `kid`.
    ///
    /// Raises TokenError: malformed_key, key_too_short.
    #[staticmethod]
    #[pyo3(signature = (text, *, id = None, least_bytes = Given::Absent), text_signature = "(text, *, id=None, least_bytes=32)")]
    fn from_base64(
        py: Python<'_>,
        text: Bound<'_, PyAny>,
        id: Option<Bound<'_, PyAny>>,
        least_bytes: Given<'_>,
    ) -> PyResult<Self> {
        call(py, || {
            if text.is_none() {
                let found = Plain("None: is the environment variable with the key set?");
                return Err(error(py, errors::wrong_type("text", Plain("a str"), found), "text"));
            }
            let text = Zeroizing::new(crate::values::text(&text, "text")?.into_owned());
            let (id, least) = (optional_text(id.as_ref(), "id")?, least(least_bytes)?);
            let key = run(py, || jit_approvals::SigningKey::from_base64_with_at_least(&text, least))?;
            Ok(Self::with_id(key, id))
        })
    }

    /// Reads a key from bytes, or any bytes-like object.
    ///
    /// Raises TokenError: key_too_short.
    #[staticmethod]
    #[pyo3(signature = (data, *, id = None, least_bytes = Given::Absent), text_signature = "(data, *, id=None, least_bytes=32)")]
    fn from_bytes(
        py: Python<'_>,
        data: Bound<'_, PyAny>,
        id: Option<Bound<'_, PyAny>>,
        least_bytes: Given<'_>,
    ) -> PyResult<Self> {
        call(py, || {
            let (id, least) = (optional_text(id.as_ref(), "id")?, least(least_bytes)?);
            let make =
                |bytes: &[u8]| run(py, || jit_approvals::SigningKey::from_bytes_with_at_least(bytes, least));
            with_bytes(&data, "data", make).map(|key| Self::with_id(key, id))
        })
    }

    /// The id of the key, if it has one.
    #[getter]
    fn id(&self) -> Option<&str> {
        self.0.id()
    }

    fn __repr__(&self) -> String {
        match self.0.id() {
            Some(id) => format!("SigningKey(id={id:?})"),
            None => "SigningKey()".to_owned(),
        }
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(unpicklable("a SigningKey"))
    }
}

impl SigningKey {
    fn with_id(key: jit_approvals::SigningKey, id: Option<String>) -> Self {
        match id {
            Some(id) => Self(key.with_id(id)),
            None => Self(key),
        }
    }
}

fn least(value: Given<'_>) -> PyResult<usize> {
    let least = value.map(|value| count(value, "least_bytes"))?;
    Ok(least.map_or(jit_approvals::SigningKey::MIN_BYTES, |least| least as usize))
}

/// The key in an argument.
pub(crate) fn one(value: &Bound<'_, PyAny>, name: &str) -> PyResult<jit_approvals::SigningKey> {
    if let Ok(key) = value.cast::<SigningKey>() {
        return Ok(key.get().0.clone());
    }
    let hint = match () {
        () if value.cast::<PyString>().is_ok() => "a SigningKey (see SigningKey.from_base64)",
        () if value.cast::<PyBytes>().is_ok() => "a SigningKey (see SigningKey.from_bytes)",
        () => "a SigningKey",
    };
    Err(wrong_type(value, name, hint))
}

/// One key, or a list of keys for rotation.
pub(crate) fn ring(value: &Bound<'_, PyAny>) -> PyResult<KeyRing> {
    let several: Vec<Bound<'_, PyAny>> = match (value.cast::<PyList>(), value.cast::<PyTuple>()) {
        (Ok(list), _) => list.iter().collect(),
        (_, Ok(tuple)) => tuple.iter().collect(),
        _ => return one(value, "key").map(KeyRing::from),
    };
    let keys = several.iter().enumerate().map(|(index, key)| one(key, &format!("key[{index}]")));
    let keys = keys.collect::<PyResult<Vec<_>>>()?;
    run(value.py(), || KeyRing::new(keys))
}
