//! Wakes the calls that wait for a request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use jit_approvals_base::Id;
use tokio::sync::{Notify, watch};

/// The calls that wait, by request.
#[derive(Debug)]
pub(crate) struct Feed {
    shared: Arc<Shared>,
    most: usize,
    closing: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Shared(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    calls: HashMap<Id, Vec<Arc<Notify>>>,
    count: usize,
}

/// A place among those that wait for a request, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    shared: Arc<Shared>,
    request: Id,
    moved: Arc<Notify>,
    closing: watch::Receiver<bool>,
}

impl Feed {
    /// Creates a feed for at most the given number of calls.
    pub(crate) fn new(most: usize) -> Self {
        Self { shared: Arc::default(), most, closing: watch::channel(false).0 }
    }

    /// Takes a place. `None` if too many calls wait. Who reads the request after this misses no change.
    pub(crate) fn subscribe(&self, request: Id) -> Option<Place> {
        let moved = Arc::new(Notify::new());
        let mut waiting = self.shared.waiting();
        if waiting.count >= self.most {
            return None;
        }
        waiting.count += 1;
        waiting.calls.entry(request).or_default().push(moved.clone());
        Some(Place { shared: self.shared.clone(), request, moved, closing: self.closing.subscribe() })
    }

    /// Wakes the calls that wait for these requests. They keep their places.
    pub(crate) fn moved(&self, requests: &[Id]) {
        let waiting = self.shared.waiting();
        for call in requests.iter().filter_map(|request| waiting.calls.get(request)).flatten() {
            // A call that reads the request at this moment does not wait the next time.
            call.notify_one();
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
        self.shared.waiting().count
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().expect("nobody panics while holding the feed")
    }
}

impl Place {
    /// Returns when the request has moved since the last time, or when the server is about to stop.
    pub(crate) async fn moved(&mut self) {
        tokio::select! {
            () = self.moved.notified() => {}
            _ = self.closing.wait_for(|closing| *closing) => {}
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.shared.waiting();
        waiting.count -= 1;
        if let Some(calls) = waiting.calls.get_mut(&self.request) {
            calls.retain(|call| !Arc::ptr_eq(call, &self.moved));
            if calls.is_empty() {
                waiting.calls.remove(&self.request);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{Duration, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_place_is_kept_until_it_is_dropped_however_often_it_wakes() {
        let feed = Feed::new(1);
        let mut place = feed.subscribe(Id::NIL).unwrap();
        for _ in 0..2 {
            feed.moved(&[Id::MAX, Id::NIL]);
            timeout(Duration::from_secs(9), place.moved()).await.expect("the request has moved");
            timeout(Duration::from_secs(9), place.moved()).await.expect_err("it has not moved again");
            assert!(feed.subscribe(Id::MAX).is_none(), "nobody can take the place of a call that waits");
        }
        drop(place);
        assert_eq!((feed.count(), feed.shared.waiting().calls.len()), (0, 0));
        let mut next = feed.subscribe(Id::NIL).unwrap();
        feed.close();
        next.moved().await;
        assert!(feed.is_closing());
    }
}
