//! Passwords: how they are changed, and how often they may be tried.

use jit_approvals::json::{Json, Object};

use crate::http::{Answer, Call};
use crate::server::{ADMIN, PASSWORD, STEVE, Server, Session, Shop, own_address, redeem};

const WRONG: &str = "wrong horse battery";

fn change(session: &Session, password: &str) -> Answer {
    let body = Object::new().with("newPassword", password);
    session.send(&Call::post("/password").json(Json::from(body).to_string()))
}

fn sign_in(server: &Server, address: &str, email: &str, password: &str) -> Answer {
    let body = Object::new().with("email", email).with("password", password);
    let call = Call::post("/session").with("X-Forwarded-For", address);
    call.json(Json::from(body).to_string()).send(server.address)
}

#[test]
fn a_new_password_ends_everything_that_rested_on_the_old_one() {
    let shop = Shop::open();
    let (steve, other) = (shop.server.session(STEVE), shop.server.session(STEVE));
    let link = shop.admin.link(STEVE);
    for (weak, why) in [
        ("eleven char", "fewer than 12 characters"),
        ("STEVE@NL3.com", "the email or the name"),
        (&"x".repeat(1025), "more than 1024 bytes"),
    ] {
        let refused = change(&steve, weak);
        assert_eq!(refused.is(422, "weak_password").text("field"), "newPassword");
        assert!(refused.text("detail").contains(why), "{}", refused.body);
    }
    let changed = change(&steve, "Ne\u{301}w horse battery");
    assert!(changed.is(204, "").header("set-cookie").unwrap().starts_with("jit-session=;"));
    for ended in [&steve, &other] {
        ended.send(&Call::get("/session")).is(401, "authentication_required");
    }
    redeem(shop.server.address, &link, STEVE).is(401, "invalid_link");
    shop.server.sign_in(STEVE, PASSWORD).is(401, "sign_in_failed");
    // The same password from another keyboard.
    shop.server.sign_in(STEVE, "N\u{E9}w horse battery").is(201, "");
    shop.admin.send(&Call::get("/session")).is(200, "");
    let event = shop.server.last_event("user", STEVE).to_string();
    assert!(event.contains(r#""action":"changePassword""#), "{event}");
    for secret in ["horse battery", "argon2"] {
        assert!(shop.server.administered().iter().all(|event| !event.to_string().contains(secret)));
        assert!(!shop.server.log().contains(secret));
    }
}

#[test]
fn an_unknown_account_costs_one_hash_as_well() {
    let shop = Shop::open_with(&["--metrics-listen", "127.0.0.1:0"]);
    let hashes = || shop.server.metric("jit_password_hashes_total");
    for (email, password, status) in
        [(STEVE, PASSWORD, 201), (STEVE, WRONG, 401), ("nobody@acme.example", WRONG, 401), ("", "", 401)]
    {
        let before = hashes();
        assert_eq!(shop.server.sign_in(email, password).status, status);
        assert_eq!(hashes(), before + 1, "{email} {password}");
    }
}

#[test]
fn five_failures_a_minute_are_allowed_for_an_account_from_an_address() {
    let shop = Shop::open_with(&["--metrics-listen", "127.0.0.1:0"]);
    let server = &shop.server;
    let (address, other) = (own_address(), own_address());
    for _ in 0..5 {
        sign_in(server, &address, STEVE, WRONG).is(401, "sign_in_failed");
    }
    let hashes = server.metric("jit_password_hashes_total");
    // The right password is refused as well, before it is hashed. A twin of the email is the same account.
    for email in [STEVE, "Steve@NL3.com"] {
        let refused = sign_in(server, &address, email, PASSWORD);
        let wait: u64 = refused.is(429, "too_many_calls").header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
    }
    assert_eq!(server.metric("jit_password_hashes_total"), hashes, "the budget is charged before the hash");
    // The account is not locked, and the address may try another account.
    sign_in(server, &other, STEVE, PASSWORD).is(201, "");
    sign_in(server, &address, ADMIN, PASSWORD).is(201, "");
}

#[test]
fn ten_sign_ins_a_minute_are_allowed_from_an_address() {
    let shop = Shop::open();
    let server = &shop.server;
    let (address, other) = ("2001:db8:1:2::1", "2001:db8:1:3::1");
    // Successes do not count as failures.
    for _ in 0..7 {
        sign_in(server, address, STEVE, PASSWORD).is(201, "");
    }
    for account in 0..3 {
        // An address of IPv6 is a whole network.
        let neighbour = format!("2001:db8:1:2::{account}:2");
        sign_in(server, &neighbour, &format!("{account}@acme.example"), WRONG).is(401, "sign_in_failed");
    }
    let refused = sign_in(server, address, STEVE, PASSWORD);
    assert!(refused.is(429, "too_many_calls").header("retry-after").is_some());
    let body = format!(r#"{{"secret":"{WRONG}","email":"{STEVE}","password":"{PASSWORD}"}}"#);
    let link = Call::post("/link").with("X-Forwarded-For", address).json(body);
    link.send(server.address).is(429, "too_many_calls");
    sign_in(server, other, STEVE, PASSWORD).is(201, "");
    // Only what a trusted proxy adds is believed: the caller's own claim, further left, is not.
    sign_in(server, &format!("10.9.9.9, {address}"), STEVE, PASSWORD).is(429, "too_many_calls");
}

#[test]
fn proofs_have_the_budget_of_sign_ins() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let address = own_address();
    let prove = |password: &str| {
        let body = format!(r#"{{"password":"{password}"}}"#);
        steve.send(&Call::post("/session/proof").with("X-Forwarded-For", address.as_str()).json(body))
    };
    for _ in 0..5 {
        prove(WRONG).is(401, "sign_in_failed");
    }
    prove(PASSWORD).is(429, "too_many_calls");
    steve.send(&Call::get("/session")).is(200, "");
}

#[test]
fn a_call_is_charged_and_hashed_once_however_often_it_is_computed() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let shop = Shop::open_with(&["--metrics-listen", "127.0.0.1:0"]);
    let steve = shop.server.session(STEVE);
    let link = shop.admin.link(STEVE);
    let (address, ended) = (own_address(), AtomicBool::new(false));
    let hashes = || shop.server.metric("jit_password_hashes_total");
    let before = hashes();
    std::thread::scope(|scope| {
        // Every change makes what a call was computed from out of date.
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                shop.admin.replace("/company", r#"{"name":"ACME"}"#).is(200, "");
            }
        });
        let sign_in = || sign_in(&shop.server, &address, STEVE, PASSWORD);
        let proof = format!(r#"{{"password":"{PASSWORD}"}}"#);
        let answers = [
            (sign_in(), 201),
            (sign_in(), 201),
            (sign_in(), 201),
            (steve.send(&Call::post("/session/proof").json(proof)), 200),
            (change(&steve, "another horse battery"), 204),
            (sign_in(), 401),
            (redeem(shop.server.address, &link, STEVE), 401),
            (sign_in_as(&shop, &address, "another horse battery"), 201),
        ];
        ended.store(true, Ordering::Relaxed);
        for (answer, status) in answers {
            assert_eq!(answer.status, status, "{answer:?}");
        }
    });
    // The link was ended by the new password: nothing is hashed for it.
    assert_eq!(hashes() - before, 7);
}

fn sign_in_as(shop: &Shop, address: &str, password: &str) -> Answer {
    sign_in(&shop.server, address, STEVE, password)
}
