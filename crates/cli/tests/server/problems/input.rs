//! Problems of what a call looks like, and of its auth token.

use jit_approvals::SigningKey;
use jit_approvals::json::Json;

use super::{Problems, URL};
use crate::client::Client;
use crate::http::Call;
use crate::server::{PURCHASE, Shop};

#[test]
fn the_problems_of_bodies_queries_and_tokens_are_as_written() {
    let shop = Problems::open();
    let mut problems = Problems::new("input.txt");
    heads(&shop, &mut problems);
    bodies(&shop, &mut problems);
    tokens(&shop, &mut problems);
    problems.compare();
}

/// Signs claims for the public host.
fn signed(shop: &Shop, claims: &[(&str, Json)]) -> String {
    let all = [&[("aud", Json::from(&URL[8..]))], claims].concat();
    shop.client().sign(&all)
}

fn heads(shop: &Shop, problems: &mut Problems) {
    let healthz = Call::get("/healthz");
    let twice = healthz.clone().with("Content-Length", "1").with("Content-Length", "2");
    problems.add("two lengths of the body", &twice.send(shop.server.address));
    let large = healthz.with("X-Large", "x".repeat(16 << 10));
    problems.add("a large head", &large.send(shop.server.address));
}

fn bodies(shop: &Shop, problems: &mut Problems) {
    let open = |body: &str| {
        let call = Call::post("/approvalRequest").json(body);
        call.with("X-Nl3-Authorization-Token", signed(shop, &[])).send(shop.server.address)
    };
    let cases = [
        ("not JSON", "{\n\"templateId\": PURCHASE}"),
        ("a backslash before @", r#"{"templateId":"T","approvers":["steve\@nl3.com"]}"#),
        ("the end is missing", "{\"templateId\":"),
        ("a byte order mark", "\u{feff}{}"),
        ("a key twice", "{\"templateId\":\"T\",\n \"templateId\":\"T\"}"),
        ("too deep", &"[".repeat(33)),
        ("another type", r#"{"templateId":7}"#),
        ("null", r#"{"templateId":null}"#),
        ("not an object", "[]"),
        ("a missing member", "{}"),
        ("a misspelt member", r#"{"templateID":"T"}"#),
        ("a member that is like no other", r#"{"xyz":"T"}"#),
        ("hostile characters", "{\"\u{202e}`\\u0007\":1}"),
        ("a number out of range", r#"{"templateId":"PURCHASE_APPROVAL","expiresInSeconds":0}"#),
    ];
    for (about, body) in cases {
        problems.add(about, &open(body));
    }
    problems.add("too large", &open(&" ".repeat((256 << 10) + 1)));
    let get = |path: &str| shop.admin.send(&Call::get(path));
    problems.add("a cursor that is none", &get("/applications?after=x"));
    problems.add("a number in a query out of range", &get("/applications?limit=1000"));
    problems.add("a misspelt member of a query", &get("/applications?limt=10"));
    problems.add("a flag that is none", &get("/users?archived=1"));
    let path = format!("/applications/{}/signingKeys", shop.application);
    let import = |text: &str| shop.admin.send(&Call::post(&path).json(format!(r#"{{"secret":"{text}"}}"#)));
    problems.add("a key that is not base64", &import("not base64!"));
    problems.add("a key that is too short", &import("AAECAwQFBgc="));
    let role = r#"{"email":"x@nl3.com","name":"X","role":"boss"}"#;
    problems.add("a choice that is none", &shop.admin.send(&Call::post("/users").json(role)));
}

fn tokens(shop: &Shop, problems: &mut Problems) {
    let send = |token: &str| {
        let call = Call::post("/approvalRequest").json(PURCHASE);
        call.with("X-Nl3-Authorization-Token", token).send(shop.server.address)
    };
    let now = shop.server.now().seconds();
    let mut forged = shop.client();
    forged.key = SigningKey::generate().unwrap();
    let unknown = Client { iss: "nobody.example.com".to_owned(), ..forged.clone() };
    let none = format!("eyJhbGciOiJub25lIn0.{}.", signed(shop, &[]).split('.').nth(1).unwrap());
    let header = |header: &str| {
        let claims = format!(r#"{{"iss":"{}","aud":"{}","exp":{}}}"#, shop.client().iss, &URL[8..], now + 60);
        jit_approvals::token::jws::sign(&shop.key, header, claims.as_bytes()).unwrap()
    };
    let cases = [
        ("a token that is none", "x".to_owned()),
        ("a token with `Bearer` in the wrong header", format!("Bearer {}", signed(shop, &[]))),
        ("the algorithm `none`", none),
        ("another kind of token", header(r#"{"typ":"at+jwt","alg":"HS256"}"#)),
        ("a forged signature", forged.token()),
        ("an unknown issuer", unknown.token()),
        ("no subject", header(r#"{"typ":"JWT","alg":"HS256"}"#)),
        ("another audience", signed(shop, &[("aud", "other.example.com".into())])),
        ("a subject that is no text", signed(shop, &[("sub", 7.into())])),
        ("a time that is none", signed(shop, &[("exp", "soon".into())])),
        ("not valid yet", signed(shop, &[("nbf", (now + 600).into())])),
        ("from the future", signed(shop, &[("iat", (now + 600).into())])),
        ("claims that are none", "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.W10.x".to_owned()),
        ("expired", signed(shop, &[("exp", 1_700_000_000.into())])),
        ("lives too long", signed(shop, &[("exp", (now + 86_400).into())])),
    ];
    for (about, token) in cases {
        problems.add(about, &send(&token));
    }
}
