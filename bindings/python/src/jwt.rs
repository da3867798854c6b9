//! The njwt-compatible builder.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jit_approvals::Id;
use jit_approvals::json::{Json, Object};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::exception::{call, run};
use crate::key::one;
use crate::values::{Given, Place, from_object, json, moment, object, text, time};

/// A token that is being built: byte for byte the token of njwt 2.0.1 for the same claims, clock and `jti`.
#[pyclass(frozen, module = "jit_approvals")]
pub struct Jwt(Mutex<jit_approvals::Jwt>);

#[pymethods]
impl Jwt {
    /// Starts a token with these claims, then `jti` and `iat`, if they are not among them, and `exp`, an hour from now.
    #[staticmethod]
    #[pyo3(
        signature = (claims = Given::Absent, *, now = None, jti = Given::Absent),
        text_signature = "(claims=..., *, now=None, jti=...)"
    )]
    fn create(
        py: Python<'_>,
        claims: Given<'_>,
        now: Option<Bound<'_, PyAny>>,
        jti: Given<'_>,
    ) -> PyResult<Self> {
        call(py, || {
            let claims =
                claims.map(|value| object(value, Place::Record("claims")))?.unwrap_or_else(Object::new);
            let now = moment(py, now.as_ref())?;
            let jti = match jti.map(|value| Ok(text(value, "jti")?.into_owned()))? {
                Some(jti) => jti,
                None => run(py, Id::v4)?.to_string(),
            };
            Ok(Self(Mutex::new(jit_approvals::Jwt::create_at(claims, now, &jti))))
        })
    }

    /// Sets a claim to a value that JSON can hold.
    fn set_claim<'py>(
        slf: Bound<'py, Self>,
        name: Bound<'_, PyAny>,
        value: Bound<'_, PyAny>,
    ) -> PyResult<Bound<'py, Self>> {
        call(slf.py(), || {
            let (name, value) = (text(&name, "name")?, json(&value, "value")?);
            slf.get().lock().set_claim(&name, value);
            Ok(slf.clone())
        })
    }

    /// Sets a parameter of the header to a value that JSON can hold.
    fn set_header<'py>(
        slf: Bound<'py, Self>,
        name: Bound<'_, PyAny>,
        value: Bound<'_, PyAny>,
    ) -> PyResult<Bound<'py, Self>> {
        call(slf.py(), || {
            let (name, value) = (text(&name, "name")?, json(&value, "value")?);
            slf.get().lock().set_header(&name, value);
            Ok(slf.clone())
        })
    }

    /// Sets `iss`.
    fn set_issuer<'py>(slf: Bound<'py, Self>, issuer: Bound<'_, PyAny>) -> PyResult<Bound<'py, Self>> {
        Self::set_text(slf, "iss", &issuer, "issuer")
    }

    /// Sets `sub`.
    fn set_subject<'py>(slf: Bound<'py, Self>, subject: Bound<'_, PyAny>) -> PyResult<Bound<'py, Self>> {
        Self::set_text(slf, "sub", &subject, "subject")
    }

    /// Sets `jti`.
    fn set_jti<'py>(slf: Bound<'py, Self>, jti: Bound<'_, PyAny>) -> PyResult<Bound<'py, Self>> {
        Self::set_text(slf, "jti", &jti, "jti")
    }

    /// Sets `iat`.
    fn set_issued_at<'py>(slf: Bound<'py, Self>, issued_at: Bound<'_, PyAny>) -> PyResult<Bound<'py, Self>> {
        call(slf.py(), || {
            let issued_at = time(&issued_at, "issued_at")?;
            slf.get().lock().set_claim("iat", Json::from(issued_at));
            Ok(slf.clone())
        })
    }

    /// Sets `exp`. `None` removes it: such a token never expires, and no Verifier accepts it.
    fn set_expiration<'py>(
        slf: Bound<'py, Self>,
        expires_at: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        call(slf.py(), || {
            let at = expires_at.as_ref().map(|value| time(value, "expires_at")).transpose()?;
            slf.get().lock().set_expiration(at);
            Ok(slf.clone())
        })
    }

    /// Sets `nbf`. `None` removes it.
    fn set_not_before<'py>(
        slf: Bound<'py, Self>,
        not_before: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        call(slf.py(), || {
            let at = not_before.as_ref().map(|value| time(value, "not_before")).transpose()?;
            slf.get().lock().set_not_before(at);
            Ok(slf.clone())
        })
    }

    /// The header.
    #[getter]
    fn header<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        call(py, || {
            let header = self.lock().header().clone();
            from_object(py, &header)
        })
    }

    /// The claims.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        call(py, || {
            let claims = self.lock().claims().clone();
            from_object(py, &claims)
        })
    }

    /// Signs the token and returns its text.
    ///
    /// Raises TokenError: unsupported_algorithm if the header's `alg` is not HS256.
    fn compact(&self, py: Python<'_>, key: Bound<'_, PyAny>) -> PyResult<String> {
        call(py, || {
            let key = one(&key, "key")?;
            run(py, || self.lock().compact(&key))
        })
    }

    fn __repr__(&self) -> &'static str {
        "<jit_approvals.Jwt>"
    }
}

impl Jwt {
    fn lock(&self) -> MutexGuard<'_, jit_approvals::Jwt> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_text<'py>(
        slf: Bound<'py, Self>,
        claim: &str,
        value: &Bound<'_, PyAny>,
        name: &str,
    ) -> PyResult<Bound<'py, Self>> {
        call(slf.py(), || {
            let value = text(value, name)?;
            slf.get().lock().set_claim(claim, Json::from(&*value));
            Ok(slf.clone())
        })
    }
}
