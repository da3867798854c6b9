//! The npm package.

use std::fs;

use crate::Outcome;
use crate::dist::{self, copied};
use crate::process::{command, output, root, run};

const FOLDER: &str = "bindings/node";

/// Its dependencies, its native part, its own tests, its types, and the packed package; what others build of it and run it
/// with, unless that takes too long.
pub(super) fn run_all(fast: bool) -> Outcome {
    let library = dist::node::build()?;
    run(&mut command("cargo build --locked --package jit-approvals-node --features panicking"))?;
    let panicking = root().join("target/debug").join(dist::node::library());
    let mut tests = command("npm test --silent");
    run(tests.env("PANICKING_ADDON", panicking).current_dir(root().join(FOLDER)))?;
    for project in ["tsconfig.json", "tsconfig.tests.json"] {
        let line = "node bindings/node/node_modules/typescript/bin/tsc --project bindings/node/test/";
        run(&mut command(&format!("{line}{project}")))?;
    }
    dist::node::pack(&library)?;
    collected()?;
    packed()?;
    if fast { Ok(()) } else { ecosystem() }
}

/// Platform packages that were made elsewhere become optional dependencies, unless they have another version.
fn collected() -> Outcome {
    let folder = root().join("target/collected");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let packages = dist::node::packages()?;
    let platform = packages.iter().find(|path| path.to_string_lossy().contains(std::env::consts::OS));
    let platform = platform.ok_or("the platform package is missing")?;
    let copy = folder.join(platform.file_name().expect("a file"));
    fs::copy(platform, &copy).map_err(|error| error.to_string())?;
    dist::node::collect(&folder.to_string_lossy())?;
    let manifest = root().join("target/dist/node/package/package.json");
    let manifest = fs::read_to_string(manifest).map_err(|error| error.to_string())?;
    if !manifest.contains(r#""optionalDependencies":{"@jit-approvals/"#) {
        return Err(format!("the platform package is no optional dependency: {manifest}"));
    }
    // A second package for the same platform, then one of another version.
    fs::copy(&copy, folder.join("other.tgz")).map_err(|error| error.to_string())?;
    match dist::node::collect(&folder.to_string_lossy()) {
        Err(message) if message.contains("there is already a package") => {}
        other => return Err(format!("two packages for a platform: {other:?}")),
    }
    fs::remove_file(folder.join("other.tgz")).map_err(|error| error.to_string())?;
    let older = folder.join("package");
    fs::create_dir_all(&older).map_err(|error| error.to_string())?;
    let package = r#"{"name": "@jit-approvals/darwin-arm64", "version": "0.0.1"}"#;
    fs::write(older.join("package.json"), package).map_err(|error| error.to_string())?;
    run(command("tar -czf older.tgz package").current_dir(&folder))?;
    match dist::node::collect(&folder.to_string_lossy()) {
        Err(message) if message.contains("it has version 0.0.1") => {}
        other => return Err(format!("a package of another version: {other:?}")),
    }
    fs::remove_file(folder.join("older.tgz")).map_err(|error| error.to_string())?;
    dist::node::collect(&folder.to_string_lossy())
}

/// The packed package, installed into an empty folder, runs the story and builds as TypeScript.
fn packed() -> Outcome {
    let folder = root().join("target/packed/node");
    let _ = fs::remove_dir_all(root().join("target/packed"));
    copied("examples/node", &folder)?;
    copied("examples/purchase", &root().join("target/packed/purchase"))?;
    let mut install = command("npm install --silent --no-audit --no-fund --no-save --prefer-offline");
    run(install.args(dist::node::packages()?).current_dir(&folder))?;
    super::rust::ends_well(&output(command("node purchase.mjs").current_dir(&folder))?)?;
    let common =
        "process.exit(require('jit-approvals').Minter && require('jit-approvals/njwt').create ? 0 : 1)";
    run(command("node --eval").arg(common).current_dir(&folder))?;
    copied("bindings/node/test/types.mts", &folder.join("types.mts"))?;
    let tsc = root().join(FOLDER).join("node_modules");
    let types = tsc.join("@types");
    let mut build = command("node");
    build.arg(tsc.join("typescript/bin/tsc")).arg("--typeRoots").arg(types);
    run(build.args(["--project", "."]).current_dir(&folder))
}

/// The packed package in bundlers, test runners and other runtimes.
fn ecosystem() -> Outcome {
    let folder = root().join("target/ecosystem");
    copied("bindings/node/ecosystem", &folder)?;
    for types in ["types.mts", "njwt-types.mts"] {
        copied(&format!("bindings/node/test/{types}"), &folder.join(types))?;
    }
    run(command("npm ci --silent --no-audit --no-fund --prefer-offline").current_dir(&folder))?;
    let packages = dist::node::packages()?;
    let mut install = command("npm install --silent --no-audit --no-fund --no-save --prefer-offline");
    run(install.args(&packages).current_dir(&folder))?;
    let main = packages.iter().find(|path| !path.to_string_lossy().contains(std::env::consts::OS));
    run(command("node run.mjs").arg(main.ok_or("the package is missing")?).current_dir(&folder))
}
