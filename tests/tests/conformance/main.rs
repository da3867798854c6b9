//! Runs every file of `tests/vectors/` through the library's public API.

mod approvals;
mod given;
mod tokens;

use given::Given;
use jit_approvals::error::Family;
use jit_approvals::json::{Json, Object};
use jit_approvals::{Result, catalogue};
use jit_approvals_tests::{Case, Vectors};

#[test]
fn every_vector_holds() {
    let files = Vectors::all();
    assert!(!files.is_empty());
    let (mut failures, mut table) = (Vec::new(), String::new());
    for vectors in &files {
        let mut reasons = Vec::new();
        for case in &vectors.cases {
            // `javascript` marks values that only JavaScript has: `Date`, `undefined`, lone surrogates and strings as
            // keys.
            // `optional arguments` marks missing arguments, which Rust does not compile.
            if let Some(scope @ ("javascript" | "optional arguments")) = case.scope.as_deref() {
                reasons.push(format!("{}: only for {scope}", case.id));
                continue;
            }
            assert_eq!(case.scope, None, "{} {}: unknown scope", vectors.file, case.id);
            if let Some(difference) = case.differs(&outcome(&vectors.operation, case)) {
                failures.push(format!("{} {}: {difference}", vectors.file, case.id));
            }
        }
        let run = vectors.cases.len() - reasons.len();
        table.extend([&vectors.file, "\t", &run.to_string(), "\t", &reasons.join("; "), "\n"]);
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    // For the table that `cargo xtask test interop` writes.
    let folder = Vectors::folder().join("../../target/vectors");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("Rust.tsv"), table).expect("a file");
}

/// Runs a case. An unknown operation panics, so that the vectors of a new operation are not skipped.
fn outcome(operation: &str, case: &Case) -> Result<Json> {
    let given = Given(&case.given);
    match operation {
        "accessToken.sign" => tokens::sign_access_token(&given),
        "accessToken.verify" => tokens::verify_access_token(&given),
        "approvalRequest.at" => approvals::at(&given),
        "approvalRequest.mayDecide" => approvals::may_decide(&given),
        "approvalRequest.open" => approvals::open(&given),
        "approvalRequest.play" => approvals::play(&given),
        "approvalRequest.restore" => approvals::restore(&given),
        "events.verify" => approvals::verify_chain(&given),
        "identity.same" => Ok(approvals::same_person(&given)),
        "jws.verify" => tokens::verify_jws(&given),
        "jwt.create" => tokens::create(&given),
        "requestBody.parse" => approvals::parse_body(&given),
        "signingKey.fromBase64" => tokens::key_from_base64(&given),
        "template.parse" => approvals::parse_template(&given),
        "template.render" => approvals::render(&given),
        "text.plain" => Ok(approvals::plain_text(&given)),
        "token.mint" => tokens::mint(&given),
        "token.verify" => tokens::verify(&given),
        other => panic!("unknown operation `{other}`"),
    }
}

#[test]
fn the_catalogue_is_the_frozen_one() {
    let frozen = std::fs::read_to_string(Vectors::folder().join("errors.json")).unwrap();
    let frozen = Json::parse(&frozen).unwrap();
    let rows: Vec<Json> = catalogue()
        .into_iter()
        .map(|row| {
            let code = row.code;
            let object = Object::new().with("number", code.number()).with("code", code.as_str());
            object.with("family", code.family().as_str()).with("status", code.status()).into()
        })
        .collect();
    assert_eq!(frozen.get("errors").unwrap().as_array().unwrap(), rows);
}

/// The errors that no input to the library can cause: failures of the system, bugs, and the errors of the command line,
/// which has its own tests. Neither can it cause an error of the family `api`, which only the server reports.
const WITHOUT_VECTOR: [&str; 7] = [
    "random_unavailable",
    "caught_panic",
    "internal_error",
    "usage",
    "malformed_toml",
    "io",
    "unexpected_form",
];

#[test]
fn every_error_is_expected_by_a_vector() {
    let files = Vectors::all();
    let cases = files.iter().flat_map(|file| &file.cases);
    let expected: Vec<&str> = cases.filter_map(Case::expected_code).collect();
    let missing: Vec<&str> = catalogue()
        .into_iter()
        .filter(|row| row.code.family() != Family::Api)
        .map(|row| row.code.as_str())
        .filter(|code| !expected.contains(code) && !WITHOUT_VECTOR.contains(code))
        .collect();
    assert!(missing.is_empty(), "no vector expects the errors {missing:?}");
    for code in expected {
        assert!(catalogue().iter().any(|row| row.code == code), "unknown error code `{code}`");
    }
}
