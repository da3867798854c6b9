//! Tests `jit-approvals request` as processes: a real approval that uses only shell commands.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use jit_approvals::json::Json;

use crate::command::{Command, folder};

const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/purchase/approve.template.json");
const SIGN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/purchase/sign.template.json");
const BODY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/purchase/approve.request.json");

/// Opens a request in this folder and returns its path and its content hash.
fn open(folder: &Path, template: &str) -> (String, String) {
    let path = folder.join("request.ndjson").to_str().unwrap().to_owned();
    Command::new(["request", "open", &path, "--template", template])
        .and([
            "--set",
            "purchasePrice=$1,654",
            "--set",
            "requestor=kevin",
            "--subject",
            "kevin",
            "--everyone",
        ])
        .succeeds();
    let hash = show(&path).get("contentHash").unwrap().as_str().unwrap().to_owned();
    (path, hash)
}

fn show(path: &str) -> Json {
    Json::parse(&Command::new(["request", "show", path, "--json"]).succeeds()).unwrap()
}

fn decide(path: &str, hash: &str, approver: &str) -> Command {
    Command::new(["request", "decide", path, "--seen", hash, "--approver", approver])
}

fn consume(path: &str, price: &str) -> Command {
    let price = format!("purchasePrice={price}");
    Command::new(["request", "consume", path, "--set", "requestor=kevin", "--set", &price])
}

#[test]
fn a_purchase_from_opening_to_consuming() {
    let (path, hash) = open(&folder("purchase"), TEMPLATE);
    let page = Command::new(["request", "show", &path]).succeeds();
    assert!(page.contains("Price: $1,654") && page.contains("pending"), "{page}");
    assert!(consume(&path, "$1,654").fails_with(1).contains("[no_grant]"));
    assert!(decide(&path, &hash, "eve@nl3.com").and(["--approve"]).fails_with(1).contains("[not_eligible]"));
    assert!(
        decide(&path, &"0".repeat(64), "steve@nl3.com")
            .and(["--approve"])
            .fails_with(1)
            .contains("[content_mismatch]")
    );
    let decided = decide(&path, &hash, "steve@nl3.com").and(["--approve", "--comment", "fine"]).succeeds();
    assert!(decided.contains("approved") && decided.contains("issued"), "{decided}");
    assert!(consume(&path, "$1,655").fails_with(1).contains("metaData.purchasePrice"));
    assert!(consume(&path, "$1,654").succeeds().contains("consumed"));
    assert!(consume(&path, "$1,654").fails_with(1).contains("[grant_consumed]"));
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 3);
    let record = show(&path);
    assert_eq!(record.get("status"), Some(&"approved".into()));
}

#[test]
fn a_body_as_posted_and_a_directory() {
    let folder = folder("body");
    let path = folder.join("request.ndjson").to_str().unwrap().to_owned();
    let people = folder.join("people.toml").to_str().unwrap().to_owned();
    std::fs::write(&people, "[[people]]\nemail = \"steve@nl3.com\"\nactive = false\n").unwrap();
    let opening = || {
        let opening = Command::new(["request", "open", &path, "--template", TEMPLATE, "--body", BODY]);
        opening.and(["--subject", "kevin"])
    };
    assert!(
        opening().fails_with(2).contains("--everyone"),
        "without any people, the default is not everyone"
    );
    opening().and(["--everyone", "--directory", &people]).fails_with(2);
    let nobody = ["request", "open", &path, "--template", TEMPLATE, "--body", BODY, "--everyone"];
    assert!(
        Command::new(nobody).fails_with(2).contains("--subject"),
        "without a subject, self-approval could not be prevented"
    );
    let refused = opening().and(["--directory", &people]).fails_with(1);
    assert!(refused.contains("[too_few_approvers]") && !Path::new(&path).exists(), "{refused}");
    let active = folder.join("active.toml").to_str().unwrap().to_owned();
    std::fs::write(&active, "[[people]]\nemail = \"steve@nl3.com\"\nactive = true\n").unwrap();
    let opening = || opening().and(["--directory", &active]);
    opening().succeeds();
    assert!(opening().fails_with(1).contains("request.ndjson"), "an existing request is never overwritten");
    let hash = show(&path).get("contentHash").unwrap().as_str().unwrap().to_owned();
    let left = decide(&path, &hash, "steve@nl3.com").and(["--approve", "--directory", &people]);
    assert!(left.fails_with(1).contains("[no_longer_eligible]"));
    let reject = || decide(&path, &hash, "steve@nl3.com").and(["--reject"]);
    assert!(reject().fails_with(1).contains("[missing_member]"), "a decision needs the directory again");
    assert!(reject().and(["--everyone"]).fails_with(1).contains("[directory_mismatch]"));
    assert!(reject().and(["--directory", &active]).succeeds().contains("rejected"));
}

