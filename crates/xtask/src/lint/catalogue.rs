//! The error catalogue is frozen: a number never gets another meaning.

use std::fmt::Write as _;
use std::path::PathBuf;

use jit_approvals::error::{Family, Row};
use jit_approvals::json::Json;
use jit_approvals::{ErrorCode, catalogue};

use crate::Outcome;
use crate::process::root;

/// Numbers and codes are unique, and the frozen rows are still there, each with its code.
pub(super) fn check() -> Outcome<Vec<String>> {
    let rows = catalogue();
    let mut wrong = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        for other in &rows[..place] {
            if other.code == row.code {
                wrong.push(format!("error {} has two messages", row.code));
            }
        }
        let snake = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        if !row.code.as_str().bytes().all(snake) || row.message.ends_with('.') {
            wrong.push(format!("error {}: code or message is not in the usual form", row.code));
        }
    }
    let frozen = frozen()?;
    for (number, code) in &frozen {
        if !rows.iter().any(|row| row.code.number() == *number && row.code == code.as_str()) {
            wrong.push(format!("error {number} was {code}, and has to stay that"));
        }
    }
    for code in ErrorCode::ALL {
        if !rows.iter().any(|row| row.code == *code) {
            wrong.push(format!("error {code} has no message"));
        }
    }
    for row in new(&rows, &frozen) {
        wrong.push(format!(
            "error {} {} is new: `cargo xtask lint --append` freezes it",
            row.code.number(),
            row.code
        ));
    }
    Ok(wrong)
}

/// Adds the new rows to the frozen ones.
pub(crate) fn append() -> Outcome {
    let mut rows = frozen()?;
    rows.extend(
        new(&catalogue(), &rows).map(|row| (row.code.number(), row.code.to_string())).collect::<Vec<_>>(),
    );
    rows.sort();
    let mut text =
        "{\n \"about\": \"Every error there is. A row is never changed nor taken out.\",\n".to_owned();
    write!(text, " \"count\": {},\n \"errors\": [", rows.len()).expect("a String");
    for (place, (number, code)) in rows.iter().enumerate() {
        let row = ErrorCode::ALL.iter().find(|row| row.number() == *number);
        let status = row.map_or(0, |row| row.status());
        let family = Family::of(*number);
        let comma = if place == 0 { "" } else { "," };
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
    rows.iter().map(|value| row(value).ok_or_else(|| format!("errors.json: {value}"))).collect()
}

fn path() -> PathBuf {
    root().join("tests/vectors/errors.json")
}
