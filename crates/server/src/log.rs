//! What is logged: one line for each call, never a body, a credential or a query.

use std::time::Duration;

use http::{Method, StatusCode};
use jit_approvals_base::Id;
use jit_approvals_store::Failure;

use crate::dispatch::Seen;

/// Starts the log, on standard error: JSON lines, or text for a person at a terminal.
pub fn start(as_text: bool) {
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false);
    let started = if as_text { log.compact().try_init() } else { log.json().flatten_event(true).try_init() };
    // A second start in one process keeps the first log.
    let _ = started;
    std::panic::set_hook(Box::new(|panic| {
        // The message may hold what was being read. The place is enough to find the cause.
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}

/// A call was answered.
pub(crate) fn call(
    instance: Id,
    seen: &Seen,
    method: &Method,
    route: &'static str,
    status: StatusCode,
    time: Duration,
) {
    let (micros, status) = (u64::try_from(time.as_micros()).unwrap_or(u64::MAX), status.as_u16());
    metrics::counter!("jit_calls_total", "route" => route, "status" => status.to_string()).increment(1);
    let Seen { caller, statements, changes } = seen;
    let caller = caller.as_deref().unwrap_or("anyone");
    tracing::info!(%instance, caller, statements, changes, method = method.as_str(), route, status, micros, "call");
}

/// The store did not do something.
pub(crate) fn failure(instance: Id, failure: &Failure) {
    tracing::error!(%instance, %failure, "store");
}
