//! Sessions: who is signed in, for how long, and what needs the password again.

use crate::crowd::user;
use crate::http::{Answer, Call};
use crate::server::{ADMIN, PASSWORD, STEVE, Server, Session, Shop};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

fn who(session: &Session) -> Answer {
    session.send(&Call::get("/session"))
}

fn prove(session: &Session, password: &str) -> Answer {
    session.send(&Call::post("/session/proof").json(format!(r#"{{"password":"{password}"}}"#)))
}

fn cookie(answer: &Answer) -> Vec<&str> {
    answer.header("set-cookie").unwrap().split("; ").collect()
}

#[test]
fn a_person_signs_in_and_out() {
    let shop = Shop::open();
    let signed_in = shop.server.sign_in("STEVE@nl3.com", PASSWORD);
    assert_eq!(signed_in.is(201, "").header("location"), Some("/nl3/api/v1/session"));
    let [value, attributes @ ..] = &*cookie(&signed_in) else { panic!("{signed_in:?}") };
    assert!(value.strip_prefix("jit-session=").is_some_and(|secret| secret.len() == 43), "{value}");
    assert_eq!(attributes, ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=604800"]);
    assert!(!signed_in.body.contains(value.trim_start_matches("jit-session=")));
    let steve = Session::of(shop.server.address, &signed_in);
    let me = who(&steve);
    assert_eq!(me.is(200, "").body, signed_in.body);
    assert_eq!((me.text("email"), me.text("name")), (STEVE.to_owned(), "Steve".to_owned()));
    assert_eq!((me.text("role"), me.text("company.name")), ("approver".to_owned(), "ACME".to_owned()));
    let other = shop.server.session(STEVE);
    let out = steve.send(&Call::new("DELETE", "/session"));
    assert_eq!(cookie(out.is(204, ""))[..2], ["jit-session=", "Path=/"]);
    assert!(cookie(&out).contains(&"Max-Age=0"));
    who(&steve).is(401, "authentication_required");
    who(&other).is(200, "");
    let ended = shop.server.last_event("session", STEVE);
    assert_eq!(ended.get("body").unwrap().get("action").unwrap().as_str(), Some("end"));
}

#[test]
fn who_cannot_sign_in_is_not_told_why() {
    let shop = Shop::open();
    shop.hire("gone@acme.example", "approver");
    shop.admin.send(&Call::post(&format!("{}/archive", user("gone@acme.example")))).is(200, "");
    let body = r#"{"email":"new@acme.example","name":"New"}"#;
    shop.admin.send(&Call::post("/users").json(body)).is(201, "");
    let refused = |email: &str, password: &str| {
        let answer = shop.server.sign_in(email, password);
        answer.is(401, "sign_in_failed");
        assert!(answer.header("set-cookie").is_none());
        answer.body.replace(&answer.text("instance"), "")
    };
    let wrong = refused(STEVE, "wrong horse battery");
    for email in ["nobody@acme.example", "gone@acme.example", "new@acme.example", "", "no email"] {
        assert_eq!(refused(email, PASSWORD), wrong, "{email}");
    }
}

#[test]
fn behind_tls_the_cookie_is_for_this_host_only() {
    let url = "https://approvals.example.com";
    let shop = Shop::open_with(&["--public-url", url]);
    let signed_in = shop.server.sign_in(ADMIN, PASSWORD);
    let [value, attributes @ ..] = &*cookie(&signed_in) else { panic!("{signed_in:?}") };
    let secret = value.strip_prefix("__Host-jit-session=").unwrap();
    assert_eq!(attributes, ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=604800", "Secure"]);
    let call = Call::get("/session").with("Cookie", format!("jit-session={secret}"));
    call.send(shop.server.address).is(401, "authentication_required");
    // What counts is where the server is seen from outside.
    let admin = Session::of(shop.server.address, &signed_in);
    let rename = |origin: &str| {
        let call = Call::new("PUT", "/company").with("If-Match", "\"1\"").json(r#"{"name":"ACME"}"#);
        admin.sign(&call).without("Sec-Fetch-Site").with("Origin", origin).send(shop.server.address)
    };
    rename("https://approvals.example.com:8443").is(403, "foreign_origin");
    rename(&format!("http://{}", shop.server.address)).is(403, "foreign_origin");
    rename(url).is(200, "");
}

#[test]
fn a_session_ends_after_12_idle_hours_and_after_7_days() {
    let shop = Shop::open();
    let (idle, busy) = (shop.server.session(STEVE), shop.server.session(STEVE));
    shop.server.set_clock(12 * HOUR - MINUTE);
    who(&busy).is(200, "");
    shop.server.set_clock(12 * HOUR + MINUTE);
    who(&idle).is(401, "authentication_required");
    let mut hours = 12;
    while hours + 11 < 7 * 24 {
        hours += 11;
        shop.server.set_clock(hours * HOUR);
        who(&busy).is(200, "");
    }
    shop.server.set_clock(7 * 24 * HOUR - MINUTE);
    who(&busy).is(200, "");
    shop.server.set_clock(7 * 24 * HOUR + MINUTE);
    who(&busy).is(401, "authentication_required");
    // Nobody can go on with it when the clock is right again.
    who(&shop.server.session(STEVE)).is(200, "");
}

#[test]
fn what_needs_the_password_needs_it_from_within_5_minutes() {
    let shop = Shop::open();
    let admin = shop.admin_again();
    let keys = format!("/applications/{}/signingKeys", shop.application);
    let steve = user(STEVE);
    let link = || admin.send(&Call::post(&format!("{steve}/link")));
    shop.server.set_clock(5 * MINUTE - 10);
    link().is(201, "");
    shop.server.set_clock(5 * MINUTE + 10);
    link().is(403, "password_required");
    admin.send(&Call::post(&keys)).is(403, "password_required");
    let auditor = r#"{"name":"Steve","role":"auditor"}"#;
    admin.replace(&steve, auditor).is(403, "password_required");
    let new = r#"{"email":"eve@acme.example","name":"Eve","role":"administrator"}"#;
    admin.send(&Call::post("/users").json(new)).is(403, "password_required");
    let password = r#"{"newPassword":"another horse battery"}"#;
    admin.send(&Call::post("/password").json(password)).is(403, "password_required");
    // What changes nobody's power does not.
    admin.replace(&steve, r#"{"name":"Stephen"}"#).is(200, "");
    assert_eq!(who(&admin).is(200, "").text("role"), "administrator");
    let wrong = prove(&admin, "wrong horse battery");
    assert_eq!(wrong.is(401, "sign_in_failed").text("field"), "password");
    link().is(403, "password_required");
    let proved = prove(&admin, PASSWORD);
    let until = shop.server.now().seconds() + 5 * MINUTE;
    let told: i64 = proved.is(200, "").text("provedUntil").parse().unwrap();
    assert!((until - told).abs() < MINUTE, "{told} is not about {until}");
    link().is(201, "");
    admin.send(&Call::post(&keys)).is(201, "");
    admin.replace(&steve, auditor).is(200, "");
    admin.send(&Call::post("/users").json(new)).is(201, "");
    // The proof is this session's, not this person's.
    let other = &shop.admin;
    other.send(&Call::post(&keys)).is(403, "password_required");
}

#[test]
fn two_credentials_are_one_too_many() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let twice = |call: Call| call.send(shop.server.address);
    let both = shop.as_kevin(steve.sign(&Call::get("/session")));
    twice(both).is(400, "two_credentials");
    let cookies = steve.sign(&Call::get("/session")).with("Cookie", shop.admin.cookie.as_str());
    twice(cookies).is(400, "two_credentials");
    // Cookies of other programs on the same host are none of ours.
    let others = Call::get("/session").with("Cookie", format!("theme=dark; {}; id=7", steve.cookie));
    assert_eq!(twice(others).is(200, "").text("email"), STEVE);
}

#[test]
fn a_restart_keeps_sessions() {
    let mut shop = Shop::open();
    let cookie = shop.admin.cookie.clone();
    assert_eq!(Server::stop(&mut shop.server), Some(0));
    shop.server.kill_and_restart();
    let call = Call::get("/session").with("Cookie", cookie);
    assert_eq!(call.send(shop.server.address).is(200, "").text("email"), ADMIN);
}
