//! An application opens requests.

use jit_approvals::json::Json;

use crate::http::Call;
use crate::server::{ACT, ADMIN, ISS, PURCHASE, STEVE, Shop};

#[test]
fn a_new_request_has_what_was_asked_and_what_the_approver_will_see() {
    let shop = Shop::open();
    let body = PURCHASE.replace(
        "{\"templateId\"",
        r#"{"approvers":["steve@nl3.com"],"expiresInSeconds":60,"attachments":[{"title":"Seat plan","url":"https://shop.example.com/plan.pdf"}],"templateId""#,
    );
    let opened = shop.kevin(Call::post("/approvalRequest").json(body));
    opened.is(201, "");
    let expected = [
        ("status", "pending"),
        ("templateId", "PURCHASE_APPROVAL"),
        ("templateVersion", "1"),
        ("approvalType", "approve"),
        ("title", "Authorization Required for Ticket Purchase"),
        ("metaData.ticketType", "Floor"),
        ("metaData.purchasePrice", "$1,654"),
        ("application", ISS),
        ("subject", "kevin"),
        ("attachments", r#"[{"title":"Seat plan","url":"https://shop.example.com/plan.pdf"}]"#),
        ("stages", r#"[{"required":1,"approvers":["steve@nl3.com"],"decisions":[]}]"#),
    ];
    for (path, value) in expected {
        assert_eq!(opened.text(path), value, "{path}");
    }
    let seconds = |name: &str| opened.text(name).parse::<i64>().unwrap();
    assert_eq!(seconds("expiresAt") - seconds("requestedAt"), 60);
    let texts = |name: &str| -> String {
        let parts = opened.json().get(name).unwrap().as_array().unwrap().to_vec();
        parts.iter().filter_map(|part| part.get("text").and_then(Json::as_str)).collect()
    };
    assert_eq!((texts("titleParts"), texts("parts")), (opened.text("title"), opened.text("text")));
    assert!(opened.text("text").contains("Metallica Ticket Floor - 43D\nPrice: $1,654"), "{}", opened.body);
    // What is read later is what was answered.
    assert_eq!(shop.read(&opened.text("id")).body, opened.body);
}

#[test]
fn a_template_shows_the_claims_of_the_auth_token_that_it_lists() {
    let shop = Shop::open();
    let data = r#""Charge ${claim.costCenter} for ${companyName} and ${subject}""#;
    shop.new_template(
        "CHARGE",
        &[("claims", r#"["costCenter"]"#), ("approvalData", data), ("metadata", "[]")],
    );
    let open = |claims: &[(&str, Json)]| {
        let token = shop.client().sign(claims);
        let call = Call::post("/approvalRequest").json(r#"{"templateId":"CHARGE"}"#);
        call.with("X-Nl3-Authorization-Token", token).send(shop.server.address)
    };
    let opened = open(&[("costCenter", "K-7".into()), ("secretClaim", "not shown".into())]);
    assert_eq!(opened.is(201, "").text("text"), format!("Charge K-7 for {ISS} and kevin"));
    assert!(!format!("{:?}", shop.server.events()).contains("not shown"), "no other claim is kept");
    open(&[]).is(422, "absent_claim");
}

#[test]
fn a_template_opens_requests_only_for_those_it_is_for_and_until_it_is_archived() {
    let shop = Shop::open();
    let other = shop.new_client("other.example.com", "");
    shop.new_template("THEIRS", &[("applications", r#"["other.example.com"]"#)]);
    let theirs = PURCHASE.replace("PURCHASE_APPROVAL", "THEIRS");
    shop.kevin(Call::post("/approvalRequest").json(theirs.as_str())).is(403, "application_not_allowed");
    other.open(&theirs);
    let opened = other.open(PURCHASE);
    shop.admin.send(&Call::post("/templates/PURCHASE_APPROVAL/archive")).is(200, "");
    let rejected = other.send(&Call::post("/approvalRequest").json(PURCHASE));
    assert_eq!(rejected.is(422, "unknown_template").text("field"), "templateId");
    // What is open stays open.
    assert_eq!(other.read(&opened.text("id")).text("status"), "pending");
    shop.admin.send(&Call::post("/templates/PURCHASE_APPROVAL/restore")).is(200, "");
    other.open(PURCHASE);
    // Of another company, a template does not exist.
    let admin = shop.other_company();
    let stranger = crate::client::Client::create(&shop.server, &admin, "stranger.example.com", "");
    stranger.send(&Call::post("/approvalRequest").json(PURCHASE)).is(422, "unknown_template");
}

#[test]
fn an_application_can_be_set_to_accept_only_known_subjects() {
    let shop = Shop::open();
    let client = shop.new_client("known.example.com", r#""knownSubjectsOnly":true"#);
    let call = Call::post("/approvalRequest").json(PURCHASE);
    let rejected = client.send(&call);
    assert_eq!(rejected.is(403, "unknown_subject").text("field"), "sub");
    // By email, in any case, and by an alias at this application.
    client.for_subject(&ADMIN.to_uppercase()).send(&call).is(201, "");
    let alias = format!(
        r#"{{"email":"kevin@nl3.com","name":"Kevin","aliases":[{{"application":"{}","name":"kevin"}}]}}"#,
        client.id
    );
    shop.admin.send(&Call::post("/users").json(alias)).is(201, "");
    client.send(&call).is(201, "");
    // An alias at one application is none at another.
    let other = shop.new_client("elsewhere.example.com", r#""knownSubjectsOnly":true"#);
    other.send(&call).is(403, "unknown_subject");
    shop.admin.send(&Call::post("/users/kevin%40nl3.com/archive")).is(200, "");
    client.send(&call).is(403, "unknown_subject");
}

#[test]
fn a_request_that_nobody_could_decide_is_not_opened() {
    let shop = Shop::open();
    let count = || shop.server.event_types().len();
    // The subject may not approve their own purchase.
    let own = shop.client().for_subject(STEVE).send(&Call::post("/approvalRequest").json(PURCHASE));
    own.is(422, "too_few_approvers");
    let unknown = r#"{"templateId":"PURCHASE_APPROVAL","approvers":["nobody@nl3.com"]}"#;
    shop.kevin(Call::post("/approvalRequest").json(unknown)).is(422, "unknown_approver");
    shop.kevin(Call::post("/approvalRequest").json(ACT)).is(400, "missing_member");
    shop.admin.send(&Call::post("/users/steve%40nl3.com/archive")).is(200, "");
    shop.kevin(Call::post("/approvalRequest").json(PURCHASE)).is(422, "too_few_approvers");
    assert_eq!(count(), 0, "a rejected call writes nothing");
}
