//! How soon an application that waits learns of a decision.

use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use jit_approvals_tests::bench::median;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::Plan;
use crate::call::{Call, Connection};
use crate::report::{Bound, Report, Row};
use crate::shop::{BODY, Shop};

/// How many decisions a slice has, and as many empty calls.
const DECISIONS: usize = 20;

/// Until a call surely waits.
const PAUSE: Duration = Duration::from_millis(10);

/// Measures from the moment at which the answer to a decision was read until the answer to the waiting call was. If that
/// came first, the application did not wait at all: this counts as 0.
pub(crate) fn measure(plan: &Plan, shop: &Shop, report: &mut Report) {
    let address = shop.program.address;
    let (cookie, token) = (shop.approver(), shop.token("kevin"));
    let mut application = Connection::open(address);
    let (mut waiting, mut approver) = (Connection::open(address), Connection::open(address));
    let health = Call::get("/healthz").to_bytes();
    let (mut ratios, mut afters, mut empties) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let (mut after, mut empty) = (Vec::new(), Vec::new());
        for _ in 0..DECISIONS {
            let opened = application.must(201, &Call::post("/approvalRequest", BODY).by_application(&token));
            let path = format!("/approvalRequest/{}", opened.text("id"));
            let wait = Call::get(&format!("{path}?waitSeconds=55")).by_application(&token);
            waiting.send(&wait.to_bytes());
            std::thread::sleep(PAUSE);
            let decision =
                format!(r#"{{"verdict":"approve","contentHash":"{}"}}"#, opened.text("contentHash"));
            approver.send(&Call::post(&format!("{path}/decision"), decision).by_person(&cookie).to_bytes());
            after.push(behind(&mut approver, &mut waiting));
            std::thread::sleep(PAUSE);
            let begun = Instant::now();
            approver.send(&health);
            while approver.receive().is_none() {}
            empty.push(begun.elapsed().as_secs_f64() * 1e6);
        }
        ratios.push(median(after.iter().map(|time| time.max(0.0)).collect()) / median(empty.clone()));
        afters.push(median(after));
        empties.push(median(empty));
    }
    report.row(Row {
        work: "from a decision's answer to that of the waiting application, median, at least 0",
        against: "an empty call, `GET /healthz`".to_owned(),
        ratios,
        bound: Bound::Most(2.0, 1.5),
        figures: vec![("afterUs", median(afters)), ("emptyUs", median(empties))],
    });
}

/// How many microseconds later the second connection is answered than the first. Both must say 200.
fn behind(first: &mut Connection, second: &mut Connection) -> f64 {
    let mut read: [Option<Instant>; 2] = [None; 2];
    while read.contains(&None) {
        let has = {
            let files = [&*first, &*second].map(|one| PollFd::new(one.stream.as_fd(), PollFlags::POLLIN));
            let mut files = files;
            poll(&mut files, PollTimeout::NONE).expect("sockets can be polled");
            files.map(|file| file.any().unwrap_or(false))
        };
        for (index, connection) in [&mut *first, &mut *second].into_iter().enumerate() {
            if has[index]
                && let Some(status) = connection.receive()
            {
                assert_eq!(status, 200);
                read[index] = Some(Instant::now());
            }
        }
    }
    let [first, second] = read.map(|time| time.expect("both were read"));
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    micros(second.saturating_duration_since(first)) - micros(first.saturating_duration_since(second))
}
