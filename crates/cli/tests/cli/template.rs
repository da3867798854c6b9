//! Tests `jit-approvals template` as processes.

use jit_approvals::json::Json;

use crate::command::{Command, folder};

const GOOD: &str = r#"{
  "approvalType": "approve", "templateName": "Refund", "approvalKey": "REFUND",
  "approvalTitle": "Refund $(amount)?",
  "approvalData": "Refund $(amount) to $(subject).\nThank you,\n$(companyName)",
  "defaultApprovers": ["ann@example.com"],
  "metadata": [{"key": "amount", "required": true}]
}"#;

fn file(folder: &std::path::Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_mistake_is_shown_at_its_place() {
    let folder = folder("check");
    let json = file(&folder, "one.json", &GOOD.replace(r"\nThank you", r"\nThank $(amuont)"));
    let shown = Command::new(["template", "check", &json]).fails_with(1);
    let column = r#"  "approvalData": "Refund $(amount) to $(subject).\nThank "#.len();
    assert!(shown.contains("did you mean `amount`?") && shown.contains("[unknown_placeholder]"), "{shown}");
    assert!(shown.contains(&format!("one.json:4:{}\n", column + 1)), "{shown}");
    let (line, caret) = last_two(&shown);
    assert!(caret.ends_with("^ approvalData"), "{shown}");
    let place = caret.chars().position(|character| character == '^').unwrap();
    assert!(line.chars().skip(place).collect::<String>().starts_with("$(amuont)"), "{shown}");
}

fn last_two(text: &str) -> (String, String) {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    (lines[lines.len() - 2].to_owned(), lines[lines.len() - 1].to_owned())
}

#[test]
fn mistakes_of_every_kind_are_shown_at_their_place() {
    let folder = folder("kinds");
    for (name, text, place, field, code) in [
        (
            "a.json",
            GOOD.replace("\"required\"", "\"requird\""),
            "a.json:6:34\n",
            "metadata[0].requird",
            "unknown_member",
        ),
        (
            "b.json",
            GOOD.replace("ann@example.com", "ann"),
            "b.json:5:24\n",
            "defaultApprovers[0]",
            "invalid_email",
        ),
        ("c.json", GOOD.replace("\"REFUND\",", "\"REFUND\",,"), "c.json:2:80\n", "", "malformed_json"),
        (
            "d.json",
            GOOD.replace("\"templateName\": \"Refund\", ", ""),
            "d.json:1:1\n",
            "templateName",
            "missing_member",
        ),
        ("e.toml", "approvalType = \"approve\"\nname = \n".to_owned(), "e.toml:2:8\n", "", "malformed_toml"),
    ] {
        let path = file(&folder, name, &text);
        let shown = Command::new(["template", "check", &path]).fails_with(1);
        assert!(
            shown.contains(place)
                && shown.contains(&format!("[{code}]"))
                && shown.trim_end().ends_with(format!("^ {field}").trim_end()),
            "{shown}"
        );
        let report = Command::new(["template", "check", "--json", &path]).reports_with(1);
        let report = Json::parse(&report).unwrap();
        let error =
            &report.get("files").unwrap().as_array().unwrap()[0].get("errors").unwrap().as_array().unwrap()
                [0];
        assert_eq!(error.get("code"), Some(&code.into()));
        assert!(error.get("line").is_some() && error.get("number").is_some(), "{error}");
    }
}

#[test]
fn a_mistake_that_misleads_is_shown_without_misleading() {
    let folder = folder("bidi");
    let path = file(&folder, "a.json", &GOOD.replace("Thank you", "pay \u{202e}live"));
    let shown = Command::new(["template", "check", &path]).fails_with(1);
    assert!(shown.contains("U+202E") && shown.contains("pay \u{fffd}live"), "{shown}");
    assert!(!shown.contains('\u{202e}'), "{shown}");
}

#[test]
fn several_files_are_all_checked() {
    let folder = folder("several");
    let (good, bad) = (file(&folder, "good.json", GOOD), file(&folder, "bad.json", "{}"));
    assert!(Command::new(["template", "check", &good, &good]).succeeds().contains("REFUND v1, 1 fields"));
    let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_jit-approvals"));
    let output = process.args(["template", "check", &bad, &good, &bad]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stderr).unwrap().matches("^ approvalKey").count(), 2);
    assert!(String::from_utf8(output.stdout).unwrap().contains("good.json"));
}

