//! Problems of the API itself: who calls, how, and what the server is.

use super::Problems;
use crate::client::Client;
use crate::http::{Answer, Call};
use crate::server::{PASSWORD, PURCHASE, STEVE, Shop, decision, own_address};

#[test]
fn the_problems_of_the_api_are_as_written() {
    let shop = Shop::open();
    let mut problems = Problems::new("api.txt");
    callers(&shop, &mut problems);
    applications(&shop, &mut problems);
    administrators(&shop, &mut problems);
    sign_in(&shop, &mut problems);
    // The last, because it sets the clock.
    clock(&shop, &mut problems);
    problems.compare();
}

fn callers(shop: &Shop, problems: &mut Problems) {
    let anyone = |call: &Call| call.send(shop.server.address);
    let steve = shop.server.session(STEVE);
    problems.add("nobody calls an application's endpoint", &anyone(&Call::post("/approvalRequest")));
    problems.add("nobody calls a person's endpoint", &anyone(&Call::get("/company")));
    problems.add("a session that has ended", &anyone(&Call::get("/company").with("Cookie", "jit-session=x")));
    let two = shop.as_kevin(shop.as_kevin(Call::get("/approvalRequest/x")));
    problems.add("two credentials", &anyone(&two));
    problems.add("another scheme", &anyone(&Call::get("/company").with("Authorization", "Basic YTpi")));
    problems.add("an address that does not exist", &anyone(&Call::get("/nothing")));
    problems.add("a request that does not exist", &shop.read("x"));
    problems.add("a method that is not allowed", &anyone(&Call::new("DELETE", "/users")));
    problems.add("a role that is not enough", &steve.send(&Call::get("/users")));
    let foreign = Call::post("/users").json("{}").with("Cookie", &*shop.admin.cookie);
    problems.add("no proof of the own origin", &anyone(&foreign));
    problems.add("another origin", &anyone(&foreign.with("Sec-Fetch-Site", "cross-site")));
}

fn applications(shop: &Shop, problems: &mut Problems) {
    let open = || Call::post("/approvalRequest").json(PURCHASE);
    let strict = shop.new_client("strict.example.com", r#""knownSubjectsOnly":true"#);
    let once = shop.new_client("once.example.com", r#""onceOnlyTokens":true"#);
    problems.add("another content type", &shop.kevin(Call::post("/approvalRequest").bytes(PURCHASE)));
    problems.add("a location that is none", &shop.kevin(open().with("X-nl3-device-location", "here")));
    problems.add("a key that is too long", &shop.kevin(open().with("Idempotency-Key", "k".repeat(256))));
    problems.add(
        "a key on a call that has none",
        &shop.kevin(Call::get("/approvalRequest/x").with("Idempotency-Key", "k")),
    );
    shop.kevin(open().with("Idempotency-Key", "k")).is(201, "");
    let other = open().bytes(PURCHASE.replace("43D", "44D")).with("Idempotency-Key", "k");
    problems.add("a key with another body", &shop.kevin(other));
    problems.add("an unknown template", &shop.kevin(open().bytes(r#"{"templateId":"NONE"}"#)));
    problems.add("an unknown subject", &strict.send(&open()));
    let call = once.sign_call(&open());
    call.send(shop.server.address).is(201, "");
    problems.add("a token that was used", &call.send(shop.server.address));
    let unnamed = open().with("X-Nl3-Authorization-Token", once.sign(&[])).send(shop.server.address);
    problems.add("a token without a name of its own", &unnamed);
    let gone = shop.new_client("gone.example.com", "");
    let opened = gone.open(PURCHASE);
    shop.admin.send(&Call::post(&format!("/applications/{}/archive", gone.id))).is(200, "");
    let decided = shop.server.session(STEVE).send(&decision(&opened, "approve"));
    problems.add("an application that was deactivated", &decided);
}

fn administrators(shop: &Shop, problems: &mut Problems) {
    let post = |path: &str, body: &str| shop.admin.send(&Call::post(path).json(body));
    problems.add("an email that exists", &post("/users", r#"{"email":"Steve@NL3.com","name":"S"}"#));
    let other = shop.other_company();
    let stranger = Client::create(&shop.server, &other, "stranger.example.com", "");
    let taken = format!(r#"{{"name":"S","identifiers":["{}"]}}"#, stranger.iss);
    problems.add("an identifier of another company", &post("/applications", &taken));
    problems.add("a template that exists", &post("/templates", crate::server::TEMPLATE));
    let put = |version: &str| {
        let call = Call::new("PUT", "/users/steve%40nl3.com").json(r#"{"name":"S"}"#);
        shop.admin.send(&if version.is_empty() { call } else { call.with("If-Match", version) })
    };
    problems.add("no version", &put(""));
    problems.add("a version that is none", &put("1"));
    problems.add("a version that has moved", &put("\"7\""));
    problems.add("the last administrator", &post("/users/ada%40acme.example/archive", "{}"));
    let keys = format!("/applications/{}/signingKeys", shop.application);
    for _ in 0..4 {
        shop.admin.send(&Call::post(&keys)).is(201, "");
    }
    problems.add("too many keys", &shop.admin.send(&Call::post(&keys)));
    post("/users", r#"{"email":"old@nl3.com","name":"Old"}"#).is(201, "");
    post("/users/old%40nl3.com/archive", "{}").is(200, "");
    problems.add("something archived", &shop.admin.send(&Call::post("/users/old%40nl3.com/link")));
}

fn sign_in(shop: &Shop, problems: &mut Problems) {
    problems.add("a wrong password", &shop.server.sign_in(STEVE, "wrong horse battery"));
    let link = |secret: &str, password: &str| -> Answer {
        let body = format!(r#"{{"secret":"{secret}","email":"{STEVE}","password":"{password}"}}"#);
        Call::post("/link").with("X-Forwarded-For", own_address()).json(body).send(shop.server.address)
    };
    problems.add("a link that is none", &link("x", PASSWORD));
    let secret = shop.admin.send(&Call::post("/users/steve%40nl3.com/link")).text("secret");
    problems.add("a password that is too short", &link(&secret, "short"));
    problems.add("a password that is the email", &link(&secret, "steve@nl3.com"));
    let body = format!(r#"{{"email":"x@nl3.com","password":"{PASSWORD}"}}"#);
    let call = Call::post("/session").with("X-Forwarded-For", own_address()).json(body);
    let answers = (0..11).map(|_| call.send(shop.server.address));
    let limited = answers.into_iter().find(|answer| answer.status == 429).expect("a limit");
    problems.add("too many sign-ins", &limited);
}

fn clock(shop: &Shop, problems: &mut Problems) {
    shop.server.set_clock(600);
    let keys = format!("/applications/{}/signingKeys", shop.application);
    problems.add("a password that was given long ago", &shop.admin.send(&Call::post(&keys)));
    let ready = || Call::get("/readyz").send(shop.server.address);
    crate::stored::eventually("the server is not ready", || ready().status == 503);
    problems.add("the server is not ready", &ready());
}
