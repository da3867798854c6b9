//! Mints auth tokens.

use jit_approvals::Id;
use jit_approvals::json::Object;
use pyo3::prelude::*;

use crate::exception::{call, run, unpicklable};
use crate::key::one;
use crate::values::{Given, Place, duration, iterable, moment, object, text};

/// The most subjects of one call.
const MOST_SUBJECTS: usize = 100_000;

/// Mints an application's auth tokens. Create one for each key, and use it often.
///
/// `issuer` is the application's own identifier (`iss`), `audience` the host that receives its requests (`aud`).
/// `lifetime` is how long a token is valid, from 1 second to 24 hours. `backdate` is how far `nbf` is in the past, for
/// verifiers with a slow clock. Both are a timedelta or an int of seconds.
#[pyclass(frozen, module = "jit_approvals")]
pub struct Minter(jit_approvals::Minter);

#[pymethods]
impl Minter {
    #[new]
    #[pyo3(
        signature = (key, *, issuer, audience, lifetime = Given::Absent, backdate = Given::Absent),
        text_signature = "(key, *, issuer, audience, lifetime=300, backdate=60)"
    )]
    fn new(
        py: Python<'_>,
        key: Bound<'_, PyAny>,
        issuer: Bound<'_, PyAny>,
        audience: Bound<'_, PyAny>,
        lifetime: Given<'_>,
        backdate: Given<'_>,
    ) -> PyResult<Self> {
        call(py, || {
            let mut minter = jit_approvals::Minter::builder(&one(&key, "key")?)
                .issuer(text(&issuer, "issuer")?)
                .audience(text(&audience, "audience")?);
            if let Some(lifetime) = lifetime.map(|value| duration(value, "lifetime"))? {
                minter = minter.lifetime(lifetime);
            }
            if let Some(backdate) = backdate.map(|value| duration(value, "backdate"))? {
                minter = minter.backdate(backdate);
            }
            run(py, || minter.build()).map(Self)
        })
    }

    /// Mints a token for a subject, the user on whose behalf the application asks.
    ///
    /// Its claims are `iss`, `aud`, `sub`, `jti`, `iat`, `exp`, `nbf`, and then the given ones: a mapping, a dataclass or a
    /// pydantic model.
    ///
    /// Raises TokenError: invalid_claim for an empty subject, reserved_claim for a claim that the minter sets.
    #[pyo3(
        signature = (subject, claims = Given::Absent, *, now = None, jti = Given::Absent),
        text_signature = "($self, subject, claims=..., *, now=None, jti=...)"
    )]
    fn mint(
        &self,
        py: Python<'_>,
        subject: Bound<'_, PyAny>,
        claims: Given<'_>,
        now: Option<Bound<'_, PyAny>>,
        jti: Given<'_>,
    ) -> PyResult<String> {
        call(py, || {
            let subject = text(&subject, "subject")?;
            let claims = claims.map(|value| object(value, Place::Record("claims")))?;
            let now = moment(py, now.as_ref())?;
            let jti = jti.map(|value| Ok(text(value, "jti")?.into_owned()))?;
            run(py, || {
                let claims = claims.unwrap_or_else(Object::new);
                let mut id = [0; 36];
                let jti = match &jti {
                    Some(jti) => jti,
                    None => Id::v4()?.encode(&mut id),
                };
                self.0.mint_at(&subject, &claims, now, jti)
            })
        })
    }

    /// Mints a token for each subject, in order. All have the same claims and times.
    ///
    /// Raises what `mint` raises.
    #[pyo3(
        signature = (subjects, claims = Given::Absent, *, now = None),
        text_signature = "($self, subjects, claims=..., *, now=None)"
    )]
    fn mint_many(
        &self,
        py: Python<'_>,
        subjects: Bound<'_, PyAny>,
        claims: Given<'_>,
        now: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Vec<String>> {
        call(py, || {
            let each = iterable(&subjects, "subjects", "an iterable of str", MOST_SUBJECTS)?.enumerate();
            let each =
                each.map(|(index, subject)| Ok(text(&subject?, format!("subjects[{index}]"))?.into_owned()));
            let subjects = each.collect::<PyResult<Vec<String>>>()?;
            let claims = claims.map(|value| object(value, Place::Record("claims")))?;
            let now = moment(py, now.as_ref())?;
            run(py, || self.0.mint_many_at(&subjects, &claims.unwrap_or_else(Object::new), now))
        })
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __repr__(&self) -> &'static str {
        "<jit_approvals.Minter>"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(unpicklable("a Minter"))
    }
}
