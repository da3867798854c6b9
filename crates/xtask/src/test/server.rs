//! The checks of the server: its storage, and the real binary over real sockets.

use std::path::Path;

use super::{debian, openapi};
use crate::Outcome;
use crate::process::{command, is_there, run};

/// The tests of this part, as nextest selects them. The part `rust` leaves them out.
pub(super) const TESTS: &str =
    "package(jit-approvals-store) | package(jit-approvals-server) | binary_id(jit-approvals-cli::server)";

/// Installs the proxies in front of the server, and what kills it at named points, where that is possible. Without one, its
/// test is skipped, or fails if the variable `CI` is set.
pub(super) fn prepare() {
    let calls = ["caddy version", "nginx -v", "openssl version", "curl --version", "strace --version"];
    debian::install(&["caddy", "nginx", "openssl", "curl", "strace"], &calls);
}

/// The tests, whose answers are compared with the description of the API; and what other programs make of it, unless
/// that takes too long.
pub(super) fn run_all(fast: bool) -> Outcome {
    let answers = openapi::folder("answers")?;
    tests(&answers)?;
    let checks = openapi::Checks::ready()?;
    checks.answers(&answers)?;
    if fast {
        return Ok(());
    }
    checks.conformance()?;
    checks.clients()
}

fn tests(answers: &Path) -> Outcome {
    let packages = ["jit-approvals-store", "jit-approvals-server", "jit-approvals-cli"];
    let packages = packages.into_iter().flat_map(|name| ["--package", name]);
    if is_there("cargo nextest --version") {
        let mut nextest = command("cargo nextest run --locked");
        return run(nextest.args(packages).args(["--filterset", TESTS]).env(openapi::RECORD, answers));
    }
    run(command("cargo test --locked --lib --tests").args(packages).env(openapi::RECORD, answers))
}