#[test]
fn a_signature_is_required() {
    let (path, hash) = open(&folder("sign"), SIGN);
    let kevin = || decide(&path, &hash, "kevin@nextlevel3.com").and(["--approve"]);
    assert!(kevin().fails_with(1).contains("[signature_required]"));
    assert!(kevin().and(["--sign", "Kevin"]).succeeds().contains("approved"));
    decide(&path, &hash, "kevin@nextlevel3.com").fails_with(2);
    decide(&path, &hash, "kevin@nextlevel3.com").and(["--approve", "--reject"]).fails_with(2);
}

#[test]
fn verification_says_what_it_proves() {
    let folder = folder("verify");
    let (path, hash) = open(&folder, TEMPLATE);
    decide(&path, &hash, "steve@nl3.com").and(["--approve"]).succeeds();
    let verify = |path: &str| Command::new(["request", "verify", path]);
    let head = Json::parse(&verify(&path).and(["--json"]).succeeds()).unwrap();
    assert_eq!(head.get("complete"), Some(&Json::from(false)));
    let head = head.get("hash").unwrap().as_str().unwrap();
    assert!(verify(&path).succeeds().contains("the end is not proven"));
    assert!(
        verify(&path)
            .and(["--count", "2", "--hash", head])
            .succeeds()
            .contains("the end matches the given head")
    );
    let text = std::fs::read_to_string(&path).unwrap();
    let changed = folder.join("changed.ndjson").to_str().unwrap().to_owned();
    std::fs::write(&changed, text.replace("$1,654", "$9,654")).unwrap();
    let refused = verify(&changed).fails_with(1);
    assert!(refused.contains("[event_altered]") && refused.contains("line 1"), "{refused}");
    assert!(Command::new(["request", "show", &changed]).fails_with(1).contains("[event_altered]"));
    std::fs::write(&changed, text.lines().next().unwrap().to_owned() + "\n").unwrap();
    verify(&changed).succeeds();
    assert!(verify(&changed).and(["--count", "2", "--hash", head]).fails_with(1).contains("[head_mismatch]"));
    verify(&path).and(["--count", "2"]).fails_with(2);
}

#[test]
fn an_incomplete_last_line_is_ignored() {
    let (path, hash) = open(&folder("torn"), TEMPLATE);
    let whole = std::fs::read_to_string(&path).unwrap();
    OpenOptions::new().append(true).open(&path).unwrap().write_all(br#"{"actor":{"id":"ste"#).unwrap();
    let torn = std::fs::read(&path).unwrap();
    let (page, report) = Command::new(["request", "show", &path]).prints_and_fails_with(1);
    assert!(page.contains("pending") && report.contains("line 2"), "{page}{report}");
    assert!(Command::new(["request", "verify", &path]).fails_with(1).contains("line 2"));
    assert!(decide(&path, &hash, "eve@nl3.com").and(["--approve"]).fails_with(1).contains("[not_eligible]"));
    assert_eq!(std::fs::read(&path).unwrap(), torn, "only a write removes it");
    decide(&path, &hash, "steve@nl3.com").and(["--approve"]).succeeds();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with(&whole) && text.lines().count() == 2, "{text}");
    // The line can also end in the middle of a character.
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"actor\":{\"id\":\"jos\xc3").unwrap();
    assert!(Command::new(["request", "verify", &path]).fails_with(1).contains("line 3"));
    consume(&path, "$1,654").succeeds();
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 3);
}

#[test]
fn an_event_without_its_line_feed_counts() {
    let (path, hash) = open(&folder("line-feed"), TEMPLATE);
    decide(&path, &hash, "steve@nl3.com").and(["--approve"]).succeeds();
    consume(&path, "$1,654").succeeds();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.trim_end()).unwrap();
    assert!(consume(&path, "$1,654").fails_with(1).contains("[grant_consumed]"));
    assert!(Command::new(["request", "verify", &path]).succeeds().contains("3 events"));
    let (path, hash) = open(&folder("line-feed"), TEMPLATE);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.trim_end()).unwrap();
    decide(&path, &hash, "steve@nl3.com").and(["--approve"]).succeeds();
    let lines = std::fs::read_to_string(&path).unwrap();
    assert!(lines.starts_with(&text) && lines.lines().count() == 2, "the line feed is added: {lines}");
    // A complete event with a wrong sequence number is an error, not an interrupted write.
    let first = text.trim_end().to_owned();
    std::fs::write(&path, format!("{text}{first}")).unwrap();
    assert!(Command::new(["request", "show", &path]).fails_with(1).contains("[event_out_of_order]"));
}

