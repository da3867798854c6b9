//! The workspace's packages, as `cargo metadata` tells them.

use std::path::PathBuf;

use jit_approvals::json::{Json, Limits};

use crate::Outcome;
use crate::process::{command, output};

/// A package of the workspace.
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// Of the workspace's own packages, those that it needs, also to be built or tested.
    pub(super) needs: Vec<String>,
    /// The root files of its libraries and programs.
    pub(super) roots: Vec<PathBuf>,
}

pub(super) fn read() -> Outcome<Vec<Package>> {
    let text = output(&mut command("cargo metadata --format-version 1 --no-deps --locked"))?;
    let limits = Limits { bytes: 64 << 20, ..Limits::default() };
    let metadata = Json::parse_within(text.as_bytes(), limits).map_err(|error| error.to_string())?;
    let packages = elements(&metadata, "packages");
    Ok(packages.iter().map(Package::read).collect())
}

impl Package {
    fn read(package: &Json) -> Self {
        let dependencies = elements(package, "dependencies").iter();
        let targets = elements(package, "targets").iter();
        let main = |target: &&Json| {
            let kinds = elements(target, "kind");
            kinds.iter().any(|kind| matches!(kind.as_str(), Some("lib" | "bin" | "cdylib" | "staticlib")))
        };
        Self {
            name: text(package, "name"),
            version: text(package, "version"),
            needs: dependencies
                .filter(|dependency| dependency.get("path").is_some_and(|path| path.as_str().is_some()))
                .map(|dependency| text(dependency, "name"))
                .collect(),
            roots: targets.filter(main).map(|target| text(target, "src_path").into()).collect(),
        }
    }
}

/// One version for every package; no unsafe code where none belongs.
pub(super) fn check(packages: &[Package]) -> Vec<String> {
    let mut wrong = Vec::new();
    let version = &packages[0].version;
    for package in packages {
        if package.version != *version {
            wrong.push(format!("{} has version {}, others have {version}", package.name, package.version));
        }
        for root in
            package.roots.iter().filter(|root| root.components().any(|part| part.as_os_str() == "crates"))
        {
            let source = std::fs::read_to_string(root).unwrap_or_default();
            if !source.contains("#![forbid(unsafe_code)]") {
                wrong.push(format!("{} does not forbid unsafe code", root.display()));
            }
        }
    }
    wrong
}

fn elements<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    value.get(name).and_then(Json::as_array).unwrap_or_default()
}

fn text(value: &Json, name: &str) -> String {
    value.get(name).and_then(Json::as_str).unwrap_or_default().to_owned()
}
