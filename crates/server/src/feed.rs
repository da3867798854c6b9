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
    closing: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Shared(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    calls: HashMap<Id, Vec<Arc<Notify>>>,
    /// How many calls of each application wait.
    applications: HashMap<Id, usize>,
    count: usize,
}

/// A place among those that wait for a request, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    shared: Arc<Shared>,
    request: Id,
    application: Option<Id>,
    moved: Arc<Notify>,
    closing: watch::Receiver<bool>,
}

impl Feed {
    /// Creates a feed for at most the given number of calls, in all and of each application.
    pub(crate) fn new(most: usize, of_application: u32) -> Self {
        let most_of_application = of_application as usize;
        Self { shared: Arc::default(), most, most_of_application, closing: watch::channel(false).0 }
    }

    /// Takes a place, or says of what there are too many. Who reads the request after this misses no change.
    pub(crate) fn subscribe(&self, request: Id, application: Option<Id>) -> Result<Place, &'static str> {
        let mut waiting = self.shared.waiting();
        let own = application.and_then(|application| waiting.applications.get(&application));
        if own.is_some_and(|count| *count >= self.most_of_application) {
            return Err("waits of this application");
        }
        if waiting.count >= self.most {
            return Err("waits");
        }
        let moved = Arc::new(Notify::new());
        waiting.count += 1;
        waiting.calls.entry(request).or_default().push(moved.clone());
        if let Some(application) = application {
            *waiting.applications.entry(application).or_default() += 1;
        }
        let (shared, closing) = (self.shared.clone(), self.closing.subscribe());
        Ok(Place { shared, request, application, moved, closing })
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
        if let Some(application) = self.application
            && let Some(count) = waiting.applications.get_mut(&application)
        {
            *count -= 1;
            if *count == 0 {
                waiting.applications.remove(&application);
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
        let feed = Feed::new(3, 2);
        let wait = |application| feed.subscribe(Id::NIL, Some(application)).map_err(str::to_owned);
        let (one, other) = (Id::v7().unwrap(), Id::v7().unwrap());
        let places = [wait(one).unwrap(), wait(one).unwrap()];
        assert_eq!(wait(one).unwrap_err(), "waits of this application");
        let neighbour = wait(other).unwrap();
        assert_eq!(wait(other).unwrap_err(), "waits");
        drop(places);
        wait(one).unwrap();
        drop(neighbour);
        assert!(feed.shared.waiting().applications.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_is_kept_until_it_is_dropped_however_often_it_wakes() {
        let feed = Feed::new(1, 1);
        let mut place = feed.subscribe(Id::NIL, None).unwrap();
        for _ in 0..2 {
            feed.moved(&[Id::MAX, Id::NIL]);
            timeout(Duration::from_secs(9), place.moved()).await.expect("the request has moved");
            timeout(Duration::from_secs(9), place.moved()).await.expect_err("it has not moved again");
            assert!(feed.subscribe(Id::MAX, None).is_err(), "nobody can take the place of a call that waits");
        }
        drop(place);
        assert_eq!((feed.count(), feed.shared.waiting().calls.len()), (0, 0));
        let mut next = feed.subscribe(Id::NIL, None).unwrap();
        feed.close();
        next.moved().await;
        assert!(feed.is_closing());
    }
}
