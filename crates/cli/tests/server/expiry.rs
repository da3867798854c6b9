//! What has an end: requests, claims and credentials.

use jit_approvals::json::Json;

use crate::http::Call;
use crate::server::{ACT, PURCHASE, STEVE, Shop, decision};
use crate::stored::eventually;

/// The purchase, with another time to live.
fn purchase_for(seconds: u32) -> String {
    PURCHASE.replacen('{', &format!(r#"{{"expiresInSeconds":{seconds},"#), 1)
}

#[test]
fn who_finds_a_request_past_its_end_stores_its_expiry_first() {
    let shop = Shop::open();
    let (read, waited, decided) = (shop.purchase(), shop.purchase(), shop.purchase());
    let (cancelled, own) = (shop.purchase(), shop.purchase());
    let steve = shop.server.session(STEVE);
    // So far forward that the sweep does not trust the clock: only who calls can record an expiry.
    shop.server.set_clock(1000);
    let expired = || shop.server.event_types().iter().filter(|kind| *kind == "expired").count();
    let path = |request: &crate::http::Answer| format!("/approvalRequest/{}", request.text("id"));

    let answer = shop.kevin(Call::get(&path(&read)));
    assert_eq!((answer.text("status"), expired()), ("expired".to_owned(), 1));
    let answer = shop.kevin(Call::get(&format!("{}?waitSeconds=55", path(&waited))));
    assert_eq!((answer.text("status"), expired()), ("expired".to_owned(), 2));
    let answer = steve.send(&decision(&decided, "approve"));
    assert_eq!(answer.is(410, "request_expired").text("approvalRequest.status"), "expired");
    assert_eq!(expired(), 3);
    let answer = shop.kevin(Call::post(&format!("{}/cancel", path(&cancelled))));
    assert_eq!(answer.is(410, "request_expired").text("approvalRequest.status"), "expired");
    assert_eq!(expired(), 4);
    let answer = steve.send(&Call::get(&path(&own)));
    assert_eq!((answer.text("status"), expired()), ("expired".to_owned(), 5));
    // It is stored once, dated with the end.
    shop.read(&read.text("id"));
    assert_eq!(expired(), 5);
    let event = shop.server.events().pop().unwrap();
    assert_eq!(event.get("at").map(ToString::to_string), Some(own.text("expiresAt")));
    assert_eq!(shop.server.count("select count(*) from request where status = 'pending'"), 0);
    assert_eq!(shop.server.count("select count(*) from inbox where waiting = 1"), 0);
}

#[test]
fn the_sweep_expires_requests_that_nobody_asks_for() {
    let shop = Shop::open();
    let short = shop.kevin(Call::post("/approvalRequest").json(purchase_for(1)));
    let long = shop.purchase();
    eventually("the short request expires", || {
        shop.server.count("select count(*) from request where status = 'expired'") == 1
    });
    let event = shop.server.events().pop().unwrap();
    let member =
        |name: &str| event.get(name).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
    assert_eq!(member("requestId"), Some(short.text("id")));
    assert_eq!(member("at"), Some(short.text("expiresAt")));
    assert_eq!(shop.server.event_types(), ["requested", "requested", "expired"]);
    assert_eq!(shop.server.count("select count(*) from inbox where waiting = 1"), 1);
    assert_eq!(shop.read(&long.text("id")).text("status"), "pending");
    assert!(shop.server.operate(&["store", "check"]).status.success());
}

#[test]
fn a_request_that_cannot_be_read_is_logged_and_keeps_no_other_from_expiring() {
    let shop = Shop::open();
    let [damaged, sound] = [2, 3].map(|seconds| {
        shop.kevin(Call::post("/approvalRequest").json(purchase_for(seconds))).is(201, "").text("id")
    });
    shop.server.tamper(
        "update event set text = replace(text, '\"43D\"', '\"44D\"') where stream <> company and position = \
                        (select min(position) from event where stream <> company)",
    );
    eventually("the other request expires", || shop.server.event_types().contains(&"expired".to_owned()));
    assert_eq!(shop.read(&sound).text("status"), "expired");
    let named =
        || shop.server.log().lines().any(|line| line.contains("\"ERROR\"") && line.contains(&damaged));
    eventually("the log names the damaged one", named);
    shop.read(&damaged).is(500, "internal_error");
}

#[test]
fn the_end_itself_is_too_late_to_decide_and_to_consume() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    shop.new_template("BRIEF", &[("grantTtlSeconds", "30")]);
    let brief = purchase_for(30).replace("PURCHASE_APPROVAL", "BRIEF");
    let (late, early) = (
        shop.kevin(Call::post("/approvalRequest").json(brief.as_str())),
        shop.kevin(Call::post("/approvalRequest").json(brief.as_str())),
    );
    let approved = steve.send(&decision(&early, "approve"));
    let grant = approved.is(200, "").text("grant.id");
    shop.server.set_clock(30);
    steve.send(&decision(&late, "approve")).is(410, "request_expired");
    // What was approved in time can still be read, but not used.
    let answer = shop.consume(&grant, ACT);
    assert_eq!(answer.is(410, "grant_expired").text("approvalRequest.status"), "approved");
    let read = shop.read(&early.text("id"));
    assert_eq!(
        (read.text("grant.status"), read.text("grant.accessToken")),
        ("expired".to_owned(), String::new())
    );
}

#[test]
fn claims_and_credentials_are_removed_after_their_end_and_not_before() {
    let mut shop = Shop::open();
    shop.kevin(Call::post("/approvalRequest").with("Idempotency-Key", "k").json(PURCHASE)).is(201, "");
    let counts = |shop: &Shop| {
        ["select count(*) from claim", "select count(*) from credential"].map(|sql| shop.server.count(sql))
    };
    assert_eq!(counts(&shop), [1, 1]);
    // The key lives until the end of the request, the grant's time to live and a day.
    let rows = shop.server.rows("select until from claim");
    let lived = rows[0].integer(0).unwrap() - shop.server.now().seconds();
    assert!((900 + 300 + 86_400 - 60..=900 + 300 + 86_400).contains(&lived), "{lived}");
    // A server that starts trusts its clock.
    shop.server.set_clock(lived + 60);
    shop.server.kill_and_restart();
    eventually("the claim is removed", || counts(&shop) == [0, 1]);
    shop.server.set_clock(8 * 86_400);
    shop.server.kill_and_restart();
    eventually("the session is removed", || counts(&shop) == [0, 0]);
    assert_eq!(shop.server.event_types(), ["requested", "expired"]);
    let events: Vec<Json> = shop.server.events();
    assert_eq!(events.len(), 2, "events are never removed");
}
