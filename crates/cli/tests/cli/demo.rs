//! Tests `jit-approvals demo` as a process.

use crate::command::Command;
use jit_approvals::event::{Event, Head};
use jit_approvals::json::Json;
use jit_approvals::{AccessTokenVerifier, verify_chain};

/// The exact published text. It comes from a separate file, so it does not depend on the program under test.
const PUBLISHED: &str = include_str!("../../../../tests/vectors/template.render.json");

fn published(id: &str) -> Json {
    let vectors = Json::parse(PUBLISHED).unwrap();
    let cases = vectors.get("cases").unwrap().as_array().unwrap();
    let case = cases.iter().find(|case| case.get("id").unwrap().as_str() == Some(id)).unwrap();
    case.get("expect").unwrap().get("ok").unwrap().clone()
}

fn text<'a>(value: &'a Json, path: &[&str]) -> &'a str {
    let found = path.iter().fold(value, |value, key| value.get(key).unwrap_or_else(|| panic!("no {path:?}")));
    found.as_str().unwrap()
}

#[test]
fn the_approver_sees_exactly_the_published_text() {
    for (kind, id) in [("approve", "published-approve"), ("sign", "published-sign")] {
        let page = Command::new(["demo", "--kind", kind]).succeeds();
        let published = published(id);
        assert!(page.contains(text(&published, &["text"])), "{page}");
        assert!(page.contains(text(&published, &["title"])), "{page}");
        let document = Json::parse(&Command::new(["demo", "--json", "--kind", kind]).succeeds()).unwrap();
        assert_eq!(text(&document, &["request", "text"]), text(&published, &["text"]));
        assert_eq!(document.get("request").unwrap().get("parts"), published.get("parts"));
    }
}

#[test]
fn an_approval_issues_a_grant_that_is_valid_once_and_only_for_this_act() {
    let document = Json::parse(&Command::new(["demo", "--json"]).succeeds()).unwrap();
    assert_eq!(text(&document, &["request", "status"]), "approved");
    assert_eq!(text(&document, &["request", "grant", "status"]), "consumed");
    let acts = document.get("acts").unwrap().as_array().unwrap();
    let codes: Vec<Option<&str>> =
        acts.iter().map(|act| act.get("error").map(|error| text(error, &["code"]))).collect();
    assert_eq!(codes, [Some("content_mismatch"), None, Some("grant_consumed")]);
    assert_eq!(text(&acts[0], &["error", "field"]), "metaData.purchasePrice");
    assert_eq!(
        text(&document, &["accessTokenClaims", "contentHash"]),
        text(&document, &["request", "contentHash"])
    );
}

#[test]
fn the_printed_events_verify_and_changed_ones_do_not() {
    let document = Json::parse(&Command::new(["demo", "--json"]).succeeds()).unwrap();
    let head = document.get("chain").unwrap();
    let head = Head {
        count: head.get("count").unwrap().as_number().unwrap().as_u64().unwrap(),
        hash: text(head, &["hash"]).parse().unwrap(),
    };
    let lines = document.get("events").unwrap().as_array().unwrap();
    let events: Vec<Event> = lines.iter().map(|line| Event::from_json(line).unwrap()).collect();
    assert!(verify_chain(&events, Some(head)).unwrap().complete);
    assert_eq!(verify_chain(&events[..2], Some(head)).unwrap_err().code(), "head_mismatch");
    let changed = lines[0].to_string().replace("$1,654", "$9,654");
    assert_eq!(Event::parse(&changed).unwrap_err().code(), "event_altered");
}

#[test]
fn the_options_change_the_result() {
    let rejected = Command::new(["demo", "--json", "--reject", "--comment", "too expensive"]).succeeds();
    let rejected = Json::parse(&rejected).unwrap();
    assert_eq!(text(&rejected, &["request", "status"]), "rejected");
    assert!(rejected.get("request").unwrap().get("grant").is_none() && rejected.get("accessToken").is_none());
    for act in rejected.get("acts").unwrap().as_array().unwrap() {
        assert_eq!(text(act, &["error", "code"]), "no_grant");
    }
    let signed = Command::new(["demo", "--json", "--kind", "sign", "--sign", "José Ω"]).succeeds();
    assert!(signed.contains(r#""signature":{"kind":"typed","text":"José Ω"}"#), "{signed}");
    assert!(rejected.to_string().contains(r#""comment":"too expensive""#));
}

#[test]
fn misleading_text_is_rejected_with_the_reason() {
    let refused = Command::new(["demo", "--comment", "fine\u{202e}enif"]).fails_with(1);
    assert!(
        refused.contains("`U+202E` is not allowed") && refused.contains("[comment_character]"),
        "{refused}"
    );
    assert!(!refused.contains('\u{202e}'));
    let refused = Command::new(["demo", "--json", "--kind", "sign", "--sign", " "]).fails_with(1);
    assert_eq!(text(&Json::parse(&refused).unwrap(), &["error", "code"]), "signature_required");
    Command::new(["demo", "--kind", "neither"]).fails_with(2);
    Command::new(["demo", "--colour"]).fails_with(2);
}

#[test]
fn colour_is_for_terminals_only() {
    assert!(!Command::new(["demo"]).succeeds().contains('\u{1b}'));
    assert!(Command::new(["demo"]).with("CLICOLOR_FORCE", "1").succeeds().contains("\u{1b}["));
    let plain = Command::new(["demo"]).with("CLICOLOR_FORCE", "0").with("NO_COLOR", "1").succeeds();
    assert!(!plain.contains('\u{1b}'));
}

#[test]
fn tokens_of_one_run_do_not_verify_in_another() {
    let document = Json::parse(&Command::new(["demo", "--json"]).succeeds()).unwrap();
    let key = jit_approvals::SigningKey::generate().unwrap();
    let verifier = AccessTokenVerifier::builder(&key)
        .issuer("api.nextlevel3.com")
        .application("msonline.nextlevel3.com")
        .build()
        .unwrap();
    assert_eq!(verifier.verify(text(&document, &["accessToken"])).unwrap_err().code(), "invalid_signature");
}
