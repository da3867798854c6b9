//! Tokens that nobody has signed: whoever they name, the answer is the same, byte for byte.

use std::collections::{BTreeMap, BTreeSet};

use jit_approvals::SigningKey;
use jit_approvals::json::Json;
use jit_approvals::token::jws;
use jit_approvals_tests::Vectors;

use super::{left_out, shop_of_the_vectors, with_token};
use crate::http::Call;

/// The issuer of the vectors, which has a key, and others whose names are as long.
const APP: &str = "https://app.example.com";
const TWO_KEYS: &str = "https://two.example.com";
const NO_KEY: &str = "https://key.example.com";
const DEACTIVATED: &str = "https://old.example.com";
const RIVAL: &str = "https://riv.example.com";
const UNKNOWN: &str = "https://who.example.com";

/// What is said of a token before its signature is known to be right. Of these, the codes that say where.
const BEFORE: [&str; 5] = [
    "invalid_signature",
    "unsupported_header",
    "unsupported_algorithm",
    "malformed_token",
    "malformed_claims",
];
const PLACED: &[&str] = BEFORE.split_at(2).1;

/// A signature of the right length.
const FORGED: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Encodes a payload.
fn encoded(payload: &[u8]) -> String {
    let key = SigningKey::generate().unwrap();
    let token = jws::sign(&key, r#"{"alg":"HS256"}"#, payload).unwrap();
    token.split('.').nth(1).unwrap().to_owned()
}

/// Claims as those of another issuer, whose name is as long.
fn of(payload: &[u8], iss: &str) -> Vec<u8> {
    let mut payload = payload.to_vec();
    for at in 0..payload.len().saturating_sub(APP.len()) {
        if payload[at..].starts_with(APP.as_bytes()) {
            payload[at..at + APP.len()].copy_from_slice(iss.as_bytes());
        }
    }
    payload
}

/// A way to make a token that names an issuer and that nobody has signed.
type Shape = Box<dyn Fn(&str) -> String>;

/// The shapes of the vectors: the header of each around its own claims, or around claims that are right. Returns these,
/// too.
fn shapes() -> (Vec<(String, Shape)>, Vec<u8>) {
    let read = |name: &str| Vectors::read(&Vectors::folder().join(format!("{name}.json"))).cases;
    let token = |given: &Json| given.get("token").and_then(Json::as_str).unwrap().to_owned();
    let keys = |given: &Json| {
        let keys = given.get("keys").and_then(Json::as_array).unwrap();
        keys.iter().map(|key| SigningKey::from_base64(key.get("key")?.as_str()?).ok()).collect::<Vec<_>>()
    };
    let payload = |given: &Json| {
        let keys = keys(given).into_iter().flatten();
        keys.map(|key| jws::verify(&key, &token(given))).find_map(Result::ok).map(|jws| jws.payload)
    };
    let mut shapes: Vec<(String, Shape)> = Vec::new();
    let right = payload(&read("token.verify")[0].given).unwrap();
    for case in read("jws.verify").into_iter().filter(|case| left_out(case).is_none()) {
        let (token, right) = (token(&case.given), right.clone());
        let shape = move |iss: &str| token.replace("cGF5bG9hZA", &encoded(&of(&right, iss)));
        shapes.push((format!("jws.verify {}", case.id), Box::new(shape)));
    }
    for name in ["token.verify", "accessToken.verify"] {
        for case in read(name) {
            let Some(payload) = payload(&case.given) else { continue };
            let header = token(&case.given).split('.').next().unwrap().to_owned();
            let shape = move |iss: &str| format!("{header}.{}.{FORGED}", encoded(&of(&payload, iss)));
            shapes.push((format!("{name} {}", case.id), Box::new(shape)));
        }
    }
    (shapes, right)
}

#[test]
fn what_nobody_has_signed_gets_the_same_bytes_whoever_it_names() {
    let shop = shop_of_the_vectors();
    let keys = |id: &str| format!("/applications/{id}/signingKeys");
    let two = shop.new_client(TWO_KEYS, "");
    let second = shop.admin.send(&Call::post(&keys(&two.id))).is(201, "").text("id");
    let (keyless, gone) = (shop.new_client(NO_KEY, ""), shop.new_client(DEACTIVATED, ""));
    let items = shop.admin.list(&keys(&keyless.id), "id");
    shop.admin.send(&Call::post(&format!("{}/{}/retire", keys(&keyless.id), items[0]))).is(200, "");
    shop.admin.send(&Call::post(&format!("/applications/{}/archive", gone.id))).is(200, "");
    let rival = shop.rival();
    crate::client::Client::create(&shop.server, &rival, RIVAL, "");

    let (mut shapes, right) = shapes();
    // A key's id is no secret. That it exists is not told.
    let forger = SigningKey::generate().unwrap();
    for kid in [&second, &items[0], "nobody's"] {
        let (header, key, right) =
            (format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#), forger.clone(), right.clone());
        let shape = move |iss: &str| jws::sign(&key, &header, &of(&right, iss)).unwrap();
        shapes.push((format!("kid {kid}"), Box::new(shape)));
    }
    let mut answers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, shape) in &shapes {
        let send = |iss: &str| {
            let token = shape(iss);
            let answer = with_token(&token).send(shop.server.address);
            let bearer = Call::get(super::NEVER).with("Authorization", format!("Bearer {token}"));
            // The answer to what is no text, or nothing, names the header.
            if token.is_ascii() && !token.is_empty() {
                assert_eq!(bearer.send(shop.server.address).unnamed(), answer.unnamed(), "{id} {iss}");
            }
            answer
        };
        let unknown = send(UNKNOWN);
        for iss in [APP, TWO_KEYS, NO_KEY, DEACTIVATED, RIVAL] {
            assert_eq!(send(iss).unnamed(), unknown.unnamed(), "{id} {iss}");
        }
        if unknown.code() != "invalid_header" {
            assert_eq!(unknown.status, 401, "{id}: {unknown:?}");
            answers.entry(unknown.code()).or_default().insert(unknown.unnamed());
        }
    }
    assert!(shapes.len() > 150, "{}", shapes.len());
    let codes: BTreeSet<&str> = answers.keys().map(String::as_str).collect();
    assert_eq!(codes, BTreeSet::from(BEFORE));
    for (code, answers) in &answers {
        assert!(answers.len() == 1 || PLACED.contains(&code.as_str()), "{code}: {answers:#?}");
    }
    assert_eq!(shop.server.event_types(), Vec::<String>::new());
    assert!(!shop.server.log().contains("eyJ"), "no token is logged");
}

/// The characters of base64url, in the order of their values.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Each character of a token with another lowest or third bit, replaced by something else, removed or repeated, and
/// the token cut off before it; and the token with something before or after it.
fn changed(token: &str) -> BTreeSet<String> {
    let mut changed = BTreeSet::new();
    for at in 0..token.len() {
        let (start, rest) = token.split_at(at);
        let (one, end) = rest.split_at(1);
        // The last character of a signature has no lower bits that count.
        let value = ALPHABET.iter().position(|known| [*known] == *one.as_bytes()).unwrap_or(0);
        let [low, third] = [1, 4].map(|bit| char::from(ALPHABET[value ^ bit]));
        for other in [low, third, '.', '=', '~', ' ', '\u{7f}', '\u{e9}'] {
            changed.insert(format!("{start}{other}{end}"));
        }
        changed.extend([format!("{start}{end}"), format!("{start}{one}{rest}"), start.to_owned()]);
    }
    changed.extend(['A', '.', '=', '~', ','].map(|other| format!("{token}{other}")));
    changed.extend(['A', '.', '=', '~', ','].map(|other| format!("{other}{token}")));
    changed.retain(|text| text != token);
    changed
}

#[test]
fn a_token_with_any_byte_changed_proves_nothing() {
    let shop = crate::server::Shop::open();
    let token = shop.client().token();
    let accepted = || with_token(&token).send(shop.server.address).is(404, "not_found").unnamed();
    accepted();
    let changed = changed(&token);
    assert!(changed.len() > token.len() * 8, "{}", changed.len());
    let mut signatures = BTreeSet::new();
    for text in changed {
        let answer = with_token(&text).send(shop.server.address);
        match answer.code().as_str() {
            "invalid_header" | "malformed_head" => assert!(text.contains(['\u{7f}', '\u{e9}']), "{text}"),
            "invalid_signature" => _ = signatures.insert(answer.is(401, "invalid_signature").unnamed()),
            code => assert!(answer.status == 401 && PLACED.contains(&code), "{text}: {answer:?}"),
        }
        assert!(!answer.body.contains("eyJ"), "it repeats the token: {answer:?}");
    }
    assert_eq!(signatures.len(), 1, "{signatures:#?}");
    accepted();
}
