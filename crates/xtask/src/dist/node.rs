//! The npm package, and beside it the one that holds the addon of this machine.

use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX, OS};
use std::fs;
use std::path::PathBuf;

use jit_approvals::json::{Json, Object};

use super::copied;
use crate::Outcome;
use crate::process::{command, root, run};
use crate::workspace::Workspace;

const FOLDER: &str = "bindings/node";

/// What both packages have in common.
const SHARED: [&str; 3] = ["version", "license", "engines"];

/// Builds the addon and puts it beside the package's sources, with what its tests need.
pub(crate) fn build() -> Outcome {
    run(command("npm ci --silent --no-audit --no-fund").current_dir(root().join(FOLDER)))?;
    run(&mut command("cargo build --release --locked --package jit-approvals-node"))?;
    // A running process may have the old one open: it keeps that, and the new one is another file.
    let addon = root().join(FOLDER).join(addon());
    let _ = fs::remove_file(&addon);
    copied(&format!("target/release/{}", library()), &addon)
}

/// What cargo calls it.
pub(crate) fn library() -> String {
    format!("{DLL_PREFIX}jit_approvals_node{DLL_SUFFIX}")
}

/// Packs the package and its platform's.
pub(crate) fn pack() -> Outcome {
    let folder = root().join(FOLDER);
    let _ = fs::remove_dir_all(dist());
    let source = fs::read_to_string(folder.join("package.json")).map_err(|error| error.to_string())?;
    let Ok(Json::Object(mut package)) = Json::parse(&source) else {
        return Err("bindings/node/package.json is no JSON object".to_owned());
    };
    let (addon, platform) = (addon(), platform());
    let name = format!("jit-approvals-{platform}");

    let mut parts = platform.split('-');
    let mut its = Object::new().with("name", &*name);
    for member in SHARED {
        its.insert(member, package.get(member).cloned().unwrap_or_default());
    }
    its.insert("description", format!("The native part of jit-approvals for {platform}"));
    its.insert("main", &*addon);
    its.insert("files", vec![addon.as_str()]);
    for (member, value) in ["os", "cpu"].into_iter().zip(&mut parts) {
        its.insert(member, vec![value]);
    }
    match parts.next() {
        Some("gnu") => its.insert("libc", vec!["glibc"]),
        Some("musl") => its.insert("libc", vec!["musl"]),
        _ => None,
    };
    copied(&format!("{FOLDER}/{addon}"), &dist().join("platform").join(&addon))?;

    for (member, value) in addresses()? {
        its.insert(member, value.clone());
        package.insert(member, value);
    }
    let version = package.get("version").cloned().unwrap_or_default();
    package.insert("optionalDependencies", Object::new().with(&name, version));
    for developers in ["devDependencies", "scripts"] {
        package.remove(developers);
    }
    for name in ["lib", "types", "index.d.ts", "index.d.mts", "njwt.js", "njwt.d.ts", "README.md"] {
        copied(&format!("{FOLDER}/{name}"), &dist().join("package").join(name))?;
    }
    write(&package, "package")?;
    write(&its, "platform")?;
    for folder in ["package", "platform"] {
        for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
            copied(license, &dist().join(folder).join(license))?;
        }
        run(command("npm pack --silent --pack-destination ..").current_dir(dist().join(folder)))?;
    }
    Ok(())
}

/// Where the sources, the documentation and the list of issues are: set once, in the workspace's Cargo.toml.
fn addresses() -> Outcome<[(&'static str, Json); 3]> {
    let workspace = Workspace::read()?;
    let package = workspace.published().next().ok_or("no package is published")?;
    let repository = Object::new()
        .with("type", "git")
        .with("url", format!("git+{}.git", package.repository))
        .with("directory", FOLDER);
    Ok([
        ("repository", repository.into()),
        ("homepage", (*package.homepage).into()),
        ("bugs", Object::new().with("url", &*workspace.bugs).into()),
    ])
}

/// What was packed.
pub(crate) fn packages() -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(dist()).map_err(|error| format!("{}: {error}", dist().display()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    Ok(paths.filter(|path| path.extension().is_some_and(|ending| ending == "tgz")).collect())
}

fn dist() -> PathBuf {
    root().join("target/dist/node")
}

fn addon() -> String {
    format!("jit-approvals.{}.node", platform())
}

/// This machine in Node.js's words, such as `linux-x64-gnu`.
fn platform() -> String {
    let word = |word: &'static str| match word {
        "macos" => "darwin",
        "windows" => "win32",
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let kind = match OS {
        "linux" if cfg!(target_env = "musl") => "-musl",
        "linux" => "-gnu",
        "windows" => "-msvc",
        _ => "",
    };
    format!("{}-{}{kind}", word(OS), word(ARCH))
}

fn write(package: &Object, folder: &str) -> Outcome {
    let path = dist().join(folder).join("package.json");
    fs::write(&path, format!("{package}\n")).map_err(|error| format!("{}: {error}", path.display()))
}
