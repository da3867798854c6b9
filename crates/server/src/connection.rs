//! Accepts connections and serves them: HTTP/1.1, with time-outs and a limit.

mod refused;
mod timed;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt as _;

use self::timed::Timed;

/// For how long a connection may be idle between two calls. It covers the time of a head, too.
const IDLE_TIME: Duration = Duration::from_secs(75);

/// The largest head, in bytes.
const HEAD_BYTES: usize = 16 << 10;

/// The most headers.
const HEADERS: usize = 100;

/// How long to wait when no more files can be opened.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts connections until `closing`. Returns after every connection has ended.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    most: usize,
    mut closing: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(most));
    loop {
        // With no place left, new connections wait in the system's queue.
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place.expect("it is never closed"),
            _ = closing.wait_for(|closing| *closing) => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = closing.wait_for(|closing| *closing) => break,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let (router, closing) = (router.clone(), closing.clone());
        tokio::spawn(async move {
            connection(stream, peer, router, closing).await;
            drop(place);
        });
    }
    drop(listener);
    let all = u32::try_from(most).unwrap_or(u32::MAX);
    let _ = places.acquire_many(all).await;
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, mut closing: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let turns = Arc::new(AtomicU64::new(0));
    let stream = Timed::new(stream, turns.clone());
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let (router, turns) = (router.clone(), turns.clone());
        turns.fetch_add(1, Ordering::Relaxed);
        async move {
            let mut request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(peer);
            let response = router.oneshot(request).await;
            turns.fetch_add(1, Ordering::Relaxed);
            response
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE_TIME)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // An error is that of the client, who has gone away or sent something that is not HTTP.
        _ = connection.as_mut() => return,
        _ = closing.wait_for(|closing| *closing) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
