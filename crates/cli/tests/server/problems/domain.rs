//! Problems of templates, values, requests, decisions and grants.

use super::Problems;
use crate::client::Client;
use crate::http::{Answer, Call};
use crate::server::{ACT, PURCHASE, STEVE, Session, Shop, decision};

const HOST: &str = "approvals.example.com";

#[test]
fn the_problems_of_templates_requests_and_grants_are_as_written() {
    let mut shop = Problems::open();
    shop.add_user("mia@nl3.com", "Mia");
    let shop = shop;
    let mut problems = Problems::new("domain.txt");
    templates(&shop, &mut problems);
    requests(&shop, &mut problems);
    decisions(&shop, &mut problems);
    grants(&shop, &mut problems);
    problems.compare();
}

fn send(client: &Client<'_>, call: &Call) -> Answer {
    let token = client.sign(&[("aud", HOST.into())]);
    call.clone().with("X-Nl3-Authorization-Token", token).send(client.server.address)
}

fn open(shop: &Shop, body: &str) -> Answer {
    send(&shop.client(), &Call::post("/approvalRequest").json(body))
}

fn templates(shop: &Shop, problems: &mut Problems) {
    let template = |part: &str| {
        let body = format!(
            r#"{{"approvalType":"approve","templateName":"N","approvalTitle":"T","approvalKey":"K","approvalData":"D","defaultApprovers":["steve@nl3.com"],{part}}}"#
        );
        shop.admin.send(&Call::post("/templates").json(body))
    };
    let cases = [
        ("a misspelt member", r#""approvalReminder":"x""#),
        ("a key that is reserved", r#""metadata":[{"key":"subject"}]"#),
        ("a field twice", r#""metadata":[{"key":"a"},{"key":"a"}]"#),
        ("a pattern that is none", r#""metadata":[{"key":"a","pattern":"("}]"#),
        ("a group that is none", r#""defaultApproverGroups":["a@b"]"#),
    ];
    for (about, part) in cases {
        problems.add(about, &template(part));
    }
}

fn requests(shop: &Shop, problems: &mut Problems) {
    shop.new_template("STRICT", &[
        ("metadata", r#"[{"key":"requestor","required":true},{"key":"purchaseItem","type":"number","min":"1","max":"9"},{"key":"purchasePrice","type":"boolean"},{"key":"ticketType","oneOf":["Floor"]},{"key":"seatNumber","pattern":"[0-9]+[A-F]","maxLength":3}]"#),
        ("approverOverride", "\"none\""),
    ]);
    let strict = |values: &str| open(shop, &format!(r#"{{"templateId":"STRICT","metaData":{{{values}}}}}"#));
    let values = [
        ("an unknown value", r#""seatNumbr":"1A""#),
        ("a missing value", r#""seatNumber":"1A""#),
        ("a value that is a list", r#""seatNumber":[]"#),
        ("a hidden character", "\"requestor\":\"k\u{202e}\""),
        ("a value that is no number", r#""requestor":"k","purchaseItem":"one""#),
        ("a value below the least", r#""requestor":"k","purchaseItem":"0.5""#),
        ("a value above the most", r#""requestor":"k","purchaseItem":"9.01""#),
        ("a value that is no boolean", r#""requestor":"k","purchasePrice":"yes""#),
        ("a value that is none of the choices", r#""requestor":"k","ticketType":"Roof""#),
        ("a value that does not match", r#""requestor":"k","seatNumber":"AA""#),
        ("a value of too many characters", r#""requestor":"k","seatNumber":"100A""#),
    ];
    for (about, values) in values {
        problems.add(about, &strict(values));
    }
    let with = |part: &str| open(shop, &PURCHASE.replacen('{', &format!("{{{part},"), 1));
    let long = format!(r#"{{"templateId":"STRICT","metaData":{{"requestor":"{}"}}}}"#, "x".repeat(4097));
    problems.add("a value that is too long", &open(shop, &long));
    problems.add("an unknown approver", &with(r#""approvers":["eve@nl3.com"]"#));
    problems.add("an unknown group", &with(r#""approvers":["eve"]"#));
    problems.add("an approver that is none", &with(r#""approvers":["@"]"#));
    problems.add("an attachment that is none", &with(r#""attachments":[{"title":"x","url":"http://x"}]"#));
    problems.add("later than the template allows", &with(r#""expiresInSeconds":901"#));
    let approvers = r#"{"templateId":"STRICT","metaData":{"requestor":"k"},"approvers":["mia@nl3.com"]}"#;
    problems.add("approvers that the template does not allow", &open(shop, approvers));
    let own = send(&shop.client().for_subject(STEVE), &Call::post("/approvalRequest").json(PURCHASE));
    problems.add("nobody but the subject could approve", &own);
    shop.new_template("THEIRS", &[("applications", r#"["other.example.com"]"#)]);
    problems
        .add("another application's template", &open(shop, &PURCHASE.replace("PURCHASE_APPROVAL", "THEIRS")));
}

fn decide(person: &Session, request: &Answer, part: &str) -> Answer {
    let (id, hash) = (request.text("id"), request.text("contentHash"));
    let body = format!(r#"{{"contentHash":"{hash}",{part}}}"#);
    person.send(&Call::post(&format!("/approvalRequest/{id}/decision")).json(body))
}

fn decisions(shop: &Shop, problems: &mut Problems) {
    let (steve, mia) = (shop.server.session(STEVE), shop.server.session("mia@nl3.com"));
    let two_stages = r#"[{"approvers":["steve@nl3.com"]},{"approvers":["mia@nl3.com"]}]"#;
    shop.new_template("STAGES", &[("stages", two_stages), ("defaultApprovers", "[]")]);
    shop.new_template("SIGNED", &[("approvalType", "\"signAndApprove\"")]);
    let staged = open(shop, &PURCHASE.replace("PURCHASE_APPROVAL", "STAGES"));
    problems.add("a stage that is not open", &decide(&mia, &staged, r#""verdict":"approve""#));
    decide(&steve, &staged, r#""verdict":"approve""#).is(200, "");
    problems.add("decided already", &decide(&steve, &staged, r#""verdict":"reject""#));
    let request = open(shop, PURCHASE);
    problems.add("not eligible", &decide(&shop.admin, &request, r#""verdict":"approve""#));
    problems.add("a verdict that is none", &decide(&steve, &request, r#""verdict":"maybe""#));
    problems.add(
        "a comment with a hidden character",
        &decide(&steve, &request, "\"verdict\":\"approve\",\"comment\":\"\u{200b}\""),
    );
    let hash = |hash: &str| {
        let mut other = request.clone();
        other.body = request.body.replace(&request.text("contentHash"), hash);
        steve.send(&decision(&other, "approve"))
    };
    problems.add("another content than was shown", &hash(&"0".repeat(64)));
    problems.add("a hash that is none", &hash("x"));
    let signed = open(shop, &PURCHASE.replace("PURCHASE_APPROVAL", "SIGNED"));
    problems.add("no signature", &decide(&steve, &signed, r#""verdict":"approve""#));
    let unseen = "\"verdict\":\"approve\",\"signature\":{\"kind\":\"typed\",\"text\":\"\u{3164}\"}";
    problems.add("a signature that cannot be seen", &decide(&steve, &signed, unseen));
    decide(&steve, &request, r#""verdict":"reject""#).is(200, "");
    problems.add("decided already, and final", &decide(&steve, &request, r#""verdict":"approve""#));
    let cancel = Call::post(&format!("/approvalRequest/{}/cancel", request.text("id")));
    problems.add("too late to cancel", &send(&shop.client(), &cancel));
    let reason = Call::post(&format!("/approvalRequest/{}/cancel", signed.text("id")));
    problems.add(
        "a reason that cannot be seen",
        &send(&shop.client(), &reason.json("{\"reason\":\"\u{200b}\"}")),
    );
}

fn grants(shop: &Shop, problems: &mut Problems) {
    let steve = shop.server.session(STEVE);
    shop.new_template("BRIEF", &[("grantTtlSeconds", "30"), ("requestTtlSeconds", "30")]);
    let approved = || {
        let opened = open(shop, &PURCHASE.replace("PURCHASE_APPROVAL", "BRIEF"));
        steve.send(&decision(&opened, "approve")).is(200, "").text("grant.id")
    };
    let consume = |grant: &str, act: &str| {
        send(&shop.client(), &Call::post(&format!("/grant/{grant}/consume")).json(act))
    };
    let revoke = |grant: &str| send(&shop.client(), &Call::post(&format!("/grant/{grant}/revoke")));
    let (consumed, revoked, expired) = (approved(), approved(), approved());
    let late = open(shop, &PURCHASE.replace("PURCHASE_APPROVAL", "BRIEF"));
    problems.add("another act than was approved", &consume(&consumed, &ACT.replace("43D", "44D")));
    consume(&consumed, ACT).is(200, "");
    problems.add("a grant that is consumed", &consume(&consumed, ACT));
    revoke(&revoked).is(200, "");
    problems.add("a grant that is revoked", &consume(&revoked, ACT));
    shop.server.set_clock(40);
    problems.add("a grant that has expired", &consume(&expired, ACT));
    problems.add("a request that has expired", &steve.send(&decision(&late, "approve")));
}
