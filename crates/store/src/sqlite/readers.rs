//! Connections that read. Each call has its own, and its own transaction.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rusqlite::Connection;

use super::open;
use super::statements::{Statements, failure};
use crate::{Reader, Result};

/// The most connections that are kept for later calls.
const KEPT: usize = 16;

/// The connections that no call uses.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), idle: Mutex::new(Vec::new()) }
    }

    /// Closes the connections that no call uses.
    pub(super) fn close(&self) {
        self.idle().clear();
    }

    pub(super) fn read(&self, work: &mut dyn FnMut(&mut dyn Reader) -> Result<()>) -> Result<()> {
        let idle = self.idle().pop();
        let connection = idle.map_or_else(|| open::reader(&self.path), Ok)?;
        let mut statements = Statements { connection: &connection, faults: None };
        statements.execute("begin").map_err(|problem| failure(&problem))?;
        let result = work(&mut statements);
        let ended = statements.execute("commit").map_err(|problem| failure(&problem));
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
