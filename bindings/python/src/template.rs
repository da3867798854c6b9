//! Templates.

use std::borrow::Cow;

use jit_approvals::bindings::at;
use jit_approvals::json::{Json, Object};
use jit_approvals::template::{Needs, Part};
use jit_approvals::{Directory, Id, Origin, RequestBody};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::exception::{call, exception, is_library_error, run};
use crate::request::ApprovalRequest;
use crate::results::{member, result};
use crate::values::{Given, Place, from_json, id, json_text, moment, object, record, record_or_text};

/// A checked template: its placeholders are declared, and its constraints can be met. Immutable.
#[pyclass(frozen, module = "jit_approvals")]
pub struct Template(pub(crate) jit_approvals::Template);

#[pymethods]
impl Template {
    /// Reads and checks a template, a mapping or its JSON text. In a text, errors have line and column.
    ///
    /// Raises TemplateError, InputError or MetadataError: the first of its mistakes.
    #[staticmethod]
    fn parse(py: Python<'_>, record: Bound<'_, PyAny>) -> PyResult<Self> {
        call(py, || {
            let record = record_or_text(&record, "template")?;
            run(py, || jit_approvals::Template::from_json(&record)).map(Self)
        })
    }

    /// Returns all mistakes of a template. The list is empty if there are none.
    #[staticmethod]
    fn mistakes<'py>(py: Python<'py>, record: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        call(py, || {
            let list = PyList::empty(py);
            match record_or_text(&record, "template") {
                Ok(record) => {
                    for mistake in run(py, || Ok(jit_approvals::Template::mistakes(&record)))? {
                        list.append(exception(py, &mistake).into_value(py))?;
                    }
                }
                Err(mistake) if is_library_error(py, &mistake)? => list.append(mistake.into_value(py))?,
                Err(problem) => return Err(problem),
            }
            Ok(list)
        })
    }

    /// `approvalKey`, which requests name as their `templateId`.
    #[getter]
    fn key(&self) -> &str {
        self.0.key()
    }

    /// `templateVersion`
    #[getter]
    fn version(&self) -> u32 {
        self.0.version()
    }

    /// `templateName`
    #[getter]
    fn name(&self) -> Option<String> {
        self.member("templateName")?.as_str().map(str::to_owned)
    }

    /// The declared fields: a list of dicts.
    #[getter]
    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let none = Json::Array(Vec::new());
            from_json(py, self.member("metadata").unwrap_or(&none))
        })
    }

    /// What an approver does to approve: an ApprovalType.
    #[getter]
    fn approval_type<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let kind = self.member("approvalType").and_then(Json::as_str).unwrap_or_default();
            member(py, "ApprovalType", kind)
        })
    }

    /// Renders what an approver would see, with these values on behalf of this origin.
    ///
    /// `origin` is a mapping with `application` and `subject`, as Verifier.origin returns it. `request_id` is a UUID, by
    /// default the nil UUID.
    ///
    /// Raises MetadataError: unknown_metadata, missing_metadata, hidden_character, and others.
    #[pyo3(
        signature = (meta_data, *, origin, request_id = Given::Absent),
        text_signature = "($self, meta_data, *, origin, request_id=...)"
    )]
    fn render(
        &self,
        py: Python<'_>,
        meta_data: Bound<'_, PyAny>,
        origin: Bound<'_, PyAny>,
        request_id: Given<'_>,
    ) -> PyResult<Rendered> {
        call(py, || {
            let values = object(&meta_data, Place::Argument("metaData"))?;
            let origin = read_origin(&origin)?;
            let request_id = request_id.map(|value| id(Some(value)))?.flatten().unwrap_or(Id::NIL);
            run(py, || {
                let rendered = self.0.render(&values, &origin, request_id)?;
                let parts = |parts: &mut dyn Iterator<Item = Part<'_>>| {
                    parts.map(|part| (part.text.len(), part.key.map(str::to_owned))).collect()
                };
                Ok(Rendered {
                    title_parts: parts(&mut rendered.title_parts()),
                    parts: parts(&mut rendered.parts()),
                    title: rendered.title().to_owned(),
                    text: rendered.text().to_owned(),
                })
            })
        })
    }

    /// Returns what a directory must contain to open this request: Needs(emails, groups).
    fn needs<'py>(&self, py: Python<'py>, request: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || {
            let body = self.body(&request)?;
            needs(py, run(py, || Ok(self.0.needs(&RequestBody::from_json(&body)?)))?)
        })
    }

    /// Opens a request: renders its text and fixes who may decide.
    ///
    /// `request` is the body that the application posted, a mapping or its JSON text; in a mapping, `templateId` is by
    /// default the template's own key. `origin` is what Verifier.origin returned. `directory` lists the people and groups at
    /// present: `{"people": [...], "groups": {...}}`, or `{"people": "everyone"}`.
    ///
    /// Raises RequestError, MetadataError or InputError: application_not_allowed, too_few_approvers, and others.
    #[pyo3(signature = (request, *, origin, directory, now = None, id = None))]
    fn open(
        &self,
        py: Python<'_>,
        request: Bound<'_, PyAny>,
        origin: Bound<'_, PyAny>,
        directory: Bound<'_, PyAny>,
        now: Option<Bound<'_, PyAny>>,
        id: Option<Bound<'_, PyAny>>,
    ) -> PyResult<ApprovalRequest> {
        call(py, || {
            let body = self.body(&request)?;
            let (origin, directory) = (read_origin(&origin)?, record(&directory, "directory")?);
            let (now, id) = (moment(py, now.as_ref())?, crate::values::id(id.as_ref())?);
            run(py, || {
                let (body, directory) = (RequestBody::from_json(&body)?, Directory::from_json(&directory)?);
                let at = at(Some(now), id)?;
                jit_approvals::ApprovalRequest::open_at(&self.0, &body, &origin, &directory, at)
            })
            .map(ApprovalRequest::new)
        })
    }

    /// Returns the record that the template was read from.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        call(py, || from_json(py, self.0.to_json()))
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __repr__(&self) -> String {
        format!("<jit_approvals.Template {} version {}>", self.0.key(), self.0.version())
    }
}

