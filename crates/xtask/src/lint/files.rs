//! Finds files that are too long to have one subject.

use crate::Outcome;
use crate::process::{command, output, root};

/// The most lines that a file may have without a reason.
const LONGEST: usize = 500;

/// A longer file is allowed if one of its first 10 lines gives the reason after these words.
const REASON: &str = "Long file:";

const SOURCES: &[&str] = &["rs", "js", "mjs", "cjs", "ts", "py", "pyi", "php", "cs", "css", "html", "toml"];

pub(super) fn check() -> Outcome<Vec<String>> {
    let names = output(&mut command("git ls-files --cached --others --exclude-standard"))?;
    let mut wrong = Vec::new();
    for name in
        names.lines().filter(|name| SOURCES.iter().any(|ending| name.ends_with(&format!(".{ending}"))))
    {
        // Git still lists a file that was deleted and not yet committed.
        let Ok(text) = std::fs::read_to_string(root().join(name)) else { continue };
        let lines = text.lines().count();
        if lines > LONGEST && !text.lines().take(10).any(|line| line.contains(REASON)) {
            let remedy = format!("split it, or give the reason after `{REASON}`");
            wrong.push(format!("{name} has {lines} lines, the limit is {LONGEST}: {remedy}"));
        }
    }
    Ok(wrong)
}
