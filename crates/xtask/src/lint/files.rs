//! Files that grew too long to have one subject.

use crate::Outcome;
use crate::process::{command, output, root};

const LONGEST: usize = 500;

/// A file that is longer on purpose says so in its first lines, with its reason behind these words.
const REASON: &str = "Long file:";

const SOURCES: &[&str] = &["rs", "js", "mjs", "cjs", "ts", "py", "pyi", "php", "cs", "css", "html", "toml"];

pub(super) fn check() -> Outcome<Vec<String>> {
    let names = output(&mut command("git ls-files --cached --others --exclude-standard"))?;
    let mut wrong = Vec::new();
    for name in
        names.lines().filter(|name| SOURCES.iter().any(|ending| name.ends_with(&format!(".{ending}"))))
    {
        // Deleted and not yet committed.
        let Ok(text) = std::fs::read_to_string(root().join(name)) else { continue };
        let lines = text.lines().count();
        if lines > LONGEST && !text.lines().take(10).any(|line| line.contains(REASON)) {
            wrong.push(format!("{name} has {lines} lines, more than {LONGEST}, and gives no reason"));
        }
    }
    Ok(wrong)
}
