//! Approval requests.

mod decision;
mod states;

use std::sync::{Mutex, MutexGuard, PoisonError};

use jit_approvals::event::{Actor, Event};
use jit_approvals::json::Json;
use jit_approvals::{Act, Directory, UnixTime};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use self::decision::GivenDecision;
use crate::event;
use crate::exception::{call, object as exception_object, run};
use crate::key::one;
use crate::results::{member, result};
use crate::template::{needs, parts, texts};
use crate::values::{
    Given, count, from_json, from_object, from_time, moment, optional_text, record, record_or_text, text,
};

/// A request that someone approve one act, with all its events.
///
/// Each command adds the event that it makes. A command that raises changes nothing. To store a request, insert the new
/// events under a unique (request, sequence) key before you reply or act; `restore` makes the request from its events again.
#[pyclass(frozen, module = "jit_approvals")]
pub struct ApprovalRequest(Mutex<jit_approvals::ApprovalRequest>);

impl ApprovalRequest {
    pub(crate) fn new(request: jit_approvals::ApprovalRequest) -> Self {
        Self(Mutex::new(request))
    }

    /// No Python code runs while the lock is held, so that no thread waits for it with the interpreter's lock.
    fn lock(&self) -> MutexGuard<'_, jit_approvals::ApprovalRequest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn json(&self, now: UnixTime) -> Json {
        self.lock().to_json(now)
    }
}

#[pymethods]
impl ApprovalRequest {
    /// Restores a request from its events, as mappings or as the texts that `event_texts` returned. With the `head`, which
    /// you keep apart from the events, events that are missing at the end are found, too.
    ///
    /// Raises RequestError: event_altered, event_unlinked, event_impossible, head_mismatch, and others.
    #[staticmethod]
    #[pyo3(signature = (events, *, head = Given::Absent), text_signature = "(events, *, head=...)")]
    fn restore(py: Python<'_>, events: Bound<'_, PyAny>, head: Given<'_>) -> PyResult<Self> {
        call(py, || {
            let events = event::several(&events)?;
            let request = match event::read_head(head)? {
                Some(head) => run(py, || jit_approvals::ApprovalRequest::restore_with_head(events, head)),
                None => run(py, || jit_approvals::ApprovalRequest::restore(events)),
            };
            request.map(Self::new)
        })
    }

    /// The id: a UUID as text.
    #[getter]
    fn id(&self, py: Python<'_>) -> PyResult<String> {
        call(py, || Ok(self.lock().id().to_string()))
    }

    /// The key of the template.
    #[getter]
    fn template_id(&self, py: Python<'_>) -> PyResult<String> {
        call(py, || Ok(self.lock().template_id().to_owned()))
    }

    /// The version of the template.
    #[getter]
    fn template_version(&self, py: Python<'_>) -> PyResult<u32> {
        call(py, || Ok(self.lock().template_version()))
    }

