//! The five calls of a store.

use std::sync::mpsc::Receiver;

use jit_approvals_base::{Id, UnixTime};

use crate::{Change, Outcome, Row, Value};

/// The result of a call.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The store cannot do this now. Nothing was written. The same call may succeed later.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// Whether something was written is not known. The process must end without an answer; what is really there is read
    /// at the next start.
    #[error("it is not known whether the store has written a change: {0}")]
    Unknown(String),
    /// What is stored is not what this version writes.
    #[error("the store is damaged or of another version: {0}")]
    Corrupt(String),
}

/// A place in the log of a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The company.
    pub company: Id,
    /// The position of the last event that was committed.
    pub position: i64,
    /// The streams that the events belong to.
    pub streams: Vec<Id>,
}

/// Reads in one transaction: all that it returns is of one moment, until it is released.
pub trait Reader {
    /// Returns the rows of a query. Parameters are `$1`, `$2`, … in the order of their first use.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`], [`Failure::Corrupt`]
    fn rows(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>>;

    /// Ends the transaction, so that others can read meanwhile. What is read afterwards is of a later moment.
    fn release(&mut self) {}
}

/// A store. Queries and changes are written once over it, in the SQL that all engines share.
pub trait Store: Send + Sync {
    /// Reads in one transaction.
    ///
    /// # Errors
    ///
    /// Those of the reader.
    fn read(&self, work: &mut dyn FnMut(&mut dyn Reader) -> Result<()>) -> Result<()>;

    /// Writes a change. Returns after it is durable.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`] if nothing was written; [`Failure::Unknown`].
    fn commit(&self, change: Change) -> Result<Outcome>;

    /// Returns the positions of later changes as they are committed, by this process or by another one. A reader that
    /// does not keep up loses none: the queue grows.
    fn follow(&self) -> Receiver<Position>;

    /// Returns the time that events are dated with. It never goes back while the process runs.
    fn now(&self) -> UnixTime;

    /// Rebuilds the lookups and the head of every company from the log, and returns every difference.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn check(&self) -> Result<Vec<String>>;
}
