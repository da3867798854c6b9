//! Verifies auth tokens.

use jit_approvals::bindings::{Plain, errors};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::exception::{call, exception, run, unpicklable};
use crate::key::ring;
use crate::results::result;
use crate::values::{Given, boolean, duration, error, from_json, from_object, iterable, moment, text};

/// Verifies auth tokens: first the signature, then type, times, issuer and audience.
///
/// `key` is a SigningKey, or a list of them for rotation. `issuer` is the `iss` that a token must have, or
/// `any_issuer=True` accepts any holder of the key. `audience` is the name, or a list of names, of which a token's `aud`
/// must contain one, or `any_audience=True` accepts any. `leeway` is how much clocks may differ, `max_lifetime` how long a
/// token may still be valid: a timedelta or an int of seconds. With `require_subject`, a token needs a `sub`.
#[pyclass(frozen, module = "jit_approvals")]
pub struct Verifier(jit_approvals::Verifier);

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(
        signature = (
            key, *, issuer = Given::Absent, any_issuer = Given::Absent, audience = Given::Absent,
            any_audience = Given::Absent, leeway = Given::Absent, max_lifetime = Given::Absent,
            require_subject = Given::Absent
        ),
        text_signature = "(key, *, issuer=..., any_issuer=False, audience=..., any_audience=False, leeway=60, \
            max_lifetime=..., require_subject=False)"
    )]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn new(
        py: Python<'_>,
        key: Bound<'_, PyAny>,
        issuer: Given<'_>,
        any_issuer: Given<'_>,
        audience: Given<'_>,
        any_audience: Given<'_>,
        leeway: Given<'_>,
        max_lifetime: Given<'_>,
        require_subject: Given<'_>,
    ) -> PyResult<Self> {
        call(py, || {
            let mut verifier = jit_approvals::Verifier::builder(ring(&key)?);
            let flag = |given: Given<'_>, name| {
                given.map(|value| boolean(value, name)).map(Option::unwrap_or_default)
            };
            if flag(any_issuer, "any_issuer")? {
                one_of_two(py, &issuer, "issuer", "any_issuer")?;
                verifier = verifier.any_issuer();
            }
            if let Some(issuer) = issuer.map(|value| Ok(text(value, "issuer")?.into_owned()))? {
                verifier = verifier.issuer(issuer);
            }
            if flag(any_audience, "any_audience")? {
                one_of_two(py, &audience, "audience", "any_audience")?;
                verifier = verifier.any_audience();
            }
            if let Some(audiences) = audience.map(names)? {
                verifier = verifier.audiences(audiences);
            }
            if let Some(leeway) = leeway.map(|value| duration(value, "leeway"))? {
                verifier = verifier.leeway(leeway);
            }
            if let Some(lifetime) = max_lifetime.map(|value| duration(value, "max_lifetime"))? {
                verifier = verifier.max_lifetime(lifetime);
            }
            if flag(require_subject, "require_subject")? {
                verifier = verifier.require_subject();
            }
            run(py, || verifier.build()).map(Self)
        })
    }

    /// Verifies a token and returns its claims. If the token is not valid, nothing of it is returned.
    ///
    /// Raises TokenError: malformed_token, invalid_signature, token_expired, wrong_issuer, and others.
    #[pyo3(signature = (token, *, now = None))]
    fn verify<'py>(
        &self,
        py: Python<'py>,
        token: Bound<'py, PyAny>,
        now: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        call(py, || from_object(py, self.claims(py, &token, now.as_ref())?.as_object()))
    }

    /// Verifies a token and returns its claims, and the id of the key that verified it, if that key has one.
    #[pyo3(signature = (token, *, now = None))]
    fn verified<'py>(
        &self,
        py: Python<'py>,
        token: Bound<'py, PyAny>,
        now: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let claims = self.claims(py, &token, now.as_ref())?;
            result(py, "Verified", (from_object(py, claims.as_object())?, claims.key_id()))
        })
    }

    /// Verifies a token and returns the origin that it proves, for `Template.open`.
    ///
    /// Raises MetadataError: missing_metadata for a token without a subject.
    #[pyo3(signature = (token, *, now = None))]
    fn origin<'py>(
        &self,
        py: Python<'py>,
        token: Bound<'py, PyAny>,
        now: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let claims = self.claims(py, &token, now.as_ref())?;
            from_json(py, &run(py, || jit_approvals::origin(&claims))?.to_json())
        })
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __repr__(&self) -> &'static str {
        "<jit_approvals.Verifier>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(unpicklable("a Verifier"))
    }
}

impl Verifier {
    fn claims(
        &self,
        py: Python<'_>,
        token: &Bound<'_, PyAny>,
        now: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<jit_approvals::Claims> {
        let (token, now) = (text(token, "token")?, moment(py, now)?);
        run(py, || self.0.verify_at(&token, now))
    }
}

/// Rejects an option beside the one that makes it meaningless.
fn one_of_two(py: Python<'_>, given: &Given<'_>, name: &str, any: &str) -> PyResult<()> {
    if !given.is_given() {
        return Ok(());
    }
    let (expected, found) = (format!("left out if `{any}` is True"), Plain("set"));
    Err(error(py, errors::wrong_type(name, Plain(&expected), found), name))
}

/// The most names of an audience.
const MOST_NAMES: usize = 1000;

/// One name, or several.
fn names(value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    if value.cast::<PyString>().is_ok() {
        return Ok(vec![text(value, "audience")?.into_owned()]);
    }
    let names = iterable(value, "audience", "a str or a list of str", MOST_NAMES)?;
    let name = |(index, name): (usize, PyResult<Bound<'_, PyAny>>)| {
        Ok(text(&name?, format_args!("audience[{index}]"))?.into_owned())
    };
    names.enumerate().map(name).collect()
}

/// `(issuer, key_id, header, claims)`
type Unverified<'py> = (Option<String>, Option<String>, Bound<'py, PyDict>, Bound<'py, PyDict>);

/// Reads what a token says, before anything is verified: `(issuer, key_id, header, claims)`.
#[pyfunction]
pub fn unverified_token<'py>(py: Python<'py>, token: Bound<'py, PyAny>) -> PyResult<Unverified<'py>> {
    call(py, || {
        let token = text(&token, "token")?;
        let read =
            jit_approvals::UnverifiedToken::parse(&token).map_err(|problem| exception(py, &problem))?;
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let (header, claims) = (from_object(py, read.header())?, from_object(py, read.claims())?);
        Ok((owned(read.issuer()), owned(read.key_id()), header, claims))
    })
}
