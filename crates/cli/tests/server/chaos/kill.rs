//! The process is killed in the middle of its work, again and again. What was acknowledged is compared with what is there.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jit_approvals::json::Object;
use jit_approvals::{Id, Minter, SigningKey};

use super::whole::{is_whole, twice};
use super::{report, size};
use crate::http::{Answer, Call};
use crate::races::Ends;
use crate::server::{ACT, ISS, PURCHASE, STEVE, Shop, decision, until};

/// How many programs call at a time.
const PROGRAMS: usize = 8;

/// How often the process is killed.
fn kills() -> usize {
    size(5, 20)
}

/// How many acknowledgements there are before each kill, and after the last one.
fn between() -> usize {
    size(200, 5000)
}

/// What the programs share.
pub(super) struct Load {
    address: Mutex<SocketAddr>,
    stop: AtomicBool,
    /// How many calls were acknowledged.
    acknowledged: AtomicUsize,
    /// How often a call got no answer and was sent again.
    again: AtomicUsize,
}

impl Load {
    pub(super) fn on(shop: &Shop) -> Self {
        Self {
            address: Mutex::new(shop.server.address),
            stop: AtomicBool::new(false),
            acknowledged: AtomicUsize::new(0),
            again: AtomicUsize::new(0),
        }
    }

    /// Sends a call until it is answered. Returns the answer, and whether the call was sent again.
    pub(super) fn answered(&self, call: impl Fn(SocketAddr) -> Call) -> (Answer, bool) {
        let mut again = false;
        until(|| {
            let address = *self.address.lock().unwrap();
            // A server that is overloaded has done nothing.
            let answer = call(address).try_send(address).filter(|answer| answer.status != 503);
            if answer.is_none() {
                again = true;
                self.again.fetch_add(1, Ordering::SeqCst);
            }
            answer.map(|answer| (answer, again))
        })
    }

    /// Counts a call that was acknowledged.
    pub(super) fn acknowledge(&self) {
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::SeqCst)
    }

    /// How often a call was sent again.
    pub(super) fn sent_again(&self) -> usize {
        self.again.load(Ordering::SeqCst)
    }

    /// Stops the programs when it is dropped.
    pub(super) fn ends(&self) -> Ends<'_> {
        Ends(&self.stop)
    }

    /// Whether the programs should stop.
    pub(super) fn stops(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// Kills the process, and tells the programs where the next one is.
    pub(super) fn kill(&self, shop: &mut Shop) {
        shop.server.kill_and_restart();
        *self.address.lock().unwrap() = shop.server.address;
    }
}

/// What a program was told of a request: all of it was acknowledged.
struct Told {
    key: String,
    id: String,
}

/// A program: an application, and the session of the approver.
struct Program<'a> {
    load: &'a Load,
    key: &'a SigningKey,
    cookie: &'a str,
}

