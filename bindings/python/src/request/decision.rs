//! A decision as it is given.

use jit_approvals::bindings::at;
use jit_approvals::json::Object;
use jit_approvals::{Decision, Directory};
use pyo3::prelude::*;

use super::ApprovalRequest;
use crate::exception::{call, run};
use crate::values::{Given, id, moment, optional_text, record, text};

/// The arguments of `approve` and `reject`.
pub(super) struct GivenDecision<'a, 'py> {
    pub(super) approver: &'a Bound<'py, PyAny>,
    pub(super) content_hash: &'a Bound<'py, PyAny>,
    pub(super) comment: Option<&'a Bound<'py, PyAny>>,
    pub(super) signature: Given<'py>,
    pub(super) directory: Given<'py>,
    pub(super) now: Option<&'a Bound<'py, PyAny>>,
    pub(super) id: Option<&'a Bound<'py, PyAny>>,
}

impl GivenDecision<'_, '_> {
    pub(super) fn decide(self, py: Python<'_>, verdict: &str, request: &ApprovalRequest) -> PyResult<bool> {
        call(py, || {
            let mut decision = Object::new()
                .with("approver", &*text(self.approver, "approver")?)
                .with("verdict", verdict)
                .with("contentHash", &*text(self.content_hash, "content_hash")?);
            if let Some(comment) = optional_text(self.comment, "comment")? {
                decision.insert("comment", comment);
            }
            if let Some(signature) = self.signature.map(|value| Ok(text(value, "signature")?.into_owned()))? {
                decision.insert("signature", signature);
            }
            let directory = self.directory.map(|value| record(value, "directory"))?;
            let (now, id) = (moment(py, self.now)?, id(self.id)?);
            run(py, || {
                let decision = Decision::from_json(&decision.into())?;
                let directory = directory.as_ref().map(Directory::from_json).transpose()?;
                request.lock().decide_at(&decision, directory.as_ref(), at(Some(now), id)?)
            })
        })
    }
}
