//! Approvers, the application that cancels, and the end of the time: all of them at once, and one of them wins.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::time::Duration;

use jit_approvals::json::Json;

use super::whole::{is_whole, twice};
use super::{report, size};
use crate::http::{Answer, Call};
use crate::server::{PURCHASE, STEVE, Session, Shop, decision};

/// How many requests are raced for at once.
const AT_ONCE: usize = 8;

/// The second approver.
const SUE: &str = "sue@acme.example";

/// Four calls for one request at the same moment: approve, reject, cancel, and a read that records the expiry if the time
/// is over. Returns the statuses of the first three, and the record that the read got.
fn race(shop: &Shop, people: &[Session; 2], request: &Answer, start: &Barrier) -> ([Answer; 3], Answer) {
    let address = shop.server.address;
    let path = format!("/approvalRequest/{}", request.text("id"));
    let calls = [
        people[0].sign(&decision(request, "approve")),
        people[1].sign(&decision(request, "reject")),
        shop.as_kevin(Call::post(&format!("{path}/cancel"))),
        shop.as_kevin(Call::get(&path)),
    ];
    let mut answers = std::thread::scope(|scope| {
        let send = |call: Call| {
            start.wait();
            call.send(address)
        };
        let threads = calls.map(|call| scope.spawn(move || send(call)));
        threads.map(|thread| thread.join().unwrap()).to_vec()
    });
    let read = answers.pop().unwrap();
    (answers.try_into().unwrap(), read)
}

/// What the answers say that happened: exactly one of the calls was accepted, or the time was over.
fn winner(answers: &[Answer; 3]) -> &'static str {
    let accepted: Vec<usize> = (0..3).filter(|index| answers[*index].status == 200).collect();
    let winner = match accepted[..] {
        [] => "expired",
        [0] => "approved",
        [1] => "rejected",
        [2] => "cancelled",
        _ => panic!("several of them: {answers:?}"),
    };
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        let refused = if winner == "expired" { 410 } else { 409 };
        assert_eq!(answer.status, refused, "{winner}: {answer:?}");
        assert_eq!(answer.text("approvalRequest.status"), winner, "{answer:?}");
    }
    winner
}

#[test]
fn of_approvers_a_canceller_and_the_end_of_the_time_one_wins() {
    let shop = Shop::open();
    let people = [shop.server.session(STEVE), shop.hire(SUE, "approver")];
    shop.template(
        "EITHER",
        &[("defaultApprovers", vec![STEVE, SUE].into()), ("requestTtlSeconds", Json::from(60))],
    );
    let body = PURCHASE.replace("PURCHASE_APPROVAL", "EITHER");
    let (requests, mut clock) = (size(48, 1000), 0);
    let mut winners: BTreeMap<&str, usize> = BTreeMap::new();
    for round in 0..requests / AT_ONCE {
        let opened: Vec<_> =
            (0..AT_ONCE).map(|_| shop.kevin(Call::post("/approvalRequest").json(body.as_str()))).collect();
        // In every second round the time ends, at the same moment.
        clock += if round % 2 == 0 { 0 } else { 60 };
        let start = Barrier::new(4 * AT_ONCE + 1);
        let ended: Vec<_> = std::thread::scope(|scope| {
            let race = |request| race(&shop, &people, request, &start);
            let threads: Vec<_> = opened.iter().map(|request| scope.spawn(move || race(request))).collect();
            start.wait();
            // Sometimes before the first call is judged, sometimes in the middle of them.
            std::thread::sleep(Duration::from_millis(round as u64 % 8));
            shop.server.set_clock(clock);
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for (request, (answers, read)) in opened.iter().zip(ended) {
            let winner = winner(&answers);
            *winners.entry(winner).or_default() += 1;
            // Whoever read meanwhile saw the request pending, or as it ended.
            let seen = read.is(200, "").text("status");
            assert!(seen == "pending" || seen == winner, "{seen}, then {winner}");
            assert_eq!(shop.read(&request.text("id")).text("status"), winner);
        }
    }
    let (stored, twice) = (is_whole(&shop.server), twice(&shop.server.data()));
    assert_eq!(twice, 0, "something has happened twice");
    // Each has been opened, and has ended once.
    assert_eq!((stored.by_id.len(), stored.events), (requests, 2 * requests));
    assert_eq!(winners.len(), 4, "{winners:?}");
    let winners = winners.iter().map(|(status, count)| (*status, count.to_string()));
    let first = [("requests", requests.to_string())];
    let columns: Vec<_> = first.into_iter().chain(winners).chain([("twice", twice.to_string())]).collect();
    report("approvers, a canceller and expiry racing", &columns);
}
