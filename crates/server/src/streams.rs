//! Who follows what happens to the requests that concern them, and wakes them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use jit_approvals::ApprovalRequest;
use jit_approvals_base::Id;
use jit_approvals_store::{InboxRow, Position, Reader, Store as _, stream};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::state::State;

/// How many signals may wait for a stream. A stream that does not keep up ends; its client asks again from the last
/// event that it has seen.
const SIGNALS: usize = 256;

/// Something that a stream has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// A request that concerns the person has an event, at this position at the latest.
    Moved { request: Id, position: i64 },
    /// The directory of the company has changed: the caller is checked again.
    Directory,
}

/// Everyone who follows, by company.
#[derive(Debug)]
pub(crate) struct Streams {
    companies: Mutex<HashMap<Id, Vec<Follower>>>,
    most: usize,
    /// The most streams of a person.
    of_person: usize,
}

#[derive(Debug)]
struct Follower {
    number: u64,
    person: String,
    signals: Sender<Signal>,
}

/// A place among those who follow, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    state: Arc<State>,
    company: Id,
    number: u64,
    signals: Receiver<Signal>,
}

impl Streams {
    /// Creates streams, at most the given number in all and of a person.
    pub(crate) fn new(most: usize, of_person: u32) -> Self {
        Self { companies: Mutex::default(), most, of_person: of_person as usize }
    }

    /// Takes a place. `None` if the person has too many streams, or the server. Who reads the log after this misses no
    /// event.
    pub(crate) fn subscribe(state: &Arc<State>, company: Id, person: &str) -> Option<Place> {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut companies = state.streams.companies();
        let count: usize = companies.values().map(Vec::len).sum();
        let followers = companies.entry(company).or_default();
        let own = followers.iter().filter(|follower| follower.person == person).count();
        if count >= state.streams.most || own >= state.streams.of_person {
            return None;
        }
        let (sender, signals) = channel(SIGNALS);
        followers.push(Follower { number, person: person.to_owned(), signals: sender });
        Some(Place { state: state.clone(), company, number, signals })
    }

    /// Wakes those whom a change concerns.
    pub(crate) fn moved(&self, state: &State, position: &Position) {
        let company = position.company;
        if self.companies().get(&company).is_none_or(Vec::is_empty) {
            return;
        }
        for stream in &position.streams {
            if *stream == company {
                self.signal(company, Signal::Directory, |_| true);
                continue;
            }
            let signal = Signal::Moved { request: *stream, position: position.position };
            match concerned(state, company, *stream) {
                Some(people) => self.signal(company, signal, |person| people.contains(person)),
                // It cannot be read now: whoever it may concern asks again.
                None => self.companies().remove(&company).into_iter().for_each(drop),
            }
        }
    }

    fn signal(&self, company: Id, signal: Signal, concerns: impl Fn(&str) -> bool) {
        if let Some(followers) = self.companies().get_mut(&company) {
            followers
                .retain(|follower| !concerns(&follower.person) || follower.signals.try_send(signal).is_ok());
        }
    }

    /// How many streams are open.
    pub(crate) fn count(&self) -> usize {
        self.companies().values().map(Vec::len).sum()
    }

    fn companies(&self) -> MutexGuard<'_, HashMap<Id, Vec<Follower>>> {
        self.companies.lock().expect("nobody panics while holding the streams")
    }
}

/// The people whom a request concerns. They are fixed when it is opened: one row says who they are, however much has
/// happened since. The thread that asks wakes everyone else, too.
fn concerned(state: &State, company: Id, request: Id) -> Option<HashSet<String>> {
    let mut opened = None;
    let read = state.store.read(&mut |reader: &mut dyn Reader| {
        opened = stream::first(reader, company, request)?;
        Ok(())
    });
    let opened = read.ok().and(opened)?;
    let request = ApprovalRequest::restore(vec![opened]).ok()?;
    Some(InboxRow::of(request.as_ref()).into_iter().map(|row| row.person).collect())
}

impl Place {
    /// Returns the next signal. `None` if the stream did not keep up.
    pub(crate) async fn signal(&mut self) -> Option<Signal> {
        self.signals.recv().await
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut companies = self.state.streams.companies();
        if let Some(followers) = companies.get_mut(&self.company) {
            followers.retain(|follower| follower.number != self.number);
            if followers.is_empty() {
                companies.remove(&self.company);
            }
        }
    }
}
