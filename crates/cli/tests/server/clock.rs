//! A clock that is wrong.

use std::process::{Command, Stdio};

use crate::http::Call;
use crate::server::{PURCHASE, STEVE, Server, Shop, decision};
use crate::stored::eventually;

/// Starts a server that must not start, and returns what it says.
fn refused(server: &Server) -> String {
    let child = Command::new(env!("CARGO_BIN_EXE_jit-approvals"))
        .args(["serve", "--data", "data", "--listen", "127.0.0.1:0", "--metrics-listen", "off"])
        .current_dir(server.folder.path())
        .env("JIT_APPROVALS_TEST_CLOCK", server.folder.path().join("clock"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.unwrap();
    eventually("the process ends", || child.try_wait().unwrap().is_some());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_server_does_not_start_with_a_clock_far_behind_the_newest_event() {
    let mut shop = Shop::open();
    let opened = shop.purchase();
    assert_eq!(shop.server.stop(), Some(0));
    shop.server.set_clock(-400);
    let said = refused(&shop.server);
    assert!(said.contains("the clock of the system says") && said.contains("set the clock"), "{said}");
    // A little behind is accepted, and time does not go back.
    shop.server.set_clock(-200);
    shop.server.kill_and_restart();
    let next = shop.purchase();
    let at = |name: &str| opened.text(name).parse::<i64>().unwrap() - next.text(name).parse::<i64>().unwrap();
    assert_eq!((at("requestedAt"), at("expiresAt")), (0, 0));
}

#[test]
fn after_a_restart_a_request_can_be_decided_also_if_an_expiry_is_the_newest_event() {
    let mut shop = Shop::open();
    let brief = PURCHASE.replacen('{', r#"{"expiresInSeconds":30,"#, 1);
    let brief = shop.kevin(Call::post("/approvalRequest").json(brief)).is(201, "").text("id");
    shop.server.set_clock(200);
    let opened = shop.purchase();
    // It is dated when the request ended, long before the event that is stored before it.
    assert_eq!(shop.read(&brief).text("status"), "expired");
    assert_eq!(shop.server.event_types(), ["requested", "requested", "expired"]);
    shop.server.set_clock(0);
    shop.server.kill_and_restart();
    let decided = shop.server.session(STEVE).send(&decision(&opened, "approve"));
    assert_eq!(decided.is(200, "").text("status"), "approved");
}

#[test]
fn after_the_clock_was_set_nothing_expires_by_itself_and_the_server_is_not_ready() {
    let shop = Shop::open();
    let ready = || Call::get("/readyz").send(shop.server.address);
    assert_eq!(ready().is(200, "").text("status"), "ready");
    let brief = PURCHASE.replacen('{', r#"{"expiresInSeconds":30,"#, 1);
    let opened = shop.kevin(Call::post("/approvalRequest").with("Idempotency-Key", "k").json(brief));
    let jumps = || shop.server.log().lines().filter(|line| line.contains("the clock was set")).count();
    for (count, clock) in [(1, 100), (2, -100), (3, 2 * 86_400)] {
        shop.server.set_clock(clock);
        // The next line of the log comes after a whole turn of the sweep.
        eventually("the jump is logged", || jumps() == count);
        eventually("the server is not ready", || ready().status == 503);
        assert!(ready().is(503, "unavailable").header("retry-after").is_some());
    }
    let log = shop.server.log();
    let line = log.lines().find(|line| line.contains("the clock was set")).unwrap();
    assert!(line.contains(r#""before":"2"#) && line.contains(r#""after":"2"#), "{line}");
    assert_eq!(shop.server.event_types(), ["requested"]);
    assert_eq!(shop.server.count("select count(*) from claim"), 1);
    assert_eq!(shop.server.count("select count(*) from credential"), 1);
    // Who asks is told the truth, and it is recorded.
    assert_eq!(shop.read(&opened.text("id")).text("status"), "expired");
    assert_eq!(shop.server.event_types(), ["requested", "expired"]);
    assert_eq!(Call::get("/healthz").send(shop.server.address).status, 200);
}
