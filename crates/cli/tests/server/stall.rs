//! A store that does nothing for some time.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::crowd::user;
use crate::http::{Answer, Call};
use crate::server::{ADMIN, PASSWORD, PURCHASE, STEVE, Shop, decision, until};
use crate::stored::eventually;

/// How many calls are computed at a time.
const TURNS: u64 = 128;

/// How long a read of the store may last.
const LONGEST_READ: Duration = Duration::from_secs(5);

#[test]
fn the_process_lives_and_says_so_while_the_store_stalls() {
    let shop = Shop::open_with(&["--metrics-listen", "127.0.0.1:0"]);
    let held = shop.server.hold();
    let calls: Vec<TcpStream> = (0..TURNS + 2)
        .map(|_| {
            let mut call = TcpStream::connect(shop.server.address).unwrap();
            call.write_all(&shop.as_kevin(Call::post("/approvalRequest").json(PURCHASE)).to_bytes()).unwrap();
            call
        })
        .collect();
    eventually("every turn is taken", || shop.server.metric("jit_store_waiting_changes") == TURNS);
    let healthy = Call::get("/healthz").send(shop.server.address);
    assert_eq!(healthy.is(200, "").body, r#"{"status":"alive"}"#);
    let ready = Call::get("/readyz").send(shop.server.address);
    assert!(ready.header("x-request-id").is_some() && [200, 503].contains(&ready.status), "{ready:?}");
    drop(held);
    // 503 always means that nothing was written.
    let mut opened = 0;
    for mut call in calls {
        let mut answer = Vec::new();
        call.read_to_end(&mut answer).unwrap();
        let answer = Answer::parse(&answer).unwrap();
        assert!([201, 503].contains(&answer.status), "{answer:?}");
        opened += usize::from(answer.status == 201);
    }
    assert_eq!(shop.server.event_types().len(), opened);
}

#[test]
fn what_is_durable_is_not_answered_with_503() {
    let shop = Shop::open_with(&["--metrics-listen", "127.0.0.1:0"]);
    let server = &shop.server;
    let (request, steve) = (shop.purchase(), server.session(STEVE));
    shop.hire("eve@acme.example", "approver");
    let link = shop.admin.link("eve@acme.example");
    let redeemed =
        || server.administered().iter().filter(|event| event.to_string().contains("redeem")).count();
    let proved = "select max(proved_at) from credential join person on person.email = credential.person \
                  where role = 'administrator'";
    let (links, proof) = (redeemed(), server.count(proved));
    // The clock of the store does not go back: it stands still now, and no change is too old to be written.
    server.set_clock(40);
    shop.admin.send(&Call::get("/session")).is(200, "");
    server.set_clock(0);
    let held = server.hold();
    let waiting =
        |count: u64| eventually("changes wait", || server.metric("jit_store_waiting_changes") == count);
    let [decision, redemption, proving] = std::thread::scope(|scope| {
        let redeem = || crate::server::redeem(server.address, &link, "eve@acme.example");
        let prove = || {
            let body = format!(r#"{{"password":"{PASSWORD}"}}"#);
            shop.admin.send(&Call::post("/session/proof").json(body))
        };
        let slow = [scope.spawn(redeem), scope.spawn(prove)];
        waiting(2);
        let decide = scope.spawn(|| steve.send(&decision(&request, "approve")));
        waiting(3);
        // When the process goes on, each read that a change was computed from has lasted too long.
        server.signal("STOP");
        let stopped = Instant::now();
        until(|| (stopped.elapsed() > LONGEST_READ).then_some(()));
        drop(held);
        server.signal("CONT");
        let [redeemed, proved] = slow.map(|call| call.join().unwrap());
        [decide.join().unwrap(), redeemed, proved]
    });
    let decided = server.event_types().contains(&"decided".to_owned());
    assert_eq!((decision.status, decided), (200, true), "{decision:?}");
    assert_eq!((redemption.status, redeemed()), (200, links + 1), "{redemption:?}");
    assert_eq!((proving.status, server.count(proved) > proof), (200, true), "{proving:?}");
    assert_eq!(proving.text("email"), ADMIN);
    assert_eq!(shop.admin.send(&Call::get(&user(STEVE))).status, 200);
}
