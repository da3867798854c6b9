//! Accepts connections and serves them: HTTP/1.1, with time-outs and a limit.

mod places;
mod refused;
mod timed;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt as _;

pub(crate) use self::places::Places;
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
    places: Arc<Places>,
    mut closing: watch::Receiver<bool>,
) {
    loop {
        // With no place left, new connections wait in the system's queue.
        let permit = tokio::select! {
            permit = places.permit() => permit,
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
        let (router, closing, place) = (router.clone(), closing.clone(), places.take(permit));
        tokio::spawn(async move {
            connection(stream, peer, router, closing).await;
            drop(place);
        });
    }
    drop(listener);
    places.all_free().await;
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, mut closing: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    // What reads and writes HTTP takes 16 KiB. A client that has not sent anything yet needs none of it.
    let mut first = [0];
    tokio::select! {
        begun = tokio::time::timeout(IDLE_TIME, stream.peek(&mut first)) => if !matches!(begun, Ok(Ok(1))) { return },
        _ = closing.wait_for(|closing| *closing) => return,
    }
    let turns = Arc::new(AtomicU64::new(0));
    let stream = Timed::new(stream, turns.clone());
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let (router, turns) = (router.clone(), turns.clone());
        turns.fetch_add(1, Ordering::Relaxed);
        let request = own(request, peer);
        async move {
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

/// Copies a request out of the buffer that it was read into, and says where it comes from. A call that waits does not keep
/// the buffer then, and the connection reads into it again: a wait takes 18 KB instead of 22 KB.
fn own(request: Request<Incoming>, peer: SocketAddr) -> Request<Body> {
    let (mut parts, body) = request.into_parts();
    let mut headers = HeaderMap::with_capacity(parts.headers.len());
    for (name, value) in &parts.headers {
        // What cannot be copied is kept as it is: a credential that was left out could make another one count.
        let own_name = HeaderName::from_bytes(name.as_str().as_bytes()).unwrap_or_else(|_| name.clone());
        let own_value = HeaderValue::from_bytes(value.as_bytes()).unwrap_or_else(|_| value.clone());
        headers.append(own_name, own_value);
    }
    parts.headers = headers;
    if let Ok(uri) = Uri::try_from(parts.uri.to_string()) {
        parts.uri = uri;
    }
    parts.extensions.insert(peer);
    Request::from_parts(parts, Body::new(body))
}
