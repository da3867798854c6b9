//! The clock of the machine is set forward and back while programs call, and the process is killed now and then.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};

use jit_approvals::json::{Json, Object};
use jit_approvals::{Minter, SigningKey};

use super::kill::{Load, until_enough};
use super::whole::{events, is_whole, reader, twice};
use super::{report, size};
use crate::http::{Answer, Call};
use crate::server::{ACT, ISS, PURCHASE, STEVE, Shop, decision};

/// How many programs call at a time.
const PROGRAMS: usize = 4;

/// How many acknowledgements there are before the clock is set.
const BETWEEN: usize = 20;

/// How many requests and how many grants each program holds back. When the clock is set forward, they end.
const HELD: usize = 2;

/// By how many seconds an event may be dated before one that is stored earlier: a change may wait for its turn for that
/// long.
const WAIT: i64 = 1;

/// By how many seconds the clock is set in each step, from the time of before. It goes forward on the whole.
const STEPS: [i64; 8] = [90, -40, 20, 200, -200, 7, -60, 250];

/// A program, which reads the clock of the server as the server does.
struct Program<'a> {
    load: &'a Load,
    key: &'a SigningKey,
    cookie: &'a str,
    clock: &'a std::path::Path,
    /// How many grants have ended before they were used.
    unused: &'a AtomicUsize,
}

impl Program<'_> {
    /// Sends a call of the application until it is answered by somebody whose clock is not set meanwhile.
    fn as_application(&self, call: &Call) -> Answer {
        loop {
            let (answer, _) = self.load.answered(|address| {
                let minter = Minter::builder(self.key).issuer(ISS).audience(address.to_string());
                let token = minter.build().unwrap().mint_at(
                    "kevin",
                    &Object::new(),
                    crate::server::time(self.clock),
                    "jti",
                );
                call.clone().with("X-Nl3-Authorization-Token", token.unwrap())
            });
            let was_set = ["token_expired", "token_not_yet_valid", "issued_in_future"];
            if !was_set.contains(&answer.code().as_str()) {
                return answer;
            }
        }
    }

    /// Opens, approves and consumes requests that live for a minute, with grants that live for as long. Some are held back:
    /// what is too late is refused.
    fn work(&self) {
        let body = PURCHASE.replace("PURCHASE_APPROVAL", "BRIEF");
        let (mut requests, mut grants) = (VecDeque::new(), VecDeque::new());
        while !self.load.stops() {
            let opened = self.as_application(&Call::post("/approvalRequest").json(body.as_str()));
            requests.push_back(opened.is(201, "").clone());
            self.load.acknowledge();
            if requests.len() <= HELD {
                continue;
            }
            let opened = requests.pop_front().unwrap();
            let approval = decision(&opened, "approve");
            let approval = approval.with("Cookie", self.cookie).with("Sec-Fetch-Site", "same-origin");
            let (decided, _) = self.load.answered(|_| approval.clone());
            if decided.status == 410 {
                decided.is(410, "request_expired");
                continue;
            }
            self.load.acknowledge();
            grants.push_back(decided.is(200, "").text("grant.id"));
            if grants.len() <= HELD {
                continue;
            }
            let grant = grants.pop_front().unwrap();
            let consume = Call::post(&format!("/grant/{grant}/consume")).with("Idempotency-Key", grant);
            let consumed = self.as_application(&consume.json(ACT));
            if consumed.status == 410 {
                consumed.is(410, "grant_expired");
                self.unused.fetch_add(1, Ordering::SeqCst);
                continue;
            }
            assert_eq!(consumed.is(200, "").text("status"), "consumed");
            self.load.acknowledge();
        }
    }
}

/// How often the time of the events goes back in the order of their positions. What the process was killed at is left out:
/// the positions that were given out around each kill.
fn back(shop: &Shop, kills: &[(i64, i64)]) -> usize {
    let store = reader(&shop.server.data());
    // An expiry is dated when the request ended, however long ago.
    let mut rows =
        store.prepare("select position, at from event where kind <> 'expired' order by position").unwrap();
    let rows = rows.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))).unwrap();
    let (mut latest, mut back, mut lives) = (i64::MIN, 0, 0);
    for (position, at) in rows.map(Result::unwrap) {
        let ended = kills.iter().filter(|(_, after)| *after < position).count();
        if kills.iter().any(|(before, after)| *before < position && position <= *after) {
            continue;
        }
        if ended > lives {
            (lives, latest) = (ended, i64::MIN);
        }
        back += usize::from(at + WAIT < latest);
        latest = latest.max(at);
    }
    back
}

#[test]
fn whatever_the_clock_does_no_event_is_before_the_last_one_or_after_the_end() {
    let mut shop = Shop::open();
    let rounds = size(8, 80);
    let load = Load::on(&shop);
    let (key, cookie) = (shop.key.clone(), shop.server.session(STEVE).cookie);
    let clock = shop.server.folder.path().join("clock");
    let (unused, mut kills) = (AtomicUsize::new(0), Vec::new());
    let program = Program { load: &load, key: &key, cookie: &cookie, clock: &clock, unused: &unused };
    shop.template("BRIEF", &[("requestTtlSeconds", Json::from(60)), ("grantTtlSeconds", Json::from(60))]);
    std::thread::scope(|scope| {
        let _ends = load.ends();
        let programs: Vec<_> = (0..PROGRAMS).map(|_| scope.spawn(|| program.work())).collect();
        let mut shift = 0;
        for round in 0..rounds {
            let enough = load.acknowledged() + BETWEEN;
            until_enough(|| {
                assert!(programs.iter().all(|program| !program.is_finished()), "a program has failed");
                load.acknowledged() >= enough
            });
            shift += STEPS[round % STEPS.len()];
            shop.server.set_clock(shift);
            if round % 4 == 2 {
                let before = events(&shop.server.data());
                load.kill(&mut shop);
                kills.push((before, events(&shop.server.data())));
            }
        }
    });
    is_whole(&shop.server);
    let back = back(&shop, &kills);
    assert_eq!(back, 0, "the time of the events goes back");
    let kind = |kind: &str| shop.server.event_types().iter().filter(|one| *one == kind).count();
    assert!(kind("expired") > 0, "no request has expired");
    let unused = unused.load(Ordering::SeqCst);
    assert!(unused > 0 && kind("consumed") > 0, "no grant has expired, or none was used");
    let twice = twice(&shop.server.data());
    assert_eq!(twice, 0, "something has happened twice");
    report(
        "the clock set forward and back",
        &[
            ("times", rounds.to_string()),
            ("kills", kills.len().to_string()),
            ("calls acknowledged", load.acknowledged().to_string()),
            ("requests expired", kind("expired").to_string()),
            ("grants expired", unused.to_string()),
            ("events before an earlier one", back.to_string()),
            ("twice", twice.to_string()),
        ],
    );
}
