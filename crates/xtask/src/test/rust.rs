//! The Rust workspace.

use crate::Outcome;
use crate::process::{command, is_there, output, run};
use crate::workspace::Workspace;

pub(super) fn format() -> Outcome {
    run(&mut command("cargo fmt --all --check"))
}

pub(super) fn clippy() -> Outcome {
    run(&mut command("cargo clippy --workspace --all-targets --locked -- --deny warnings"))
}

/// With nextest where it is present: every test in a process of its own. With the real njwt to compare with,
/// where node is.
pub(super) fn tests() -> Outcome {
    if is_there("npm --version") {
        let installed = run(&mut command("npm ci --prefix tests/njwt --silent --no-audit --no-fund"));
        match installed {
            Err(message) if std::env::var_os("CI").is_none() => eprintln!("without the real njwt: {message}"),
            other => other?,
        }
    }
    if is_there("cargo nextest --version") {
        run(&mut command("cargo nextest run --workspace --locked"))?;
    } else {
        eprintln!(
            "cargo-nextest is not here (`cargo install cargo-nextest --locked` brings it): with cargo test"
        );
        run(&mut command("cargo test --workspace --locked --lib --bins --tests --examples"))?;
    }
    features()?;
    packages()
}

/// What the features of a build change: ours on their own, and those of `serde_json`, which any crate of a program may
/// switch on.
fn features() -> Outcome {
    for features in ["token", "approvals", "token,approvals", "token,serde", "approvals,serde"] {
        let line = "cargo check --package jit-approvals --locked --no-default-features --features";
        run(command(line).arg(features))?;
    }
    // In a workspace's build `serde` is on: here the claims are written without it.
    run(&mut command("cargo test --package jit-approvals-token --locked"))?;
    run(&mut command(
        "cargo test --package jit-approvals-tests --locked --features every-serde-json --test serde",
    ))
}

/// Each published crate builds from its packed file alone.
fn packages() -> Outcome {
    let workspace = Workspace::read()?;
    let mut package = command("cargo package --locked --allow-dirty --quiet");
    for published in workspace.published() {
        package.args(["--package", &published.name]);
    }
    run(&mut package)
}

pub(super) fn doctests() -> Outcome {
    run(&mut command("cargo test --workspace --locked --doc"))
}

pub(super) fn docs() -> Outcome {
    run(command("cargo doc --workspace --locked --no-deps --document-private-items")
        .env("RUSTDOCFLAGS", "--deny warnings"))
}

pub(super) fn example() -> Outcome {
    ends_well(&output(&mut command("cargo run --quiet --package jit-approvals-example"))?)
}

/// Whether what the story said, in whatever language, ends as it should.
pub(super) fn ends_well(page: &str) -> Outcome {
    let ends =
        ["not bought for $1,655: ", "bought for $1,654\n", "not bought for $1,654: ", "3 events, approved\n"];
    match ends.iter().find(|end| !page.contains(*end)) {
        None => Ok(()),
        Some(end) => Err(format!("it does not say {end:?}:\n{page}")),
    }
}

/// The command that the README begins with, as it stands there.
pub(super) fn demo() -> Outcome {
    let readme = std::fs::read_to_string(crate::process::root().join("README.md"));
    let readme = readme.map_err(|error| format!("README.md: {error}"))?;
    let line = "cargo run --release -- demo";
    if !readme.contains(line) {
        return Err(format!("the README does not name its main command, `{line}`"));
    }
    let page = output(&mut command(line))?;
    if page.contains("the grant is consumed") { Ok(()) } else { Err(format!("it did not end well:\n{page}")) }
}
