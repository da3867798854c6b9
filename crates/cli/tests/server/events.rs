//! What has happened to a request, as its application reads it.

use jit_approvals::json::Json;

use crate::http::{Answer, Call};
use crate::server::{ACT, STEVE, Session, Shop};

/// Reads the events of a request, checks their chain, and returns their types.
fn types(shop: &Shop, request: &Answer) -> Vec<String> {
    let path = format!("/approvalRequest/{}", request.text("id"));
    let list = shop.kevin(Call::get(&format!("{path}/events"))).is(200, "").json();
    let events = list.get("items").unwrap().as_array().unwrap();
    let mut previous = None;
    for (event, sequence) in events.iter().zip(1_i64..) {
        assert_eq!(event.get("sequence"), Some(&Json::from(sequence)));
        assert_eq!(event.get("previous"), previous, "{event}");
        previous = event.get("hash");
    }
    let verified = shop.kevin(Call::get(&format!("{path}/verify")));
    assert_eq!(verified.is(200, "").text("head.count"), events.len().to_string());
    assert_eq!(Some(&Json::from(verified.text("head.hash"))), previous);
    let text = |event: &Json| event.get("body").unwrap().get("type").unwrap().as_str().unwrap().to_owned();
    events.iter().map(text).collect()
}

/// Approves a request with everything that a decision may have. Returns the id of the grant.
fn approved(shop: &Shop, steve: &Session, request: &Answer) -> String {
    let (id, hash) = (request.text("id"), request.text("contentHash"));
    let body = format!(
        r#"{{"verdict":"approve","contentHash":"{hash}","comment":"enjoy\nit","signature":{{"kind":"typed","text":"Steve"}}}}"#
    );
    steve.send(&Call::post(&format!("/approvalRequest/{id}/decision")).json(body)).is(200, "");
    shop.read(&id).text("grant.id")
}

#[test]
fn everything_that_happens_is_an_event_of_the_chain() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    shop.group("buyers", &[STEVE]);
    let stages = r#"[{"name":"Buyers","approverGroups":["buyers"]}]"#;
    let members = [
        ("approvalType", Json::from("signAndApprove")),
        ("stages", Json::parse(stages).unwrap()),
        ("defaultApprovers", Json::Null),
        ("defaultApproverGroups", Json::Null),
    ];
    shop.template("SIGNED", &members);
    let [used, taken, withdrawn, late] = [(); 4].map(|()| shop.ask("SIGNED"));
    let grant = approved(&shop, &steve, &used);
    shop.consume(&grant, ACT).is(200, "");
    let grant = approved(&shop, &steve, &taken);
    let reason = r#"{"reason":"ordered twice"}"#;
    shop.kevin(Call::post(&format!("/grant/{grant}/revoke")).json(reason)).is(200, "");
    let path = format!("/approvalRequest/{}/cancel", withdrawn.text("id"));
    shop.kevin(Call::post(&path).json(reason)).is(200, "");
    shop.server.set_clock(901);
    assert_eq!(types(&shop, &used), ["requested", "decided", "consumed"]);
    assert_eq!(types(&shop, &taken), ["requested", "decided", "revoked"]);
    assert_eq!(types(&shop, &withdrawn), ["requested", "cancelled"]);
    assert_eq!(types(&shop, &late), ["requested", "expired"]);
}
