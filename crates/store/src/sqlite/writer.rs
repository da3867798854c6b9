//! The thread that writes: it takes what is queued and writes it in one transaction.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jit_approvals_base::Id;
use rusqlite::Connection;

use super::batch;
use super::checkpoint::Checkpoints;
use super::statements::{Faults, Statements, Steps};
use crate::clock::Clock;
use crate::log::Transaction;
use crate::{Change, Failure, Outcome, Position, Result};

/// The most changes in one transaction.
const CHANGES: usize = 256;

/// The most rows in one transaction.
const ROWS: usize = 4096;

/// The most changes that wait.
const QUEUE: usize = 4096;

/// About how many bytes the changes that wait may have together.
const QUEUE_BYTES: usize = 64 << 20;

/// How often the writer asks whether another process has written.
const OTHERS: Duration = Duration::from_secs(1);

/// The queue of the thread.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<SyncSender<Job>>,
    waiting: Arc<Waiting>,
    thread: Option<JoinHandle<()>>,
}

/// The changes that wait, or are being written.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pub(super) changes: AtomicUsize,
    pub(super) bytes: AtomicUsize,
}

/// The place of a change among those that wait, until it is dropped.
#[derive(Debug)]
struct Place {
    waiting: Arc<Waiting>,
    bytes: usize,
}

/// What the thread shares with the store.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) followers: Mutex<Vec<Sender<Position>>>,
    /// Whether it is not known what is in the file.
    pub(super) is_unknown: AtomicBool,
    pub(super) written: Written,
}

/// What the thread has done since the store was opened.
#[derive(Debug, Default)]
pub(super) struct Written {
    batches: AtomicU64,
    changes: AtomicU64,
    failures: AtomicU64,
}

/// How many transactions with changes were written since the store was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Batches {
    /// Transactions that were committed.
    pub committed: u64,
    /// The changes in them, whatever their outcome.
    pub changes: u64,
    /// Transactions that failed: nothing of them was written.
    pub failed: u64,
}

/// Work that is not a change, such as deleting what has ended. Returns the number of rows.
pub(super) type Work = Box<dyn FnOnce(&mut dyn Transaction) -> Result<usize> + Send>;

/// What the thread does.
enum Job {
    Change(Waiter),
    Work(Work, SyncSender<Result<usize>>),
}

/// Is told the outcome of a change.
pub(super) type Answer = Box<dyn FnOnce(Result<Outcome>) + Send>;

/// A change, and who waits for its outcome.
struct Waiter {
    change: Change,
    answer: Answer,
    _place: Place,
}

/// What the thread needs.
pub(super) struct State {
    pub(super) connection: Connection,
    /// The position of each company's log that was told.
    pub(super) known: HashMap<Id, i64>,
    /// What the file says that changes when another process writes.
    pub(super) version: i64,
    pub(super) faults: Option<Faults>,
    pub(super) steps: Option<Steps>,
    pub(super) clock: Arc<Clock>,
    pub(super) shared: Arc<Shared>,
    pub(super) checkpoints: Checkpoints,
    pub(super) fatal: fn(&str),
}

impl Writer {
    pub(super) fn start(state: State) -> Result<Self> {
        let (queue, jobs) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new().name("store".to_owned());
        let thread = thread.spawn(move || state.guarded(&jobs));
        let thread = thread.map_err(|problem| Failure::Unavailable(problem.to_string()))?;
        Ok(Self { queue: Some(queue), waiting: Arc::default(), thread: Some(thread) })
    }

    pub(super) fn submit(&self, change: Change, answer: Answer) -> Result<()> {
        let place = Place::take(&self.waiting, change.weight())?;
        self.send(Job::Change(Waiter { change, answer, _place: place }))
    }

    /// How many changes wait or are being written, and about how many bytes they have.
    pub(super) fn waiting(&self) -> (usize, usize) {
        (self.waiting.changes.load(Ordering::Relaxed), self.waiting.bytes.load(Ordering::Relaxed))
    }

