//! Every problem document that callers get, compared with `problems/*.txt`.
//!
//! `JIT_REWRITE_PROBLEMS=1` writes the files anew: read the difference before it is committed.

mod api;
mod domain;
mod input;

use std::fmt::Write as _;
use std::path::Path;

use jit_approvals::error::Family;
use jit_approvals::json::Json;

use crate::http::Answer;
use crate::server::Shop;

/// Where the server of these tests is seen from outside.
const URL: &str = "https://approvals.example.com";

/// The problems of a test, in the order in which they came.
struct Problems {
    file: &'static str,
    text: String,
}

impl Problems {
    fn new(file: &'static str) -> Self {
        Self { file, text: String::new() }
    }

    fn open() -> Shop {
        Shop::open_with(&["--public-url", URL])
    }

    /// Adds a problem. What differs from run to run is replaced.
    fn add(&mut self, about: &str, answer: &Answer) {
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{about}: {answer:?}");
        let mut problem = answer.json().as_object().cloned().unwrap();
        problem.insert("instance", "urn:uuid:…");
        if let Some(record) = problem.get("approvalRequest") {
            // A record is tested where it is answered. Here it is enough that the right one is shown.
            let status =
                |value: &Json| value.get("status").and_then(Json::as_str).unwrap_or("none").to_owned();
            let grant = record.get("grant").map(|grant| format!(", its grant {}", status(grant)));
            problem.insert("approvalRequest", format!("{}{}", status(record), grant.unwrap_or_default()));
        }
        let text = without_ports(&without_times(&Json::from(problem).to_string()));
        let shown =
            ["allow", "www-authenticate", "retry-after", "connection"].into_iter().filter_map(|name| {
                let value = answer.header(name).filter(|value| (name, *value) != ("connection", "close"))?;
                // When a budget has room again depends on the time that has passed.
                let value = if answer.status == 429 { "…" } else { value };
                Some(format!("{name}: {value}\n"))
            });
        let headers: String = shown.collect();
        writeln!(self.text, "# {about}\n{} {text}\n{headers}", answer.status).unwrap();
    }

    /// Compares the problems with the file.
    fn compare(&self) {
        let path = folder().join(self.file);
        if std::env::var_os("JIT_REWRITE_PROBLEMS").is_some() {
            std::fs::write(&path, &self.text).unwrap();
            return;
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        let mut lines = expected.lines();
        for line in self.text.lines() {
            assert_eq!(Some(line), lines.next(), "set JIT_REWRITE_PROBLEMS to write {} anew", self.file);
        }
        assert_eq!(lines.next(), None, "set JIT_REWRITE_PROBLEMS to write {} anew", self.file);
    }
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/problems")
}

/// The text without the ports of servers on loopback.
fn without_ports(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str("127.0.0.1:…");
        shown.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    }
    shown
}

/// Replaces times such as `2026-11-26T03:12:20Z`.
fn without_times(text: &str) -> String {
    let mut parts = text.split('Z').map(|part| {
        let start = part.len().saturating_sub("2026-11-26T03:12:20".len());
        let is_time = part.get(start..).is_some_and(|time| {
            time.len() == 19 && time.bytes().all(|byte| byte.is_ascii_digit() || b"-T:".contains(&byte))
        });
        if is_time { format!("{}TIME", &part[..start]) } else { format!("{part}Z") }
    });
    let last = parts.next_back().unwrap_or_default();
    parts.chain([last.strip_suffix('Z').unwrap_or(&last).to_owned()]).collect()
}

/// The errors of the API that these files do not show, each with the reason.
const NOT_SHOWN: [(&str, &str); 7] = [
    ("grant_exhausted", "a thousand consumes take too long here"),
    ("too_many_pending", "the limits come later"),
    ("insufficient_scope", "personal tokens come later"),
    ("call_timeout", "a body may take 30 seconds"),
    ("internal_error", "only a bug or a damaged store causes it"),
    ("caught_panic", "only the bindings catch panics"),
    ("random_unavailable", "only a broken system causes it"),
];

#[test]
fn every_error_of_the_api_is_shown_or_has_a_reason() {
    let files = ["input.txt", "domain.txt", "api.txt"];
    let text: String =
        files.iter().map(|file| std::fs::read_to_string(folder().join(file)).unwrap()).collect();
    for row in jit_approvals::catalogue() {
        if ![Family::Api, Family::Internal].contains(&row.code.family()) {
            continue;
        }
        let code = row.code.as_str();
        let is_shown = text.contains(&format!(r#""code":"{code}""#));
        let reason = NOT_SHOWN.iter().find(|(known, _)| *known == code);
        assert_ne!(is_shown, reason.is_some(), "{code} is shown: {is_shown}, {reason:?}");
    }
}