impl Template {
    fn member(&self, name: &str) -> Option<&Json> {
        self.0.to_json().get(name)
    }

    fn body(&self, request: &Bound<'_, PyAny>) -> PyResult<Json> {
        let is_text = json_text(request, "request")?.is_some();
        let mut body = record_or_text(request, "request")?;
        if let Json::Object(members) = &mut body
            && !is_text
            && !members.contains_key("templateId")
        {
            members.insert("templateId", self.0.key());
        }
        Ok(body)
    }
}

pub(crate) fn read_origin(origin: &Bound<'_, PyAny>) -> PyResult<Origin> {
    let record = record(origin, "origin")?;
    run(origin.py(), || Origin::from_json(&record))
}

pub(crate) fn needs(py: Python<'_>, needs: Needs) -> PyResult<Bound<'_, PyAny>> {
    result(py, "Needs", (tuple(py, needs.emails)?, tuple(py, needs.groups)?))
}

pub(crate) fn tuple(py: Python<'_>, texts: Vec<String>) -> PyResult<Bound<'_, PyTuple>> {
    PyTuple::new(py, texts)
}

/// What an approver sees. Text, never markup.
///
/// Joined, the parts are the title and the text. A page shows each value in an element of its own that isolates it, such as
/// `<bdi>` in HTML: right-to-left letters reorder the digits next to them.
#[pyclass(frozen, eq, hash, module = "jit_approvals")]
#[derive(PartialEq, Eq, Hash)]
pub struct Rendered {
    title: String,
    text: String,
    /// The length of each part in bytes, and the placeholder that it stands for.
    title_parts: Vec<(usize, Option<String>)>,
    parts: Vec<(usize, Option<String>)>,
}

#[pymethods]
impl Rendered {
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str) {
        ("title", "text")
    }

    /// The title: one line.
    #[getter]
    fn title(&self) -> &str {
        &self.title
    }

    /// The text.
    #[getter]
    fn text(&self) -> &str {
        &self.text
    }

    /// The title in parts: a tuple of Part(text, key).
    #[getter]
    fn title_parts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        call(py, || cut(py, &self.title, &self.title_parts))
    }

    /// The text in parts: a tuple of Part(text, key).
    #[getter]
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        call(py, || cut(py, &self.text, &self.parts))
    }

    fn __repr__(&self) -> String {
        format!("Rendered(title={}, text={})", quoted(&self.title), quoted(&self.text))
    }
}

/// A text in quotes, as Python writes most of them.
fn quoted(text: &str) -> Cow<'_, str> {
    format!("{text:?}").into()
}

fn cut<'py>(
    py: Python<'py>,
    text: &str,
    lengths: &[(usize, Option<String>)],
) -> PyResult<Bound<'py, PyTuple>> {
    let mut rest = text;
    let mut cut = Vec::with_capacity(lengths.len());
    for (length, key) in lengths {
        let (part, behind) = rest.split_at(*length);
        rest = behind;
        cut.push(result(py, "Part", (part, key.as_deref()))?);
    }
    PyTuple::new(py, cut)
}

pub(crate) fn parts<'py, 'a>(
    py: Python<'py>,
    parts: impl Iterator<Item = Part<'a>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let parts = parts.map(|part| result(py, "Part", (part.text, part.key)));
    PyTuple::new(py, parts.collect::<PyResult<Vec<_>>>()?)
}

pub(crate) fn texts<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Object {
    pairs.collect()
}
