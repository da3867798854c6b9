//! Personal tokens and sessions of a person.

use crate::http::{Answer, Call};
use crate::server::{ADMIN, STEVE, Session, Shop, decision};

fn create(session: &Session, body: &str) -> Answer {
    session.send(&Call::post("/tokens").json(body))
}

fn bearer(call: Call, token: &Answer) -> Call {
    call.with("Authorization", format!("Bearer {}", token.text("secret")))
}

#[test]
fn a_token_does_what_its_scopes_say() {
    let shop = Shop::open();
    let address = shop.server.address;
    let steve = shop.server.session(STEVE);
    let reads = create(&steve, r#"{"name":"inbox","scopes":["read"]}"#);
    assert!(reads.is(201, "").text("secret").starts_with("jitp_"));
    let decides = create(&steve, r#"{"name":"bot","scopes":["read","decide"],"expiresInSeconds":3600}"#);
    let (opened, other) = (shop.purchase(), shop.purchase());
    let path = format!("/approvalRequest/{}", opened.text("id"));
    bearer(Call::get(&path), &reads).send(address).is(200, "");
    bearer(decision(&opened, "approve"), &reads).send(address).is(403, "insufficient_scope");
    bearer(decision(&opened, "approve"), &decides).send(address).is(200, "");
    // A foreign origin does not matter: no browser sends a token by itself.
    let call = bearer(decision(&other, "reject"), &decides).with("Origin", "https://other.example");
    call.send(address).is(200, "");
    // What needs a session does not accept a token.
    for call in
        [Call::post("/tokens").json(r#"{"name":"x","scopes":["read"]}"#), Call::new("DELETE", "/sessions")]
    {
        bearer(call, &decides).send(address).is(401, "authentication_required");
    }
    // A list shows no secret.
    let list = bearer(Call::get("/tokens"), &reads).send(address);
    assert_eq!(list.is(200, "").json().get("items").unwrap().as_array().unwrap().len(), 2);
    assert!(!list.body.contains("secret") && !list.body.contains("jitp_"), "{}", list.body);
    assert_eq!(bearer(Call::get("/session"), &reads).send(address).text("scopes"), r#"["read"]"#);
    let both = steve.sign(&bearer(Call::get("/session"), &reads));
    both.send(address).is(400, "two_credentials");
}

#[test]
fn a_token_manages_but_gives_nobody_more_than_it_has() {
    let shop = Shop::open();
    let address = shop.server.address;
    let token = create(&shop.admin, r#"{"name":"terraform","scopes":["read","manage"]}"#);
    let manage = |call: Call| bearer(call, &token).send(address);
    manage(Call::post("/groups").json(r#"{"key":"buyers","name":"Buyers"}"#)).is(201, "");
    manage(Call::post("/users").json(r#"{"email":"eve@acme.example","name":"Eve"}"#)).is(201, "");
    let administrator = r#"{"email":"mallory@acme.example","name":"Mallory","role":"administrator"}"#;
    manage(Call::post("/users").json(administrator)).is(403, "password_required");
    manage(Call::post("/users/steve%40nl3.com/link")).is(403, "password_required");
    shop.hire("olga@acme.example", "administrator");
    manage(Call::post("/users/olga%40acme.example/archive")).is(200, "");
    manage(Call::post("/users/olga%40acme.example/restore")).is(403, "password_required");
    shop.admin_again().send(&Call::post("/users/olga%40acme.example/restore")).is(200, "");
    manage(Call::post("/users/eve%40acme.example/archive")).is(200, "");
    manage(Call::post("/users/eve%40acme.example/restore")).is(200, "");
    manage(Call::post(&format!("/applications/{}/signingKeys", shop.application)))
        .is(403, "password_required");
    let opened = shop.purchase();
    manage(decision(&opened, "approve")).is(403, "insufficient_scope");
}

#[test]
fn a_token_ends_by_time_by_hand_and_with_its_person() {
    let shop = Shop::open();
    let address = shop.server.address;
    let steve = shop.server.session(STEVE);
    let is = |token: &Answer, status: u16| {
        let answer = bearer(Call::get("/session"), token).send(address);
        assert_eq!(answer.status, status, "{}", answer.body);
    };
    let make = |seconds: u32| {
        let body = format!(r#"{{"name":"a","scopes":["read"],"expiresInSeconds":{seconds}}}"#);
        create(&steve, &body).is(201, "").clone()
    };
    let (short, revoked, with_person) = (make(60), make(7200), make(7200));
    steve.send(&Call::post(&format!("/tokens/{}/revoke", revoked.text("id")))).is(204, "");
    steve.send(&Call::post(&format!("/tokens/{}/revoke", revoked.text("id")))).is(404, "not_found");
    is(&revoked, 401);
    is(&short, 200);
    shop.server.set_clock(61);
    is(&short, 401);
    is(&with_person, 200);
    shop.admin.send(&Call::post("/users/steve%40nl3.com/archive")).is(200, "");
    is(&with_person, 401);
}

#[test]
fn a_token_has_only_scopes_that_its_person_has() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let create = |body: &str| create(&steve, body);
    create(r#"{"name":"a","scopes":["manage"]}"#).is(403, "role_required");
    create(r#"{"name":"a","scopes":[]}"#).is(400, "missing_member");
    create(r#"{"name":"a","scopes":["sign"]}"#).is(422, "unknown_choice");
    create(r#"{"name":"a","scopes":["read"],"expiresInSeconds":59}"#).is(400, "out_of_range");
    shop.server.set_clock(301);
    create(r#"{"name":"a","scopes":["read"]}"#).is(403, "password_required");
}

#[test]
fn all_sessions_end_at_once_and_tokens_stay() {
    let shop = Shop::open();
    let (here, there) = (shop.server.session(STEVE), shop.server.session(STEVE));
    let token = create(&here, r#"{"name":"a","scopes":["read"]}"#);
    let list = here.send(&Call::get("/sessions"));
    assert_eq!(list.body.matches(r#""current":true"#).count(), 1, "{}", list.body);
    assert_eq!(list.body.matches(r#""current":false"#).count(), 1, "{}", list.body);
    here.send(&Call::new("DELETE", "/sessions")).is(204, "");
    for session in [here, there] {
        session.send(&Call::get("/session")).is(401, "authentication_required");
    }
    bearer(Call::get("/session"), &token).send(shop.server.address).is(200, "");
    assert_eq!(shop.admin.send(&Call::get("/session")).is(200, "").text("email"), ADMIN);
}
