//! Checks the packages: they have one version and no unsafe code, and each published crate is complete.

use crate::process::root;
use crate::workspace::{Package, Workspace};

/// The package files of other languages, with what stands before and after the version.
const OTHERS: [(&str, &str, &str); 3] = [
    ("bindings/node/package.json", "\"version\": \"", "\""),
    ("bindings/dotnet/Directory.Build.props", "<Version>", "</Version>"),
    ("examples/dotnet/Purchase.csproj", "Include=\"JitApprovals\" Version=\"", "\""),
];

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let mut wrong = Vec::new();
    let version = &workspace.packages[0].version;
    for package in &workspace.packages {
        if package.version != *version {
            wrong.push(format!(
                "{} has version {}, the other packages have {version}",
                package.name, package.version
            ));
        }
        let in_crates = |part: std::path::Component<'_>| part.as_os_str() == "crates";
        for root in package.roots.iter().filter(|root| root.components().any(in_crates)) {
            let source = std::fs::read_to_string(root).unwrap_or_default();
            if !source.contains("#![forbid(unsafe_code)]") {
                wrong.push(format!("{} must contain `#![forbid(unsafe_code)]`", root.display()));
            }
        }
    }
    for (name, before, after) in OTHERS {
        let text = std::fs::read_to_string(root().join(name)).unwrap_or_default();
        if !text.contains(&format!("{before}{version}{after}")) {
            wrong.push(format!("{name} must have the version {version}"));
        }
    }
    wrong.extend(workspace.published().flat_map(|package| check_published(package, workspace)));
    wrong
}

/// Checks that the registry page and the packed file of a crate need nothing outside the crate's folder.
fn check_published(package: &Package, workspace: &Workspace) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut require = |holds: bool, rule: &str| {
        if !holds {
            wrong.push(format!("{}: {rule}", package.name));
        }
    };
    for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        require(package.folder.join(file).is_file(), &format!("{file} is missing"));
    }
    require(package.documented, "`[package.metadata.docs.rs]` is missing");
    let shared = !package.repository.is_empty() && package.repository == workspace.repository();
    require(shared, "`repository.workspace = true` is missing");
    require(!package.homepage.is_empty(), "`homepage.workspace = true` is missing");
    let exact = format!("={}", package.version);
    for need in package.needs.iter().filter(|need| !need.development) {
        require(need.version == exact, &format!("the dependency on {} must be `{exact}`", need.name));
    }
    wrong
}
