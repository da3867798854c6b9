//! The embedded engine: `SQLite` in a file, with one thread that writes.

mod batch;
mod open;
mod readers;
mod statements;
mod writer;

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use jit_approvals_base::UnixTime;

use self::readers::Readers;
use self::writer::{Followers, Writer};
use crate::clock::Clock;
use crate::{Change, Outcome, Position, Reader, Result, Store, check};

pub use self::statements::{Fault, Faults};

/// A store in a file.
#[derive(Debug)]
pub struct Sqlite {
    clock: Arc<Clock>,
    writer: Writer,
    readers: Readers,
    followers: Followers,
}

/// How a store works. The default is what a server needs.
#[derive(Clone)]
pub struct Options {
    /// The clock of the system.
    pub clock: fn() -> UnixTime,
    /// For tests: says of each statement whether it fails.
    #[doc(hidden)]
    pub faults: Option<Faults>,
}

impl Default for Options {
    fn default() -> Self {
        Self { clock: UnixTime::now, faults: None }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Options").finish_non_exhaustive()
    }
}

impl Sqlite {
    /// Opens the store in a file. Creates the file if it does not exist.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`](crate::Failure::Unavailable) if the file cannot be opened;
    /// [`Failure::Corrupt`](crate::Failure::Corrupt) if a newer version has written it.
    pub fn open(path: &Path, options: Options) -> Result<Self> {
        let connection = open::writer(path)?;
        open::migrate(&connection)?;
        let clock = Arc::new(Clock::new(options.clock));
        let followers: Followers = Arc::new(Mutex::new(Vec::new()));
        let writer = Writer::start(connection, options.faults, clock.clone(), followers.clone())?;
        Ok(Self { clock, writer, readers: Readers::new(path), followers })
    }
}

impl Sqlite {
    /// Queues a change. The result arrives after the change is durable. If the sender is gone without a result, it is not
    /// known whether the change was written.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`](crate::Failure::Unavailable) if too many changes are waiting.
    pub fn submit(&self, change: Change) -> Result<Receiver<Result<Outcome>>> {
        self.writer.submit(change)
    }
}

impl Store for Sqlite {
    fn read(&self, work: &mut dyn FnMut(&mut dyn Reader) -> Result<()>) -> Result<()> {
        self.readers.read(work)
    }

    fn commit(&self, change: Change) -> Result<Outcome> {
        self.writer.commit(change)
    }

    fn follow(&self) -> Receiver<Position> {
        let (sender, receiver) = channel();
        self.followers.lock().expect("no follower panics").push(sender);
        receiver
    }

    fn now(&self) -> UnixTime {
        self.clock.now()
    }

    fn check(&self) -> Result<Vec<String>> {
        let mut differences = Vec::new();
        self.read(&mut |reader| {
            differences = check::check(reader)?;
            Ok(())
        })?;
        Ok(differences)
    }
}