impl Program<'_> {
    fn open(&self, key: &str) -> (Answer, bool) {
        let call = Call::post("/approvalRequest").with("Idempotency-Key", key).json(PURCHASE);
        self.load.answered(|address| as_application(self.key, "kevin", &call, address))
    }

    /// Opens a request, of which nobody has heard. With `twice` the call is sent twice at the same moment, as by somebody who
    /// does not wait for the answer.
    fn open_new(&self, key: &str, twice: bool) -> Answer {
        let answers = std::thread::scope(|scope| {
            let other = twice.then(|| scope.spawn(|| self.open(key)));
            let first = self.open(key);
            [Some(first), other.map(|other| other.join().unwrap())]
        });
        let answers: Vec<_> = answers.into_iter().flatten().collect();
        let opened = answers.iter().filter(|(answer, _)| answer.status == 201).count();
        let is_found = |answer: &Answer| answer.status == 200 && (twice || answers[0].1);
        assert!(answers.iter().all(|(answer, _)| answer.status == 201 || is_found(answer)), "{answers:?}");
        // The answer that said 201 may be lost.
        let may_be_lost = answers.iter().any(|(_, again)| *again);
        assert!(opened == 1 || (opened == 0 && may_be_lost), "{answers:?}");
        let ids: BTreeSet<String> = answers.iter().map(|(answer, _)| answer.text("id")).collect();
        assert_eq!(ids.len(), 1, "one key has led to two requests");
        answers.into_iter().next().unwrap().0
    }

    /// Opens, approves and consumes requests, one after the other. Each acknowledgement is counted when it arrives.
    fn work(&self) -> Vec<Told> {
        let mut told = Vec::new();
        while !self.load.stops() {
            let key = Id::v4().unwrap().to_string();
            let opened = self.open_new(&key, told.len() % 2 == 1);
            self.load.acknowledge();

            let approval = decision(&opened, "approve");
            let approval = approval.with("Cookie", self.cookie).with("Sec-Fetch-Site", "same-origin");
            // A decision repeated word for word is answered as the first one was.
            let (decided, _) = self.load.answered(|_| approval.clone());
            assert_eq!(decided.is(200, "").text("status"), "approved");
            self.load.acknowledge();

            let consume = Call::post(&format!("/grant/{}/consume", decided.text("grant.id")));
            let keyed = consume.clone().with("Idempotency-Key", key.as_str()).json(ACT);
            let as_kevin = |call: &Call, address| as_application(self.key, "kevin", call, address);
            let (consumed, _) = self.load.answered(|address| as_kevin(&keyed, address));
            assert_eq!(consumed.is(200, "").text("status"), "consumed");
            self.load.acknowledge();

            // Nobody else can consume it.
            let other = consume.with("Idempotency-Key", "another").json(ACT);
            let (second, _) = self.load.answered(|address| as_kevin(&other, address));
            second.is(409, "grant_consumed");
            told.push(Told { key, id: opened.text("id") });
        }
        told
    }
}

/// Adds an auth token for the address where the server is at present.
pub(super) fn as_application(key: &SigningKey, subject: &str, call: &Call, address: SocketAddr) -> Call {
    let minter = Minter::builder(key).issuer(ISS).audience(address.to_string()).build().unwrap();
    call.clone().with("X-Nl3-Authorization-Token", minter.mint(subject, &Object::new()).unwrap())
}

#[test]
fn what_was_acknowledged_survives_every_kill() {
    let mut shop = Shop::open();
    let load = Load::on(&shop);
    let (key, cookie) = (shop.key.clone(), shop.server.session(STEVE).cookie);
    let program = Program { load: &load, key: &key, cookie: &cookie };
    let told: Vec<Told> = std::thread::scope(|scope| {
        let stopping = load.ends();
        let programs: Vec<_> = (0..PROGRAMS).map(|_| scope.spawn(|| program.work())).collect();
        for round in 0..=kills() {
            let enough = (round + 1) * between();
            until_enough(|| {
                assert!(programs.iter().all(|program| !program.is_finished()), "a program has failed");
                load.acknowledged() >= enough
            });
            if round < kills() {
                load.kill(&mut shop);
            }
        }
        drop(stopping);
        programs.into_iter().flat_map(|program| program.join().unwrap()).collect()
    });
    let (stored, twice) = (is_whole(&shop.server), twice(&shop.server.data()));
    assert_eq!(twice, 0, "something has happened twice");
    let is_there = |Told { key, id }: &Told| {
        let (again, _) = program.open(key);
        let found = (again.status, again.text("id"), again.text("grant.status"));
        stored.by_id.contains_key(id) && found == (200, id.clone(), "consumed".to_owned())
    };
    let lost = told.iter().filter(|told| !is_there(told)).count();
    assert_eq!(lost, 0, "what was acknowledged is not there");
    // Each was opened, decided and consumed once, and there is nothing else.
    assert_eq!((stored.by_id.len(), stored.events), (told.len(), 3 * told.len()));
    assert!(load.sent_again() >= kills(), "no call was under way when the process was killed");
    report(
        "kill -9 under load",
        &[
            ("kills", kills().to_string()),
            ("calls acknowledged", load.acknowledged().to_string()),
            ("calls sent again", load.sent_again().to_string()),
            ("lost", lost.to_string()),
            ("twice", twice.to_string()),
        ],
    );
}

/// Waits without end until there is enough: how fast a machine is does not matter.
pub(super) fn until_enough(is_enough: impl Fn() -> bool) {
    while !is_enough() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}