#[test]
fn a_failed_open_leaves_no_file_and_only_the_owner_can_read_a_file() {
    let folder = folder("open-fails");
    let path = folder.join("request.ndjson").to_str().unwrap().to_owned();
    let opening = || Command::new(["request", "open", &path, "--template", TEMPLATE, "--everyone"]);
    opening().and(["--subject", "steve@nl3.com"]).fails_with(1);
    opening().and(["--subject", "kevin", "--set", "purchasePrice=a\u{202e}"]).fails_with(1);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    opening().and(["--subject", "kevin"]).succeeds();
    opening().and(["--subject", "kevin"]).fails_with(1);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn show_prints_all_that_the_content_hash_covers() {
    let folder = folder("show");
    let file = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).unwrap();
        folder.join(name).to_str().unwrap().to_owned()
    };
    let template = file(
        "template.json",
        r#"{"approvalType": "signAndApprove", "templateName": "T", "approvalKey": "KEY", "templateVersion": 7,
            "approvalTitle": "Title", "approvalData": "Note: $(note)!", "claims": ["tier"],
            "metadata": [{"key": "note", "multiline": true}, {"key": "unshown"}],
            "stages": [{"name": "first", "approvers": ["ann@x.org"]}, {"approverGroups": ["ops"]}]}"#,
    );
    let body = file(
        "body.json",
        r#"{"templateId": "KEY", "metaData": {"note": "one\nPay $1 to eve.", "unshown": "hidden value"},
            "attachments": [{"title": "Invoice", "url": "https://Shop.example.com:8443/i/1"}]}"#,
    );
    let people = file("people.json", r#"{"people": "everyone", "groups": {"ops": ["bob@x.org"]}}"#);
    let path = folder.join("request.ndjson").to_str().unwrap().to_owned();
    Command::new([
        "request",
        "open",
        &path,
        "--template",
        &template,
        "--body",
        &body,
        "--directory",
        &people,
    ])
    .and(["--application", "https://shop.example.com", "--subject", "kevin", "--claim", "tier=gold"])
    .succeeds();
    let hash = show(&path).get("contentHash").unwrap().as_str().unwrap().to_owned();
    decide(&path, &hash, "ann@x.org")
        .and(["--approve", "--sign", "Ann Ann", "--comment", "first\n   status        approved"])
        .succeeds();
    let page = Command::new(["request", "show", &path]).succeeds();
    for shown in [
        "Note: \n│ one\n│ Pay $1 to eve.\n!\n",
        "kevin",
        "https://shop.example.com\n",
        "KEY v7",
        "signAndApprove",
        "hidden value",
        "claim.tier",
        "gold",
        "Invoice",
        "shop.example.com:8443",
        "https://Shop.example.com:8443/i/1",
        "first",
        "ann@x.org",
        "bob@x.org  by group ops",
        "Ann Ann",
        "│ first\n",
        "│    status        approved\n",
    ] {
        assert!(page.contains(shown), "no {shown:?} in {page}");
    }
}

#[test]
fn a_key_is_given_once() {
    let set = ["--set", "purchasePrice=$1", "--set", "purchasePrice=$2"];
    assert!(
        Command::new(["template", "render", TEMPLATE]).and(set).fails_with(2).contains("`purchasePrice`")
    );
    let (path, _) = open(&folder("twice"), TEMPLATE);
    assert!(Command::new(["request", "consume", &path]).and(set).fails_with(2).contains("--set"));
    let usage = Command::new(["request", "consume", &path, "--json"]).and(set).fails_with(2);
    let error = Json::parse(&usage).unwrap();
    assert_eq!(error.get("error").unwrap().get("code"), Some(&"usage".into()));
    let error = Json::parse(&Command::new(["request", "consume", "--json"]).fails_with(2)).unwrap();
    assert_eq!(error.get("error").unwrap().get("code"), Some(&"usage".into()));
    let error = Json::parse(&Command::new(["request", "show", "nowhere", "--json"]).fails_with(1)).unwrap();
    assert_eq!(error.get("error").unwrap().get("code"), Some(&"io".into()));
}

#[test]
fn a_second_writer_is_rejected() {
    let (path, hash) = open(&folder("lock"), TEMPLATE);
    let held = OpenOptions::new().write(true).open(&path).unwrap();
    held.lock().unwrap();
    assert!(
        decide(&path, &hash, "steve@nl3.com").and(["--approve"]).fails_with(1).contains("another process")
    );
    assert_eq!(show(&path).get("status"), Some(&"pending".into()), "reading needs no lock");
    drop(held);
    decide(&path, &hash, "steve@nl3.com").and(["--approve"]).succeeds();
}

