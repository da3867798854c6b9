//! Hostile values in the body of a request.

use std::collections::BTreeMap;

use jit_approvals::json::{Json, Object};
use jit_approvals::{Origin, Template};
use jit_approvals_tests::{Case, Vectors};

use crate::http::{Answer, Call};
use crate::server::Shop;

/// Templates of vectors, each under a key of its own.
#[derive(Default)]
struct Templates(BTreeMap<String, String>);

impl Templates {
    /// Creates a template at its first use. Returns its key.
    fn key(&mut self, shop: &Shop, template: &Json) -> String {
        let next = format!("T{}", self.0.len());
        let text = template.to_string();
        if let Some(key) = self.0.get(&text) {
            return key.clone();
        }
        let mut object = template.as_object().unwrap().clone();
        object.insert("approvalKey", next.as_str());
        shop.admin.send(&Call::post("/templates").json(Json::from(object).to_string())).is(201, "");
        self.0.insert(text, next.clone());
        next
    }
}

fn read(name: &str) -> Vec<Case> {
    Vectors::read(&Vectors::folder().join(format!("{name}.json"))).cases
}

/// Whether a problem is an error that the library reports: its code, and where it is.
fn is(problem: &Answer, error: &jit_approvals::Error) -> bool {
    let (problem, error) = (problem.json(), error.to_json());
    ["code", "field", "line", "column"].iter().all(|name| problem.get(name) == error.get(name))
}

#[test]
fn every_hostile_value_of_the_vectors_is_rejected_as_the_library_does() {
    let shop = Shop::open();
    let ann = r#"{"email":"ann@example.com","name":"Ann"}"#;
    shop.admin.send(&Call::post("/users").json(ann)).is(201, "");
    let (mut templates, mut wrong, mut count) = (Templates::default(), Vec::new(), 0);
    for case in read("template.render") {
        let given = |name: &str| case.given.get(name).cloned();
        if case.expected_code().is_none() || case.scope.is_some() {
            continue;
        }
        count += 1;
        let key = templates.key(&shop, &given("template").unwrap());
        let subject = given("subject").and_then(|subject| subject.as_str().map(str::to_owned)).unwrap();
        let claims = given("claims").and_then(|claims| claims.as_object().cloned()).unwrap_or_default();
        let client = shop.client().for_subject(&subject);
        let body = Object::new().with("templateId", key).with("metaData", given("metaData").unwrap());
        let call = Call::post("/approvalRequest").json(Json::from(body).to_string());
        let extra: Vec<(&str, Json)> = claims.iter().map(|(name, value)| (name, value.clone())).collect();
        let call = call.with("X-Nl3-Authorization-Token", client.sign(&extra));
        let answer = call.send(shop.server.address);
        let template = Template::from_json(&given("template").unwrap()).unwrap();
        let mut origin = Object::new().with("application", client.iss).with("subject", subject);
        origin.insert("claims", claims);
        let metadata = given("metaData").unwrap().as_object().cloned().unwrap();
        let id = jit_approvals::Id::v7().unwrap();
        let error = Origin::from_json(&origin.into())
            .and_then(|origin| template.render(&metadata, &origin, id).map(|_| ()))
            .unwrap_err();
        assert_eq!(Some(error.code().as_str()), case.expected_code(), "{}", case.id);
        if !is(&answer, &error) {
            wrong.push(format!("{}: expected {}, got {}", case.id, error.to_json(), answer.body));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(count > 100, "{count}");
    assert_eq!(shop.server.event_types().len(), 0, "a rejected call writes nothing");
}

#[test]
fn every_hostile_body_of_the_vectors_is_rejected_as_the_library_does() {
    let shop = Shop::open();
    let ann = r#"{"email":"ann@example.com","name":"Ann"}"#;
    shop.admin.send(&Call::post("/users").json(ann)).is(201, "");
    let mut wrong = Vec::new();
    let mut check = |case: &Case, answer: &Answer| {
        if let Some(difference) = differs(case, answer) {
            wrong.push(format!("{}: {difference}", case.id));
        }
    };
    for case in read("requestBody.parse").iter().filter(|case| case.expected_code().is_some()) {
        // A body has at most 256 KiB and 32 levels.
        let text = |name: &str| case.given.get(name).and_then(Json::as_str);
        let body = match text("repeat") {
            Some(part) => part.repeat(case.given.get("times").unwrap().to_string().parse().unwrap()),
            None => text("text").unwrap().to_owned(),
        };
        check(case, &shop.kevin(Call::post("/approvalRequest").json(body)));
    }
    let mut templates = Templates::default();
    let of_body = |case: &&Case| {
        let codes = [
            "invalid_attachment",
            "too_many",
            "invalid_email",
            "approvers_not_allowed",
            "conflicting_approvers",
        ];
        codes.contains(&case.expected_code().unwrap_or_default())
            || ["template-id-null", "expires-later", "expires-null", "value-null"].contains(&case.id.as_str())
    };
    let cases = read("approvalRequest.open");
    let mut count = 0;
    for case in cases.iter().filter(of_body) {
        count += 1;
        let key = templates.key(&shop, case.given.get("template").unwrap());
        let mut body = case.given.get("body").unwrap().as_object().cloned().unwrap();
        if body.get("templateId") != Some(&Json::Null) {
            body.insert("templateId", key);
        }
        check(case, &shop.kevin(Call::post("/approvalRequest").json(Json::from(body).to_string())));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(count > 25, "{count}");
    assert_eq!(shop.server.event_types().len(), 0, "a rejected call writes nothing");
}

/// Compares a problem with what a case expects.
fn differs(case: &Case, answer: &Answer) -> Option<String> {
    let jit_approvals_tests::Expectation::Error(expected) = &case.expect else { return None };
    let problem = answer.json();
    let column = if case.id == "too-deep" { Some(Json::from(33)) } else { expected.get("column").cloned() };
    let same = |name: &str, value: Option<&Json>| value.is_none_or(|value| problem.get(name) == Some(value));
    let all = same("code", expected.get("error"))
        && same("field", expected.get("field"))
        && same("line", expected.get("line"))
        && same("column", column.as_ref());
    (!all).then(|| format!("expected {expected}, got {}", answer.body))
}

#[test]
fn a_malformed_signing_key_is_rejected_and_not_repeated() {
    let shop = Shop::open();
    let path = format!("/applications/{}/signingKeys", shop.application);
    for case in read("signingKey.fromBase64") {
        let text = case.given.get("text").and_then(Json::as_str).unwrap();
        if case.expected_code().is_none() {
            continue;
        }
        let body = Json::from(Object::new().with("secret", text)).to_string();
        let answer = shop.admin.send(&Call::post(&path).json(body));
        assert_eq!(answer.is(400, "unexpected_form").text("field"), "secret", "{}", case.id);
        assert!(text.len() < 8 || !answer.body.contains(text), "{}: {}", case.id, answer.body);
        assert!(text.len() < 8 || !shop.server.log().contains(text), "{}", case.id);
    }
    let keys = shop.admin.send(&Call::get(&path)).json();
    assert_eq!(keys.get("items").unwrap().as_array().unwrap().len(), 1);
}
