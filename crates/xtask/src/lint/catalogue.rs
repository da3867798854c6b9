//! The error catalogue is frozen: the meaning of a number never changes.

use std::fmt::Write as _;
use std::path::PathBuf;

use jit_approvals::error::{Family, Row};
use jit_approvals::json::Json;
use jit_approvals::{ErrorCode, catalogue};

use crate::Outcome;
use crate::process::root;

/// Checks that numbers and codes are unique, and that every frozen row still exists with the same code.
pub(super) fn check() -> Outcome<Vec<String>> {
    let rows = catalogue();
    let mut wrong = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        for other in &rows[..index] {
            if other.code == row.code {
                wrong.push(format!("error {} has two messages", row.code));
            }
        }
        let snake = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        if !row.code.as_str().bytes().all(snake) || row.message.ends_with('.') {
            wrong.push(format!(
                "error {}: the code must be in snake case and the message must not end with a full stop",
                row.code
            ));
        }
    }
    let frozen = frozen()?;
    for (number, code) in &frozen {
        if !rows.iter().any(|row| row.code.number() == *number && row.code == code.as_str()) {
            wrong.push(format!("error {number} must keep its code {code}"));
        }
    }
    for code in ErrorCode::ALL {
        if !rows.iter().any(|row| row.code == *code) {
            wrong.push(format!("error {code} has no message"));
        }
    }
    for row in new(&rows, &frozen) {
        wrong.push(format!(
            "error {} {} is not frozen: run `cargo xtask lint --append`",
            row.code.number(),
            row.code
        ));
    }
    Ok(wrong)
}

/// Adds the new rows to the frozen rows.
pub(crate) fn append() -> Outcome {
    let mut rows = frozen()?;
    rows.extend(
        new(&catalogue(), &rows).map(|row| (row.code.number(), row.code.to_string())).collect::<Vec<_>>(),
    );
    rows.sort();
    let mut text = "{\n \"about\": \"All errors. A row is never changed or removed.\",\n".to_owned();
    write!(text, " \"count\": {},\n \"errors\": [", rows.len()).expect("a String");
    for (index, (number, code)) in rows.iter().enumerate() {
        let row = ErrorCode::ALL.iter().find(|row| row.number() == *number);
        let status = row.map_or(0, |row| row.status());
        let family = Family::of(*number);
        let comma = if index == 0 { "" } else { "," };
        write!(text, "{comma}\n  {{\"number\": {number}, \"code\": \"{code}\", \"family\": \"{family}\", \"status\": {status}}}")
            .expect("a String");
    }
    text.push_str("\n ]\n}\n");
    std::fs::write(path(), text).map_err(|error| format!("{}: {error}", path().display()))
}

fn new<'a>(rows: &[&'a Row], frozen: &[(u16, String)]) -> impl Iterator<Item = &'a Row> {
    let known: Vec<u16> = frozen.iter().map(|(number, _)| *number).collect();
    let rows: Vec<&Row> = rows.to_vec();
    rows.into_iter().filter(move |row| !known.contains(&row.code.number()))
}

fn frozen() -> Outcome<Vec<(u16, String)>> {
    let Ok(text) = std::fs::read_to_string(path()) else {
        return Ok(Vec::new());
    };
    let document = Json::parse(&text).map_err(|error| format!("{}: {error}", path().display()))?;
    let rows = document.get("errors").and_then(Json::as_array).unwrap_or_default();
    let row = |row: &Json| {
        let number = row.get("number")?.as_number()?.as_u64()?.try_into().ok()?;
        Some((number, row.get("code")?.as_str()?.to_owned()))
    };
    rows.iter()
        .map(|value| {
            row(value).ok_or_else(|| format!("errors.json: `{value}` is not a row with a number and a code"))
        })
        .collect()
}

fn path() -> PathBuf {
    root().join("tests/vectors/errors.json")
}
