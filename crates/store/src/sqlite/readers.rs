//! Connections that read. Each call has its own, and its own transaction.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::open;
use super::statements::{Statements, Steps, failure};
use crate::{Reader, Result};

/// The most connections that are kept for later calls.
const KEPT: usize = 16;

/// After how many steps of a statement the time is looked at.
const STEPS: i32 = 4096;

/// The connections that no call uses.
pub(super) struct Readers {
    path: PathBuf,
    /// How long a read may last.
    longest: Duration,
    steps: Option<Steps>,
    idle: Mutex<Vec<Connection>>,
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Readers").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Readers {
    pub(super) fn new(path: &Path, longest: Duration, steps: Option<Steps>) -> Self {
        Self { path: path.to_owned(), longest, steps, idle: Mutex::new(Vec::new()) }
    }

    /// The file of the store.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Closes the connections that no call uses.
    pub(super) fn close(&self) {
        self.idle().clear();
    }

    /// The size of the log of the file.
    pub(super) fn log_bytes(&self) -> u64 {
        let mut path = self.path.clone().into_os_string();
        path.push("-wal");
        std::fs::metadata(path).map_or(0, |file| file.len())
    }

    pub(super) fn read(&self, work: &mut dyn FnMut(&mut dyn Reader) -> Result<()>) -> Result<()> {
        let idle = self.idle().pop();
        let mut connection = idle.map_or_else(|| open::reader(&self.path), Ok)?;
        // A read that does not end keeps everything that is written after it in the log of the file.
        let end = Instant::now() + self.longest;
        let set = connection.progress_handler(STEPS, Some(move || Instant::now() >= end));
        set.map_err(|problem| failure(&problem))?;
        let mut statements =
            Statements { steps: self.steps.as_ref(), end: Some(end), ..Statements::on(&connection) };
        statements.execute("begin").map_err(|problem| failure(&problem))?;
        let result = work(&mut statements);
        let unset = connection.progress_handler(0, None::<fn() -> bool>);
        let statements = Statements::on(&connection);
        let ended = unset.and_then(|()| statements.execute("commit")).map_err(|problem| failure(&problem));
        // A connection whose transaction did not end is not used again.
        if ended.is_ok() && self.idle().len() < KEPT {
            self.idle().push(connection);
        }
        result.and(ended)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().expect("no reader panics while it holds the list")
    }
}
