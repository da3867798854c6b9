//! Runs every command with hostile characters in every field. None of them may reach the terminal unescaped.

use std::path::Path;

use jit_approvals::SigningKey;
use jit_approvals::json::{Json, Object};
use jit_approvals::token::jws;

use crate::command::{Command, folder};

/// Characters that move the cursor, clear the screen, set a title, reverse text or hide it. U+0085 and U+009B are C1
/// controls.
const HOSTILE: &str =
    "x\u{1b}[2J\u{1b}[1A\u{1b}]0;title\u{7}\r\u{8}\t\u{c}\u{b}\u{85}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{7f}y";
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Runs a command with and without colours, and with JSON output.
fn check(arguments: &[&str], input: &str) {
    for (colours, json) in [(false, false), (true, false), (false, true)] {
        let mut command = Command::new([]).reading(input).with("SIGNING_KEY", KEY).inside_the_tests_folder();
        for argument in arguments {
            command = command.and([argument]);
        }
        if colours {
            command = command.with("CLICOLOR_FORCE", "1");
        }
        if json {
            command = command.and(["--json"]);
        }
        let printed = without_colours(&command.prints());
        for character in printed.chars() {
            let harmful = (character.is_control() && character != '\n')
                || matches!(character, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}');
            assert!(!harmful, "{character:?} in {printed:?} of {arguments:?}");
        }
    }
}

/// Returns the text without our own colours (SGR sequences).
fn without_colours(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::new();
    while let Some(start) = rest.find("\u{1b}[") {
        plain.push_str(&rest[..start]);
        let after = &rest[start + 2..];
        let end = after.find(|character: char| !(character.is_ascii_digit() || character == ';'));
        match end {
            Some(end) if after[end..].starts_with('m') => rest = &after[end + 1..],
            _ => {
                plain.push('\u{1b}');
                rest = after;
            }
        }
    }
    plain + rest
}

fn file(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Returns one variant of the document for each value and each name, which the hostile text replaces.
fn hostile_variants(value: &Json) -> Vec<Json> {
    let mut variants = vec![Json::from(HOSTILE)];
    match value {
        Json::Object(object) => {
            for (key, inner) in object.iter() {
                let others: Object =
                    object.iter().filter(|(other, _)| *other != key).map(|(k, v)| (k, v.clone())).collect();
                variants.push(others.with(HOSTILE, inner.clone()).into());
                for variant in hostile_variants(inner) {
                    variants.push(object.clone().with(key, variant).into());
                }
            }
        }
        Json::Array(array) => {
            for (index, inner) in array.iter().enumerate() {
                for variant in hostile_variants(inner) {
                    let mut array = array.clone();
                    array[index] = variant;
                    variants.push(array.into());
                }
            }
        }
        _ => {}
    }
    variants
}

#[test]
fn tokens() {
    let key = SigningKey::from_base64(KEY).unwrap();
    let claims = Object::new()
        .with("iss", "shop")
        .with("aud", "host")
        .with("sub", "kevin")
        .with("exp", 4_000_000_000_i64)
        .with("roles", vec![Object::from([("name", "a")])]);
    for claims in hostile_variants(&claims.into()) {
        let token = jws::sign(&key, r#"{"typ":"JWT","alg":"HS256"}"#, claims.to_string().as_bytes()).unwrap();
        let verify = ["token", "verify", "--issuer", "shop", "--audience", "host", &token];
        check(&verify, "");
        check(&["token", "inspect", &token], "");
    }
    for header in hostile_variants(&Object::from([("typ", "JWT"), ("alg", "HS256"), ("kid", "k")]).into()) {
        let unsigned = [header.to_string(), r#"{"iss":"x"}"#.to_owned()].map(|part| encoded(part.as_bytes()));
        let token = format!("{}.{}.AAAA", unsigned[0], unsigned[1]);
        check(&["token", "inspect", &token], "");
        check(&["token", "verify", "--issuer", "shop", "--audience", "host", &token], "");
    }
    check(&["token", "inspect", HOSTILE], "");
    check(&["token", "verify", "--issuer", HOSTILE, "--audience", HOSTILE, HOSTILE], "");
    check(&["token", "inspect"], HOSTILE);
    let mint = ["token", "mint", "--issuer", "shop", "--audience", "host", "--subject", "kevin"];
    check(&["token", "mint", "--issuer", HOSTILE, "--audience", HOSTILE, "--subject", HOSTILE], "");
    for option in ["--claim", "--claims", "--key-file", "--lifetime-seconds", HOSTILE] {
        check(&[mint.as_slice(), &[option, HOSTILE]].concat(), "");
    }
    check(&[mint.as_slice(), &["--claims", "-"]].concat(), HOSTILE);
}

fn encoded(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let word =
            group.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * place)) as usize & 63]));
        }
    }
    text
}

const TEMPLATE: &str = r#"{"approvalType": "approve", "templateName": "T", "approvalKey": "T",
    "approvalTitle": "T $(amount)", "approvalData": "D $(amount) $(note) $(claim.tier)", "claims": ["tier"],
    "defaultApprovers": ["ann@x.org"], "applications": ["shop"],
    "metadata": [{"key": "amount", "pattern": "[$0-9]*", "oneOf": ["$1"], "defaultValue": "$1"},
                 {"key": "note", "multiline": true}]}"#;

