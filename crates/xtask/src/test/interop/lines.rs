//! The README's table of the same lines in every language: each column is a program.

use std::fs;
use std::path::Path;

use super::languages::Language;
use crate::Outcome;
use crate::process::{output, root};

/// How many events the lines make.
const EVENTS: &str = "3";

pub(super) fn check(languages: &[Language]) -> Outcome {
    let readme =
        fs::read_to_string(root().join("README.md")).map_err(|error| format!("README.md: {error}"))?;
    let mut rows = readme.lines().skip_while(|line| !line.starts_with("| | Rust |"));
    let header: Vec<&str> = cells(rows.next().ok_or("README.md has no table of the languages")?);
    let rows: Vec<Vec<&str>> = rows.skip(1).take_while(|line| line.starts_with('|')).map(cells).collect();
    for language in languages {
        let column = header.iter().position(|name| *name == language.name);
        let column = column.ok_or_else(|| format!("the table has no column {}", language.name))?;
        let ending = Path::new(language.agent).extension().unwrap_or_default().to_string_lossy();
        let path = root().join(format!("tests/interop/lines/lines.{ending}"));
        let mut source = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        for (index, row) in rows.iter().enumerate() {
            let line = row.get(column).map(|cell| cell.trim_matches('`')).unwrap_or_default();
            let place = format!("{{{{{}}}}}", index + 1);
            if !source.contains(&place) {
                return Err(format!("{} has no place for line {}", path.display(), index + 1));
            }
            source = source.replace(&place, line);
        }
        let name = format!("lines.{ending}");
        let said = output(&mut language.program_of(Path::new(&name), &source)?)?;
        if said.trim() != EVENTS {
            return Err(format!(
                "{}: the lines of the README make {said} events, not {EVENTS}",
                language.name
            ));
        }
    }
    eprintln!("lines of the README: {} in {} languages", rows.len(), languages.len());
    Ok(())
}

fn cells(row: &str) -> Vec<&str> {
    row.trim().trim_matches('|').split(" | ").map(str::trim).collect()
}
