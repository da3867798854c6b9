//! Reads the conformance vectors, `tests/vectors/<noun>.<operation>.json`. The tests of every language read the same
//! files.

use std::path::{Path, PathBuf};

use jit_approvals::json::{Json, Limits};
use jit_approvals::{Error, Result};

/// One file of vectors.
#[derive(Debug)]
pub struct Vectors {
    /// The name of the file, for messages.
    pub file: String,
    /// The operation that the cases test.
    pub operation: String,
    /// The cases. [`read`](Self::read) checks that their number is the `count` of the file.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Debug)]
pub struct Case {
    /// The id of the case, unique within the file.
    pub id: String,
    /// The only language that the case applies to. `None` means every language.
    pub scope: Option<String>,
    /// The input.
    pub given: Json,
    /// The expected outcome.
    pub expect: Expectation,
}

/// The expected outcome of a case.
#[derive(Debug)]
pub enum Expectation {
    /// Success with this value.
    Ok(Json),
    /// An error with this code. If the case names a field, line or column, the error has the same.
    Error(Json),
}

impl Vectors {
    /// Returns the folder of the vectors.
    pub fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
    }

    /// Reads every file of cases, sorted by name.
    ///
    /// # Panics
    ///
    /// If a file cannot be read or has a wrong format. The test that reads it then fails.
    pub fn all() -> Vec<Self> {
        let entries = std::fs::read_dir(Self::folder()).expect("tests/vectors exists");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
        paths.sort();
        // `errors.json` is the list of errors. It contains no cases.
        paths.retain(|path| path.file_name().is_some_and(|name| name != "errors.json"));
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// Reads one file.
    ///
    /// # Panics
    ///
    /// If the file cannot be read or has a wrong format.
    pub fn read(path: &Path) -> Self {
        let file = path.file_name().expect("a file").to_string_lossy().into_owned();
        let bytes = std::fs::read(path).expect("readable");
        let limits = Limits { bytes: 16 << 20, ..Limits::default() };
        let vectors = Json::parse_within(&bytes, limits).unwrap_or_else(|error| panic!("{file}: {error}"));
        let member = |name| vectors.get(name).unwrap_or_else(|| panic!("{file} has no `{name}`"));
        assert_eq!(member("format"), &Json::from(1), "{file}: the format");
        let operation = member("operation").as_str().expect("an operation is text").to_owned();
        assert_eq!(file, format!("{operation}.json"), "the name of a file is its operation");
        let cases: Vec<Case> = member("cases").as_array().expect("cases").iter().map(Case::read).collect();
        assert_eq!(member("count"), &Json::from(cases.len() as u64), "{file}: the count");
        let mut ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{file}: an id occurs twice");
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
            // The recordings mark all other cases with `every language`.
            scope: case
                .get("scope")
                .and_then(Json::as_str)
                .filter(|scope| *scope != "every language")
                .map(str::to_owned),
            given: case.get("given").unwrap_or_else(|| panic!("no given: {case}")).clone(),
            expect: match (expect.get("ok"), expect.get("error")) {
                (Some(value), None) => Expectation::Ok(value.clone()),
                (None, Some(_)) => Expectation::Error(expect.clone()),
                _ => panic!("{case} must expect either `ok` or `error`"),
            },
        }
    }

    /// Returns the code of the expected error, if an error is expected.
    pub fn expected_code(&self) -> Option<&str> {
        match &self.expect {
            Expectation::Ok(_) => None,
            Expectation::Error(expected) => expected.get("error").and_then(Json::as_str),
        }
    }

    /// Returns a description of the difference if the outcome is not the expected one.
    pub fn differs(&self, outcome: &Result<Json>) -> Option<String> {
        match (&self.expect, outcome) {
            // The order of members does not matter here. Where it matters, the case expects text.
            (Expectation::Ok(expected), Ok(value)) if expected.to_canonical() == value.to_canonical() => None,
            (Expectation::Error(expected), Err(error)) => differs(expected, error),
            (Expectation::Ok(expected), outcome) => Some(format!("expected {expected}, got {outcome:?}")),
            (Expectation::Error(expected), Ok(value)) => Some(format!("expected {expected}, got {value}")),
        }
    }
}

/// Compares the codes, and the field, line and column if the case names them. Never compares messages.
fn differs(expected: &Json, error: &Error) -> Option<String> {
    let found = error.to_json();
    let same = |name: &str, code: &str| expected.get(name).is_none_or(|value| found.get(code) == Some(value));
    let all =
        same("error", "code") && same("field", "field") && same("line", "line") && same("column", "column");
    (!all).then(|| format!("expected {expected}, got {found}"))
}
