//! Which package may depend on which: dependencies only point from upper to lower layers.

use crate::workspace::Package;

/// The allowed dependencies of each package. Every package may also depend on `base`. A package that is neither in this
/// list nor in `TOP` is a binding.
const ARROWS: &[(&str, &[&str])] = &[
    ("jit-approvals-base", &[]),
    ("jit-approvals-token", &[]),
    ("jit-approvals-core", &[]),
    ("jit-approvals", &["jit-approvals-token", "jit-approvals-core", "jit-approvals-api"]),
    ("jit-approvals-api", &[]),
    ("jit-approvals-store", &["jit-approvals-core"]),
    ("jit-approvals-server", &["jit-approvals-store", "jit-approvals", "jit-approvals-api"]),
    ("jit-approvals-client", &["jit-approvals-api", "jit-approvals-token"]),
];

/// The packages that may depend on any package outside this list, and on the tests. No other package depends on them.
const TOP: &[&str] =
    &["jit-approvals-cli", "jit-approvals-xtask", "jit-approvals-tests", "jit-approvals-example"];

/// The allowed dependencies of a binding.
const BINDING: &[&str] = &["jit-approvals"];

pub(super) fn check(packages: &[Package]) -> Vec<String> {
    let mut wrong = Vec::new();
    for package in packages {
        for need in &package.needs {
            if !may_need(&package.name, &need.name) {
                wrong.push(format!("{} must not depend on {}", package.name, need.name));
            }
        }
    }
    wrong
}

fn may_need(name: &str, need: &str) -> bool {
    if need == "jit-approvals-base" {
        return true;
    }
    if TOP.contains(&name) {
        return !TOP.contains(&need) || need == "jit-approvals-tests";
    }
    let allowed = ARROWS.iter().find(|(package, _)| *package == name).map_or(BINDING, |(_, allowed)| allowed);
    allowed.contains(&need)
}
