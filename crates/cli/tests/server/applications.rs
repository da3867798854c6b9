//! Applications: who asks, and by which names.

use jit_approvals::SigningKey;

use crate::crowd::items;
use crate::http::{Answer, Call};
use crate::server::{ACT, ADMIN, ISS, PURCHASE, STEVE, Session, Shop, decision};

fn create(admin: &Session, identifiers: &str) -> Answer {
    admin.send(
        &Call::post("/applications").json(format!(r#"{{"name":"Tickets","identifiers":[{identifiers}]}}"#)),
    )
}

#[test]
fn an_application_is_created_read_and_replaced() {
    let shop = Shop::open();
    let created = create(&shop.admin, r#""https://b.example/","a.example""#);
    let (id, path) = (created.text("id"), format!("/applications/{}", created.text("id")));
    assert_eq!(created.is(201, "").header("location"), Some(&*format!("/nl3/api/v1{path}")));
    let record = |name: &str, once: bool, version: i64| {
        format!(
            r#"{{"id":"{id}","name":"{name}","identifiers":["a.example","https://b.example/"],"onceOnlyTokens":{once},"knownSubjectsOnly":false,"active":true,"version":{version}}}"#
        )
    };
    assert_eq!(created.body, record("Tickets", false, 1));
    assert_eq!(shop.admin.send(&Call::get(&path)).is(200, "").body, created.body);
    let body = r#"{"name":"Shop","identifiers":["https://b.example/","a.example","a.example"],"onceOnlyTokens":true,"knownSubjectsOnly":false}"#;
    let put = |version: &str| shop.admin.send(&Call::new("PUT", &path).with("If-Match", version).json(body));
    shop.admin.send(&Call::new("PUT", &path).json(body)).is(428, "version_required");
    assert_eq!(put("\"1\"").is(200, "").body, record("Shop", true, 2));
    let moved = put("\"1\"");
    assert_eq!(moved.is(412, "version_moved").text("present"), record("Shop", true, 2));
    let event = shop.server.change("application", &id);
    let (before, after) = event.split_once(" > ").unwrap();
    assert!(before.starts_with(&format!("administrator {ADMIN} replace: ")), "{event}");
    assert!(before.contains(r#""name":"Tickets""#) && after.contains(r#""name":"Shop""#), "{event}");
    let many: Vec<String> = (0..21).map(|index| format!("\"i{index}\"")).collect();
    assert_eq!(create(&shop.admin, &many.join(",")).is(400, "out_of_range").text("field"), "identifiers");
    assert_eq!(create(&shop.admin, "").is(400, "out_of_range").text("field"), "identifiers");
    let hidden = create(&shop.admin, r#""a","b\u202e""#);
    assert_eq!(hidden.is(422, "hidden_character").text("field"), "identifiers[1]");
    assert!(hidden.text("detail").starts_with("`identifiers[1]`: `U+202E`"), "{}", hidden.body);
}

#[test]
fn an_identifier_is_one_applications_in_the_whole_installation() {
    let shop = Shop::open();
    let rival = shop.rival();
    for session in [&shop.admin, &rival] {
        let taken = create(session, &format!(r#""free.example","{ISS}""#));
        assert_eq!(taken.is(409, "identifier_taken").text("field"), "identifiers");
        assert!(!taken.body.contains("ACME") && !taken.body.contains(&shop.application), "{}", taken.body);
    }
    // A refused call has not kept the other one. Identifiers are compared byte for byte.
    create(&rival, &format!(r#""free.example","{}""#, ISS.to_uppercase())).is(201, "");
    let path = format!("/applications/{}", shop.application);
    shop.admin
        .replace(&path, r#"{"name":"Tickets","identifiers":["free.example"]}"#)
        .is(409, "identifier_taken");
    let renamed = r#"{"name":"Tickets","identifiers":["tickets.example"]}"#;
    shop.admin.replace(&path, renamed).is(200, "");
    // What the name no longer means is refused at once, like a wrong signature.
    shop.kevin(Call::post("/approvalRequest").json(PURCHASE)).is(401, "invalid_signature");
    create(&rival, &format!("\"{ISS}\"")).is(201, "");
    shop.kevin(Call::post("/approvalRequest").json(PURCHASE)).is(401, "invalid_signature");
}

#[test]
fn an_archived_application_is_refused_until_it_is_restored() {
    let shop = Shop::open();
    let (path, rival) = (format!("/applications/{}", shop.application), shop.rival());
    shop.purchase();
    let archived = shop.admin.send(&Call::post(&format!("{path}/archive")));
    assert_eq!(archived.is(200, "").text("active"), "false");
    let event = shop.server.change("application", &shop.application);
    assert!(event.starts_with(&format!("administrator {ADMIN} archive: ")), "{event}");
    shop.kevin(Call::post("/approvalRequest").json(PURCHASE)).is(401, "invalid_signature");
    let restored = shop.admin.send(&Call::post(&format!("{path}/restore")));
    assert_eq!(
        (restored.is(200, "").text("active"), restored.header("etag")),
        ("true".into(), Some("\"3\""))
    );
    shop.purchase();
    // Applications are listed by id, which is the order of their creation.
    let (second, third) = (create(&shop.admin, "\"2\"").text("id"), create(&shop.admin, "\"3\"").text("id"));
    shop.admin.send(&Call::post(&format!("/applications/{third}/archive"))).is(200, "");
    let list = |query: &str| shop.admin.list(&format!("/applications{query}"), "id");
    assert_eq!(list(""), [shop.application.clone(), second.clone()]);
    assert_eq!(list("?archived=true"), [third]);
    let page = shop.admin.send(&Call::get("/applications?limit=1"));
    assert_eq!((items(&page, "id"), page.text("next")), (list("")[..1].to_vec(), shop.application.clone()));
    assert_eq!(list(&format!("?after={}", shop.application)), [second]);
    shop.admin.send(&Call::get("/applications?after=first")).is(400, "invalid_id");
    assert!(rival.list("/applications", "id").is_empty());
}

#[test]
fn what_was_opened_by_a_name_does_not_pass_to_who_gets_the_name() {
    let mut shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let approved = steve.send(&decision(&shop.purchase(), "approve"));
    let (grant, pending) = (approved.is(200, "").text("grant.id"), shop.purchase());
    let moved = r#"{"name":"Tickets","identifiers":["tickets.example"]}"#;
    shop.admin.replace(&format!("/applications/{}", shop.application), moved).is(200, "");
    steve.send(&decision(&pending, "approve")).is(409, "application_inactive");
    let other = create(&shop.admin, &format!("\"{ISS}\"")).text("id");
    let key = shop.admin.send(&Call::post(&format!("/applications/{other}/signingKeys")));
    shop.key = SigningKey::from_base64(&key.is(201, "").text("secret")).unwrap();
    steve.send(&decision(&pending, "approve")).is(409, "application_inactive");
    shop.consume(&grant, ACT).is(409, "application_inactive");
    assert_eq!(shop.read(&pending.text("id")).is(200, "").text("blockedReason"), "application_inactive");
    // What the other application opens itself lives.
    steve.send(&decision(&shop.purchase(), "approve")).is(200, "");
}