#[test]
fn toml_means_the_same_as_json() {
    let folder = folder("toml");
    let toml = r#"
approvalType = "approve"
templateName = "Refund"
approvalKey = "REFUND"
approvalTitle = "Refund $(amount)?"
approvalData = """
Refund $(amount) to $(subject).
Thank you,
$(companyName)"""
defaultApprovers = ["ann@example.com"]

[[metadata]]
key = "amount"
required = true
"#;
    let (json, written) = (file(&folder, "a.json", GOOD), file(&folder, "a.toml", toml));
    let render = |path: &str| {
        Command::new(["template", "render", path, "--set", "amount=$5", "--subject", "kevin", "--json"])
            .succeeds()
    };
    assert_eq!(render(&json), render(&written));
    let wrong = file(&folder, "b.toml", &toml.replace("$(companyName)", "  $(company)"));
    let shown = Command::new(["template", "check", &wrong]).fails_with(1);
    assert!(shown.contains("b.toml:9:3\n"), "{shown}");
    let wrong = file(&folder, "c.toml", &toml.replace("\"amount\"", "\"a b\""));
    let shown = Command::new(["template", "check", &wrong]).fails_with(1);
    assert!(shown.contains("c.toml:13:7\n"), "{shown}");
}

#[test]
fn rendering_shows_what_an_approver_sees() {
    let folder = folder("render");
    let path = file(&folder, "a.json", GOOD);
    let render =
        || Command::new(["template", "render", &path, "--application", "https://shop.example.com/x"]);
    let page = render().and(["--set", "amount=$(subject)", "--subject", "kevin"]).succeeds();
    assert!(page.contains("Refund $(subject) to kevin.\nThank you,\nshop.example.com"), "{page}");
    let parts = Json::parse(&render().and(["--set", "amount=1", "--json"]).succeeds()).unwrap();
    assert_eq!(parts.get("parts").unwrap().as_array().unwrap()[1].get("key"), Some(&"amount".into()));
    let coloured = render().and(["--set", "amount=1"]).with("CLICOLOR_FORCE", "1").succeeds();
    assert!(coloured.contains("\u{1b}[1m\u{1b}[36m1\u{1b}[0m"), "{coloured:?}");
    assert!(render().fails_with(1).contains("[missing_metadata]"));
    assert!(render().and(["--set", "amuont=1"]).fails_with(1).contains("did you mean `amount`?"));
}

#[test]
fn a_new_template_can_be_used_at_once() {
    let folder = folder("new");
    let path = folder.join("new.json");
    let path = path.to_str().unwrap();
    let new = || Command::new(["template", "new", "--key", "PAY", "--name", "Pay", "--title", "Pay $(sum)?"]);
    let full =
        || new().and(["--text", "Pay $(sum) \"now\".", "--field", "sum=$1", "--approver", "ann@example.com"]);
    assert_eq!(full().and(["--out", path]).succeeds(), "");
    assert!(full().and(["--out", path]).fails_with(1).contains("new.json"));
    assert!(Command::new(["template", "render", path]).succeeds().contains("Pay $1 \"now\"."));
    assert_eq!(full().succeeds(), std::fs::read_to_string(path).unwrap());
    assert!(new().fails_with(2).contains("--text"));
    assert!(new().and(["--text", "$(x)"]).fails_with(1).contains("[unknown_placeholder]"));
}

#[test]
fn all_mistakes_of_all_files_are_shown() {
    let folder = folder("all");
    let two = GOOD
        .replace("\"required\"", "\"requird\"")
        .replace("$(subject)", "$(sbject), $(amuont)")
        .replace("ann@example.com", "ann");
    let (one, other) = (file(&folder, "one.json", &two), file(&folder, "other.json", "{}"));
    let shown = Command::new(["template", "check", &one, &other]).fails_with(1);
    let mut places = shown.lines().filter(|line| line.contains("-->"));
    for place in ["one.json:6:34", "one.json:4:40", "one.json:4:51", "one.json:5:24"] {
        let line = places.next().unwrap_or_else(|| panic!("no {place} in {shown}"));
        assert!(line.ends_with(place), "{line} instead of {place}");
    }
    assert_eq!(places.filter(|line| line.contains("other.json")).count(), 5);
    let report = Command::new(["template", "check", "--json", &one, &other]).reports_with(1);
    let report = Json::parse(&report).expect("one document");
    let files = report.get("files").unwrap().as_array().unwrap();
    let errors = |file: &Json| file.get("errors").unwrap().as_array().unwrap().len();
    assert_eq!(files.iter().map(errors).collect::<Vec<_>>(), [4, 5]);
}

#[cfg(unix)]
#[test]
fn missing_values_of_a_new_template_are_asked_for_on_a_terminal() {
    let typed =
        ["REFUND", "Refund", "Refund $(amount)?", "To $(subject).", "amount=1", "", "ann@example.com", ""];
    let asked = Command::new(["template", "new"]).answered(&typed);
    let told =
        Command::new(["template", "new", "--key", "REFUND", "--name", "Refund", "--field", "amount=1"]).and(
            ["--title", "Refund $(amount)?", "--text", "To $(subject).", "--approver", "ann@example.com"],
        );
    assert_eq!(asked, told.succeeds());
}
