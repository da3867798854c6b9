//! Connections that read. A call has one while it reads, and not while it waits for its change to be written.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::open;
use super::statements::{Statements, Steps, failure};
use crate::{Failure, Reader, Result, Row, Value};

/// The most reads at a time. More would share the same processors, and each needs a connection of about 350 KB.
pub const READS: usize = 16;

/// How long a read waits for its turn.
const TURN: Duration = Duration::from_secs(5);

/// After how many steps of a statement the time is looked at.
const STEPS: i32 = 4096;

/// The connections that read.
pub(super) struct Readers {
    path: PathBuf,
    /// How long a read may last.
    longest: Duration,
    steps: Option<Steps>,
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    used: usize,
}

/// A transaction. It has a connection from its first query until it is released.
struct Lease<'a> {
    readers: &'a Readers,
    used: Option<(Connection, Instant)>,
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Readers").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Readers {
    pub(super) fn new(path: &Path, longest: Duration, steps: Option<Steps>) -> Self {
        Self { path: path.to_owned(), longest, steps, pool: Mutex::default(), returned: Condvar::new() }
    }

    /// The file of the store.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Closes the connections that no call uses.
    pub(super) fn close(&self) {
        self.pool().idle.clear();
    }

    /// The size of the log of the file.
    pub(super) fn log_bytes(&self) -> u64 {
        let mut path = self.path.clone().into_os_string();
        path.push("-wal");
        std::fs::metadata(path).map_or(0, |file| file.len())
    }

    pub(super) fn read(&self, work: &mut dyn FnMut(&mut dyn Reader) -> Result<()>) -> Result<()> {
        let mut lease = Lease { readers: self, used: None };
        let result = work(&mut lease);
        result.and(lease.end())
    }

    /// Takes a connection when its turn comes.
    fn take(&self) -> Result<Connection> {
        let (mut pool, waited) = self
            .returned
            .wait_timeout_while(self.pool(), TURN, |pool| pool.used >= READS)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(Failure::Unavailable("too many reads are waiting".to_owned()));
        }
        pool.used += 1;
        let idle = pool.idle.pop();
        drop(pool);
        idle.map_or_else(|| open::reader(&self.path), Ok).inspect_err(|_| self.give(None))
    }

    /// Gives a place back, with its connection if that can be used again.
    fn give(&self, connection: Option<Connection>) {
        let mut pool = self.pool();
        pool.used -= 1;
        pool.idle.extend(connection);
        drop(pool);
        self.returned.notify_one();
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease<'_> {
    fn begin(&mut self) -> Result<()> {
        let connection = self.readers.take()?;
        // A read that does not end keeps everything that is written after it in the log of the file.
        let end = Instant::now() + self.readers.longest;
        let (connection, _) = self.used.insert((connection, end));
        let set = connection.progress_handler(STEPS, Some(move || Instant::now() >= end));
        set.and_then(|()| Statements::on(connection).execute("begin")).map_err(|problem| failure(&problem))
    }

    fn end(&mut self) -> Result<()> {
        let Some((mut connection, _)) = self.used.take() else { return Ok(()) };
        let unset = connection.progress_handler(0, None::<fn() -> bool>);
        let ended = unset.and_then(|()| Statements::on(&connection).execute("commit"));
        // A connection whose transaction did not end is not used again.
        self.readers.give(ended.is_ok().then_some(connection));
        ended.map_err(|problem| failure(&problem))
    }
}

impl Reader for Lease<'_> {
    fn rows(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>> {
        if self.used.is_none() {
            self.begin()?;
        }
        let (connection, end) = self.used.as_ref().expect("it has begun");
        let steps = self.readers.steps.as_ref();
        let mut statements = Statements { steps, end: Some(*end), ..Statements::on(connection) };
        Reader::rows(&mut statements, sql, values)
    }

    fn release(&mut self) {
        // If it cannot end, the connection is closed, which ends it, too.
        let _ = self.end();
    }
}

impl Drop for Lease<'_> {
    /// After a panic.
    fn drop(&mut self) {
        if self.used.take().is_some() {
            self.readers.give(None);
        }
    }
}