    /// What an approver does to approve: an ApprovalType.
    #[getter]
    fn approval_type<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let kind = self.lock().approval_type();
            member(py, "ApprovalType", kind.as_str())
        })
    }

    /// The title as the approver sees it.
    #[getter]
    fn title(&self, py: Python<'_>) -> PyResult<String> {
        call(py, || Ok(self.lock().title().to_owned()))
    }

    /// The title in parts: a tuple of Part(text, key).
    #[getter]
    fn title_parts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        call(py, || {
            let request = self.lock().clone();
            parts(py, request.title_parts())
        })
    }

    /// The text as the approver sees it.
    #[getter]
    fn text(&self, py: Python<'_>) -> PyResult<String> {
        call(py, || Ok(self.lock().text().to_owned()))
    }

    /// The text in parts: a tuple of Part(text, key).
    #[getter]
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        call(py, || {
            let request = self.lock().clone();
            parts(py, request.parts())
        })
    }

    /// The final value of every declared field, by key.
    #[getter]
    fn meta_data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let values = texts(self.lock().meta_data());
            Ok(from_object(py, &values)?.into_any())
        })
    }

    /// What the approver may look at before deciding: a tuple of Attachment(title, url).
    #[getter]
    fn attachments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        call(py, || {
            let request = self.lock().clone();
            let attachment =
                |it: &jit_approvals::Attachment| result(py, "Attachment", (it.title(), it.url()));
            PyTuple::new(py, request.attachments().iter().map(attachment).collect::<PyResult<Vec<_>>>()?)
        })
    }

    /// The application that asks: `iss` of its auth token.
    #[getter]
    fn application(&self, py: Python<'_>) -> PyResult<String> {
        call(py, || Ok(self.lock().application().to_owned()))
    }

    /// The user on whose behalf it asks: `sub`.
    #[getter]
    fn subject(&self, py: Python<'_>) -> PyResult<String> {
        call(py, || Ok(self.lock().subject().to_owned()))
    }

    /// The owner, where several companies share a server.
    #[getter]
    fn company(&self, py: Python<'_>) -> PyResult<String> {
        call(py, || Ok(self.lock().company().to_owned()))
    }

    /// The other claims of the auth token that the template lists, as they are shown.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let claims = texts(self.lock().claims());
            Ok(from_object(py, &claims)?.into_any())
        })
    }

    /// Whether the directory accepted everyone or listed people: a PeopleKnown. If it listed people, a decision needs a
    /// directory that lists them.
    #[getter]
    fn people<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let people = self.lock().people();
            member(py, "PeopleKnown", people.as_str())
        })
    }

    /// The device that the application reported, as a dict; None if it reported none.
    #[getter]
    fn device<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        call(py, || {
            let device = self.lock().device().map(jit_approvals::Device::to_json);
            device.map(|device| from_json(py, &device)).transpose()
        })
    }

    /// SHA-256 over all that the approver approves, in hexadecimal.
    #[getter]
    fn content_hash(&self, py: Python<'_>) -> PyResult<String> {
        call(py, || Ok(self.lock().content_hash().to_string()))
    }

    /// When it was opened.
    #[getter]
    fn requested_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let at = self.lock().requested_at();
            from_time(py, at)
        })
    }

    /// When it expires: from then on nothing can be decided.
    #[getter]
    fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let at = self.lock().expires_at();
            from_time(py, at)
        })
    }

    /// The status now: a Status.
    #[getter]
    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let now = moment(py, None)?;
            let status = self.lock().status(now);
            member(py, "Status", status.as_str())
        })
    }

    /// When it was approved or rejected.
    #[getter]
    fn decided_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        call(py, || {
            let at = self.lock().decided_at();
            at.map(|at| from_time(py, at)).transpose()
        })
    }

    /// The stages: a tuple of StageState(name, required, approvers, decisions).
    #[getter]
    fn stages<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        call(py, || {
            let request = self.lock().clone();
            states::stages(py, &request)
        })
    }

    /// The grant now, as a GrantState; None if the request was not approved.
    #[getter]
    fn grant<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        call(py, || {
            let now = moment(py, None)?;
            states::grant(py, &self.json(now))
        })
    }

    /// The status of request and grant at a time, by the events up to then: State(status, grant).
    fn at<'py>(&self, py: Python<'py>, now: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let now = moment(py, Some(&now))?;
            let then = self.json(now);
            let status = then.get("status").and_then(Json::as_str).unwrap_or_default();
            let fields = (member(py, "Status", status)?, states::grant(py, &then)?);
            result(py, "State", fields)
        })
    }

    /// Every event, in order, as dicts.
    #[getter]
    fn events<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        call(py, || event::dicts(py, &self.texts_since(0)))
    }

    /// The events after this sequence number, as dicts: those that a store does not have yet.
    fn events_since<'py>(
        &self,
        py: Python<'py>,
        sequence: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        call(py, || event::dicts(py, &self.texts_since(count(&sequence, "sequence")?.into())))
    }

    /// The canonical texts (RFC 8785) of the events after this sequence number.
    #[pyo3(signature = (sequence = Given::Absent), text_signature = "($self, sequence=0)")]
    fn event_texts(&self, py: Python<'_>, sequence: Given<'_>) -> PyResult<Vec<String>> {
        call(py, || {
            let sequence = sequence.map(|value| count(value, "sequence"))?.unwrap_or_default();
            Ok(self.texts_since(sequence.into()))
        })
    }

    /// How many events there are, and the hash of the last: Head(count, hash). Keep it apart from the events: it proves that
    /// none is missing at their end.
    #[getter]
    fn head<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let head = self.lock().head();
            result(py, "Head", (head.count, head.hash.to_string()))
        })
    }

    /// Returns what a directory must contain for a decision of this approver: Needs(emails, groups).
    fn needs_of<'py>(&self, py: Python<'py>, approver: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let approver = text(&approver, "approver")?;
            let all = self.lock().needs_of(&approver);
            needs(py, all)
        })
    }

    /// Returns None if this person may decide, otherwise the error that says why not. The error is returned, not raised.
    ///
    /// Raises InputError or DecisionError: missing_member if the directory is needed but left out, directory_mismatch if it
    /// accepts everyone but must list people.
    #[pyo3(
        signature = (approver, *, directory = Given::Absent, now = None),
        text_signature = "($self, approver, *, directory=..., now=None)"
    )]
    fn may_decide<'py>(
        &self,
        py: Python<'py>,
        approver: Bound<'py, PyAny>,
        directory: Given<'py>,
        now: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        call(py, || {
            let approver = text(&approver, "approver")?;
            let directory = directory.map(|value| record(value, "directory"))?;
            let now = moment(py, now.as_ref())?;
            let reason = run(py, || {
                let directory = directory.as_ref().map(Directory::from_json).transpose()?;
                self.lock().may_decide(&approver, directory.as_ref(), now)
            })?;
            reason.map(|reason| exception_object(py, &reason)).transpose()
        })
    }

    /// Approves. Returns False if the approver has made the same decision before, word for word.
    ///
    /// `content_hash` is the one that was shown to the approver. `directory` may be left out only if the request was opened
    /// with everyone and the approver was named directly. `id` is the id of the grant, a UUID.
    ///
    /// Raises DecisionError, RequestError or InputError: not_eligible, self_approval, content_mismatch, request_final, and
    /// others.
    #[pyo3(
        signature = (approver, *, content_hash, comment = None, signature = Given::Absent, directory = Given::Absent, now = None, id = None),
        text_signature = "($self, approver, *, content_hash, comment=None, signature=..., directory=..., now=None, id=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn approve(
        &self,
        py: Python<'_>,
        approver: Bound<'_, PyAny>,
        content_hash: Bound<'_, PyAny>,
        comment: Option<Bound<'_, PyAny>>,
        signature: Given<'_>,
        directory: Given<'_>,
        now: Option<Bound<'_, PyAny>>,
        id: Option<Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let (approver, content_hash) = (&approver, &content_hash);
        let (comment, now, id) = (comment.as_ref(), now.as_ref(), id.as_ref());
        let given = GivenDecision { approver, content_hash, comment, signature, directory, now, id };
        given.decide(py, "approve", self)
    }

    /// Rejects. One rejection is enough. The arguments are those of `approve`.
    #[pyo3(
        signature = (approver, *, content_hash, comment = None, signature = Given::Absent, directory = Given::Absent, now = None, id = None),
        text_signature = "($self, approver, *, content_hash, comment=None, signature=..., directory=..., now=None, id=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn reject(
        &self,
        py: Python<'_>,
        approver: Bound<'_, PyAny>,
        content_hash: Bound<'_, PyAny>,
        comment: Option<Bound<'_, PyAny>>,
        signature: Given<'_>,
        directory: Given<'_>,
        now: Option<Bound<'_, PyAny>>,
        id: Option<Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        let (approver, content_hash) = (&approver, &content_hash);
        let (comment, now, id) = (comment.as_ref(), now.as_ref(), id.as_ref());
        let given = GivenDecision { approver, content_hash, comment, signature, directory, now, id };
        given.decide(py, "reject", self)
    }

    /// Withdraws the request while it is pending. `actor` is `{"kind": ..., "id": ...}`.
    ///
    /// Raises RequestError: request_final, request_expired, actor_not_allowed.
    #[pyo3(signature = (actor, *, reason = None, now = None))]
    fn cancel(
        &self,
        py: Python<'_>,
        actor: Bound<'_, PyAny>,
        reason: Option<Bound<'_, PyAny>>,
        now: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        call(py, || {
            let (actor, reason) = (record(&actor, "actor")?, optional_text(reason.as_ref(), "reason")?);
            let now = moment(py, now.as_ref())?;
            run(py, || self.lock().cancel_at(Actor::from_json(&actor)?, reason.as_deref(), now))
        })
    }

    /// Uses the grant for this act: `{"metaData": ..., "attachments": ...}`, the values that the application is about to act
    /// on, as a mapping or as JSON text.
    ///
    /// Raises GrantError or RequestError: no_grant, grant_consumed, grant_revoked, grant_expired, content_mismatch.
    #[pyo3(signature = (act, *, now = None))]
    fn consume(&self, py: Python<'_>, act: Bound<'_, PyAny>, now: Option<Bound<'_, PyAny>>) -> PyResult<()> {
        call(py, || {
            let (act, now) = (record_or_text(&act, "act")?, moment(py, now.as_ref())?);
            run(py, || self.lock().consume_at(&Act::from_json(&act)?, now))
        })
    }

    /// Revokes the grant. `actor` is `{"kind": ..., "id": ...}`.
    ///
    /// Raises GrantError or RequestError: no_grant, grant_consumed, grant_revoked, grant_expired, actor_not_allowed.
    #[pyo3(signature = (actor, *, reason = None, now = None))]
    fn revoke(
        &self,
        py: Python<'_>,
        actor: Bound<'_, PyAny>,
        reason: Option<Bound<'_, PyAny>>,
        now: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        call(py, || {
            let (actor, reason) = (record(&actor, "actor")?, optional_text(reason.as_ref(), "reason")?);
            let now = moment(py, now.as_ref())?;
            run(py, || self.lock().revoke_at(Actor::from_json(&actor)?, reason.as_deref(), now))
        })
    }

    /// Records the expiry if the request has expired and no event says so. Returns True if it did.
    #[pyo3(signature = (*, now = None))]
    fn expire(&self, py: Python<'_>, now: Option<Bound<'_, PyAny>>) -> PyResult<bool> {
        call(py, || {
            let now = moment(py, now.as_ref())?;
            run(py, || self.lock().expire_at(now))
        })
    }

    /// Adds an event that another copy of the request made, as a mapping or as text.
    fn apply(&self, py: Python<'_>, event: Bound<'_, PyAny>) -> PyResult<()> {
        call(py, || {
            let event = event::one(&event, "event")?;
            run(py, || self.lock().apply(event))
        })
    }

    /// Returns the signed text that carries the grant to the application, from the host `issuer`.
    ///
    /// Raises GrantError, as `consume` does.
    #[pyo3(signature = (issuer, key, *, now = None))]
    fn access_token(
        &self,
        py: Python<'_>,
        issuer: Bound<'_, PyAny>,
        key: Bound<'_, PyAny>,
        now: Option<Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        call(py, || {
            let (issuer, key) = (text(&issuer, "issuer")?, one(&key, "key")?);
            let now = moment(py, now.as_ref())?;
            run(py, || self.lock().access_token_at(&issuer, &key, now))
        })
    }

    /// Returns the record of the HTTP API, in which times are Unix seconds.
    #[pyo3(signature = (*, now = None))]
    fn to_dict<'py>(&self, py: Python<'py>, now: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let now = moment(py, now.as_ref())?;
            from_json(py, &self.json(now))
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        call(py, || {
            let now = moment(py, None)?;
            let request = self.lock();
            Ok(format!("<jit_approvals.ApprovalRequest {} {}>", request.id(), request.status(now).as_str()))
        })
    }
}

impl ApprovalRequest {
    fn texts_since(&self, sequence: u64) -> Vec<String> {
        self.lock().events_since(sequence).iter().map(Event::to_text).collect()
    }
}
