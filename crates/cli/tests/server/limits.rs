//! How much each caller may do: every limit is reached, and a neighbour is not affected.

use jit_approvals::SigningKey;

use crate::http::{Answer, Call};
use crate::server::{PASSWORD, PURCHASE, STEVE, Shop, own_address};

/// A refusal that says when to try again.
#[track_caller]
fn refused(answer: &Answer, code: &str) {
    answer.is(429, code);
    let seconds = answer.header("retry-after").unwrap().parse::<u64>().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
}

fn open(shop: &Shop, subject: &str) -> Answer {
    let call = Call::post("/approvalRequest").json(PURCHASE);
    call.with("X-Nl3-Authorization-Token", shop.token(subject)).send(shop.server.address)
}

#[test]
fn an_application_makes_four_times_as_many_calls_at_once_as_in_a_second() {
    let shop = Shop::open_with(&["--calls-per-second", "1"]);
    let id = open(&shop, "kevin").is(201, "").text("id");
    for _ in 0..3 {
        shop.read(&id);
    }
    // A second may have passed.
    let answers = [shop.read(&id), shop.read(&id), shop.read(&id), shop.read(&id)];
    refused(answers.iter().find(|answer| answer.status == 429).unwrap(), "too_many_calls");
    // A token that is not valid does not use up what the application has, and people are not affected.
    shop.admin.send(&Call::get(&format!("/approvalRequest/{id}"))).is(200, "");
}

#[test]
fn a_subject_has_a_few_pending_requests_only() {
    let shop = Shop::open_with(&["--subject-pending", "2"]);
    let (first, _) = (open(&shop, "kevin"), open(&shop, "kevin").is(201, ""));
    refused(&open(&shop, "kevin"), "too_many_pending");
    open(&shop, "eve").is(201, "");
    // What is final makes room.
    shop.kevin(Call::post(&format!("/approvalRequest/{}/cancel", first.text("id")))).is(200, "");
    open(&shop, "kevin").is(201, "");
}

#[test]
fn of_many_requests_of_a_subject_at_once_no_more_than_the_limit_are_opened() {
    let shop = Shop::open_with(&["--subject-pending", "5"]);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..40).map(|_| scope.spawn(|| open(&shop, "kevin").status)).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let count = |status: u16| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((count(201), count(429)), (5, 35), "{statuses:?}");
}

#[test]
fn an_application_has_a_number_of_pending_requests_only() {
    let shop = Shop::open_with(&["--application-pending", "3"]);
    let opened: Vec<_> = ["a", "b", "c"].iter().map(|subject| open(&shop, subject)).collect();
    refused(&open(&shop, "d"), "too_many_pending");
    let other =
        shop.admin.send(&Call::post("/applications").json(r#"{"name":"Other","identifiers":["other"]}"#));
    let key = Call::post(&format!("/applications/{}/signingKeys", other.is(201, "").text("id")));
    let key = SigningKey::from_base64(&shop.admin.send(&key).is(201, "").text("secret")).unwrap();
    let call = Call::post("/approvalRequest").json(PURCHASE);
    let token = shop.token_of(&key, "other", "d");
    call.with("X-Nl3-Authorization-Token", token).send(shop.server.address).is(201, "");
    let cancel = Call::post(&format!("/approvalRequest/{}/cancel", opened[0].text("id")));
    cancel.with("X-Nl3-Authorization-Token", shop.token("a")).send(shop.server.address).is(200, "");
    // It is counted again at most once a second.
    crate::server::until(|| Some(()).filter(|()| open(&shop, "d").status == 201));
}

#[test]
fn refused_credentials_of_an_address_are_counted_and_accepted_ones_are_not() {
    let shop = Shop::open_with(&["--refusals-per-minute", "3"]);
    let (here, there) = (own_address(), own_address());
    let id = open(&shop, "kevin").text("id");
    let read = |address: &str, token: String| {
        let call = Call::get(&format!("/approvalRequest/{id}")).with("X-Nl3-Authorization-Token", token);
        call.with("X-Forwarded-For", address).send(shop.server.address)
    };
    let foreign = SigningKey::generate().unwrap();
    let wrong = || shop.token_with(&foreign, "kevin");
    for _ in 0..10 {
        read(&here, shop.token("kevin")).is(200, "");
    }
    for _ in 0..3 {
        read(&here, wrong()).is(401, "invalid_signature");
    }
    refused(&read(&here, wrong()), "too_many_calls");
    // Whoever guesses is not told which guess is right.
    refused(&read(&here, shop.token("kevin")), "too_many_calls");
    // A credential that is right is not counted, wherever it is sent.
    let steve = shop.server.session(STEVE);
    for _ in 0..5 {
        let call = steve.sign(&Call::post("/approvalRequest").json(PURCHASE));
        call.with("X-Forwarded-For", there.as_str())
            .send(shop.server.address)
            .is(401, "authentication_required");
    }
    // Who sends none is not refused one.
    Call::get("/session")
        .with("X-Forwarded-For", here.as_str())
        .send(shop.server.address)
        .is(401, "authentication_required");
    read(&there, shop.token("kevin")).is(200, "");
}

#[test]
fn a_proxy_may_add_the_port_to_an_address() {
    let shop = Shop::open_with(&["--sign-ins-per-minute", "2"]);
    let sign_in = |port: u16, address: &str| {
        let body = format!(r#"{{"email":"{STEVE}","password":"{PASSWORD}"}}"#);
        let call = Call::post("/session").with("X-Forwarded-For", format!("{address}:{port}"));
        call.json(body).send(shop.server.address)
    };
    let addresses = [own_address(), own_address()];
    for address in &addresses {
        sign_in(4711, address).is(201, "");
        sign_in(4712, address).is(201, "");
        refused(&sign_in(4713, address), "too_many_calls");
    }
}

#[test]
fn a_person_changes_the_password_a_few_times_only() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let change = || {
        let call = Call::post("/password").json(r#"{"newPassword":"short"}"#);
        call.with("X-Forwarded-For", "10.200.0.1")
    };
    for _ in 0..5 {
        steve.send(&change()).is(422, "weak_password");
    }
    refused(&steve.send(&change()), "too_many_calls");
    shop.admin.send(&change()).is(422, "weak_password");
}

#[test]
fn an_address_that_nobody_trusts_is_not_believed() {
    let shop = Shop::open_with(&["--sign-ins-per-minute", "3", "--trusted-proxies", "10.0.0.0/8"]);
    let sign_in = || {
        let body = format!(r#"{{"email":"{STEVE}","password":"{PASSWORD}"}}"#);
        Call::post("/session").with("X-Forwarded-For", own_address()).json(body).send(shop.server.address)
    };
    // The peer is on loopback and no trusted proxy: all calls are its own. The shop has signed in and redeemed before.
    refused(&sign_in(), "too_many_calls");
}
