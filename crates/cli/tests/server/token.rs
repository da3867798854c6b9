//! Auth tokens: what is accepted, and that nothing is learned from a rejection.

mod forged;

use jit_approvals::json::Json;
use jit_approvals::{SigningKey, UnixTime};
use jit_approvals_tests::{Case, Vectors};

use crate::client::Client;
use crate::http::{Answer, Call};
use crate::server::{ISS, Shop};

/// The id of a request that does not exist: a token that is accepted gets 404.
const NEVER: &str = "/approvalRequest/01890000-0000-7000-8000-000000000000";

fn with_token(token: &str) -> Call {
    Call::get(NEVER).with("X-Nl3-Authorization-Token", token)
}

/// A server that is the audience of the vectors, with the application and the key of the vectors.
fn shop_of_the_vectors() -> Shop {
    let shop = Shop::open_with(&["--public-url", "https://api.example.com"]);
    let key = r#"{"secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}"#;
    let path = format!("/applications/{}/signingKeys", shop.new_client("https://app.example.com", "").id);
    shop.admin.send(&Call::post(&path).json(key)).is(201, "");
    shop
}

/// Sends a token at a time of the clock.
fn at(shop: &Shop, now: i64, token: &str) -> Answer {
    loop {
        shop.server.set_clock(now - UnixTime::now().seconds());
        let answer = with_token(token).send(shop.server.address);
        // Otherwise the second was over before the answer came.
        if shop.server.now().seconds() == now {
            return answer;
        }
    }
}

/// Why a case is not sent as it is.
fn left_out(case: &Case) -> Option<&'static str> {
    let given = |name: &str| case.given.get(name).filter(|value| **value != Json::Null);
    let token = given("token").and_then(Json::as_str).unwrap_or_default();
    if case.scope.is_some() {
        return Some("only for one language");
    }
    if given("leewaySeconds").is_some() {
        return Some("the leeway of the server is 60 seconds");
    }
    if token.bytes().any(|byte| byte.is_ascii_control()) || token.starts_with(' ') {
        return Some("this cannot be the value of a header");
    }
    (token.len() > 15_000).then_some("a head has at most 16 KiB: 431")
}

/// The code that the server answers; empty for a token that it accepts.
fn expected(operation: &str, case: &Case) -> String {
    let code = case.expected_code().unwrap_or_default();
    let expected = match (operation, case.id.as_str()) {
        // The claims are read before the key is known: the issuer is one of them.
        (_, "garbage-and-forged")
        | ("jws.verify", "empty-payload" | "payload-changed" | "standard-alphabet" | "dots") => {
            "malformed_claims"
        }
        ("jws.verify", "payload-padded" | "payload-stray-bits") => "malformed_token",
        // The server has its audiences, its leeway and its longest life, and asks for a subject.
        (_, "audiences-empty" | "audiences-with-empty") | ("accessToken.verify", "auth-token") => "",
        (_, id) if id.starts_with("aud-any") && id != "aud-any-missing" => "wrong_audience",
        (_, "sub-missing") => "missing_claim",
        (_, "exp-huge" | "exp-huge-float") => "token_lives_too_long",
        // The issuer is unknown, or the key: nobody learns which.
        (_, "key-by-kid" | "access-token") | ("accessToken.verify", _) => "invalid_signature",
        (_, id) if id.starts_with("iss-") => "invalid_signature",
        ("jws.verify", _) if ["", "unknown_key"].contains(&code) => "invalid_signature",
        _ => code,
    };
    expected.to_owned()
}

