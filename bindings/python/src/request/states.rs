//! The states of a request's parts: its stages and its grant.

use jit_approvals::UnixTime;
use jit_approvals::json::{Json, Number};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::results::{member, result};
use crate::template::tuple;
use crate::values::from_time;

/// A tuple of StageState.
pub(super) fn stages<'py>(
    py: Python<'py>,
    request: &jit_approvals::ApprovalRequest,
) -> PyResult<Bound<'py, PyTuple>> {
    let mut stages = Vec::new();
    for stage in request.stages() {
        let mut decisions = Vec::new();
        for decided in &stage.decisions {
            let decision = &decided.decision;
            let fields = (
                decision.approver(),
                member(py, "Verdict", decision.verdict().as_str())?,
                decision.comment(),
                decision.signature(),
                from_time(py, decided.at)?,
            );
            decisions.push(result(py, "DecisionState", fields)?);
        }
        let approvers = stage.eligible.iter().map(|person| person.email.clone()).collect();
        let fields =
            (stage.name.as_deref(), stage.required, tuple(py, approvers)?, PyTuple::new(py, decisions)?);
        stages.push(result(py, "StageState", fields)?);
    }
    PyTuple::new(py, stages)
}

/// The grant of a request's record.
pub(super) fn grant<'py>(py: Python<'py>, record: &Json) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(grant) = record.get("grant") else { return Ok(None) };
    let text = |name| grant.get(name).and_then(Json::as_str).unwrap_or_default();
    let time = |name| {
        let seconds = grant.get(name).and_then(Json::as_number).and_then(Number::as_i64);
        seconds.map(|seconds| from_time(py, UnixTime::from_seconds(seconds))).transpose()
    };
    let status = member(py, "GrantStatus", text("status"))?;
    let fields = (text("id"), status, time("issuedAt")?, time("expiresAt")?, time("consumedAt")?);
    result(py, "GrantState", fields).map(Some)
}
