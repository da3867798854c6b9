//! The table of the vectors: what each language has run of each file.

use std::collections::BTreeMap;
use std::fs;

use jit_approvals::json::{Json, Limits, Number};

use super::languages::Language;
use crate::Outcome;
use crate::process::root;

/// What a language has run of a file: the number of cases, and the reasons for those that it has skipped.
type Row = (usize, Vec<String>);

/// Checks that each language has run or skipped every case, and writes the table.
pub(super) fn check(languages: &[Language]) -> Outcome {
    let mut known = Vec::new();
    for language in languages {
        match read(language.name)? {
            Some(rows) => known.push((language.name, rows)),
            None if std::env::var_os("CI").is_some() => {
                return Err(format!("the tests of {} have not written what they run", language.name));
            }
            None => eprintln!("without {}: run its tests first", language.name),
        }
    }
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let mut table =
        format!("| file | cases | {} |\n|---|--:|{}\n", names.join(" | "), "--:|".repeat(names.len()));
    let mut reasons = Vec::new();
    for (file, count) in counts()? {
        let mut cells = vec![file.clone(), count.to_string()];
        for (name, rows) in &known {
            let (run, skipped) = rows.get(&file).ok_or_else(|| format!("{name} has not run {file}"))?;
            if run + skipped.len() != count {
                let skipped = skipped.len();
                return Err(format!("{name} has run {run} and skipped {skipped} of {count} cases of {file}"));
            }
            cells.push(run.to_string());
            reasons.extend(skipped.iter().map(|reason| format!("- {name}, {file}: {reason}")));
        }
        table.extend(["| ", &cells.join(" | "), " |\n"]);
    }
    let path = root().join("target/vectors/table.md");
    fs::write(&path, format!("{table}\nNot run:\n\n{}\n", reasons.join("\n")))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    eprintln!("{table}reasons for what is not run: {}", path.display());
    Ok(())
}

fn read(language: &str) -> Outcome<Option<BTreeMap<String, Row>>> {
    let path = root().join(format!("target/vectors/{language}.tsv"));
    let Ok(text) = fs::read_to_string(&path) else { return Ok(None) };
    let row = |line: &str| {
        let mut cells = line.split('\t');
        let (file, run) = (cells.next()?.to_owned(), cells.next()?.parse().ok()?);
        let reasons = cells.next().unwrap_or_default();
        let reasons = reasons.split("; ").filter(|reason| !reason.is_empty()).map(str::to_owned).collect();
        Some((file, (run, reasons)))
    };
    let rows = text.lines().map(|line| row(line).ok_or_else(|| format!("{}: {line}", path.display())));
    rows.collect::<Outcome<_>>().map(Some)
}

/// The number of cases of each file.
fn counts() -> Outcome<BTreeMap<String, usize>> {
    let folder = root().join("tests/vectors");
    let mut counts = BTreeMap::new();
    for entry in fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let limits = Limits { bytes: 64 << 20, ..Limits::default() };
        let file = Json::parse_within(&bytes, limits).map_err(|error| format!("{name}: {error}"))?;
        let count = file.get("count").and_then(Json::as_number).and_then(Number::as_i64).unwrap_or_default();
        // `errors.json` is a list of errors, which each language compares with its classes.
        if name != "errors.json" {
            counts.insert(name, usize::try_from(count).unwrap_or_default());
        }
    }
    Ok(counts)
}
