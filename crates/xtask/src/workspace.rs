//! The workspace as `cargo metadata` describes it.

use std::path::PathBuf;

use jit_approvals::json::{Json, Limits};

use crate::Outcome;
use crate::process::{command, output};

/// The workspace: its packages and their shared metadata.
pub(crate) struct Workspace {
    pub(crate) packages: Vec<Package>,
    /// The address for bug reports: `bugs` in `[workspace.metadata]`.
    pub(crate) bugs: String,
}

/// A package of the workspace.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Whether the package is published to a registry.
    pub(crate) published: bool,
    pub(crate) repository: String,
    pub(crate) homepage: String,
    /// Whether the package says how its documentation is built (`[package.metadata.docs.rs]`).
    pub(crate) documented: bool,
    pub(crate) folder: PathBuf,
    pub(crate) needs: Vec<Need>,
    /// The root source files of the libraries and programs.
    pub(crate) roots: Vec<PathBuf>,
}

/// A dependency on another package of the workspace, including build and development dependencies.
pub(crate) struct Need {
    pub(crate) name: String,
    /// The version requirement, such as `=0.1.0`.
    pub(crate) version: String,
    /// Whether only tests, examples and benchmarks need the dependency.
    pub(crate) development: bool,
}

impl Workspace {
    pub(crate) fn read() -> Outcome<Self> {
        let text = output(&mut command("cargo metadata --format-version 1 --no-deps --locked"))?;
        let limits = Limits { bytes: 64 << 20, ..Limits::default() };
        let metadata = Json::parse_within(text.as_bytes(), limits).map_err(|error| error.to_string())?;
        let bugs = metadata.get("metadata").map(|shared| text_of(shared, "bugs")).unwrap_or_default();
        let packages = elements(&metadata, "packages").iter().map(Package::read).collect();
        Ok(Self { packages, bugs })
    }

    /// Returns the packages that are published to a registry.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.published)
    }

    /// Returns the address of the source code, which is the same for all packages.
    pub(crate) fn repository(&self) -> &str {
        self.published().next().map_or("", |package| &package.repository)
    }
}

impl Package {
    fn read(package: &Json) -> Self {
        let dependencies = elements(package, "dependencies").iter();
        let targets = elements(package, "targets").iter();
        let main = |target: &&Json| {
            let kinds = elements(target, "kind");
            kinds.iter().any(|kind| matches!(kind.as_str(), Some("lib" | "bin" | "cdylib" | "staticlib")))
        };
        let manifest = PathBuf::from(text_of(package, "manifest_path"));
        let docs = package.get("metadata").and_then(|metadata| metadata.get("docs"));
        Self {
            name: text_of(package, "name"),
            version: text_of(package, "version"),
            // Cargo reports `publish = false` as an empty list of registries, and the default as null.
            published: package.get("publish").is_none_or(|registries| registries.as_array().is_none()),
            repository: text_of(package, "repository"),
            homepage: text_of(package, "homepage"),
            documented: docs.and_then(|docs| docs.get("rs")).is_some(),
            folder: manifest.parent().expect("a manifest is in a folder").to_owned(),
            needs: dependencies
                .filter(|dependency| dependency.get("path").is_some_and(|path| path.as_str().is_some()))
                .map(|dependency| Need {
                    name: text_of(dependency, "name"),
                    version: text_of(dependency, "req"),
                    development: text_of(dependency, "kind") == "dev",
                })
                .collect(),
            roots: targets.filter(main).map(|target| text_of(target, "src_path").into()).collect(),
        }
    }
}

fn elements<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    value.get(name).and_then(Json::as_array).unwrap_or_default()
}

fn text_of(value: &Json, name: &str) -> String {
    value.get(name).and_then(Json::as_str).unwrap_or_default().to_owned()
}
