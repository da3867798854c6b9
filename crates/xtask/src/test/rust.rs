//! The checks of the Rust workspace.

use std::path::{Path, PathBuf};

use super::server;
use crate::Outcome;
use crate::process::{command, is_there, output, root, run};
use crate::workspace::Workspace;

pub(super) fn format() -> Outcome {
    run(&mut command("cargo fmt --all --check"))
}

pub(super) fn clippy() -> Outcome {
    let mut clippy = command("cargo clippy --workspace --all-targets --locked");
    if !is_there("php-config --version") {
        eprintln!("without the PHP extension, which needs PHP's headers");
        clippy.args(["--exclude", "jit-approvals-php"]);
    }
    run(clippy.args(["--", "--deny", "warnings"]))
}

/// Runs the tests of the workspace, except those of the server, which are a part of their own. Uses nextest if it is installed, which runs each test in its own process. Installs
/// the real njwt for comparison if npm is installed.
pub(super) fn tests() -> Outcome {
    if is_there("npm --version") {
        let installed = run(&mut command("npm ci --prefix tests/njwt --silent --no-audit --no-fund"));
        match installed {
            Err(message) if std::env::var_os("CI").is_none() => {
                eprintln!("the tests run without the real njwt: {message}");
            }
            other => other?,
        }
    }
    if is_there("cargo nextest --version") {
        let others = format!("not ({})", server::TESTS);
        run(command("cargo nextest run --workspace --locked --filterset").arg(others))?;
    } else {
        eprintln!(
            "cargo-nextest is not installed (`cargo install cargo-nextest --locked`): the tests run with cargo test"
        );
        run(&mut command("cargo test --workspace --locked --lib --bins --tests --examples"))?;
    }
    features()?;
    packages()
}

/// Checks the features: each combination of ours, and the features of `serde_json`, which any crate of a program can
/// enable.
fn features() -> Outcome {
    for features in ["token", "approvals", "token,approvals", "token,serde", "approvals,serde"] {
        let line = "cargo check --package jit-approvals --locked --no-default-features --features";
        run(command(line).arg(features))?;
    }
    // A build of the workspace enables `serde`. This run tests how claims are written without it.
    run(&mut command("cargo test --package jit-approvals-token --locked"))?;
    run(&mut command(
        "cargo test --package jit-approvals-tests --locked --features every-serde-json --test serde",
    ))
}

/// Checks that each published crate builds from its packed file.
fn packages() -> Outcome {
    let workspace = Workspace::read()?;
    forget_packages()?;
    let mut package = command("cargo package --locked --allow-dirty --quiet --target-dir");
    package.arg(root().join(PACKAGING));
    for published in workspace.published() {
        package.args(["--package", &published.name]);
    }
    run(&mut package)
}

/// Where packages are built.
const PACKAGING: &str = "target/packaging";

/// Removes what an earlier run has unpacked and built of our own packages. Cargo takes packages of the same version for
/// the same, and would use it again.
fn forget_packages() -> Outcome {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let sources = home.map(|home| home.join("registry/src")).into_iter().flat_map(|folder| entries(&folder));
    // The names of registries on the network begin with their host.
    let sources = sources.filter(|registry| name(registry).starts_with('-'));
    let built = ["deps", ".fingerprint", "build"];
    let built = built.map(|folder| root().join(PACKAGING).join("debug").join(folder));
    for path in sources.chain(built).flat_map(|folder| entries(&folder)) {
        if name(&path).replace('-', "_").contains("jit_approvals") {
            let removed =
                if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            removed.map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
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

/// Checks that the output of the purchase example, in any language, has the expected result.
pub(super) fn ends_well(page: &str) -> Outcome {
    let ends =
        ["not bought for $1,655: ", "bought for $1,654\n", "not bought for $1,654: ", "3 events, approved\n"];
    match ends.iter().find(|end| !page.contains(*end)) {
        None => Ok(()),
        Some(end) => Err(format!("the output does not contain {end:?}:\n{page}")),
    }
}

/// Runs the first command of the README, word for word.
pub(super) fn demo() -> Outcome {
    let readme = std::fs::read_to_string(root().join("README.md"));
    let readme = readme.map_err(|error| format!("README.md: {error}"))?;
    let line = "cargo run --release -- demo";
    if !readme.contains(line) {
        return Err(format!("README.md must contain its first command, `{line}`"));
    }
    let page = output(&mut command(line))?;
    if page.contains("the grant is consumed") {
        Ok(())
    } else {
        Err(format!("the output does not say that the grant is consumed:\n{page}"))
    }
}
