//! The PHP extension: the library for the PHP of this machine, and a source package for others.

use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX, OS};
use std::fs;
use std::path::{Path, PathBuf};

use super::library::Library;
use super::{copied, glibc};
use crate::Outcome;
use crate::process::{command, output, root, run};

/// The files of a source package, beside the crates that the extension is built from.
const SOURCES: [&str; 5] = ["Cargo.lock", "LICENSE-APACHE", "LICENSE-MIT", "bindings/php", "rustfmt.toml"];
const CRATES: [&str; 5] = ["crates/api", "crates/base", "crates/core", "crates/facade", "crates/token"];

/// Packs both. The library needs this machine's PHP anyway. So it is not built for an older glibc, which PHP's headers
/// do not allow with zig.
pub(crate) fn dist() -> Outcome {
    let library = extension().local()?;
    if let Some(version) = glibc::needed(&library)? {
        eprintln!("{} needs glibc {version} or newer", library.display());
    }
    let _ = fs::remove_dir_all(packages());
    let (binary, source) = (binary(&library)?, source()?);
    println!("{}\n{}", binary.display(), source.display());
    Ok(())
}

/// Packs the library with what loads it.
pub(crate) fn binary(library: &Path) -> Outcome<PathBuf> {
    let name = format!("jit_approvals-{}-php{}-{ARCH}-{OS}", env!("CARGO_PKG_VERSION"), engine(library)?);
    let folder = packages().join(&name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let target = folder.join("jit_approvals.so");
    fs::copy(library, &target).map_err(|error| format!("{}: {error}", target.display()))?;
    for file in ["LICENSE-APACHE", "LICENSE-MIT"] {
        copied(file, &folder.join(file))?;
    }
    for file in ["README.md", "jit_approvals.ini", "stubs"] {
        copied(&format!("bindings/php/{file}"), &folder.join(file))?;
    }
    packed(&name)
}

/// Packs the sources that `cargo build` needs, and nothing else of the workspace.
pub(crate) fn source() -> Outcome<PathBuf> {
    let name = format!("jit_approvals-{}-source", env!("CARGO_PKG_VERSION"));
    let folder = packages().join(&name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for path in SOURCES.into_iter().chain(CRATES).filter(|path| root().join(path).exists()) {
        let target = folder.join(path);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
        }
        copied(path, &target)?;
    }
    let manifest = root().join("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(|error| format!("{}: {error}", manifest.display()))?;
    let target = folder.join("Cargo.toml");
    fs::write(&target, workspace_of(&text)?).map_err(|error| format!("{}: {error}", target.display()))?;
    // Removes the packages from the lock file that only other members need. All others keep their versions.
    output(command("cargo metadata --format-version 1").current_dir(&folder))?;
    packed(&name)
}

/// The workspace's manifest with only the members that the extension is built from.
fn workspace_of(manifest: &str) -> Outcome<String> {
    let members: Vec<String> =
        CRATES.into_iter().chain(["bindings/php"]).map(|member| format!("\"{member}\"")).collect();
    let mut text = String::new();
    let mut lines = manifest.lines();
    while let Some(line) = lines.next() {
        let name = line.split(" = ").next().unwrap_or_default();
        let is_list = matches!(name, "members" | "default-members" | "exclude");
        if is_list && line.ends_with('[') {
            // The list has several lines.
            lines.by_ref().find(|line| *line == "]");
        }
        if name == "members" {
            text.extend(["members = [", &members.join(", "), "]\n"]);
        } else if !is_list && path_of(line).is_none_or(|path| CRATES.contains(&path)) {
            text.extend([line, "\n"]);
        }
    }
    if text.contains(&members.join(", ")) {
        Ok(text)
    } else {
        Err("Cargo.toml has no line `members = …`".to_owned())
    }
}

/// The folder of a dependency on another package of the workspace.
fn path_of(line: &str) -> Option<&str> {
    line.split_once(" = { path = \"")?.1.split('"').next()
}

fn packed(name: &str) -> Outcome<PathBuf> {
    let archive = packages().join(format!("{name}.tar.gz"));
    let mut tar = command("tar --create --gzip --file");
    run(tar.arg(&archive).arg("--directory").arg(packages()).arg(name))?;
    Ok(archive)
}

/// The PHP that loads the library, such as `8.2-nts`. A library for another PHP does not load.
fn engine(library: &Path) -> Outcome<String> {
    let ask = "echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION, ZEND_THREAD_SAFE ? '-zts' : '-nts', \
        extension_loaded('jit_approvals') ? '' : ' does not load it';";
    let mut php = command("php -n -d display_errors=stderr -d");
    php.arg(format!("extension={}", library.display())).arg("-r").arg(ask);
    let said = output(&mut php)?;
    if said.contains(' ') { Err(format!("{}: PHP {said}", library.display())) } else { Ok(said) }
}

pub(crate) fn extension() -> Library {
    Library { package: "jit-approvals-php", file: format!("{DLL_PREFIX}jit_approvals{DLL_SUFFIX}") }
}

fn packages() -> PathBuf {
    root().join("target/dist/php")
}
