//! The metrics of a server, on a listener of their own.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::connection;
use crate::server::Problem;
use crate::state::State;

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
        if let Some(state) = state.upgrade() {
            let (changes, bytes) = state.store.waiting();
            set("jit_waits", state.feed.count() as u64);
            set("jit_streams", state.streams.count() as u64);
            set("jit_password_hashes", state.passwords.hashes());
            set("jit_store_waiting_changes", changes as u64);
            set("jit_store_waiting_bytes", bytes as u64);
            set("jit_store_log_bytes", state.store.log_bytes());
        }
        let text = handle.render();
        async move { text }
    };
    let router = Router::new().route("/metrics", get(page));
    tokio::spawn(connection::serve(listener, router, CONNECTIONS, stopping));
    Ok(Some(address))
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
    Ok(HANDLE.get_or_init(|| handle).clone())
}
