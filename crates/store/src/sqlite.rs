//! The embedded engine: `SQLite` in a file, with one thread that writes.

mod backup;
mod batch;
mod checkpoint;
mod open;
mod readers;
mod statements;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::time::Duration;

use jit_approvals_base::{Id, UnixTime};

use self::checkpoint::Checkpoints;
use self::readers::Readers;
use self::statements::Statements;
use self::writer::{Shared, State, Writer, ended};
use crate::clock::Clock;
use crate::log::NEWEST;
use crate::{Change, Outcome, Position, Reader, Result, SigningKeyRow, Store, check, log};

pub use self::backup::{Copied, NoCopy};
pub use self::readers::READS;
pub use self::statements::{Fault, Faults, Steps};
pub use self::writer::Batches;

/// A store in a file.
#[derive(Debug)]
pub struct Sqlite {
    clock: Arc<Clock>,
    writer: Writer,
    readers: Readers,
    shared: Arc<Shared>,
}

/// How a store works. The default is what a server needs.
#[derive(Clone)]
pub struct Options {
    /// The clock of the system.
    pub clock: fn() -> UnixTime,
    /// Whether a file of an older schema is brought to the present one. Without it, such a file is rejected: for programs
    /// beside a running server.
    pub migrates: bool,
    /// Called with the cause when it is not known what is in the file. By default it writes the cause to standard error
    /// and ends the process: what is really there is read at the next start.
    pub fatal: fn(&str),
    /// How long a read may last. What lasts longer fails with [`Failure::Unavailable`](crate::Failure::Unavailable).
    pub longest_read: Duration,
    /// For tests: says of each statement whether it fails.
    #[doc(hidden)]
    pub faults: Option<Faults>,
    /// For tests: is told of each statement that has run.
    #[doc(hidden)]
    pub steps: Option<Steps>,
}

impl Default for Options {
    fn default() -> Self {
        let fatal = |cause: &str| {
            eprintln!("the store ends the process: {cause}");
            std::process::exit(1);
        };
        Self {
            clock: UnixTime::now,
            migrates: true,
            fatal,
            longest_read: Duration::from_secs(5),
            faults: None,
            steps: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Options").field("migrates", &self.migrates).finish_non_exhaustive()
    }
}

impl Sqlite {
    /// Opens the store in a file. Creates the file, for its owner only, if it does not exist.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`](crate::Failure::Unavailable) if the file cannot be opened;
    /// [`Failure::Corrupt`](crate::Failure::Corrupt) if it is not a store, or one of another version.
    pub fn open(path: &Path, options: Options) -> Result<Self> {
        let mut connection = open::writer(path, options.migrates)?;
        let mut statements = Statements::on(&connection);
        let newest = Reader::rows(&mut statements, NEWEST, &[])?;
        let companies = Reader::rows(&mut statements, "select id, position from company", &[])?;
        let known = companies.iter().map(|row| Ok((row.id(0)?, row.integer(1)?))).collect::<Result<_>>()?;
        let newest = newest.first().and_then(|row| row.integer(0).ok()).unwrap_or(i64::MIN);
        let clock = Arc::new(Clock::new(options.clock, newest));
        let shared = Arc::new(Shared::default());
        let checkpoints = Checkpoints::start(path, &mut connection)?;
        let writer = Writer::start(State {
            connection,
            known,
            version: -1,
            faults: options.faults,
            steps: options.steps.clone(),
            clock: clock.clone(),
            shared: shared.clone(),
            checkpoints,
            fatal: options.fatal,
        })?;
        Ok(Self { clock, writer, readers: Readers::new(path, options.longest_read, options.steps), shared })
    }

    /// Whether a file has tables: without them, whoever created it was interrupted. A file that cannot be read counts as
    /// one with tables.
    pub fn has_tables(path: &Path) -> bool {
        open::has_tables(path).unwrap_or(true)
    }

    /// Returns how many changes wait or are being written, and about how many bytes they have together.
    pub fn waiting(&self) -> (usize, usize) {
        self.writer.waiting()
    }

    /// Returns how many transactions with changes were written since the store was opened.
    pub fn batches(&self) -> Batches {
        self.shared.written.batches()
    }

