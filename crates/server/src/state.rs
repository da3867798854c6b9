//! What all calls share.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use jit_approvals::UnixTime;
use jit_approvals_base::Id;
use jit_approvals_store::{Change, Outcome, Reader, Row, Sqlite, Store as _, Value};
use tokio::sync::RwLock;

use crate::budget::Budgets;
use crate::call::Call;
use crate::connection::Places;
use crate::feed::Feed;
use crate::health::Readiness;
use crate::limits::Limits;
use crate::password::Passwords;
use crate::pending::Pending;
use crate::refusal::{Refusal, Result};
use crate::rings::Rings;
use crate::seal::ServerKey;
use crate::settings::PublicUrl;
use crate::streams::Streams;
use crate::templates::Templates;

/// What all calls share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) store: Sqlite,
    pub(crate) key: ServerKey,
    pub(crate) url: PublicUrl,
    /// The clock of the system, by which tokens are checked.
    pub(crate) wall: fn() -> UnixTime,
    pub(crate) rings: Rings,
    pub(crate) templates: Templates,
    pub(crate) passwords: Passwords,
    pub(crate) limits: Limits,
    pub(crate) budgets: Budgets,
    pub(crate) pending: Pending,
    pub(crate) feed: Feed,
    pub(crate) streams: Streams,
    pub(crate) connections: Arc<Places>,
    pub(crate) lanes: Lanes,
    pub(crate) readiness: Readiness,
}

/// A call that is computed from what the store holds at one moment.
pub(crate) struct Attempt<'a> {
    pub(crate) state: &'a State,
    pub(crate) call: &'a Call,
    /// Reads in one transaction.
    pub(crate) reader: &'a mut dyn Reader,
    /// The time of the attempt. It is one moment, so that nobody is told of an end that was not looked at.
    now: UnixTime,
    /// How often the call was computed before.
    pub(crate) number: u32,
    /// The company whose lane this attempt holds alone.
    pub(crate) lane: Option<Id>,
}

/// Counts the statements of a reader.
pub(crate) struct Counted<'a> {
    pub(crate) reader: &'a mut dyn Reader,
    pub(crate) call: &'a Call,
}

impl Reader for Counted<'_> {
    fn rows(&mut self, sql: &'static str, values: &[Value]) -> jit_approvals_store::Result<Vec<Row>> {
        self.call.work.statements.fetch_add(1, Ordering::Relaxed);
        self.reader.rows(sql, values)
    }

    fn release(&mut self) {
        self.reader.release();
    }
}

impl<'a> Attempt<'a> {
    /// Begins to compute a call.
    pub(crate) fn new(state: &'a State, call: &'a Call, reader: &'a mut dyn Reader) -> Self {
        Self { state, call, now: state.store.now(), reader, number: 0, lane: None }
    }

    /// The time that events are dated with.
    pub(crate) fn now(&self) -> UnixTime {
        self.now
    }

    /// Moves the time on to that of an event that is stored, or that of the store's clock after something slow.
    pub(crate) fn not_before(&mut self, time: UnixTime) {
        self.now = self.now.max(time);
    }

    /// Writes a change. Returns after it is durable.
    ///
    /// # Errors
    ///
    /// `Again` if something that it was computed from has changed; `Taken`; those of the store.
    pub(crate) fn commit(&mut self, change: Change) -> Result<()> {
        // Most of the time of a call is this wait. Others read meanwhile; and whoever holds the company's lane waits for
        // nobody who waits for the lane.
        self.reader.release();
        self.call.work.waits();
        let company = change.company;
        let lane = self.state.lanes.of(company);
        // Nobody else commits to this company while someone holds its lane alone.
        let _shared = (self.lane != Some(company)).then(|| lane.blocking_read());
        self.call.work.changes.fetch_add(1, Ordering::Relaxed);
        written(self.state.store.commit(change)?, company)
    }
}

/// What an outcome means for a call.
///
/// # Errors
///
/// `Again` if something that the change was computed from has changed; `Taken`
pub(crate) fn written(outcome: Outcome, company: Id) -> Result<()> {
    match outcome {
        Outcome::Committed { .. } => Ok(()),
        Outcome::Moved | Outcome::Stale | Outcome::Claimed { .. } => Err(Refusal::Again(company)),
        Outcome::Taken(unique) => Err(Refusal::Taken(unique)),
    }
}

/// One lock for each company. Who holds it alone cannot lose against another change of this process. It guards no value,
/// so that a panic under it harms nobody.
#[derive(Debug, Default)]
pub(crate) struct Lanes(Mutex<HashMap<Id, Arc<RwLock<()>>>>);

impl Lanes {
    pub(crate) fn of(&self, company: Id) -> Arc<RwLock<()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(company).or_default().clone()
    }
}
