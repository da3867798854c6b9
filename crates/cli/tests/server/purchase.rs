//! The purchase, from asking to acting.

use crate::http::Call;
use crate::server::{ACT, PURCHASE, STEVE, Shop, decision};

#[test]
fn an_application_asks_a_person_approves_and_the_act_happens_once() {
    let shop = Shop::open();
    let opened = shop.purchase();
    assert_eq!(
        opened.header("location").unwrap(),
        format!("/nl3/api/v1/approvalRequest/{}", opened.text("id"))
    );
    assert_eq!(opened.text("status"), "pending");
    let steve = shop.server.session(STEVE);
    let seen = steve.send(&Call::get(&format!("/approvalRequest/{}", opened.text("id"))));
    assert_eq!(seen.text("contentHash"), opened.text("contentHash"));
    steve.send(&decision(&seen, "approve")).is(200, "");
    let decided = shop.read(&opened.text("id"));
    assert_eq!(
        (decided.text("status"), decided.text("grant.status")),
        ("approved".to_owned(), "issued".to_owned())
    );
    let grant = decided.text("grant.id");
    let other = ACT.replace("1,654", "1,655");
    shop.consume(&grant, &other).is(409, "content_mismatch");
    let consumed = shop.consume(&grant, ACT);
    assert_eq!(consumed.is(200, "").text("status"), "consumed");
    shop.consume(&grant, ACT).is(409, "grant_consumed");
    let checked = shop.server.operate(&["store", "check"]);
    assert!(checked.status.success(), "{checked:?}");
}

#[test]
fn the_same_key_finds_the_same_request() {
    let shop = Shop::open();
    let call =
        || shop.as_kevin(Call::post("/approvalRequest").with("Idempotency-Key", "once").json(PURCHASE));
    let first = call().send(shop.server.address);
    let second = call().send(shop.server.address);
    assert_eq!((first.status, second.status), (201, 200));
    assert_eq!(first.text("id"), second.text("id"));
    let other = call().bytes(PURCHASE.replace("43D", "44D")).send(shop.server.address);
    other.is(409, "idempotency_conflict");
}
