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
    most_of_application: usize,
    most_of_person: usize,
    closing: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Shared(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    calls: HashMap<Id, Vec<Arc<Notify>>>,
    /// How many calls of each wait.
    waiters: HashMap<Waiter, usize>,
    count: usize,
}

/// Who waits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Waiter {
    /// An application.
    Application(Id),
    /// A person, by their key.
    Person(String),
}

/// A place among those that wait for a request, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    shared: Arc<Shared>,
    request: Id,
    waiter: Waiter,
    moved: Arc<Notify>,
    closing: watch::Receiver<bool>,
}

impl Feed {
    /// Creates a feed for at most the given number of calls, in all, of each application and of each person.
    pub(crate) fn new(most: usize, of_application: u32, of_person: u32) -> Self {
        let (most_of_application, most_of_person) = (of_application as usize, of_person as usize);
        let closing = watch::channel(false).0;
        Self { shared: Arc::default(), most, most_of_application, most_of_person, closing }
    }

    /// Takes a place, or says of what there are too many. Who reads the request after this misses no change.
    pub(crate) fn subscribe(&self, request: Id, waiter: Waiter) -> Result<Place, &'static str> {
        let mut waiting = self.shared.waiting();
        let (most, what) = match &waiter {
            Waiter::Application(_) => (self.most_of_application, "waits of this application"),
            Waiter::Person(_) => (self.most_of_person, "waits of this person"),
        };
        if waiting.waiters.get(&waiter).is_some_and(|count| *count >= most) {
            return Err(what);
        }
        if waiting.count >= self.most {
            return Err("waits");
        }
        let moved = Arc::new(Notify::new());
        waiting.count += 1;
        waiting.calls.entry(request).or_default().push(moved.clone());
        *waiting.waiters.entry(waiter.clone()).or_default() += 1;
        let (shared, closing) = (self.shared.clone(), self.closing.subscribe());
        Ok(Place { shared, request, waiter, moved, closing })
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
        if let Some(count) = waiting.waiters.get_mut(&self.waiter) {
            *count -= 1;
            if *count == 0 {
                waiting.waiters.remove(&self.waiter);
            }
        }
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

    #[test]
    fn an_application_that_waits_too_often_leaves_places_to_others() {
        let feed = Feed::new(3, 2, 1);
        let wait = |application| feed.subscribe(Id::NIL, Waiter::Application(application));
        let (one, other) = (Id::v7().unwrap(), Id::v7().unwrap());
        let places = [wait(one).unwrap(), wait(one).unwrap()];
        assert_eq!(wait(one).unwrap_err(), "waits of this application");
        let neighbour = wait(other).unwrap();
        assert_eq!(wait(other).unwrap_err(), "waits");
        drop(places);
        wait(one).unwrap();
        drop(neighbour);
        let person = || feed.subscribe(Id::NIL, Waiter::Person("ann".to_owned()));
        let place = person().unwrap();
        assert_eq!(person().unwrap_err(), "waits of this person");
        drop(place);
        assert!(feed.shared.waiting().waiters.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_is_kept_until_it_is_dropped_however_often_it_wakes() {
        let feed = Feed::new(1, 1, 1);
        let one = || Waiter::Application(Id::NIL);
        let mut place = feed.subscribe(Id::NIL, one()).unwrap();
        for _ in 0..2 {
            feed.moved(&[Id::MAX, Id::NIL]);
            timeout(Duration::from_secs(9), place.moved()).await.expect("the request has moved");
            timeout(Duration::from_secs(9), place.moved()).await.expect_err("it has not moved again");
            assert!(
                feed.subscribe(Id::MAX, one()).is_err(),
                "nobody can take the place of a call that waits"
            );
        }
        drop(place);
        assert_eq!((feed.count(), feed.shared.waiting().calls.len()), (0, 0));
        let mut next = feed.subscribe(Id::NIL, one()).unwrap();
        feed.close();
        next.moved().await;
        assert!(feed.is_closing());
    }
}
