//! What is logged: one line for each call, never a body, a credential or a query.

use std::cell::Cell;
use std::panic::PanicHookInfo;
use std::time::Duration;

use axum::body::Body;
use http::{Method, Response};
use jit_approvals::ErrorCode;
use jit_approvals_base::Id;
use jit_approvals_store::Failure;

use crate::dispatch::Seen;

/// Starts the log, on standard error: JSON lines, or text for a person at a terminal.
pub fn start(as_text: bool) {
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false);
    let started = if as_text { log.compact().try_init() } else { log.json().flatten_event(true).try_init() };
    // A second start in one process keeps the first log.
    let _ = started;
    std::panic::set_hook(Box::new(panicked));
}

thread_local! {
    /// The call that this thread computes.
    static CALL: Cell<Option<Id>> = const { Cell::new(None) };
}

/// Computes a call. If that panics, the log names the call.
pub(crate) fn during<T>(instance: Id, work: impl FnOnce() -> T) -> T {
    CALL.set(Some(instance));
    let done = work();
    CALL.set(None);
    done
}

fn panicked(panic: &PanicHookInfo<'_>) {
    // The message may hold what was being read. The place is enough to find the cause.
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let instance = CALL.take().unwrap_or(Id::NIL);
    tracing::error!(%instance, place, "panic");
}

/// A call was answered.
pub(crate) fn call(
    instance: Id,
    seen: &Seen,
    method: &Method,
    route: &'static str,
    response: &Response<Body>,
    time: Duration,
) {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let (status, code) = counted(route, response);
    let Seen { caller, statements, changes } = seen;
    let caller = caller.as_deref().unwrap_or("anyone");
    tracing::info!(%instance, caller, statements, changes, method = method.as_str(), route, status, code, micros, "call");
}

/// A call was refused before its head was known.
pub(crate) fn refused(instance: Id, response: &Response<String>) {
    let (status, code) = counted("none", response);
    tracing::info!(%instance, caller = "anyone", route = "none", status, code, "call");
}

/// Counts an answer. Returns its status, and the code of its error if it is one.
fn counted<B>(route: &'static str, response: &Response<B>) -> (u16, Option<&'static str>) {
    let status = response.status().as_u16();
    let code = response.extensions().get::<ErrorCode>().map(|code| code.as_str());
    metrics::counter!("jit_calls_total", "route" => route, "status" => status.to_string()).increment(1);
    if let Some(code) = code {
        metrics::counter!("jit_refusals_total", "code" => code).increment(1);
    }
    (status, code)
}

/// The store did not do something.
pub(crate) fn failure(instance: Id, failure: &Failure) {
    tracing::error!(%instance, %failure, "store");
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_logged_with_its_call_and_place_and_without_its_message() {
        let (lines, instance) = (Lines::default(), Id::v4().unwrap());
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(panicked));
        tracing::subscriber::with_default(subscriber, || {
            let _ = std::panic::catch_unwind(|| during(instance, || panic!("secret")));
        });
        std::panic::set_hook(before);
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains(&instance.to_string()) && text.contains("log.rs:"), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }
}
