//! The thread that writes: it takes what is queued and writes it in one transaction.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jit_approvals_base::Id;
use rusqlite::Connection;

use super::batch;
use super::checkpoint::Checkpoints;
use super::statements::{Faults, Statements, failure};
use crate::clock::Clock;
use crate::log::Transaction;
use crate::{Change, Failure, Outcome, Position, Result};

/// The most changes in one transaction.
const CHANGES: usize = 256;

/// The most rows in one transaction.
const ROWS: usize = 4096;

/// The most changes that wait.
const QUEUE: usize = 4096;

/// How often the writer asks whether another process has written.
const OTHERS: Duration = Duration::from_secs(1);

/// The queue of the thread.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread shares with the store.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) followers: Mutex<Vec<Sender<Position>>>,
    /// Whether it is not known what is in the file.
    pub(super) is_unknown: AtomicBool,
}

/// Work that is not a change, such as deleting what has ended. Returns the number of rows.
pub(super) type Work = Box<dyn FnOnce(&mut dyn Transaction) -> Result<usize> + Send>;

/// What the thread does.
enum Job {
    Change(Change, SyncSender<Result<Outcome>>),
    Work(Work, SyncSender<Result<usize>>),
}

/// What the thread needs.
pub(super) struct State {
    pub(super) connection: Connection,
    /// The position of each company's log that was told.
    pub(super) known: HashMap<Id, i64>,
    /// What the file says that changes when another process writes.
    pub(super) version: i64,
    pub(super) faults: Option<Faults>,
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
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    pub(super) fn submit(&self, change: Change) -> Result<Receiver<Result<Outcome>>> {
        let (answer, result) = sync_channel(1);
        self.send(Job::Change(change, answer))?;
        Ok(result)
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
            TrySendError::Full(_) => Failure::Unavailable(format!("{QUEUE} changes are waiting")),
            TrySendError::Disconnected(_) => ended(),
        })
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
                Job::Change(change, answer) => next = self.write((change, answer), jobs)?,
                Job::Work(work, answer) => _ = answer.send(self.work(work)),
            }
            self.checkpoints.written();
        }
    }

    /// Tells what another process has written. If that cannot be read, the next time comes soon.
    fn others(&mut self) {
        let mut statements = Statements { connection: &self.connection, faults: None };
        let version = Transaction::rows(&mut statements, "pragma data_version", &[]);
        let Some(version) = version.ok().and_then(|rows| rows.first()?.integer(0).ok()) else { return };
        if std::mem::replace(&mut self.version, version) == version {
            return;
        }
        for position in unknown(&mut statements, &self.known).unwrap_or_default() {
            self.tell(&position);
        }
    }

    /// Writes a batch and answers. Returns the first job that does not belong to it.
    fn write(
        &mut self,
        first: (Change, SyncSender<Result<Outcome>>),
        jobs: &Receiver<Job>,
    ) -> Result<Option<Job>> {
        let size = |change: &Change| 1 + change.events.len() + change.rows.len() + change.claims.len();
        let (mut rows, mut next) = (size(&first.0), None);
        let mut batch = vec![first];
        while batch.len() < CHANGES && rows < ROWS {
            match jobs.try_recv() {
                Ok(Job::Change(change, answer)) => {
                    rows += size(&change);
                    batch.push((change, answer));
                }
                Ok(other) => {
                    next = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        let changes: Vec<&Change> = batch.iter().map(|(change, _)| change).collect();
        let results = batch::run(&self.connection, self.faults.as_ref(), &self.clock, &changes);
        let results = match results {
            Ok(results) => results,
            Err(failure @ Failure::Unknown(_)) => return Err(failure),
            Err(failure) => vec![Err(failure); batch.len()],
        };
        for ((change, answer), result) in batch.into_iter().zip(results) {
            match result {
                Ok(Outcome::Committed { position }) if !change.events.is_empty() => {
                    let streams = change.events.iter().map(|event| event.stream).collect();
                    self.tell(&Position { company: change.company, position, streams });
                }
                _ => {}
            }
            // A caller that has gone away gets no answer. Its change is durable.
            let _ = answer.send(result);
        }
        Ok(next)
    }

    fn tell(&mut self, position: &Position) {
        self.known.insert(position.company, position.position);
        let mut followers = self.shared.followers.lock().expect("no follower panics");
        followers.retain(|follower| follower.send(position.clone()).is_ok());
    }

    fn work(&self, work: Work) -> Result<usize> {
        let mut statements = Statements { connection: &self.connection, faults: None };
        statements.execute("begin immediate").map_err(|problem| failure(&problem))?;
        let done = work(&mut statements);
        let end = if done.is_ok() { "commit" } else { "rollback" };
        statements.execute(end).map_err(|problem| failure(&problem))?;
        done
    }
}

/// Returns where the logs have grown beyond what is known.
pub(super) fn unknown(reader: &mut dyn Transaction, known: &HashMap<Id, i64>) -> Result<Vec<Position>> {
    let mut grown = Vec::new();
    for row in reader.rows("select id, position from company", &[])? {
        let (company, position) = (row.id(0)?, row.integer(1)?);
        let seen = known.get(&company).copied().unwrap_or(0);
        if position > seen {
            let sql = "select stream from event where company = $1 and position > $2 order by position";
            let streams = reader.rows(sql, &[company.into(), seen.into()])?;
            let streams = streams.iter().map(|row| row.id(0)).collect::<Result<_>>()?;
            grown.push(Position { company, position, streams });
        }
    }
    Ok(grown)
}
