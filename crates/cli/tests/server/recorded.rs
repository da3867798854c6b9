//! What was asked and answered, for comparing it with the description of the API.
//!
//! `JIT_RECORD_ANSWERS` names a folder. Each process of tests writes one file there: `cargo xtask test server` compares
//! every line with `crates/api/openapi.json`.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use jit_approvals::json::{Json, Object};

use crate::http::Answer;

static FILE: LazyLock<Option<Mutex<File>>> = LazyLock::new(|| {
    let folder = std::env::var_os("JIT_RECORD_ANSWERS")?;
    let path = Path::new(&folder).join(format!("{}.jsonl", std::process::id()));
    Some(Mutex::new(File::create(path).unwrap()))
});

/// Writes down a call and its answer, if that is asked for.
pub(crate) fn record(call: &[u8], answer: &Answer) {
    let Some(file) = FILE.as_ref() else { return };
    // A call that a test has broken may have no method or path. Its answer is checked all the same.
    let head = String::from_utf8_lossy(call);
    let mut words = head.lines().next().unwrap_or_default().split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let sent = head
        .split_once("\r\n\r\n")
        .filter(|(head, _)| !head.to_ascii_lowercase().contains("transfer-encoding"));
    let headers: Object =
        answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let line = Object::new()
        .with("method", method)
        .with("path", path)
        .with("sent", sent.map_or("", |(_, body)| body))
        .with("status", answer.status)
        .with("headers", headers)
        .with("body", answer.body.as_str());
    writeln!(file.lock().unwrap(), "{}", Json::from(line)).unwrap();
}
