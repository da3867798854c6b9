//! `cargo xtask test [PART…]`: one command that sets up what is missing and runs every check.

mod node;
mod rust;

use crate::process::is_there;
use crate::{Outcome, lint};

/// One part of the tests.
struct Part {
    name: &'static str,
    about: &'static str,
    /// What it can't do without: a harmless call of it, and how to get it.
    needs: &'static [(&'static str, &'static str)],
    run: fn() -> Outcome,
}

const PARTS: &[Part] = &[
    Part {
        name: "format",
        about: "every file is as rustfmt writes it",
        needs: &[("cargo fmt --version", "rustup component add rustfmt")],
        run: rust::format,
    },
    Part { name: "lint", about: "the project's own rules", needs: &[], run: lint::run },
    Part {
        name: "clippy",
        about: "no warnings",
        needs: &[("cargo clippy --version", "rustup component add clippy")],
        run: rust::clippy,
    },
    Part { name: "rust", about: "the workspace's tests", needs: &[], run: rust::tests },
    Part {
        name: "doctests",
        about: "every example in the documentation runs",
        needs: &[],
        run: rust::doctests,
    },
    Part { name: "docs", about: "the documentation builds without a warning", needs: &[], run: rust::docs },
    Part { name: "example", about: "the story in Rust ends as it should", needs: &[], run: rust::example },
    Part {
        name: "node",
        about: "the npm package: its tests, its types, and what is packed of it",
        needs: &[("npm --version", "Node.js 20 or later, from https://nodejs.org or the system's packages")],
        run: node::run_all,
    },
    Part { name: "demo", about: "the README's first command", needs: &[], run: rust::demo },
];

pub(crate) fn list() {
    for part in PARTS {
        println!("{:<10} {}", part.name, part.about);
    }
}

/// Runs the named parts, or all. What is missing is told with the command that brings it: a reason to skip a
/// part here, and a failure where `CI` is set.
pub(crate) fn run(names: &[&str]) -> Outcome {
    if let Some(unknown) = names.iter().find(|name| PARTS.iter().all(|part| part.name != **name)) {
        return Err(format!("there is no part `{unknown}`; see `cargo xtask test --list`"));
    }
    let mut skipped = Vec::new();
    for part in PARTS.iter().filter(|part| names.is_empty() || names.contains(&part.name)) {
        eprintln!("\n── {}: {}", part.name, part.about);
        match part.needs.iter().find(|(call, _)| !is_there(call)) {
            Some((call, remedy)) if std::env::var_os("CI").is_some() => {
                return Err(format!("{} needs `{call}` to work: {remedy}", part.name));
            }
            Some((call, remedy)) => skipped.push(format!("{}: `{call}` does not work: {remedy}", part.name)),
            None => (part.run)().map_err(|message| format!("{}: {message}", part.name))?,
        }
    }
    for skipped in &skipped {
        eprintln!("skipped {skipped}");
    }
    eprintln!("\nall of it passed{}", if skipped.is_empty() { "" } else { ", but for what was skipped" });
    Ok(())
}
