//! Moves what was written from the log of the file to the file, on a connection of its own, so that no change waits for it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::hooks::Wal;

use super::open;
use super::statements::failure;
use crate::{Failure, Result};

/// After how long without a change the log is cut to nothing.
const IDLE: Duration = Duration::from_secs(1);

/// How many pages of the log are enough to move them: 16 MiB. When they were moved after
/// every commit, this took a sixth of the processor time of a single caller, and as many syncs as the commits.
const PAGES: i32 = 4000;

/// The thread that moves.
#[derive(Debug)]
pub(super) struct Checkpoints {
    /// Whether there is enough to move.
    signal: Option<SyncSender<bool>>,
    /// The pages in the log after the last commit.
    pages: Arc<AtomicI32>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Starts the thread, and counts what `writer` writes.
    pub(super) fn start(path: &Path, writer: &mut Connection) -> Result<Self> {
        let pages = Arc::new(AtomicI32::new(0));
        let count = pages.clone();
        let hook = move |_: &mut Wal, pages| {
            count.store(pages, Ordering::Relaxed);
            Ok(())
        };
        writer.wal_hook(Some(hook)).map_err(|problem| failure(&problem))?;
        let connection = open::connection(path)?;
        // To cut the log it takes the lock for writing and would wait for every reader while holding it. A reader may be a
        // call that waits for its change to be written.
        connection.busy_timeout(Duration::ZERO).map_err(|problem| failure(&problem))?;
        let (signal, signals) = sync_channel(1);
        let thread = std::thread::Builder::new().name("checkpoint".to_owned());
        let thread = thread.spawn(move || run(&connection, &signals));
        let thread = thread.map_err(|problem| Failure::Unavailable(problem.to_string()))?;
        Ok(Self { signal: Some(signal), pages, thread: Some(thread) })
    }

    /// Says that something was written. If a signal waits already, it is enough.
    pub(super) fn written(&self) {
        if let Some(signal) = &self.signal {
            let _ = signal.try_send(self.pages.load(Ordering::Relaxed) >= PAGES);
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.signal = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(connection: &Connection, signals: &Receiver<bool>) {
    let mut complete = true;
    loop {
        match signals.recv_timeout(IDLE) {
            Ok(is_enough) => {
                if is_enough {
                    checkpoint(connection, "pragma wal_checkpoint(passive)");
                }
                complete = false;
            }
            // A reader may still need the log. Then the next try comes after the same time.
            Err(RecvTimeoutError::Timeout) if !complete => {
                complete = checkpoint(connection, "pragma wal_checkpoint(truncate)");
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Returns whether everything was moved. A failure is none of a change: the log only grows.
fn checkpoint(connection: &Connection, sql: &str) -> bool {
    let moved = connection
        .query_row(sql, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)));
    matches!(moved, Ok((0, log, done)) if log == done)
}
