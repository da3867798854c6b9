//! An application or an administrator withdraws a request.

use jit_approvals::json::Json;

use crate::http::Call;
use crate::server::{ADMIN, ISS, STEVE, Shop, decision};

fn cancel(id: &str) -> Call {
    Call::post(&format!("/approvalRequest/{id}/cancel"))
}

#[test]
fn a_cancelled_request_keeps_who_and_why_and_cannot_be_decided() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let (by_application, by_admin) = (shop.purchase(), shop.purchase());
    let reason = r#"{"reason":"sold out"}"#;
    let cancelled = shop.kevin(cancel(&by_application.text("id")).json(reason));
    assert_eq!(cancelled.is(200, "").text("status"), "cancelled");
    assert_eq!(shop.read(&by_application.text("id")).body, cancelled.body);
    let reason = r#"{"reason":"fraud"}"#;
    shop.admin.send(&cancel(&by_admin.text("id")).json(reason)).is(200, "");
    let recorded: Vec<Json> = shop.server.events().into_iter().skip(2).collect();
    for (event, actor, reason) in [(&recorded[0], ISS, "sold out"), (&recorded[1], ADMIN, "fraud")] {
        let text = event.to_string();
        assert!(text.contains("cancelled") && text.contains(actor) && text.contains(reason), "{text}");
    }
    for request in [&by_application, &by_admin] {
        let rejected = steve.send(&decision(request, "approve"));
        rejected.is(409, "request_final");
        assert_eq!(rejected.text("approvalRequest.status"), "cancelled");
        // A second time is too late as well, and shows what it has become.
        let again = shop.kevin(cancel(&request.text("id")));
        assert_eq!(again.is(409, "request_final").text("approvalRequest.status"), "cancelled");
    }
    assert_eq!(shop.server.event_types().len(), 4, "what was rejected is not recorded");
}

#[test]
fn an_approver_cannot_cancel_and_a_reason_is_read_as_strictly_as_everything() {
    let shop = Shop::open();
    let opened = shop.purchase();
    let id = opened.text("id");
    let steve = shop.server.session(STEVE);
    steve.send(&cancel(&id)).is(403, "role_required");
    let unknown = shop.kevin(cancel(&id).json(r#"{"reasn":"x"}"#));
    assert!(unknown.is(400, "unknown_member").text("detail").contains("`reason`"), "{}", unknown.body);
    shop.kevin(cancel(&id).json(r#"{"reason":7}"#)).is(400, "wrong_type");
    shop.kevin(cancel(&id).json("{\"reason\":\"\u{202e}\"}")).is(422, "invalid_reason");
    shop.kevin(cancel(&id).bytes("{}")).is(415, "unsupported_media_type");
    // Only an application's calls can be repeated.
    shop.admin.send(&cancel(&id).with("Idempotency-Key", "k")).is(400, "invalid_header");
    assert_eq!(shop.read(&id).text("status"), "pending");
    steve.send(&decision(&opened, "reject")).is(200, "");
    shop.kevin(cancel(&id)).is(409, "request_final");
}
