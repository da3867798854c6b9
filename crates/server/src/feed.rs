//! Wakes the calls that wait for a request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use jit_approvals_base::Id;
use tokio::sync::{oneshot, watch};

use crate::state::State;

/// The calls that wait, by request.
#[derive(Debug)]
pub(crate) struct Feed {
    waiting: Mutex<Waiting>,
    most: usize,
    closing: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Waiting {
    calls: HashMap<Id, Vec<oneshot::Sender<()>>>,
    count: usize,
}

/// A place among those that wait for a request, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    state: Arc<State>,
    request: Id,
    moved: oneshot::Receiver<()>,
    closing: watch::Receiver<bool>,
}

impl Feed {
    /// Creates a feed for at most the given number of calls.
    pub(crate) fn new(most: usize) -> Self {
        Self { waiting: Mutex::default(), most, closing: watch::channel(false).0 }
    }

    /// Takes a place. `None` if too many calls wait. Who reads the request after this misses no change.
    pub(crate) fn subscribe(state: &Arc<State>, request: Id) -> Option<Place> {
        let feed = &state.feed;
        let (sender, moved) = oneshot::channel();
        let mut waiting = feed.waiting();
        if waiting.count >= feed.most {
            return None;
        }
        waiting.count += 1;
        waiting.calls.entry(request).or_default().push(sender);
        Some(Place { state: state.clone(), request, moved, closing: feed.closing.subscribe() })
    }

    /// Wakes the calls that wait for these requests.
    pub(crate) fn moved(&self, requests: &[Id]) {
        for request in requests {
            let calls = self.waiting().calls.remove(request);
            for call in calls.into_iter().flatten() {
                // A call that has gone away needs no answer.
                let _ = call.send(());
            }
        }
    }

    /// Ends all waiting: every call answers with the present record.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Whether the server is about to stop.
    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Returns when the server is about to stop.
    pub(crate) async fn closed(&self) {
        // An error means that the feed is gone, which it is not while it is borrowed.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }

    /// How many calls wait.
    pub(crate) fn count(&self) -> usize {
        self.waiting().count
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().expect("nobody panics while holding the feed")
    }
}

impl Place {
    /// Waits for the next move. The place is kept, so that nobody else can take it in between.
    pub(crate) fn renew(&mut self) {
        let (sender, moved) = oneshot::channel();
        self.moved.close();
        self.moved = moved;
        let mut waiting = self.state.feed.waiting();
        let calls = waiting.calls.entry(self.request).or_default();
        calls.retain(|call| !call.is_closed());
        calls.push(sender);
    }

    /// Returns when the request has moved, or when the server is about to stop.
    pub(crate) async fn moved(&mut self) {
        tokio::select! {
            _ = &mut self.moved => {}
            _ = self.closing.wait_for(|closing| *closing) => {}
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.moved.close();
        let mut waiting = self.state.feed.waiting();
        waiting.count -= 1;
        if let Some(calls) = waiting.calls.get_mut(&self.request) {
            calls.retain(|call| !call.is_closed());
            if calls.is_empty() {
                waiting.calls.remove(&self.request);
            }
        }
    }
}
