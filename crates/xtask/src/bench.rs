//! `cargo xtask bench NAME…`: the tables of `tests/benches/`.

use crate::Outcome;
use crate::process::{self, command, root};

pub(crate) fn run(names: &[&str]) -> Outcome {
    names.iter().try_for_each(|name| bench(name))
}

fn bench(name: &str) -> Outcome {
    if !root().join(format!("tests/benches/{name}.rs")).exists() {
        return Err(format!("there is no benchmark `{name}`; there are: {}", names()?.join(", ")));
    }
    process::run(&mut command(&format!("cargo bench --quiet --package jit-approvals-tests --bench {name}")))?;
    eprintln!("figures: target/bench/{name}.json");
    Ok(())
}

fn names() -> Outcome<Vec<String>> {
    let folder = root().join("tests/benches");
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Ok(names)
}
