//! The events of a request, as texts.

use jit_approvals::event::{Event, Head};
use jit_approvals::json::Object;
use jit_approvals::{Result, verify_chain};

use crate::abi::{JitBuffer, JitSlice, call, optional_count, slices};

/// Verifies a chain of events. Returns `{count, complete}`: the number of events, and whether the end is proven.
///
/// The texts must be exactly as they were written, unless `any_spelling` is not 0. `head_count` and `head_hash` are the
/// head; a negative count means that none is given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_verify_chain(
    events: *const JitSlice,
    count: usize,
    any_spelling: u8,
    head_count: i64,
    head_hash: JitSlice,
    out: *mut JitBuffer,
) -> u32 {
    call(out, || {
        let report = verify_chain(&read(events, count, any_spelling)?, head(head_count, head_hash)?)?;
        let object = Object::new().with("count", report.head.count);
        Ok(object.with("complete", report.complete).to_string())
    })
}

pub(crate) unsafe fn read(events: *const JitSlice, count: usize, any_spelling: u8) -> Result<Vec<Event>> {
    slices(events, count, "events")?.iter().map(|event| read_one(*event, any_spelling)).collect()
}

pub(crate) unsafe fn read_one(event: JitSlice, any_spelling: u8) -> Result<Event> {
    let text = event.text("event")?;
    if any_spelling == 0 { Event::parse(text) } else { Event::parse_any(text) }
}

pub(crate) unsafe fn head(count: i64, hash: JitSlice) -> Result<Option<Head>> {
    match optional_count(count) {
        Some(count) => Ok(Some(Head { count: count as u64, hash: hash.text("hash")?.parse()? })),
        None => Ok(None),
    }
}

/// The texts of events, one on each line. No event contains a line feed.
pub(crate) fn lines(events: &[Event]) -> String {
    let texts: Vec<String> = events.iter().map(Event::to_text).collect();
    texts.join("\n")
}
