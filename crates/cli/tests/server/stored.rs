//! What is in the store, read beside the server.

use jit_approvals::UnixTime;
use jit_approvals::json::Json;
use jit_approvals_store::{Options, Row, Sqlite, Store as _};

use crate::server::{Server, until};

impl Server {
    /// Returns the rows of a query.
    pub(crate) fn rows(&self, sql: &'static str) -> Vec<Row> {
        let options = Options { clock: UnixTime::now, migrates: false, ..Options::default() };
        let store = Sqlite::open(&self.data().join("store.sqlite"), options).unwrap();
        let mut rows = Vec::new();
        store
            .read(&mut |reader| {
                rows = reader.rows(sql, &[])?;
                Ok(())
            })
            .unwrap();
        rows
    }

    /// Keeps everyone else from writing until the connection is dropped.
    pub(crate) fn hold(&self) -> rusqlite::Connection {
        let store = rusqlite::Connection::open(self.data().join("store.sqlite")).unwrap();
        store.busy_timeout(std::time::Duration::from_secs(20)).unwrap();
        store.execute_batch("begin immediate").unwrap();
        store
    }

    /// Changes what is stored, as no program of this version does.
    pub(crate) fn tamper(&self, sql: &str) {
        let store = self.hold();
        store.execute_batch(sql).unwrap();
        store.execute_batch("commit").unwrap();
    }

    /// Returns the number that a query counts.
    pub(crate) fn count(&self, sql: &'static str) -> i64 {
        self.rows(sql)[0].integer(0).unwrap()
    }

    /// Returns the events of all requests, the oldest first.
    pub(crate) fn events(&self) -> Vec<Json> {
        let rows = self.rows("select text from event where stream <> company order by position");
        rows.iter().map(|row| Json::parse(row.text(0).unwrap()).unwrap()).collect()
    }

    /// Returns the types of the events of all requests, the oldest first.
    pub(crate) fn event_types(&self) -> Vec<String> {
        let rows = self.rows("select kind from event where stream <> company order by position");
        rows.iter().map(|row| row.text(0).unwrap().to_owned()).collect()
    }
}

/// Waits until something has happened. `what` says it to the reader of the test.
#[track_caller]
pub(crate) fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    assert!(!what.is_empty());
    until(|| happened().then_some(()));
}
