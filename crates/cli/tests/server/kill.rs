//! The process is ended in the middle of its work, again and again. What was acknowledged is compared with what is there.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jit_approvals::json::Object;
use jit_approvals::{Id, Minter, SigningKey};

use crate::http::{Answer, Call};
use crate::server::{ACT, ISS, PURCHASE, STEVE, Shop, decision, until};

/// How many programs call at a time.
const PROGRAMS: usize = 6;

/// How often the process is ended.
const KILLS: usize = 5;

/// How many acknowledgements come between two ends.
const BETWEEN: usize = 200;

/// What the programs share.
struct Load {
    key: SigningKey,
    /// The session of the approver.
    cookie: String,
    address: Mutex<SocketAddr>,
    stop: AtomicBool,
    opened: AtomicUsize,
    decided: AtomicUsize,
    consumed: AtomicUsize,
    /// How often a call got no answer and was sent again.
    retries: AtomicUsize,
    /// How many of the calls that were sent again had been done.
    found: AtomicUsize,
}

/// What a program was told of a request: all of it was acknowledged.
struct Told {
    key: String,
    id: String,
}

impl Load {
    /// Sends a call until it is answered. Returns the answer, and whether the call was sent again.
    fn answered(&self, call: impl Fn(SocketAddr) -> Call) -> (Answer, bool) {
        let mut again = false;
        until(|| {
            let address = *self.address.lock().unwrap();
            // A server that is overloaded has done nothing.
            let answer = call(address).try_send(address).filter(|answer| answer.status != 503);
            if answer.is_none() {
                again = true;
                self.retries.fetch_add(1, Ordering::SeqCst);
            }
            answer.map(|answer| (answer, again))
        })
    }

    /// A call of the application.
    fn as_application(&self, call: &Call, address: SocketAddr) -> Call {
        let minter = Minter::builder(&self.key).issuer(ISS).audience(address.to_string()).build().unwrap();
        call.clone().with("X-Nl3-Authorization-Token", minter.mint("kevin", &Object::new()).unwrap())
    }

    fn open(&self, key: &str) -> (Answer, bool) {
        let call = Call::post("/approvalRequest").with("Idempotency-Key", key).json(PURCHASE);
        self.answered(|address| self.as_application(&call, address))
    }

    /// Opens, approves and consumes requests, one after the other. Each acknowledgement is counted when it arrives.
    fn work(&self) -> Vec<Told> {
        let mut told = Vec::new();
        while !self.stop.load(Ordering::SeqCst) {
            let key = Id::v4().unwrap().to_string();
            let (opened, again) = self.open(&key);
            assert!(opened.status == 201 || (again && opened.status == 200), "{opened:?}");
            self.found.fetch_add(usize::from(opened.status == 200), Ordering::SeqCst);
            self.opened.fetch_add(1, Ordering::SeqCst);

            let approval = decision(&opened, "approve");
            let approval =
                approval.with("Cookie", self.cookie.as_str()).with("Sec-Fetch-Site", "same-origin");
            // A decision repeated word for word is answered as the first one was.
            let (decided, _) = self.answered(|_| approval.clone());
            assert_eq!(decided.is(200, "").text("status"), "approved");
            self.decided.fetch_add(1, Ordering::SeqCst);

            let consume = Call::post(&format!("/grant/{}/consume", decided.text("grant.id")));
            let keyed = consume.clone().with("Idempotency-Key", key.as_str()).json(ACT);
            let (consumed, _) = self.answered(|address| self.as_application(&keyed, address));
            assert_eq!(consumed.is(200, "").text("status"), "consumed");
            self.consumed.fetch_add(1, Ordering::SeqCst);

            // Nobody else can consume it.
            let other = consume.with("Idempotency-Key", "another").json(ACT);
            let (second, _) = self.answered(|address| self.as_application(&other, address));
            second.is(409, "grant_consumed");
            told.push(Told { key, id: opened.text("id") });
        }
        told
    }

    fn acknowledged(&self) -> usize {
        [&self.opened, &self.decided, &self.consumed].iter().map(|count| count.load(Ordering::SeqCst)).sum()
    }
}

/// Stops the programs, also when the test fails: they would go on for ever.
pub(crate) struct Stop<'a>(pub(crate) &'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn what_was_acknowledged_survives_any_end_of_the_process() {
    let mut shop = Shop::open();
    let load = Load {
        key: shop.key.clone(),
        cookie: shop.server.session(STEVE).cookie,
        address: Mutex::new(shop.server.address),
        stop: AtomicBool::new(false),
        opened: AtomicUsize::new(0),
        decided: AtomicUsize::new(0),
        consumed: AtomicUsize::new(0),
        retries: AtomicUsize::new(0),
        found: AtomicUsize::new(0),
    };
    let told: Vec<Told> = std::thread::scope(|scope| {
        let programs: Vec<_> = (0..PROGRAMS).map(|_| scope.spawn(|| load.work())).collect();
        let stopping = Stop(&load.stop);
        for _ in 0..KILLS {
            let enough = load.acknowledged() + BETWEEN;
            until(|| {
                assert!(programs.iter().all(|program| !program.is_finished()), "a program has failed");
                (load.acknowledged() >= enough).then_some(())
            });
            shop.server.kill_and_restart();
            *load.address.lock().unwrap() = shop.server.address;
        }
        drop(stopping);
        programs.into_iter().flat_map(|program| program.join().unwrap()).collect()
    });
    for Told { key, id } in &told {
        let (again, _) = load.open(key);
        assert_eq!(
            (again.is(200, "").text("id"), again.text("grant.status")),
            (id.clone(), "consumed".to_owned())
        );
    }
    // Each was opened, decided and consumed once, and there is nothing else.
    let mut kinds = shop.server.event_types();
    kinds.sort();
    let once = ["consumed", "decided", "requested"].map(|kind| vec![kind; told.len()]).concat();
    assert_eq!(kinds, once);
    let twice = "select count(*) from (select 1 from event where stream <> company group by stream, kind \
                 having count(*) > 1)";
    assert_eq!(shop.server.count(twice), 0);
    let checked = shop.server.operate(&["store", "check"]);
    assert!(checked.status.success(), "{checked:?}");
    let count = |count: &AtomicUsize| count.load(Ordering::SeqCst);
    println!(
        "{KILLS} kills; acknowledged: {} opens, {} decisions, {} consumes; {} calls sent again, {} opens found",
        count(&load.opened),
        count(&load.decided),
        count(&load.consumed),
        count(&load.retries),
        count(&load.found),
    );
    assert!(count(&load.retries) >= KILLS, "no call was under way when the process ended");
}
