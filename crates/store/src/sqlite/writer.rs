//! The thread that writes: it takes what is queued and writes it in one transaction.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::batch;
use super::statements::{Faults, Statements};
use crate::clock::Clock;
use crate::log::forget_claims;
use crate::{Change, Failure, Outcome, Position, Result};

/// The most changes in one transaction.
const CHANGES: usize = 256;

/// The most rows in one transaction.
const ROWS: usize = 4096;

/// The most changes that wait.
const QUEUE: usize = 4096;

/// After how long without a change the writer tidies up.
const IDLE: Duration = Duration::from_millis(100);

/// Those who follow the log.
pub(super) type Followers = Arc<Mutex<Vec<Sender<Position>>>>;

/// The queue of the thread.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// A change, and where its result goes.
#[derive(Debug)]
struct Job {
    change: Change,
    answer: SyncSender<Result<Outcome>>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        faults: Option<Faults>,
        clock: Arc<Clock>,
        followers: Followers,
    ) -> Result<Self> {
        let (queue, jobs) = sync_channel(QUEUE);
        let state = State { connection, faults, clock, followers };
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || state.run(&jobs));
        let thread = thread.map_err(|problem| Failure::Unavailable(problem.to_string()))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    pub(super) fn commit(&self, change: Change) -> Result<Outcome> {
        self.submit(change)?.recv().map_err(|_| ended())?
    }

    pub(super) fn submit(&self, change: Change) -> Result<Receiver<Result<Outcome>>> {
        let (answer, result) = sync_channel(1);
        let queue = self.queue.as_ref().expect("the queue lives as long as the store");
        queue.try_send(Job { change, answer }).map_err(|problem| match problem {
            TrySendError::Full(_) => Failure::Unavailable(format!("{QUEUE} changes are waiting")),
            TrySendError::Disconnected(_) => ended(),
        })?;
        Ok(result)
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

/// The thread has ended: after an unknown result, or with a panic.
fn ended() -> Failure {
    Failure::Unknown("the writer has ended".to_owned())
}

struct State {
    connection: Connection,
    faults: Option<Faults>,
    clock: Arc<Clock>,
    followers: Followers,
}

impl State {
    fn run(self, jobs: &Receiver<Job>) {
        let mut untidy = false;
        loop {
            let first = match jobs.recv_timeout(IDLE) {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) => {
                    if untidy {
                        self.tidy();
                        untidy = false;
                    }
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            untidy = true;
            if self.write(first, jobs).is_err() {
                return;
            }
        }
        self.tidy();
    }

    /// Writes a batch and answers. An error ends the thread: nobody knows what is in the file.
    fn write(&self, first: Job, jobs: &Receiver<Job>) -> Result<(), ()> {
        let size = |job: &Job| 1 + job.change.events.len() + job.change.rows.len() + job.change.claims.len();
        let mut rows = size(&first);
        let mut batch = vec![first];
        while batch.len() < CHANGES && rows < ROWS {
            let Ok(job) = jobs.try_recv() else { break };
            rows += size(&job);
            batch.push(job);
        }
        let changes: Vec<&Change> = batch.iter().map(|job| &job.change).collect();
        let results = batch::run(&self.connection, self.faults.as_ref(), &self.clock, &changes);
        let results = match results {
            Ok(results) => results,
            Err(Failure::Unknown(_)) => return Err(()),
            Err(failure) => vec![Err(failure); batch.len()],
        };
        for (job, result) in batch.into_iter().zip(results) {
            if let Ok(Outcome::Committed { position }) = result {
                self.tell(Position { company: job.change.company, position });
            }
            // A caller that has gone away gets no answer. Its change is durable.
            let _ = job.answer.send(result);
        }
        Ok(())
    }

    fn tell(&self, position: Position) {
        let mut followers = self.followers.lock().expect("no follower panics");
        followers.retain(|follower| follower.send(position).is_ok());
    }

    /// Removes claims that are over, and moves what was written from the log of the file to the file. Neither is needed
    /// for a result to be right.
    fn tidy(&self) {
        let mut statements = Statements { connection: &self.connection, faults: None };
        let _ = forget_claims(&mut statements, self.clock.now());
        let _ = self.connection.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(()));
    }
}
