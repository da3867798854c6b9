//! Which package may need which: arrows point down only.

use crate::workspace::Package;

/// Beside `base`, which everything may need. A package that is not listed is a binding.
const ARROWS: &[(&str, &[&str])] = &[
    ("jit-approvals-base", &[]),
    ("jit-approvals-token", &[]),
    ("jit-approvals-core", &[]),
    ("jit-approvals", &["jit-approvals-token", "jit-approvals-core", "jit-approvals-api"]),
    ("jit-approvals-api", &[]),
    ("jit-approvals-store", &["jit-approvals-core"]),
    (
        "jit-approvals-server",
        &["jit-approvals-store", "jit-approvals-core", "jit-approvals-token", "jit-approvals-api"],
    ),
    ("jit-approvals-client", &["jit-approvals-api", "jit-approvals-token"]),
];

/// What may need anything but programs that nobody needs.
const TOP: &[&str] =
    &["jit-approvals-cli", "jit-approvals-xtask", "jit-approvals-tests", "jit-approvals-example"];

const BINDING: &[&str] = &["jit-approvals"];

pub(super) fn check(packages: &[Package]) -> Vec<String> {
    let mut wrong = Vec::new();
    for package in packages {
        for need in &package.needs {
            if !may_need(&package.name, &need.name) {
                wrong.push(format!("{} must not need {}", package.name, need.name));
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
