//! Accepts connections and serves them: HTTP/1.1, with time-outs and a limit.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::Sleep;
use tower::ServiceExt as _;

/// For how long a head may take, from its first byte to its last.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// For how long a connection may be idle between two calls. It covers the time of a head, too.
const IDLE_TIME: Duration = Duration::from_secs(75);

/// The largest head, in bytes.
const HEAD_BYTES: usize = 16 << 10;

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
    let stream = Headed { stream, turns: turns.clone(), seen: 0, head: None };
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
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // An error is that of the client, who has gone away or sent something that is not HTTP.
        _ = connection.as_mut() => return,
        _ = closing.wait_for(|closing| *closing) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// A stream whose head must arrive in time. Between two calls it may be idle for longer.
struct Headed {
    stream: TcpStream,
    /// How often a call has begun or ended: odd while a call is being answered.
    turns: Arc<AtomicU64>,
    seen: u64,
    /// The end of the time for the head that has begun.
    head: Option<Pin<Box<Sleep>>>,
}

impl AsyncRead for Headed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let turns = self.turns.load(Ordering::Relaxed);
        if turns != self.seen {
            (self.seen, self.head) = (turns, None);
        }
        if turns % 2 == 1 {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        match read {
            Poll::Ready(Ok(())) if buffer.filled().len() > before => {
                self.head.get_or_insert_with(|| Box::pin(tokio::time::sleep(HEAD_TIME)));
                Poll::Ready(Ok(()))
            }
            Poll::Pending => match self.head.as_mut().map(|end| end.as_mut().poll(context)) {
                Some(Poll::Ready(())) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
                _ => Poll::Pending,
            },
            ready @ Poll::Ready(_) => ready,
        }
    }
}

impl AsyncWrite for Headed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
