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
            #[allow(clippy::cast_precision_loss, reason = "a number of calls")]
            metrics::gauge!("jit_waits").set(state.feed.count() as f64);
            #[allow(clippy::cast_precision_loss, reason = "a number of streams")]
            metrics::gauge!("jit_streams").set(state.streams.count() as f64);
            #[allow(clippy::cast_precision_loss, reason = "a number of hashes")]
            metrics::gauge!("jit_password_hashes").set(state.passwords.hashes() as f64);
        }
        let text = handle.render();
        async move { text }
    };
    let router = Router::new().route("/metrics", get(page));
    tokio::spawn(connection::serve(listener, router, CONNECTIONS, stopping));
    Ok(Some(address))
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
