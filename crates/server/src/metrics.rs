//! The metrics of a server, on a listener of their own.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::routing::get;
use jit_approvals_store::{Batches, Store as _, stream};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::connection::{self, Places};
use crate::server::Problem;
use crate::state::State;

/// The metrics that only grow: their names, and what they say. OPERATING.md lists all metrics in the same words.
const COUNTERS: [(&str, &str); 6] = [
    ("jit_calls_total", "Calls that were answered"),
    ("jit_refusals_total", "Calls that were answered with an error, by its code"),
    ("jit_password_hashes_total", "Passwords that were hashed"),
    ("jit_store_commits_total", "Transactions with changes that were committed"),
    ("jit_store_changes_total", "Changes in these transactions; divided by them, the size of a batch"),
    ("jit_store_failures_total", "Transactions with changes that failed: nothing of them was written"),
];

/// The metrics that say how it is now.
const GAUGES: [(&str, &str); 9] = [
    ("jit_connections", "Connections that are open, of at most `--connections`"),
    ("jit_waits", "Calls that wait for a decision"),
    ("jit_streams", "Streams of notifications that are open"),
    ("jit_store_waiting_changes", "Changes that wait, or are being written"),
    ("jit_store_waiting_bytes", "About how many bytes these changes have"),
    ("jit_store_log_bytes", "Bytes in the write-ahead log"),
    (
        "jit_sweep_lag_seconds",
        "For how long the oldest request that is past its end has no event that says so",
    ),
    ("jit_ready", "Whether `/readyz` says that the server is ready: 0 or 1"),
    ("jit_not_ready", "Whether a reason for not being ready applies: 0 or 1"),
];

/// The most connections of the listener.
const CONNECTIONS: usize = 16;

/// Serves `/metrics` at an address. Returns where.
pub(crate) async fn start(
    address: Option<SocketAddr>,
    state: &Arc<State>,
    stopping: watch::Receiver<bool>,
) -> Result<Option<SocketAddr>, Problem> {
    let Some(address) = address else { return Ok(None) };
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|problem| Problem(format!("metricsListen {address}: {problem}")))?;
    let address = listener.local_addr()?;
    let (handle, state) = (recorder()?, Arc::downgrade(state));
    let page = move || {
        let (handle, state) = (handle.clone(), state.clone());
        // It reads the store.
        let page = tokio::task::spawn_blocking(move || {
            if let Some(state) = state.upgrade() {
                look(&state);
            }
            handle.render()
        });
        async move { page.await.unwrap_or_default() }
    };
    let router = Router::new().route("/metrics", get(page));
    tokio::spawn(connection::serve(listener, router, Places::new(CONNECTIONS), stopping));
    Ok(Some(address))
}

/// Takes the numbers that nobody counts as they happen.
fn look(state: &State) {
    let (waiting, bytes) = state.store.waiting();
    set("jit_connections", state.connections.taken() as u64);
    set("jit_waits", state.feed.count() as u64);
    set("jit_streams", state.streams.count() as u64);
    set("jit_store_waiting_changes", waiting as u64);
    set("jit_store_waiting_bytes", bytes as u64);
    set("jit_store_log_bytes", state.store.log_bytes());
    let Batches { committed, changes, failed } = state.store.batches();
    metrics::counter!("jit_store_commits_total").absolute(committed);
    metrics::counter!("jit_store_changes_total").absolute(changes);
    metrics::counter!("jit_store_failures_total").absolute(failed);
    metrics::counter!("jit_password_hashes_total").absolute(state.passwords.hashes());
    // While the store cannot be read, the last number stays.
    if let Some(lag) = sweep_lag(state) {
        set("jit_sweep_lag_seconds", lag);
    }
    let reasons = state.readiness.reasons();
    set("jit_ready", u64::from(reasons.iter().all(|(_, applies)| !applies)));
    for (reason, applies) in reasons {
        metrics::gauge!("jit_not_ready", "reason" => reason).set(f64::from(u8::from(applies)));
    }
}

/// For how many seconds the oldest request that is past its end has no event that says so. 0 if there is none.
fn sweep_lag(state: &State) -> Option<u64> {
    let (now, mut due) = (state.store.now(), Vec::new());
    let read = state.store.read(&mut |reader| stream::due(reader, now, 1).map(|found| due = found));
    let end = due.first().map_or(now, |(_, _, end)| *end);
    read.is_ok().then(|| now.seconds().abs_diff(end.seconds()))
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a number of things, or of bytes, of which there are fewer than 2^52"
)]
fn set(name: &'static str, value: u64) {
    metrics::gauge!(name).set(value as f64);
}

/// The recorder of the process.
fn recorder() -> Result<PrometheusHandle, Problem> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder().map_err(Problem::new)?;
    for (name, about) in COUNTERS {
        metrics::describe_counter!(name, about);
    }
    for (name, about) in GAUGES {
        metrics::describe_gauge!(name, about);
    }
    Ok(HANDLE.get_or_init(|| handle).clone())
}
