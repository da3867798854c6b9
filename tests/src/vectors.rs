//! Conformance vectors: `tests/vectors/<noun>.<operation>.json`, which every language reads in place.

use std::path::{Path, PathBuf};

use jit_approvals::json::{Json, Limits};
use jit_approvals::{Error, Result};

/// One file of vectors.
#[derive(Debug)]
pub struct Vectors {
    /// Its name, for messages.
    pub file: String,
    /// What the cases are handed to.
    pub operation: String,
    /// The cases, as many as the file says it has.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Debug)]
pub struct Case {
    /// Its name within the file.
    pub id: String,
    /// The language that alone can show it, where there is one.
    pub scope: Option<String>,
    /// What goes in.
    pub given: Json,
    /// What has to come out.
    pub expect: Expectation,
}

/// What has to come out of a case.
#[derive(Debug)]
pub enum Expectation {
    /// This value.
    Ok(Json),
    /// An error of this code, and where the case tells them, with this field, line and column.
    Error(Json),
}

impl Vectors {
    /// Where they lie.
    pub fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
    }

    /// Every file of cases, sorted by name.
    ///
    /// # Panics
    ///
    /// If a file is not what it should be: that is a failure of the test that reads it.
    pub fn all() -> Vec<Self> {
        let entries = std::fs::read_dir(Self::folder()).expect("tests/vectors is there");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
        paths.sort();
        // The catalogue of errors is a list, not cases.
        paths.retain(|path| path.file_name().is_some_and(|name| name != "errors.json"));
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// One file.
    ///
    /// # Panics
    ///
    /// As [`Vectors::all`].
    pub fn read(path: &Path) -> Self {
        let file = path.file_name().expect("a file").to_string_lossy().into_owned();
        let bytes = std::fs::read(path).expect("readable");
        let limits = Limits { bytes: 16 << 20, ..Limits::default() };
        let vectors = Json::parse_within(&bytes, limits).unwrap_or_else(|error| panic!("{file}: {error}"));
        let member = |name| vectors.get(name).unwrap_or_else(|| panic!("{file} has no `{name}`"));
        assert_eq!(member("format"), &Json::from(1), "{file}: the format");
        let operation = member("operation").as_str().expect("an operation is text").to_owned();
        assert_eq!(file, format!("{operation}.json"), "a file is named by its operation");
        let cases: Vec<Case> = member("cases").as_array().expect("cases").iter().map(Case::read).collect();
        assert_eq!(member("count"), &Json::from(cases.len() as u64), "{file}: the count");
        let mut ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{file}: an id stands twice");
        Self { file, operation, cases }
    }
}

impl Case {
    fn read(case: &Json) -> Self {
        let text =
            |name: &str| case.get(name).and_then(Json::as_str).unwrap_or_else(|| panic!("no {name}: {case}"));
        assert!(!text("why").is_empty() && !text("source").is_empty(), "{case}");
        let expect = case.get("expect").unwrap_or_else(|| panic!("{case}"));
        Self {
            id: text("id").to_owned(),
            // `every language` is what the recordings call the rest.
            scope: case
                .get("scope")
                .and_then(Json::as_str)
                .filter(|scope| *scope != "every language")
                .map(str::to_owned),
            given: case.get("given").unwrap_or_else(|| panic!("no given: {case}")).clone(),
            expect: match (expect.get("ok"), expect.get("error")) {
                (Some(value), None) => Expectation::Ok(value.clone()),
                (None, Some(_)) => Expectation::Error(expect.clone()),
                _ => panic!("{case} expects neither or both"),
            },
        }
    }

    /// The code of the error that has to come out, if one has to.
    pub fn expected_code(&self) -> Option<&str> {
        match &self.expect {
            Expectation::Ok(_) => None,
            Expectation::Error(expected) => expected.get("error").and_then(Json::as_str),
        }
    }

    /// What is wrong about this outcome, if anything.
    pub fn differs(&self, outcome: &Result<Json>) -> Option<String> {
        match (&self.expect, outcome) {
            // The order of members says nothing; where it counts, a case expects text.
            (Expectation::Ok(expected), Ok(value)) if expected.to_canonical() == value.to_canonical() => None,
            (Expectation::Error(expected), Err(error)) => differs(expected, error),
            (Expectation::Ok(expected), outcome) => Some(format!("expected {expected}, got {outcome:?}")),
            (Expectation::Error(expected), Ok(value)) => Some(format!("expected {expected}, got {value}")),
        }
    }
}

/// Codes are compared, and places where the case tells them; never texts.
fn differs(expected: &Json, error: &Error) -> Option<String> {
    let told = error.to_json();
    let same = |name: &str, code: &str| expected.get(name).is_none_or(|value| told.get(code) == Some(value));
    let all =
        same("error", "code") && same("field", "field") && same("line", "line") && same("column", "column");
    (!all).then(|| format!("expected {expected}, got {told}"))
}
