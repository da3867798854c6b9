//! Events and their chain.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendClassObject, ZendHashTable, Zval};
use jit_approvals::event::Event;
use jit_approvals::json::Json;

use crate::exception::{Result, call, engine, run};
use crate::results::{ChainReport, Head};
use crate::values::{Array, Mixed, record, text, value, wrong_type};

/// Proves that no event was changed, left out or moved.
///
/// Without a head that was kept elsewhere the end is not proven: `complete` is false, and events may be missing there.
/// Nothing is proven against someone who rewrites all events and the head.
#[php_function]
#[php(name = "JitApprovals\\verifyChain")]
#[php(defaults(head = false))]
pub fn verify_chain(events: Array<'_>, head: Mixed<'_>) -> Result<ChainReport> {
    call(|| {
        let (events, head) = (several(events.required())?, read_head(head)?);
        let report = run(|| jit_approvals::verify_chain(&events, head))?;
        let count = i64::try_from(report.head.count).unwrap_or(i64::MAX);
        Ok(ChainReport { count, complete: report.complete })
    })
}

/// Adds the functions of this file.
pub(crate) fn functions(module: ModuleBuilder) -> ModuleBuilder {
    module.function(wrap_function!(verify_chain))
}

pub(crate) fn arrays(texts: &[String]) -> Result<ZBox<ZendHashTable>> {
    let mut list = ZendHashTable::new();
    for text in texts {
        list.push(value(&run(|| Json::parse(text))?)?).map_err(engine)?;
    }
    Ok(list)
}

pub(crate) fn one(event: &Zval, name: &str) -> Result<Event> {
    if event.dereference().is_string() {
        let text = text(event, name)?;
        return run(|| Event::parse(text));
    }
    let record = record(event, name)?;
    run(|| Event::from_json(&record))
}

pub(crate) fn several(events: &Zval) -> Result<Vec<Event>> {
    let Some(list) = events.array().filter(|list| list.has_sequential_keys()) else {
        return Err(wrong_type(events, "events", "a list of events"));
    };
    let event = |(index, event)| one(event, &format!("events[{index}]"));
    list.values().enumerate().map(event).collect()
}

/// The head, if the argument is given.
pub(crate) fn read_head(head: Mixed<'_>) -> Result<Option<jit_approvals::event::Head>> {
    let Some(value) = head.given() else { return Ok(None) };
    match value.object().and_then(ZendClassObject::<Head>::from_zend_obj) {
        Some(head) => Ok(Some(head.0)),
        None => Err(wrong_type(value, "head", "a Head")),
    }
}
