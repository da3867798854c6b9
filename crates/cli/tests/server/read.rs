//! What an application reads, and who gets its access token.

use jit_approvals::{AccessTokenVerifier, SigningKey};

use crate::client::Client;
use crate::http::{Answer, Call};
use crate::server::{ACT, ADMIN, ISS, PURCHASE, STEVE, Shop, decision};

/// The start of every access token: the header with its own `typ`.
const ACCESS_TOKEN: &str = "eyJ0eXAiOiJqaXQtZ3JhbnQrand0";

#[test]
fn the_access_token_is_only_in_the_applications_answers_to_open_and_read() {
    let mut shop = Shop::open();
    shop.new_template("REUSED", &[("grantUse", r#""untilExpiry""#)]);
    let auditor = r#"{"email":"audrey@acme.example","name":"Audrey","role":"auditor"}"#;
    shop.admin.send(&Call::post("/users").json(auditor)).is(201, "");
    let link = shop.admin.send(&Call::post("/users/audrey%40acme.example/link")).text("secret");
    crate::server::redeem(shop.server.address, &link, "audrey@acme.example").is(200, "");
    shop.add_user("mia@nl3.com", "Mia");
    let body = PURCHASE.replace("PURCHASE_APPROVAL", "REUSED");
    let open = || Call::post("/approvalRequest").with("Idempotency-Key", "k").json(body.as_str());
    let opened = shop.kevin(open());
    let (id, path) = (opened.text("id"), format!("/approvalRequest/{}", opened.text("id")));
    let steve = shop.server.session(STEVE);
    let decided = steve.send(&decision(&opened, "approve"));
    let read = shop.read(&id);
    let waited = shop.kevin(Call::get(&format!("{path}?waitSeconds=55")));
    let opened_again = shop.kevin(open());
    let token = read.text("grant.accessToken");
    for with in [&read, &waited, &opened_again] {
        assert_eq!((with.status, with.text("grant.accessToken")), (200, token.clone()));
    }

    let grant = read.text("grant.id");
    let consume = |act: &str| shop.kevin(Call::post(&format!("/grant/{grant}/consume")).json(act));
    let other = open().bytes(body.replace("43D", "44D"));
    let without = [
        shop.kevin(other).is(409, "idempotency_conflict").clone(),
        decided.is(200, "").clone(),
        steve.send(&Call::get(&path)).is(200, "").clone(),
        shop.server.session("audrey@acme.example").send(&Call::get(&path)).is(200, "").clone(),
        shop.admin.send(&Call::get(&path)).is(200, "").clone(),
        consume(ACT).is(200, "").clone(),
        consume(&ACT.replace("43D", "44D")).is(409, "content_mismatch").clone(),
        shop.kevin(Call::post(&format!("{path}/cancel"))).is(409, "request_final").clone(),
        shop.kevin(Call::post(&format!("/grant/{grant}/revoke"))).is(200, "").clone(),
    ];
    for answer in &without {
        assert!(!answer.body.contains(ACCESS_TOKEN), "{}", answer.body);
    }
    // A grant that can no longer be consumed has none.
    assert_eq!(shop.read(&id).text("grant.accessToken"), "");
    assert!(!shop.server.log().contains(ACCESS_TOKEN));
    assert!(!format!("{:?}", shop.server.events()).contains(ACCESS_TOKEN));

    let issuer = shop.server.address.to_string();
    let verifier = AccessTokenVerifier::builder(&shop.key).issuer(issuer).application(ISS).build().unwrap();
    let claims = verifier.verify_at(&token, shop.server.now()).unwrap().to_json();
    let claim = |name: &str| claims.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    assert_eq!(claim("grantId"), grant);
    assert_eq!((claim("approvalRequestId"), claim("subject")), (id, "kevin".to_owned()));
    assert_eq!(claim("contentHash"), read.text("contentHash"));
}

/// Makes the call about an id.
type Make = fn(&str) -> Call;

#[test]
fn what_belongs_to_others_looks_like_what_never_existed() {
    let shop = Shop::open();
    let opened = shop.purchase();
    let (id, steve) = (opened.text("id"), shop.server.session(STEVE));
    steve.send(&decision(&opened, "approve")).is(200, "");
    let grant = shop.read(&id).text("grant.id");
    let other_admin = shop.other_company();
    let strangers = [
        shop.new_client("other.example.com", ""),
        shop.client().for_subject("mia"),
        shop.client().for_subject("Kevin"),
        Client::create(&shop.server, &other_admin, "stranger.example.com", ""),
    ];
    let never = "01890000-0000-7000-8000-000000000000";
    let of_request: [Make; 3] = [
        |id| Call::get(&format!("/approvalRequest/{id}")),
        |id| Call::get(&format!("/approvalRequest/{id}?waitSeconds=1")),
        |id| Call::post(&format!("/approvalRequest/{id}/cancel")),
    ];
    let of_grant: [Make; 2] = [
        |id| Call::post(&format!("/grant/{id}/consume")).json(ACT),
        |id| Call::post(&format!("/grant/{id}/revoke")),
    ];
    for stranger in &strangers {
        for (calls, existing) in [(&of_request[..], &id), (&of_grant[..], &grant)] {
            for call in calls {
                let answer = |id: &str| stranger.send(&call(id)).is(404, "not_found").unnamed();
                assert_eq!(answer(existing), answer(never), "{} {}", stranger.iss, stranger.subject);
                assert_eq!(answer(existing), answer("x"), "an id that is none does not exist");
            }
        }
    }
    for person in [&other_admin, &shop.server.session(ADMIN)] {
        for call in &of_grant[1..] {
            let answer = |id: &str| person.send(&call(id)).is(404, "not_found").unnamed();
            assert_eq!(answer(never), answer("%FF"));
        }
    }
    assert_eq!(
        other_admin.send(&of_request[0](&id)).unnamed(),
        other_admin.send(&of_request[0](never)).unnamed()
    );
    // Nothing of this has changed anything.
    assert_eq!(shop.read(&id).text("grant.status"), "issued");
}

#[test]
fn the_access_token_is_signed_with_the_key_that_has_verified_the_call() {
    let shop = Shop::open();
    let first = shop.client();
    let second = shop.admin.send(&Call::post(&format!("/applications/{}/signingKeys", first.id)));
    let second = Client { key: SigningKey::from_base64(&second.text("secret")).unwrap(), ..first.clone() };
    let opened = first.open(PURCHASE);
    shop.server.session(STEVE).send(&decision(&opened, "approve")).is(200, "");
    let issuer = shop.server.address.to_string();
    for (client, other) in [(&first, &second), (&second, &first)] {
        let token = client.read(&opened.text("id")).text("grant.accessToken");
        let verifies = |client: &Client<'_>| {
            let verifier = AccessTokenVerifier::builder(&client.key).issuer(&issuer).application(ISS);
            verifier.build().unwrap().verify_at(&token, shop.server.now()).is_ok()
        };
        assert!(verifies(client) && !verifies(other));
    }
}

#[test]
fn every_answer_has_its_headers_and_names_the_call_as_the_log_does() {
    let shop = Shop::open();
    let id = shop.purchase().text("id");
    let path = format!("/approvalRequest/{id}");
    let check = |answer: &Answer| {
        for (name, value) in [("cache-control", "no-store"), ("x-content-type-options", "nosniff")] {
            assert_eq!(answer.header(name), Some(value), "{answer:?}");
        }
        assert_eq!(answer.header("access-control-allow-origin"), None);
        let call = answer.header("x-request-id").unwrap();
        assert!(shop.server.log().contains(&format!(r#""instance":"{call}""#)), "{call}");
        let kind = if answer.status < 400 { "application/json" } else { "application/problem+json" };
        assert_eq!(answer.header("content-type"), Some(kind));
        if answer.status >= 400 {
            assert_eq!(answer.text("instance"), format!("urn:uuid:{call}"));
            assert_eq!(answer.text("status"), answer.status.to_string());
        }
        assert_eq!(answer.status == 401, answer.header("www-authenticate").is_some(), "{answer:?}");
        assert_ne!(call, "mine", "a request id of the caller is not used");
    };
    let named = |call: Call| call.with("X-Request-Id", "mine").with("Origin", "https://shop.example.com");
    check(&shop.kevin(named(Call::get(&path))));
    check(&shop.kevin(named(Call::new("HEAD", &path))));
    check(&shop.kevin(named(Call::get("/approvalRequest/x"))));
    check(&named(Call::get(&path)).send(shop.server.address));
    check(&named(Call::get("/nothing/here")).send(shop.server.address));
    check(&named(Call::new("OPTIONS", &path)).send(shop.server.address));
    check(&named(Call::get("/healthz")).send(shop.server.address));
    let head = shop.kevin(Call::new("HEAD", &path));
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}
