//! Calls that are sent again.

use std::thread::spawn;

use jit_approvals::json::Json;

use crate::http::{Answer, Call};
use crate::server::{ACT, PURCHASE, STEVE, Shop, decision};

fn open(key: &str) -> Call {
    Call::post("/approvalRequest").with("Idempotency-Key", key).json(PURCHASE)
}

/// Sends 50 calls from 50 sockets at once.
fn at_once(shop: &Shop, call: impl Fn(usize) -> Call) -> Vec<Answer> {
    let address = shop.server.address;
    let calls: Vec<_> = (0..50).map(|index| (call(index), address)).collect();
    let threads: Vec<_> =
        calls.into_iter().map(|(call, address)| spawn(move || call.send(address))).collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

#[test]
fn a_key_is_up_to_255_visible_characters_on_the_four_posts() {
    let shop = Shop::open();
    let id = shop.kevin(open(&"k".repeat(255))).is(201, "").text("id");
    let of = |call: Call| {
        let answer = shop.kevin(call);
        answer.is(400, "invalid_header");
        answer.text("field")
    };
    for wrong in ["k".repeat(256), String::new(), "k\u{e9}".to_owned(), "k\t1".to_owned()] {
        assert_eq!(of(open(&wrong)), "Idempotency-Key", "{wrong:?}");
    }
    assert_eq!(of(open("k").with("Idempotency-Key", "l")), "Idempotency-Key");
    assert_eq!(
        of(Call::get(&format!("/approvalRequest/{id}")).with("Idempotency-Key", "k")),
        "Idempotency-Key"
    );
    let others = [
        Call::post(&format!("/approvalRequest/{id}/decision")).json("{}"),
        Call::post("/templates").json("{}"),
        Call::new("DELETE", "/session"),
    ];
    for call in others {
        shop.admin.send(&call.with("Idempotency-Key", "k")).is(400, "invalid_header");
    }
    assert_eq!(shop.server.event_types(), ["requested"]);
}

#[test]
fn a_body_is_the_same_if_its_canonical_text_is() {
    let shop = Shop::open();
    let body = r#"{"templateId":"PURCHASE_APPROVAL","expiresInSeconds":60,"metaData":{"seatNumber":"43D","requestor":"kevin"}}"#;
    let id = shop.kevin(open("k").bytes(body)).is(201, "").text("id");
    let same = [
        r#" { "metaData" : {"requestor":"kevin", "seatNumber":"43D"}, "expiresInSeconds":60.0, "templateId":"PURCHASE_APPROVAL" } "#,
        r#"{"templateId":"PURCHASE\u005fAPPROVAL","expiresInSeconds":6e1,"metaData":{"seatNumber":"43D","requestor":"\u006bevin"}}"#,
    ];
    for same in same {
        let call = open("k").bytes(same).with("User-Agent", "another").with("X-nl3-device-location", "1,2");
        assert_eq!(shop.kevin(call).is(200, "").text("id"), id);
    }
    for other in [body.replace("60", "61"), body.replace("43D", "43d"), body.replace("kevin", "")] {
        let rejected = shop.kevin(open("k").bytes(other));
        assert_eq!(rejected.is(409, "idempotency_conflict").text("field"), "Idempotency-Key");
        assert_eq!(rejected.text("approvalRequest.id"), id);
    }
}

#[test]
fn a_key_belongs_to_application_subject_and_path() {
    let shop = Shop::open();
    let other = shop.new_client("other.example.com", "");
    let first = shop.kevin(open("k")).is(201, "").text("id");
    let mut ids = vec![first.clone()];
    for client in [&shop.client().for_subject("mia"), &other] {
        ids.push(client.send(&open("k")).is(201, "").text("id"));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    // The same key at another path is another key.
    let cancel = |key: &str, reason: &str| {
        let call = Call::post(&format!("/approvalRequest/{first}/cancel")).with("Idempotency-Key", key);
        shop.kevin(call.json(format!(r#"{{"reason":"{reason}"}}"#)))
    };
    assert_eq!(cancel("k", "a").is(200, "").text("status"), "cancelled");
    assert_eq!(cancel("k", "a").is(200, "").text("status"), "cancelled");
    cancel("k", "b").is(409, "idempotency_conflict");
    cancel("l", "a").is(409, "request_final");
}

#[test]
fn a_retry_succeeds_whatever_has_changed_and_shows_the_present_record() {
    let shop = Shop::open();
    let opened = shop.kevin(open("k"));
    let again = || shop.kevin(open("k")).is(200, "").clone();
    assert_eq!(again().body, opened.body);
    shop.server.session(STEVE).send(&decision(&opened, "approve")).is(200, "");
    assert_eq!(again().text("status"), "approved");
    let grant = again().text("grant.id");
    let revoke = || shop.kevin(Call::post(&format!("/grant/{grant}/revoke")).with("Idempotency-Key", "r"));
    revoke().is(200, "");
    for path in ["/templates/PURCHASE_APPROVAL/archive", "/users/steve%40nl3.com/archive"] {
        shop.admin.send(&Call::post(path)).is(200, "");
    }
    let path = format!("/applications/{}", shop.application);
    let stricter = r#"{"name":"x","identifiers":["msonline.nextlevel3.com"],"knownSubjectsOnly":true,"onceOnlyTokens":true}"#;
    shop.admin.send(&Call::new("PUT", &path).with("If-Match", "\"1\"").json(stricter)).is(200, "");
    assert_eq!(again().text("grant.status"), "revoked");
    assert_eq!(revoke().is(200, "").text("status"), "revoked");
    shop.server.set_clock(3600);
    assert_eq!((again().text("id"), again().text("status")), (opened.text("id"), "approved".to_owned()));
    // Without the key, each of these changes would have been in the way.
    shop.kevin(Call::post("/approvalRequest").json(PURCHASE)).is(403, "unknown_subject");
}

#[test]
fn a_key_lives_for_a_day_after_everything_that_it_led_to_has_ended() {
    let shop = Shop::open();
    let id = shop.kevin(open("k")).is(201, "").text("id");
    // The request, the grant's time to live and a day. A minute is left for the test.
    let end = 900 + 300 + 86_400;
    shop.server.set_clock(end - 60);
    assert_eq!(shop.kevin(open("k")).is(200, "").text("id"), id);
    shop.server.set_clock(end);
    assert_ne!(shop.kevin(open("k")).is(201, "").text("id"), id);
    shop.kevin(open("k")).is(200, "");
}

#[test]
fn a_rejected_call_claims_nothing() {
    let shop = Shop::open();
    shop.kevin(open("k").bytes(PURCHASE.replace("seatNumber", "seat"))).is(422, "unknown_metadata");
    shop.kevin(open("k").bytes(PURCHASE.replace("PURCHASE_APPROVAL", "NONE"))).is(422, "unknown_template");
    shop.kevin(open("k").bytes("{")).is(400, "malformed_json");
    assert_eq!(shop.server.count("select count(*) from claim"), 0);
    shop.kevin(open("k")).is(201, "");
}

#[test]
fn of_many_calls_with_one_key_and_one_token_one_opens_the_request() {
    let shop = Shop::open();
    let once = shop.new_client("once.example.com", r#""onceOnlyTokens":true"#);
    for call in [shop.as_kevin(open("k")), once.sign_call(&open("k"))] {
        let answers = at_once(&shop, |_| call.clone());
        let with = |status| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!(
            (with(201), with(200)),
            (1, 49),
            "{:?}",
            answers.iter().map(|answer| answer.status).collect::<Vec<_>>()
        );
        let mut ids: Vec<String> = answers.iter().map(|answer| answer.text("id")).collect();
        ids.dedup();
        assert_eq!(ids.len(), 1);
    }
    // Without a key, the token opens one request and no second one.
    let call = once.sign_call(&Call::post("/approvalRequest").json(PURCHASE));
    let answers = at_once(&shop, |_| call.clone());
    let with = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((with(201), with(401)), (1, 49));
    assert_eq!(shop.server.event_types(), ["requested"; 3]);
}

#[test]
fn of_many_calls_with_one_key_and_two_bodies_one_body_wins() {
    let shop = Shop::open();
    let bodies = [PURCHASE.to_owned(), PURCHASE.replace("43D", "44D")];
    let call = |index: usize| shop.as_kevin(open("k").bytes(bodies[index % 2].as_str()));
    let answers = at_once(&shop, call);
    let with = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((with(201), with(200), with(409)), (1, 24, 25));
    let winner = answers.iter().find(|answer| answer.status == 201).unwrap();
    let is_right = |(index, answer): (usize, &Answer)| {
        let seat = if index % 2 == 0 { "43D" } else { "44D" };
        (answer.status == 409) != (seat == winner.text("metaData.seatNumber"))
    };
    assert!(answers.iter().enumerate().all(is_right));
    assert_eq!(shop.server.event_types(), ["requested"]);
}

#[test]
fn of_many_consumes_with_one_key_one_counts_and_all_are_told_so() {
    let shop = Shop::open();
    let opened = shop.purchase();
    shop.server.session(STEVE).send(&decision(&opened, "approve")).is(200, "");
    let grant = shop.read(&opened.text("id")).text("grant.id");
    let consume = Call::post(&format!("/grant/{grant}/consume")).json(ACT);
    let answers = at_once(&shop, |_| shop.as_kevin(consume.clone().with("Idempotency-Key", "k")));
    let bodies: Vec<&str> = answers.iter().map(|answer| answer.is(200, "").body.as_str()).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]) && bodies[0].contains("consumedAt"), "{bodies:?}");
    assert_eq!(shop.server.event_types(), ["requested", "decided", "consumed"]);
}

#[test]
fn an_application_can_be_set_to_accept_each_token_once() {
    let shop = Shop::open();
    let once = shop.new_client("once.example.com", r#""onceOnlyTokens":true"#);
    let (token, other) = (once.token(), once.token());
    let send =
        |call: Call, token: &str| call.with("X-Nl3-Authorization-Token", token).send(shop.server.address);
    let plain = || Call::post("/approvalRequest").json(PURCHASE);
    // A rejected call does not use the token up.
    send(plain().bytes("{}"), &token).is(400, "missing_member");
    let opened = send(open("k"), &token);
    opened.is(201, "");
    let replayed = send(plain(), &token);
    assert_eq!(replayed.is(401, "token_replayed").text("field"), "jti");
    assert!(replayed.header("www-authenticate").is_some());
    let cancel = || Call::post(&format!("/approvalRequest/{}/cancel", opened.text("id")));
    send(cancel(), &token).is(401, "token_replayed");
    // The key comes before the `jti`: the same call again is answered.
    assert_eq!(send(open("k"), &token).is(200, "").text("id"), opened.text("id"));
    // To read, a token may be used often.
    let read = || Call::get(&format!("/approvalRequest/{}", opened.text("id")));
    send(read(), &token).is(200, "");
    send(read(), &token).is(200, "");
    send(cancel(), &other).is(200, "");
    send(plain(), &other).is(401, "token_replayed");
    for claims in [&[][..], &[("jti", Json::from(""))], &[("jti", Json::from(7))]] {
        let rejected = send(plain(), &once.sign(claims));
        assert_eq!((rejected.status, rejected.text("field")), (401, "jti".to_owned()), "{}", rejected.body);
    }
    // Another application may use the same `jti`, and one that is not set so may use it often.
    let jti = [("jti", Json::from("same"))];
    let second = shop.new_client("second.example.com", r#""onceOnlyTokens":true"#);
    for token in [once.sign(&jti), second.sign(&jti)] {
        send(plain(), &token).is(201, "");
        send(plain(), &token).is(401, "token_replayed");
    }
    let token = shop.client().sign(&[]);
    send(plain(), &token).is(201, "");
    send(plain(), &token).is(201, "");
}