#[test]
fn templates() {
    let folder = folder("hostile-templates");
    let template = Json::parse(TEMPLATE).unwrap();
    for (number, variant) in hostile_variants(&template).iter().enumerate() {
        let path = file(&folder, &format!("{number}.json"), variant.to_string());
        check(&["template", "check", &path], "");
        check(&["template", "render", &path, "--application", "shop", "--claim", "tier=gold"], "");
    }
    check(&["template", "check", &file(&folder, "x.toml", format!("a = \"{HOSTILE}\""))], "");
    check(&["template", "check", &file(&folder, "y.toml", format!("{HOSTILE} = 1"))], "");
    check(&["template", "check", &file(&folder, "z.json", HOSTILE)], "");
    check(&["template", "check", &file(&folder, "bytes.json", b"\xff\x1b[2J")], "");
    check(&["template", "check", &file(&folder, HOSTILE, TEMPLATE), HOSTILE], "");
    let good = file(&folder, "good.json", TEMPLATE.replace(r#", "applications": ["shop"]"#, ""));
    for option in ["--application", "--subject", "--company-name", "--claim", "--set", "--request-id"] {
        check(&["template", "render", &good, "--claim", "tier=gold", option, HOSTILE], "");
        check(&["template", "render", &good, option, &format!("note={HOSTILE}")], "");
        check(
            &["template", "render", &good, option, &format!("{HOSTILE}=1"), option, &format!("{HOSTILE}=1")],
            "",
        );
    }
    let new = ["template", "new", "--key", "T", "--name", "T", "--title", "T", "--text", "T"];
    for option in ["--field", "--approver", "--out", HOSTILE] {
        check(&[new.as_slice(), &[option, HOSTILE]].concat(), "");
    }
    for option in ["--key", "--name", "--title", "--text"] {
        check(&["template", "new", option, HOSTILE], "");
    }
}

#[test]
fn requests() {
    let folder = folder("hostile-requests");
    let template = file(&folder, "template.json", TEMPLATE);
    let opening = |path: &str| {
        Command::new(["request", "open", path, "--template", &template, "--application", "shop"]).and([
            "--subject",
            "kevin",
            "--claim",
            "tier=gold",
            "--everyone",
        ])
    };
    let path = folder.join("request.ndjson").to_str().unwrap().to_owned();
    opening(&path).succeeds();
    let open =
        ["request", "open", "no", "--template", &template, "--application", "shop", "--subject", "kevin"];
    let options = [
        "--application",
        "--subject",
        "--company-name",
        "--claim",
        "--set",
        "--approver",
        "--body",
        "--directory",
    ];
    for option in options {
        check(&[open.as_slice(), &["--everyone", option, HOSTILE]].concat(), "");
        check(&[open.as_slice(), &["--everyone", option, &format!("note={HOSTILE}")]].concat(), "");
    }
    let body = Json::parse(
        r#"{"templateId": "T", "metaData": {"amount": "$1"}, "approvers": ["a@x.org"],
        "attachments": [{"title": "t", "url": "https://x.org"}]}"#,
    )
    .unwrap();
    let people = Json::parse(
        r#"{"people": [{"email": "a@x.org", "active": true, "aliases": ["a"]}],
        "groups": {"g": ["b@x.org"]}}"#,
    )
    .unwrap();
    for (number, variant) in hostile_variants(&body).iter().enumerate() {
        let body = file(&folder, &format!("body-{number}.json"), variant.to_string());
        check(&[open.as_slice(), &["--claim", "tier=gold", "--everyone", "--body", &body]].concat(), "");
    }
    for (number, variant) in hostile_variants(&people).iter().enumerate() {
        let people = file(&folder, &format!("people-{number}.json"), variant.to_string());
        check(&[open.as_slice(), &["--claim", "tier=gold", "--directory", &people]].concat(), "");
    }
    let hash = "0".repeat(64);
    check(&["request", "decide", &path, "--approve", "--seen", HOSTILE, "--approver", "ann@x.org"], "");
    check(&["request", "decide", &path, "--approve", "--seen", &hash, "--approver", HOSTILE], "");
    for option in ["--comment", "--sign", "--directory"] {
        let decide = ["request", "decide", &path, "--approve", "--seen", &hash, "--approver", "ann@x.org"];
        check(&[decide.as_slice(), &[option, HOSTILE]].concat(), "");
    }
    for command in ["cancel", "revoke"] {
        check(&["request", command, &path, "--reason", HOSTILE], "");
        check(&["request", command, &path, "--administrator", HOSTILE], "");
    }
    check(&["request", "consume", &path, "--set", HOSTILE], "");
    check(&["request", "consume", &path, "--set", &format!("{HOSTILE}=1")], "");
    check(&["request", "consume", &path, "--act", HOSTILE], "");
    check(&["request", "verify", &path, "--count", "1", "--hash", HOSTILE], "");
    // Events that somebody else wrote.
    let event = Json::parse(std::fs::read_to_string(&path).unwrap().trim_end()).unwrap();
    for (number, variant) in hostile_variants(&event).iter().enumerate() {
        let events = file(&folder, &format!("events-{number}.ndjson"), format!("{variant}\n"));
        check(&["request", "show", &events], "");
    }
    for events in [HOSTILE.as_bytes(), b"\xff\n", b"{}\n\xff\x1b[2J"] {
        let events = file(&folder, "events.ndjson", events);
        for command in ["show", "verify", "expire", "consume"] {
            check(&["request", command, &events], "");
            check(&["request", command, HOSTILE], "");
        }
    }
}

#[test]
fn other_commands() {
    check(&["demo", "--comment", HOSTILE], "");
    check(&["demo", "--sign", HOSTILE, "--kind", "sign"], "");
    check(&["demo", "--comment", "one\n   status        approved"], "");
    check(&["demo", "--kind", HOSTILE], "");
    check(&["key", "new", "--out", &format!("/nowhere/{HOSTILE}")], "");
    check(&["completions", HOSTILE], "");
    check(&[HOSTILE], "");
    check(&["--", HOSTILE], "");
}
