//! Events and their chain.

use jit_approvals::event::{Event, Head};
use jit_approvals::json::Json;
use jit_approvals::{Result, verify_chain as verify};
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::exception::{call, run};
use crate::results::result;
use crate::values::{Given, count, from_json, iterable, json_text, record, text, wrong_type};

/// Proves that no event was changed, left out or moved. Returns ChainReport(count, complete).
///
/// Without a head that was kept elsewhere the end is not proven: `complete` is False, and events may be missing there.
/// Nothing is proven against someone who rewrites all events and the head.
///
/// Raises RequestError: event_altered, event_out_of_order, event_unlinked, head_mismatch, and others.
#[pyfunction]
#[pyo3(signature = (events, *, head = Given::Absent), text_signature = "(events, *, head=...)")]
pub fn verify_chain<'py>(
    py: Python<'py>,
    events: Bound<'py, PyAny>,
    head: Given<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    call(py, || {
        let (events, head) = (several(&events)?, read_head(head)?);
        let report = run(py, || verify(&events, head))?;
        result(py, "ChainReport", (report.head.count, report.complete))
    })
}

pub(crate) fn dicts<'py>(py: Python<'py>, texts: &[String]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for text in texts {
        list.append(from_json(py, &run(py, || Json::parse(text))?)?)?;
    }
    Ok(list)
}

/// The most events of a request. An iterator may have no end.
const MOST_EVENTS: usize = 100_000;

pub(crate) fn one(event: &Bound<'_, PyAny>, name: &str) -> PyResult<Event> {
    let py = event.py();
    if let Some(text) = json_text(event, name)? {
        return run(py, || Event::parse(&text));
    }
    let value = record(event, name)?;
    run(py, || Event::from_json(&value))
}

pub(crate) fn several(events: &Bound<'_, PyAny>) -> PyResult<Vec<Event>> {
    let each = iterable(events, "events", "an iterable of events", MOST_EVENTS)?;
    each.enumerate().map(|(index, event)| one(&event?, &format!("events[{index}]"))).collect()
}

pub(crate) fn read_head(head: Given<'_>) -> PyResult<Option<Head>> {
    head.map(|head| {
        let py = head.py();
        let field = |name: &str| match head.getattr(name) {
            Err(problem) if problem.is_instance_of::<PyAttributeError>(py) => {
                Err(wrong_type(head, "head", "a Head"))
            }
            field => field,
        };
        let (length, hash) = (field("count")?, field("hash")?);
        let (length, hash) = (count(&length, "head.count")?, text(&hash, "head.hash")?.into_owned());
        run(py, || -> Result<Head> { Ok(Head { count: length.into(), hash: hash.parse()? }) })
    })
}