#[test]
fn every_hostile_token_of_the_vectors_is_rejected_with_its_code() {
    let shop = shop_of_the_vectors();
    let (mut wrong, mut count) = (Vec::new(), 0);
    let folder = Vectors::folder();
    let good = &Vectors::read(&folder.join("token.verify.json")).cases[0];
    let good = good.given.get("token").and_then(Json::as_str).unwrap();
    let claims = good.split('.').nth(1).unwrap().to_owned();
    for name in ["token.verify", "jws.verify", "accessToken.verify"] {
        let vectors = Vectors::read(&folder.join(format!("{name}.json")));
        for case in &vectors.cases {
            if left_out(case).is_some() {
                continue;
            }
            count += 1;
            let token = case.given.get("token").and_then(Json::as_str).unwrap();
            // The header and the signature of the case, around claims that are in order.
            let token = token.replace("cGF5bG9hZA", &claims);
            let now = case.given.get("now").map_or(1_700_000_000, |now| now.to_string().parse().unwrap());
            let answer = at(&shop, now, &token);
            let code = expected(name, case);
            let is_right = match code.as_str() {
                "" => (answer.status, answer.code().as_str()) == (404, "not_found"),
                _ if !token.is_ascii() => (answer.status, answer.code().as_str()) == (400, "invalid_header"),
                code => (answer.status, answer.code().as_str()) == (401, code),
            };
            if !is_right {
                wrong.push(format!("{name} {}: expected {code}, got {}", case.id, answer.body));
            }
            let secret = token.rsplit('.').next().unwrap_or_default();
            assert!(secret.len() < 20 || !answer.body.contains(secret), "{}", answer.body);
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(count > 100, "{count}");
    assert!(!shop.server.log().contains("eyJ"), "no token is logged");
}

#[test]
fn nothing_tells_an_unknown_application_from_a_wrong_signature() {
    let shop = Shop::open();
    let forged = SigningKey::generate().unwrap();
    let named = SigningKey::generate().unwrap().with_id("1");
    let keyless = shop.new_client("keyless.example.com", "");
    let gone = shop.new_client("gone.example.com", "");
    shop.admin.send(&Call::post(&format!("/applications/{}/archive", gone.id))).is(200, "");
    let path = format!("/applications/{}/signingKeys", keyless.id);
    let keys = shop.admin.send(&Call::get(&path)).json();
    let key =
        keys.get("items").unwrap().as_array().unwrap()[0].get("id").unwrap().as_str().unwrap().to_owned();
    shop.admin.send(&Call::post(&format!("{path}/{key}/retire"))).is(200, "");
    let rival = Client::create(&shop.server, &shop.rival(), "rival.example.com", "");
    // The application goes on with its other key.
    let path = format!("/applications/{}/signingKeys", shop.application);
    let second = shop.admin.send(&Call::post(&path)).is(201, "").clone();
    let retired = SigningKey::from_base64(&second.text("secret")).unwrap();
    shop.admin.send(&Call::post(&format!("{path}/{}/retire", second.text("id")))).is(200, "");
    let with = |iss: &str, key: &SigningKey| {
        let mut client = shop.client();
        (client.iss, client.key) = (iss.to_owned(), key.clone());
        client.token()
    };
    let rejected = with_token(&with(ISS, &forged)).send(shop.server.address);
    rejected.is(401, "invalid_signature");
    let others = [
        with(ISS, &named),
        with("nobody.example.com", &forged),
        with("nobody.example.com", &named),
        with("nobody.example.com", &shop.key),
        with(&format!("{ISS}."), &shop.key),
        with(&ISS.to_uppercase(), &shop.key),
        with(ISS, &rival.key),
        with(&rival.iss, &shop.key),
        with(ISS, &retired),
        keyless.token(),
        gone.token(),
    ];
    for (index, token) in others.iter().enumerate() {
        let answer = with_token(token).send(shop.server.address);
        assert_eq!(answer.unnamed(), rejected.unnamed(), "{index}");
    }
    // A key of another application of the same company signs nothing for this one.
    let other = shop.new_client("other.example.com", "");
    let answer = with_token(&with(ISS, &other.key)).send(shop.server.address);
    assert_eq!(answer.unnamed(), rejected.unnamed());
    for client in [&other, &rival, &shop.client()] {
        with_token(&client.token()).send(shop.server.address).is(404, "not_found");
    }
}

#[test]
fn a_key_id_chooses_among_the_keys_of_its_application() {
    let shop = Shop::open();
    let client = shop.client();
    let path = format!("/applications/{}/signingKeys", client.id);
    let second = shop.admin.send(&Call::post(&path));
    let second_key = SigningKey::from_base64(&second.text("secret")).unwrap();
    let other = shop.new_client("other.example.com", "");
    let others = shop.admin.send(&Call::get(&format!("/applications/{}/signingKeys", other.id))).json();
    let of_other = others.get("items").unwrap().as_array().unwrap()[0].get("id").unwrap().as_str().unwrap();
    let send = |key: &SigningKey, id: &str| {
        let key = if id.is_empty() { key.clone() } else { key.clone().with_id(id) };
        with_token(&Client { key, ..client.clone() }.token()).send(shop.server.address)
    };
    let id = second.text("id");
    send(&second_key, &id).is(404, "not_found");
    for key in [&second_key, &shop.key] {
        // Without an id, every key is tried.
        send(key, "").is(404, "not_found");
    }
    send(&shop.key, &id).is(401, "invalid_signature");
    send(&other.key, of_other).is(401, "invalid_signature");
    send(&shop.key, of_other).is(401, "invalid_signature");
}

#[test]
fn the_audience_is_this_server_however_it_is_written_and_not_what_a_header_says() {
    let shop = Shop::open_with(&["--public-url", "https://approvals.example.com:8443"]);
    let send = |audience: Json, call: &Call| {
        let token = shop.client().sign(&[("aud", audience)]);
        call.clone().with("Authorization", format!("Bearer {token}")).send(shop.server.address)
    };
    let call = Call::get(NEVER);
    let host = "approvals.example.com";
    let accepted = [
        host.to_owned(),
        format!("{host}:8443"),
        format!("https://{host}:8443"),
        format!("https://{host}:8443/"),
        format!("https://{host}:8443/nl3/api/v1"),
        format!("https://{host}:8443/nl3/api/v1/"),
    ];
    for audience in &accepted {
        send(audience.as_str().into(), &call).is(404, "not_found");
    }
    send(Json::Array(vec!["x".into(), host.into()]), &call).is(404, "not_found");
    let address = shop.server.address.to_string();
    let wrong = [
        address.as_str(),
        "evil.example.com",
        "http://approvals.example.com:8443",
        "https://approvals.example.com",
        "approvals.example.com:443",
        "Approvals.example.com",
        "test",
    ];
    for audience in wrong {
        // The call itself arrives at a host `test`.
        let call =
            call.clone().with("X-Forwarded-Host", audience).with("Forwarded", format!("host={audience}"));
        let rejected = send(audience.into(), &call);
        let detail = rejected.is(401, "wrong_audience").text("detail");
        for audience in &accepted {
            assert!(detail.contains(&format!("`{audience}`")), "{detail}");
        }
    }
}

#[test]
fn a_call_has_one_credential() {
    let shop = Shop::open();
    let client = shop.client();
    let call = || Call::get(NEVER);
    let (first, second) = (client.token(), client.token());
    let bearer = format!("Bearer {first}");
    let header = "X-Nl3-Authorization-Token";
    let two = [
        call().with(header, &*first).with(header, &*second),
        call().with(header, &*first).with(header, &*first),
        call().with(header, &*first).with("Authorization", &*bearer),
        call().with("Authorization", &*bearer).with("Authorization", &*bearer),
        shop.admin.sign(&call().with(header, &*first)),
        shop.admin.sign(&call().with("Authorization", &*bearer)),
        shop.admin.sign(&call().with("Cookie", &*shop.admin.cookie)),
    ];
    for call in two {
        call.send(shop.server.address).is(400, "two_credentials");
    }
    call()
        .with("Authorization", bearer.to_lowercase().replace(&first.to_lowercase(), &first))
        .send(shop.server.address)
        .is(404, "not_found");
    for wrong in ["Basic YTpi", "Bearer", &*first, "Digest x=1"] {
        let rejected = call().with("Authorization", wrong).send(shop.server.address);
        assert_eq!(rejected.is(400, "invalid_header").text("field"), "Authorization");
    }
    call().send(shop.server.address).is(401, "authentication_required");
    // A credential in the URL is none.
    Call::get(&format!("{NEVER}?token={first}")).send(shop.server.address).is(401, "authentication_required");
    assert!(!shop.server.log().contains(&first));
    // Not even the administrator opens requests: the endpoint is for applications.
    let open = Call::post("/approvalRequest").json(crate::server::PURCHASE);
    shop.admin.send(&open).is(401, "authentication_required");
}
