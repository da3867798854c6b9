//! Decisions: who may decide, about what, and what can no longer be decided.

use jit_approvals::json::Json;

use crate::crowd::user;
use crate::http::{Answer, Call};
use crate::server::{ACT, ADMIN, PASSWORD, PURCHASE, STEVE, Session, Shop, decision};

const EVE: &str = "eve@acme.example";

/// A decision with more members, which start with a comma.
fn decide(session: &Session, request: &Answer, verdict: &str, more: &str) -> Answer {
    let (id, hash) = (request.text("id"), request.text("contentHash"));
    let body = format!(r#"{{"verdict":"{verdict}","contentHash":"{hash}"{more}}}"#);
    session.send(&Call::post(&format!("/approvalRequest/{id}/decision")).json(body))
}

fn see(session: &Session, request: &Answer) -> Answer {
    session.send(&Call::get(&format!("/approvalRequest/{}", request.text("id"))))
}

fn emails(emails: &[&str]) -> Json {
    emails.to_vec().into()
}

#[test]
fn an_approver_approves_or_rejects_once() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let request = shop.purchase();
    let other = request.text("contentHash").replace(['0', '1'], "2");
    let body = format!(r#"{{"verdict":"approve","contentHash":"{other}"}}"#);
    let path = format!("/approvalRequest/{}/decision", request.text("id"));
    let mismatch = steve.send(&Call::post(&path).json(body));
    assert_eq!(mismatch.is(409, "content_mismatch").text("approvalRequest.status"), "pending");
    decide(&steve, &request, "aprove", "").is(422, "unknown_choice");
    decide(&steve, &request, "approve", r#","approver":"ada@acme.example""#).is(400, "unknown_member");
    decide(&steve, &request, "approve", r#","comment":"fine\u202eenif""#).is(422, "comment_character");
    let approved = decide(&steve, &request, "approve", r#","comment":"go""#);
    assert_eq!(
        (approved.is(200, "").text("status"), approved.text("grant.status")),
        ("approved".into(), "issued".into())
    );
    assert!(!approved.body.contains("accessToken"), "only the application gets it");
    let made = r#""decisions":[{"approver":"steve@nl3.com","verdict":"approve","comment":"go","decidedAt":"#;
    assert!(approved.body.contains(made), "{}", approved.body);
    // Word for word it is the first decision; in other words, or the other way, it is a second one.
    assert_eq!(decide(&steve, &request, "approve", r#","comment":"go""#).is(200, "").body, approved.body);
    let again = decide(&steve, &request, "approve", "");
    assert_eq!(again.is(409, "already_decided").text("approvalRequest.status"), "approved");
    decide(&steve, &request, "reject", r#","comment":"go""#).is(409, "already_decided");
    let request = shop.purchase();
    let rejected = decide(&steve, &request, "reject", r#","comment":"too dear""#);
    assert_eq!(
        (rejected.is(200, "").text("status"), rejected.text("grant")),
        ("rejected".into(), String::new())
    );
    let told = shop.read(&request.text("id"));
    assert!(told.text("status") == "rejected" && told.body.contains("too dear"), "{}", told.body);
}

#[test]
fn a_signature_needs_the_password_from_within_5_minutes() {
    let shop = Shop::open();
    shop.template("SIGN", &[("approvalType", "signAndApprove".into())]);
    let (steve, request) = (shop.server.session(STEVE), shop.ask("SIGN"));
    let signature = r#","signature":{"kind":"typed","text":"Steve"}"#;
    decide(&steve, &request, "approve", "").is(422, "signature_required");
    decide(&steve, &request, "approve", r#","signature":{"kind":"typed","text":" "}"#)
        .is(422, "signature_required");
    decide(&steve, &request, "approve", r#","signature":{"kind":"drawn","text":"S"}"#)
        .is(422, "unknown_choice");
    shop.server.set_clock(6 * 60);
    decide(&steve, &request, "approve", signature).is(403, "password_required");
    assert_eq!(see(&steve, &request).text("status"), "pending");
    let proof = format!(r#"{{"password":"{PASSWORD}"}}"#);
    steve.send(&Call::post("/session/proof").json(proof)).is(200, "");
    let signed = decide(&steve, &request, "approve", signature);
    assert!(
        signed.is(200, "").body.contains(r#""signature":{"kind":"typed","text":"Steve"}"#),
        "{}",
        signed.body
    );
    // To reject, nobody signs.
    let request = shop.ask("SIGN");
    shop.server.set_clock(12 * 60);
    assert_eq!(decide(&steve, &request, "reject", "").is(200, "").text("status"), "rejected");
}

#[test]
fn only_the_listed_approvers_decide_stage_by_stage() {
    let shop = Shop::open();
    let (steve, eve) = (shop.server.session(STEVE), shop.hire(EVE, "approver"));
    let zoe = shop.hire("zoe@acme.example", "approver");
    let stages = r#"[{"name":"first","approvers":["eve@acme.example"]},{"approvers":["steve@nl3.com","ada@acme.example"],"requiredApprovals":2}]"#;
    let none = Json::Null;
    shop.template(
        "STAGES",
        &[
            ("stages", Json::parse(stages).unwrap()),
            ("defaultApprovers", none.clone()),
            ("defaultApproverGroups", none),
        ],
    );
    let request = shop.ask("STAGES");
    decide(&zoe, &request, "approve", "").is(404, "not_found");
    let early = decide(&steve, &request, "approve", "");
    assert_eq!(early.is(409, "stage_not_open").text("approvalRequest.status"), "pending");
    decide(&eve, &request, "approve", "").is(200, "");
    decide(&eve, &request, "approve", r#","comment":"again""#).is(409, "already_decided");
    assert_eq!(decide(&steve, &request, "approve", "").is(200, "").text("status"), "pending");
    assert_eq!(shop.read(&request.text("id")).text("grant"), "");
    assert_eq!(decide(&shop.admin, &request, "approve", "").is(200, "").text("status"), "approved");
    // One rejection rejects, and then it is final for everyone.
    let request = shop.ask("STAGES");
    decide(&eve, &request, "reject", "").is(200, "");
    let late = decide(&steve, &request, "approve", "");
    assert_eq!(late.is(409, "request_final").text("approvalRequest.status"), "rejected");
    // An administrator sees every request, but is not an approver of every request.
    decide(&shop.admin, &shop.purchase(), "approve", "").is(403, "not_eligible");
}

#[test]
fn nobody_decides_about_their_own_request() {
    let shop = Shop::open();
    let (steve, eve) = (shop.server.session(STEVE), shop.hire(EVE, "approver"));
    shop.template("BOTH", &[("defaultApprovers", emails(&[STEVE, EVE]))]);
    let body = PURCHASE.replace("PURCHASE_APPROVAL", "BOTH");
    let open = |subject: &str| {
        let call = Call::post("/approvalRequest").with("X-Nl3-Authorization-Token", shop.token(subject));
        call.json(body.as_str()).send(shop.server.address).is(201, "").clone()
    };
    // Steve is left out, so that the request does not even concern him.
    let own = open("Steve@NL3.com");
    decide(&steve, &own, "approve", "").is(404, "not_found");
    decide(&eve, &own, "approve", "").is(200, "");
    // An alias that was given after the request was opened bars him as well.
    let alias = open("steve-7");
    let body = format!(
        r#"{{"name":"Steve","aliases":[{{"application":"{}","name":"STEVE-7"}}]}}"#,
        shop.application
    );
    shop.admin.replace(&user(STEVE), &body).is(200, "");
    decide(&steve, &alias, "approve", "").is(403, "self_approval");
    decide(&steve, &alias, "reject", "").is(403, "self_approval");
    decide(&eve, &alias, "approve", "").is(200, "");
}

#[test]
fn who_loses_the_role_or_leaves_decides_no_more() {
    let shop = Shop::open();
    let (steve, request) = (shop.server.session(STEVE), shop.purchase());
    shop.admin.replace(&user(STEVE), r#"{"name":"Steve","role":"auditor"}"#).is(200, "");
    decide(&steve, &request, "approve", "").is(401, "authentication_required");
    let auditor = shop.server.session(STEVE);
    see(&auditor, &request).is(200, "");
    decide(&auditor, &request, "approve", "").is(403, "role_required");
    shop.admin.replace(&user(STEVE), r#"{"name":"Steve","role":"approver"}"#).is(200, "");
    let steve = shop.server.session(STEVE);
    shop.admin.send(&Call::post(&format!("{}/archive", user(STEVE)))).is(200, "");
    decide(&steve, &request, "approve", "").is(401, "authentication_required");
    shop.kevin(Call::post("/approvalRequest").json(PURCHASE)).is(422, "too_few_approvers");
    assert_eq!(shop.read(&request.text("id")).text("status"), "pending");
    shop.admin.send(&Call::post(&format!("{}/restore", user(STEVE)))).is(200, "");
    decide(&shop.server.session(STEVE), &request, "approve", "").is(200, "");
}

#[test]
fn an_administrator_cancels_and_revokes_with_a_reason() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let request = shop.purchase();
    let cancel = Call::post(&format!("/approvalRequest/{}/cancel", request.text("id")));
    let cancel = cancel.json(r#"{"reason":"the shop is closed"}"#);
    let keyed = shop.admin.send(&cancel.clone().with("Idempotency-Key", "1"));
    assert_eq!(keyed.is(400, "invalid_header").text("field"), "Idempotency-Key");
    assert_eq!(shop.admin.send(&cancel).is(200, "").text("status"), "cancelled");
    shop.admin.send(&cancel).is(409, "request_final");
    decide(&steve, &request, "approve", "").is(409, "request_final");
    let approved = decide(&steve, &shop.purchase(), "approve", "");
    let revoke = Call::post(&format!("/grant/{}/revoke", approved.text("grant.id")));
    let revoked = shop.admin.send(&revoke.json(r#"{"reason":"the ticket is sold"}"#));
    assert_eq!(revoked.is(200, "").text("status"), "revoked");
    shop.consume(&approved.text("grant.id"), ACT).is(410, "grant_revoked");
    let texts =
        shop.server.texts("select text from event where kind in ('cancelled', 'revoked') order by position");
    for (text, reason) in texts.iter().zip(["the shop is closed", "the ticket is sold"]) {
        let event = Json::parse(text).unwrap();
        let text = |object: &str, member: &str| event.get(object).unwrap().get(member).cloned();
        assert_eq!(text("actor", "id"), Some(ADMIN.into()));
        assert_eq!(text("actor", "kind"), Some("administrator".into()));
        assert_eq!(text("body", "reason"), Some(reason.into()));
    }
    assert_eq!(texts.len(), 2);
}

#[test]
fn an_administrator_sees_that_a_stage_can_no_longer_be_met() {
    let shop = Shop::open();
    let (steve, eve) = (shop.server.session(STEVE), shop.hire(EVE, "approver"));
    let (people, two) = (emails(&[STEVE, EVE]), Json::from(2));
    shop.template("TWO", &[("defaultApprovers", people), ("requiredApprovals", two)]);
    let request = shop.ask("TWO");
    decide(&steve, &request, "approve", "").is(200, "");
    assert_eq!(see(&shop.admin, &request).text("blocked"), "");
    let events = || shop.server.texts("select cast(count(*) as text) from event");
    shop.admin.send(&Call::post(&format!("{}/archive", user(EVE)))).is(200, "");
    let before = events();
    let blocked = see(&shop.admin, &request);
    assert_eq!((blocked.text("blocked"), blocked.text("status")), ("true".into(), "pending".into()));
    assert_eq!(see(&steve, &request).text("blocked"), "");
    assert_eq!(shop.read(&request.text("id")).text("blocked"), "");
    assert_eq!(events(), before, "reading has changed something");
    eve.send(&Call::get("/session")).is(401, "authentication_required");
    shop.admin.send(&Call::post(&format!("{}/restore", user(EVE)))).is(200, "");
    assert_eq!(see(&shop.admin, &request).text("blocked"), "");
    let decided = decide(&shop.server.session(EVE), &request, "approve", "");
    assert_eq!(decided.is(200, "").text("status"), "approved");
}

#[test]
fn what_a_deactivated_application_has_opened_stays_dead() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let approved = decide(&steve, &shop.purchase(), "approve", "");
    let (grant, pending) = (approved.text("grant.id"), shop.purchase());
    let act = |action: &str| {
        shop.admin.send(&Call::post(&format!("/applications/{}/{action}", shop.application))).is(200, "");
    };
    let dead = || {
        let refused = decide(&steve, &pending, "approve", "");
        assert_eq!(refused.is(409, "application_inactive").text("approvalRequest.status"), "pending");
        for session in [&steve, &shop.admin] {
            let seen = see(session, &pending);
            assert_eq!(seen.is(200, "").text("blockedReason"), "application_inactive");
        }
    };
    act("archive");
    dead();
    shop.read(&pending.text("id")).is(401, "invalid_signature");
    shop.consume(&grant, ACT).is(401, "invalid_signature");
    act("restore");
    dead();
    let refused = shop.consume(&grant, ACT);
    assert_eq!(refused.is(409, "application_inactive").text("approvalRequest.grant.status"), "issued");
    let read = shop.read(&approved.text("id"));
    assert_eq!(read.is(200, "").text("blockedReason"), "application_inactive");
    assert!(!read.body.contains("accessToken"), "{}", read.body);
    // What it opens now lives.
    let alive = shop.purchase();
    assert_eq!(see(&steve, &alive).text("blockedReason"), "");
    let approved = decide(&steve, &alive, "approve", "");
    shop.consume(&approved.is(200, "").text("grant.id"), ACT).is(200, "");
    // The dead request expires at its time, like every other.
    shop.server.set_clock(16 * 60);
    assert_eq!(see(&steve, &pending).text("status"), "expired");
    let checked = shop.server.operate(&["store", "check"]);
    assert!(checked.status.success(), "{checked:?}");
}

#[test]
fn a_decision_repeated_at_once_is_one_decision() {
    let shop = Shop::open();
    let (steve, request) = (shop.server.session(STEVE), shop.purchase());
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let calls: Vec<_> =
            (0..8).map(|_| scope.spawn(|| steve.send(&decision(&request, "approve")))).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    for answer in &answers {
        assert_eq!(answer.is(200, "").body, answers[0].body);
    }
    let decided = "select cast(count(*) as text) from event where kind = 'decided'";
    assert_eq!(shop.server.texts(decided), ["1"]);
}
