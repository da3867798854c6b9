//! The server while everything goes wrong, in the long form of its tests: minutes instead of seconds.

use std::fs;

use crate::Outcome;
use crate::process::{command, is_there, root, run};

/// The variable that chooses the long form. It names the folder for what the tests have shown.
const LONG: &str = "JIT_CHAOS";

/// The tests, as nextest selects them.
const TESTS: &str =
    "binary_id(jit-approvals-cli::server) & test(chaos::) | package(jit-approvals-store) & test(killed)";

/// Runs the tests one after the other, and prints what they have shown.
pub(super) fn run_all() -> Outcome {
    if !is_there("cargo nextest --version") {
        return Err("install cargo-nextest: `cargo install cargo-nextest --locked`".to_owned());
    }
    let folder = root().join("target/chaos");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut nextest =
        command("cargo nextest run --locked --package jit-approvals-cli --package jit-approvals-store");
    nextest.args(["--test-threads", "1", "--no-fail-fast", "--filterset", TESTS]).env(LONG, &folder);
    let outcome = run(&mut nextest);
    // Also after a failure: the others have shown something.
    print!("\n{}", table(&fs::read_to_string(folder.join("table.tsv")).unwrap_or_default()));
    outcome
}

/// The lines that the tests have written, each `test`, a tab and `name: value, …`, with the tests in order.
fn table(lines: &str) -> String {
    let mut rows: Vec<(&str, &str)> = lines.lines().filter_map(|line| line.split_once('\t')).collect();
    rows.sort_by_key(|(test, _)| *test);
    let width = rows.iter().map(|(test, _)| test.chars().count()).max().unwrap_or_default();
    let rows: Vec<String> = rows.iter().map(|(test, shown)| format!("{test:width$}  {shown}\n")).collect();
    rows.concat()
}
