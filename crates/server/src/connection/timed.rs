//! A stream on which heads must arrive in time, and answers must be read in time.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use super::refused;

/// For how long a head may take, from its first byte to its last.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// For how long a client may read nothing while an answer is written to it.
const WRITE_TIME: Duration = Duration::from_secs(30);

/// A stream whose head must arrive in time. Between two calls it may be idle for longer.
pub(super) struct Timed<S> {
    stream: S,
    /// How often a call has begun or ended: odd while a call is being answered.
    turns: Arc<AtomicU64>,
    seen: u64,
    /// The end of the time for the head that has begun.
    head: Option<Pin<Box<Sleep>>>,
    /// The end of the time for a write that waits for the client.
    write: Option<Pin<Box<Sleep>>>,
    /// What is left to write of the answer to a head that was refused.
    refused: Vec<u8>,
}

impl<S> Timed<S> {
    pub(super) fn new(stream: S, turns: Arc<AtomicU64>) -> Self {
        Self { stream, turns, seen: 0, head: None, write: None, refused: Vec::new() }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
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

impl<S: AsyncWrite + Unpin> Timed<S> {
    /// Writes what the client takes. An error if it has taken nothing for too long.
    fn poll_in_time(
        &mut self,
        context: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut S>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let written = write(Pin::new(&mut self.stream), context);
        if written.is_ready() {
            self.write = None;
            return written;
        }
        let end = self.write.get_or_insert_with(|| Box::pin(tokio::time::sleep(WRITE_TIME)));
        end.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Writes the answer to a head that was refused, if there is one.
    fn poll_refused(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.refused.is_empty() {
            let bytes = std::mem::take(&mut self.refused);
            let written = self.poll_in_time(context, |stream, context| stream.poll_write(context, &bytes));
            self.refused = bytes;
            let written = ready!(written)?;
            self.refused.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_refused(context))?;
        let bytes = match refused::find(bytes) {
            None => bytes,
            Some(0) => {
                self.refused = refused::answer(bytes);
                return Poll::Ready(Ok(bytes.len()));
            }
            Some(begin) => &bytes[..begin],
        };
        self.poll_in_time(context, |stream, context| stream.poll_write(context, bytes))
    }

    /// A body is written from where it is, without a copy. The head of an answer comes first, alone.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = slices.iter().find(|slice| !slice.is_empty()).map_or(&[][..], |slice| slice);
        if refused::find(first).is_some() {
            return self.poll_write(context, first);
        }
        ready!(self.poll_refused(context))?;
        self.poll_in_time(context, |stream, context| stream.poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_refused(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_refused(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::{Instant, sleep, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_nothing_is_not_written_to_for_ever() {
        let (mut client, server) = duplex(8);
        let mut server = Timed::new(server, Arc::default());
        let writing = tokio::spawn(async move { server.write_all(&[b'x'; 100]).await });
        // Every byte that the client reads gives it more time.
        for _ in 0..3 {
            sleep(WRITE_TIME * 9 / 10).await;
            client.read_u8().await.unwrap();
        }
        let last = Instant::now();
        let ended = timeout(WRITE_TIME * 9, writing).await.expect("it ends");
        let problem = ended.unwrap().unwrap_err();
        assert_eq!(
            (problem.kind(), last.elapsed().as_secs()),
            (io::ErrorKind::TimedOut, WRITE_TIME.as_secs())
        );
    }
}