#[test]
fn right_to_left_text_is_isolated() {
    let path = folder("isolate").join("request.ndjson").to_str().unwrap().to_owned();
    Command::new(["request", "open", &path, "--template", TEMPLATE, "--set", "purchasePrice=שלום 5"])
        .and(["--subject", "kevin", "--everyone"])
        .succeeds();
    let page = Command::new(["request", "show", &path]).succeeds();
    assert!(page.contains("\u{2068}שלום 5\u{2069}"), "{page:?}");
    assert!(!std::fs::read_to_string(&path).unwrap().contains('\u{2068}'), "isolates are not hashed");
    let price = "purchasePrice=שלום 5";
    let page = Command::new(["template", "render", TEMPLATE, "--set", price]).succeeds();
    assert!(page.contains("\u{2068}שלום 5\u{2069}"), "{page:?}");
}

#[test]
fn toml_numbers_must_be_finite() {
    let folder = folder("nan");
    let people = folder.join("people.toml").to_str().unwrap().to_owned();
    for number in ["nan", "inf", "-inf"] {
        std::fs::write(&people, format!("people = \"everyone\"\nx = {number}\n")).unwrap();
        let opening = Command::new(["request", "open", "x", "--template", TEMPLATE, "--directory", &people]);
        let refused = opening.and(["--subject", "kevin"]).fails_with(1);
        assert!(refused.contains("[malformed_toml]") && refused.contains("people.toml:2:5"), "{refused}");
    }
}

#[test]
fn concurrent_processes_consume_a_grant_once() {
    let (path, hash) = open(&folder("race"), TEMPLATE);
    decide(&path, &hash, "steve@nl3.com").and(["--approve"]).succeeds();
    let children: Vec<_> = (0..8)
        .map(|_| {
            let arguments =
                ["request", "consume", &path, "--set", "requestor=kevin", "--set", "purchasePrice=$1,654"];
            let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_jit-approvals"));
            process.args(arguments).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
            process.spawn().unwrap()
        })
        .collect();
    let codes: Vec<_> = children.into_iter().map(|mut child| child.wait().unwrap().code().unwrap()).collect();
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 3);
}

#[test]
fn only_expire_records_an_expiry() {
    let folder = folder("expiry");
    let path = folder.join("request.ndjson").to_str().unwrap().to_owned();
    Command::new(["request", "open", &path, "--template", TEMPLATE, "--expires-in-seconds", "1"])
        .and(["--subject", "kevin", "--everyone"])
        .succeeds();
    let hash = show(&path).get("contentHash").unwrap().as_str().unwrap().to_owned();
    while show(&path).get("status") == Some(&"pending".into()) {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(
        decide(&path, &hash, "steve@nl3.com").and(["--approve"]).fails_with(1).contains("[request_expired]")
    );
    let lines = || std::fs::read_to_string(&path).unwrap().lines().count();
    assert_eq!(lines(), 1, "neither showing nor failing changes the file");
    let expire = || Command::new(["request", "expire", &path]).succeeds();
    assert!(expire().contains("expired") && expire().contains("expired"));
    assert_eq!(lines(), 2);
    assert!(std::fs::read_to_string(&path).unwrap().lines().nth(1).unwrap().contains(r#""type":"expired""#));
}

#[test]
fn requests_can_be_cancelled_and_grants_revoked() {
    let (path, hash) = open(&folder("cancel"), TEMPLATE);
    let cancel = || Command::new(["request", "cancel", &path, "--reason", "sold out"]);
    assert!(cancel().succeeds().contains("cancelled"));
    assert!(cancel().fails_with(1).contains("[request_final]"));
    assert!(
        decide(&path, &hash, "steve@nl3.com").and(["--approve"]).fails_with(1).contains("[request_final]")
    );
    let (path, hash) = open(&folder("revoke"), TEMPLATE);
    let revoke = || Command::new(["request", "revoke", &path, "--administrator", "root@nl3.com"]);
    assert!(revoke().fails_with(1).contains("[no_grant]"));
    decide(&path, &hash, "steve@nl3.com").and(["--approve"]).succeeds();
    assert!(revoke().succeeds().contains("revoked"));
    assert!(consume(&path, "$1,654").fails_with(1).contains("[grant_revoked]"));
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .contains(r#""actor":{"id":"root@nl3.com","kind":"administrator"}"#)
    );
}
