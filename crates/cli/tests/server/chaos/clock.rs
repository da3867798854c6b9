//! The clock of the machine is set forward and back while programs call, and the process is killed now and then.

use jit_approvals::event::Body;
use jit_approvals::json::Object;
use jit_approvals::{Minter, SigningKey};

use super::kill::{Load, until_enough};
use super::whole::{is_whole, twice};
use super::{report, size};
use crate::http::{Answer, Call};
use crate::server::{ACT, ISS, PURCHASE, STEVE, Shop, decision};

/// How many programs call at a time.
const PROGRAMS: usize = 4;

/// How many acknowledgements there are before the clock is set.
const BETWEEN: usize = 20;

/// By how many seconds the clock is set in each step, from the time of before. It goes forward on the whole.
const STEPS: [i64; 8] = [90, -40, 20, 200, -200, 7, -60, 250];

/// A program, which reads the clock of the server as the server does.
struct Program<'a> {
    load: &'a Load,
    key: &'a SigningKey,
    cookie: &'a str,
    clock: &'a std::path::Path,
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

    /// Opens, approves and consumes requests that live for a minute. Whatever ends too late is refused.
    fn work(&self) {
        let body = PURCHASE.replacen('{', r#"{"expiresInSeconds":60,"#, 1);
        while !self.load.stops() {
            let opened = self.as_application(&Call::post("/approvalRequest").json(body.as_str()));
            opened.is(201, "");
            self.load.acknowledge();
            let approval = decision(&opened, "approve");
            let approval = approval.with("Cookie", self.cookie).with("Sec-Fetch-Site", "same-origin");
            let (decided, _) = self.load.answered(|_| approval.clone());
            if decided.status == 410 {
                decided.is(410, "request_expired");
                continue;
            }
            self.load.acknowledge();
            let grant = decided.is(200, "").text("grant.id");
            let consume = Call::post(&format!("/grant/{grant}/consume")).with("Idempotency-Key", grant);
            let consumed = self.as_application(&consume.json(ACT));
            if consumed.status == 410 {
                consumed.is(410, "grant_expired");
                continue;
            }
            assert_eq!(consumed.is(200, "").text("status"), "consumed");
            self.load.acknowledge();
        }
    }
}

#[test]
fn whatever_the_clock_does_no_event_is_before_the_last_one_or_after_the_end() {
    let mut shop = Shop::open();
    let rounds = size(8, 80);
    let load = Load::on(&shop);
    let (key, cookie) = (shop.key.clone(), shop.server.session(STEVE).cookie);
    let clock = shop.server.folder.path().join("clock");
    let program = Program { load: &load, key: &key, cookie: &cookie, clock: &clock };
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
                load.kill(&mut shop);
            }
        }
    });
    let stored = is_whole(&shop.server);
    for request in stored.by_id.values() {
        let events = request.events();
        for pair in events.windows(2) {
            assert!(pair[0].at() <= pair[1].at(), "an event goes back: {pair:?}");
        }
        for event in events {
            match event.body() {
                Body::Decided { .. } => assert!(event.at() < request.expires_at(), "decided too late"),
                Body::Consumed { .. } => {
                    assert!(event.at() < request.grant().unwrap().expires_at(), "consumed too late");
                }
                _ => {}
            }
        }
    }
    let kind = |kind: &str| shop.server.event_types().iter().filter(|one| *one == kind).count();
    assert!(kind("expired") > 0, "nothing has expired");
    let twice = twice(&shop.server.data());
    assert_eq!(twice, 0, "something has happened twice");
    report(
        "the clock set forward and back",
        &[
            ("times", rounds.to_string()),
            ("kills", ((rounds + 1) / 4).to_string()),
            ("calls acknowledged", load.acknowledged().to_string()),
            ("expired", kind("expired").to_string()),
            ("twice", twice.to_string()),
        ],
    );
}
