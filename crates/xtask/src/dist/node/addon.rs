//! The addon of this machine's platform.

use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX, OS};
use std::path::PathBuf;

use super::glibc;
use crate::Outcome;
use crate::process::{command, is_there, root, run};

/// The oldest glibc that Node.js 20 runs on.
const OLDEST_GLIBC: &str = "2.28";

/// Builds the addon for this machine.
pub(super) fn local() -> Outcome<PathBuf> {
    run(&mut command("cargo build --release --locked --package jit-approvals-node"))?;
    Ok(root().join("target/release").join(library()))
}

/// Builds the addon so that it runs wherever Node.js 20 does. On Linux with glibc this needs cargo-zigbuild; without it,
/// the addon needs a glibc as new as this machine's libraries, and a message says which.
pub(super) fn portable() -> Outcome<PathBuf> {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return local();
    }
    if is_there("cargo-zigbuild --version") {
        let target = format!("{ARCH}-unknown-linux-gnu");
        let line = "cargo zigbuild --release --locked --package jit-approvals-node --target";
        run(command(line).arg(format!("{target}.{OLDEST_GLIBC}")))?;
        let library = root().join("target").join(target).join("release").join(library());
        return match glibc::needed(&library)? {
            Some(version) if glibc::is_newer(&version, OLDEST_GLIBC) => {
                Err(format!("the addon needs glibc {version}, more than {OLDEST_GLIBC}"))
            }
            _ => Ok(library),
        };
    }
    let library = local()?;
    if let Some(version) = glibc::needed(&library)?.filter(|version| glibc::is_newer(version, OLDEST_GLIBC)) {
        eprintln!(
            "the addon needs glibc {version}, but Node.js 20 runs on {OLDEST_GLIBC}: `cargo install cargo-zigbuild --locked` \
             and `pip install ziglang` make it run there, too"
        );
    }
    Ok(library)
}

/// The library's file name.
pub(crate) fn library() -> String {
    format!("{DLL_PREFIX}jit_approvals_node{DLL_SUFFIX}")
}

/// This machine in Node.js's words, such as `linux-x64-gnu`.
pub(super) fn platform() -> String {
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
