//! Access tokens: signed texts that carry a grant.

use jit_approvals::json::Json;
use jit_approvals::token::AccessToken;
use pyo3::prelude::*;

use crate::exception::{call, run, unpicklable};
use crate::key::{one, ring};
use crate::results::result;
use crate::values::{Given, duration, from_time, moment, record, text};

/// Signs an access token's record.
#[pyfunction]
pub fn sign_access_token(py: Python<'_>, grant: Bound<'_, PyAny>, key: Bound<'_, PyAny>) -> PyResult<String> {
    call(py, || {
        let (grant, key): (Json, _) = (record(&grant, "grant")?, one(&key, "key")?);
        run(py, || AccessToken::from_json(&grant)?.sign(&key))
    })
}

/// Verifies access tokens, and no other tokens: those for the grants that `issuer` gave to an application.
///
/// `key` is a SigningKey, or a list of them. `leeway` is a timedelta or an int of seconds.
#[pyclass(frozen, module = "jit_approvals")]
pub struct AccessTokenVerifier(jit_approvals::AccessTokenVerifier);

#[pymethods]
impl AccessTokenVerifier {
    #[new]
    #[pyo3(
        signature = (key, *, issuer, application, leeway = Given::Absent),
        text_signature = "(key, *, issuer, application, leeway=0)"
    )]
    fn new(
        py: Python<'_>,
        key: Bound<'_, PyAny>,
        issuer: Bound<'_, PyAny>,
        application: Bound<'_, PyAny>,
        leeway: Given<'_>,
    ) -> PyResult<Self> {
        call(py, || {
            let mut verifier = jit_approvals::AccessTokenVerifier::builder(ring(&key)?)
                .issuer(text(&issuer, "issuer")?)
                .application(text(&application, "application")?);
            if let Some(leeway) = leeway.map(|value| duration(value, "leeway"))? {
                verifier = verifier.leeway(leeway);
            }
            run(py, || verifier.build()).map(Self)
        })
    }

    /// Verifies an access token and returns what it says.
    #[pyo3(signature = (token, *, now = None))]
    fn verify<'py>(
        &self,
        py: Python<'py>,
        token: Bound<'py, PyAny>,
        now: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let (token, now) = (text(&token, "token")?, moment(py, now.as_ref())?);
            let grant = run(py, || self.0.verify_at(&token, now))?;
            let fields = (
                grant.issuer,
                grant.application,
                grant.subject,
                grant.grant_id,
                from_time(py, grant.expires_at)?,
                grant.approval_request_id,
                grant.template_id,
                grant.content_hash,
            );
            result(py, "AccessToken", fields)
        })
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __repr__(&self) -> &'static str {
        "<jit_approvals.AccessTokenVerifier>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(unpicklable("an AccessTokenVerifier"))
    }
}