    /// Does work in a transaction of its own.
    pub(super) fn work(&self, work: Work) -> Result<usize> {
        let (answer, result) = sync_channel(1);
        self.send(Job::Work(work, answer))?;
        result.recv().map_err(|_| ended())?
    }

    fn send(&self, job: Job) -> Result<()> {
        let queue = self.queue.as_ref().expect("the queue lives as long as the store");
        queue.try_send(job).map_err(|problem| match problem {
            TrySendError::Full(_) => full(),
            TrySendError::Disconnected(_) => ended(),
        })
    }
}

impl Written {
    fn committed(&self, changes: usize) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.changes.fetch_add(changes as u64, Ordering::Relaxed);
    }

    pub(super) fn batches(&self) -> Batches {
        let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
        Batches {
            committed: count(&self.batches),
            changes: count(&self.changes),
            failed: count(&self.failures),
        }
    }
}

impl Drop for Writer {
    /// Writes what is queued.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Place {
    fn take(waiting: &Arc<Waiting>, bytes: usize) -> Result<Self> {
        waiting.changes.fetch_add(1, Ordering::Relaxed);
        let before = waiting.bytes.fetch_add(bytes, Ordering::Relaxed);
        let place = Self { waiting: waiting.clone(), bytes };
        // A change that is larger than the queue can still be written alone.
        if before > 0 && before.saturating_add(bytes) > QUEUE_BYTES { Err(full()) } else { Ok(place) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.waiting.changes.fetch_sub(1, Ordering::Relaxed);
        self.waiting.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

fn full() -> Failure {
    Failure::Unavailable("too many changes are waiting".to_owned())
}

/// The thread has ended: it is not known what is in the file.
pub(super) fn ended() -> Failure {
    Failure::Unknown("the writer has ended".to_owned())
}

impl State {
    /// Runs until the store is dropped. If it ends in another way, nobody gets an answer any more.
    fn guarded(self, jobs: &Receiver<Job>) {
        let (shared, fatal) = (self.shared.clone(), self.fatal);
        let cause = match catch_unwind(AssertUnwindSafe(|| self.run(jobs))) {
            Ok(Ok(())) => return,
            Ok(Err(failure)) => failure.to_string(),
            Err(_) => "the writer of the store panicked".to_owned(),
        };
        shared.is_unknown.store(true, Ordering::SeqCst);
        shared.followers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        fatal(&cause);
    }

    /// # Errors
    ///
    /// [`Failure::Unknown`]
    fn run(mut self, jobs: &Receiver<Job>) -> Result<()> {
        let mut next = None;
        let mut asked = Instant::now();
        loop {
            if asked.elapsed() >= OTHERS {
                asked = Instant::now();
                self.others();
            }
            let job = match next.take() {
                Some(job) => job,
                None => match jobs.recv_timeout(OTHERS.saturating_sub(asked.elapsed())) {
                    Ok(job) => job,
                    Err(RecvTimeoutError::Timeout) => continue,
                    Err(RecvTimeoutError::Disconnected) => return Ok(()),
                },
            };
            match job {
                Job::Change(first) => {
                    next = self.write(first, jobs)?;
                    self.checkpoints.written();
                }
                Job::Work(work, answer) => match self.work(work) {
                    Err(failure @ Failure::Unknown(_)) => return Err(failure),
                    done => {
                        // What looks for something to delete once a second, and finds nothing, is no write.
                        if done != Ok(0) {
                            self.checkpoints.written();
                        }
                        let _ = answer.send(done);
                    }
                },
            }
        }
    }

    /// Tells what another process has written. If that cannot be read, the next time comes soon.
    fn others(&mut self) {
        let mut statements = Statements { steps: self.steps.as_ref(), ..Statements::on(&self.connection) };
        let version = Transaction::rows(&mut statements, "pragma data_version", &[]);
        let Some(version) = version.ok().and_then(|rows| rows.first()?.integer(0).ok()) else { return };
        if self.version == version {
            return;
        }
        if self.catch_up() {
            self.version = version;
        }
    }

    /// Tells what is in the logs and was not told yet. Returns whether it could be read.
    fn catch_up(&mut self) -> bool {
        let mut statements = Statements { steps: self.steps.as_ref(), ..Statements::on(&self.connection) };
        let Ok(positions) = unknown(&mut statements, &self.known) else { return false };
        for position in positions {
            self.tell(&position);
        }
        true
    }

    /// Tells a change that was committed. What another process has written before it is told first.
    fn committed(&mut self, change: &Change, position: i64) {
        let known = self.known.get(&change.company).copied().unwrap_or(0);
        let count = i64::try_from(change.events.len()).unwrap_or(i64::MAX);
        if position - count > known {
            // It tells this change, too. If it cannot read now, the next change or the next second tries again.
            self.version = -1;
            self.catch_up();
        } else if position > known {
            let streams = change.events.iter().map(|event| event.stream).collect();
            self.tell(&Position { company: change.company, position, streams });
        }
    }

    /// Writes a batch and answers. Returns the first job that does not belong to it.
    fn write(&mut self, first: Waiter, jobs: &Receiver<Job>) -> Result<Option<Job>> {
        let (mut rows, mut next) = (first.change.size(), None);
        let mut batch = vec![first];
        while batch.len() < CHANGES && rows < ROWS {
            match jobs.try_recv() {
                Ok(Job::Change(waiter)) => {
                    rows += waiter.change.size();
                    batch.push(waiter);
                }
                Ok(other) => {
                    next = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        let changes: Vec<&Change> = batch.iter().map(|waiter| &waiter.change).collect();
        let results = batch::run(self.statements(), &self.clock, &changes);
        let results = match results {
            Ok(results) => {
                self.shared.written.committed(results.len());
                results
            }
            Err(failure @ Failure::Unknown(_)) => return Err(failure),
            Err(failure) => {
                self.shared.written.failures.fetch_add(1, Ordering::Relaxed);
                vec![Err(failure); batch.len()]
            }
        };
        for (Waiter { change, answer, .. }, result) in batch.into_iter().zip(results) {
            match result {
                Ok(Outcome::Committed { position }) if !change.events.is_empty() => {
                    self.committed(&change, position);
                }
                _ => {}
            }
            // A caller that has gone away gets no answer. Its change is durable.
            answer(result);
        }
        Ok(next)
    }

    fn statements(&self) -> Statements<'_> {
        let (faults, steps) = (self.faults.as_ref(), self.steps.as_ref());
        Statements { faults, steps, ..Statements::on(&self.connection) }
    }

    fn tell(&mut self, position: &Position) {
        self.known.insert(position.company, position.position);
        let mut followers = self.shared.followers.lock().expect("no follower panics");
        followers.retain(|follower| follower.send(position.clone()).is_ok());
    }

    fn work(&self, work: Work) -> Result<usize> {
        batch::transaction(self.statements(), |statements| work(statements))
    }
}

/// Returns where the logs have grown beyond what is known.
pub(super) fn unknown(reader: &mut dyn Transaction, known: &HashMap<Id, i64>) -> Result<Vec<Position>> {
    let mut grown = Vec::new();
    for row in reader.rows("select id, position from company", &[])? {
        let (company, position) = (row.id(0)?, row.integer(1)?);
        let seen = known.get(&company).copied().unwrap_or(0);
        if position > seen {
            let sql =
                "select stream, position from event where company = $1 and position > $2 order by position";
            // Each event by itself: who follows several streams has seen all up to a position that was told.
            for row in reader.rows(sql, &[company.into(), seen.into()])? {
                grown.push(Position { company, position: row.integer(1)?, streams: vec![row.id(0)?] });
            }
        }
    }
    Ok(grown)
}