    /// Returns how many bytes were written that are not yet moved into the file.
    pub fn log_bytes(&self) -> u64 {
        self.readers.log_bytes()
    }

    /// Queues a change. The result arrives after the change is durable. If the sender is gone without a result, it is not
    /// known whether the change was written.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`](crate::Failure::Unavailable) if too many changes are waiting.
    pub fn submit(&self, change: Change) -> Result<Receiver<Result<Outcome>>> {
        let (sender, receiver) = sync_channel(1);
        self.submit_then(change, move |result| {
            // A caller that has gone away gets no answer. Its change is durable.
            let _ = sender.send(result);
        })?;
        Ok(receiver)
    }

    /// Queues a change, as [`Sqlite::submit`] does. `told` gets the result on the thread that writes, which it must not
    /// hold up. It is dropped without a result if it is not known whether the change was written.
    ///
    /// # Errors
    ///
    /// [`Failure::Unavailable`](crate::Failure::Unavailable) if too many changes are waiting.
    pub fn submit_then(
        &self,
        change: Change,
        told: impl FnOnce(Result<Outcome>) + Send + 'static,
    ) -> Result<()> {
        self.writer.submit(change, Box::new(told))
    }

    /// Deletes claims and credentials whose end is at or before a time, at most a thousand of each, and returns how many.
    /// Past their end they count as absent anyway. Who calls this makes sure that the time is not wrong.
    ///
    /// # Errors
    ///
    /// Those of [`Store::commit`].
    pub fn forget(&self, until: UnixTime) -> Result<usize> {
        self.writer.work(Box::new(move |transaction| log::forget(transaction, until)))
    }

    /// Writes a value of the installation. Without `replace` an existing value is kept.
    ///
    /// # Errors
    ///
    /// Those of [`Store::commit`].
    pub fn set_meta(&self, name: &'static str, value: Vec<u8>, replace: bool) -> Result<()> {
        let sql = if replace {
            "insert into meta (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value"
        } else {
            "insert into meta (name, value) values ($1, $2) on conflict (name) do nothing"
        };
        let work = move |transaction: &mut dyn log::Transaction| {
            transaction.run(sql, &[name.into(), value.as_slice().into()])
        };
        self.writer.work(Box::new(work)).map(|_| ())
    }

    /// Replaces the sealed secrets of all signing keys and a value of the installation, in one transaction. Returns the
    /// number of keys.
    ///
    /// # Errors
    ///
    /// Those of [`Store::commit`].
    pub fn reseal(
        &self,
        keys: Vec<(Id, SigningKeyRow)>,
        name: &'static str,
        value: Vec<u8>,
    ) -> Result<usize> {
        self.writer.work(Box::new(move |transaction| {
            for (company, key) in &keys {
                let sql =
                    "update signing_key set sealed = $1 where company = $2 and application = $3 and id = $4";
                let id = key.id.as_str().into();
                let values = [key.sealed.as_slice().into(), (*company).into(), key.application.into(), id];
                transaction.run(sql, &values)?;
            }
            let sql = "update meta set value = $1 where name = $2";
            transaction.run(sql, &[value.as_slice().into(), name.into()])?;
            Ok(keys.len())
        }))
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // The last connection to close is then one that may write: it removes the files beside the store.
        self.readers.close();
    }
}

impl Store for Sqlite {
    fn read(&self, work: &mut dyn FnMut(&mut dyn Reader) -> Result<()>) -> Result<()> {
        if self.shared.is_unknown.load(Ordering::SeqCst) {
            return Err(ended());
        }
        self.readers.read(work)
    }

    fn commit(&self, change: Change) -> Result<Outcome> {
        self.submit(change)?.recv().map_err(|_| ended())?
    }

    fn follow(&self) -> Receiver<Position> {
        let (sender, receiver) = channel();
        if !self.shared.is_unknown.load(Ordering::SeqCst) {
            self.shared.followers.lock().expect("no follower panics").push(sender);
        }
        receiver
    }

    fn now(&self) -> UnixTime {
        self.clock.now()
    }

    fn check(&self) -> Result<Vec<String>> {
        check::check(self)
    }
}
