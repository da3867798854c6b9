//! Every file of `tests/vectors/`, through the library's own API.

mod given;
mod tokens;

use given::Given;
use jit_approvals::{Json, Object, Origin, RequestBody, Result, Template, catalogue};
use jit_approvals_tests::{Case, Vectors};

#[test]
fn every_vector_holds() {
    let files = Vectors::all();
    assert!(!files.is_empty());
    let mut failures = Vec::new();
    for vectors in &files {
        for case in &vectors.cases {
            // Values that only JavaScript has: `Date`, `undefined`, lone surrogates, a string taken for a key.
            if case.scope.as_deref() == Some("javascript") {
                continue;
            }
            assert_eq!(case.scope, None, "{} {}: whose is it?", vectors.file, case.id);
            if let Some(difference) = case.differs(&outcome(&vectors.operation, case)) {
                failures.push(format!("{} {}: {difference}", vectors.file, case.id));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// A file whose operation nobody knows is a failure: no vector is left out by being new.
fn outcome(operation: &str, case: &Case) -> Result<Json> {
    let given = Given(&case.given);
    match operation {
        "accessToken.sign" => tokens::sign_access_token(&given),
        "accessToken.verify" => tokens::verify_access_token(&given),
        "jws.verify" => tokens::verify_jws(&given),
        "jwt.create" => tokens::create(&given),
        "requestBody.parse" => RequestBody::parse(given.text("text")).map(|body| request_body(&body)),
        "signingKey.fromBase64" => tokens::key_from_base64(&given),
        "template.render" => render(&given),
        "token.mint" => tokens::mint(&given),
        "token.verify" => tokens::verify(&given),
        other => panic!("nobody knows how to run the operation {other}"),
    }
}

fn render(given: &Given<'_>) -> Result<Json> {
    let template = Template::from_json(given.value("template"))?;
    let origin = Origin::new(given.text("application"), given.text("subject"))?;
    let id = given.text("requestId").parse()?;
    Ok(template.render(given.object("metaData"), &origin, id)?.to_json())
}

fn request_body(body: &RequestBody) -> Json {
    let mut object = Object::new();
    if !body.approvers.is_empty() {
        object.insert("approvers", body.approvers.clone());
    }
    if !body.meta_data.is_empty() {
        object.insert("metaData", body.meta_data.clone());
    }
    object.with("templateId", &*body.template_id).into()
}

#[test]
fn the_catalogue_is_the_frozen_one() {
    let frozen = std::fs::read_to_string(Vectors::folder().join("errors.json")).unwrap();
    let frozen = Json::parse(&frozen).unwrap();
    let rows: Vec<Json> = catalogue()
        .into_iter()
        .map(|row| {
            let object = Object::new().with("number", row.number).with("code", row.code);
            object.with("family", row.family().name()).into()
        })
        .collect();
    assert_eq!(frozen.get("errors").unwrap().as_array().unwrap(), rows);
}
