//! The addon of this machine's platform.

use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX, OS};
use std::path::PathBuf;

use crate::Outcome;
use crate::dist::library::Library;

/// The oldest glibc that Node.js 20 runs on.
const OLDEST_GLIBC: &str = "2.28";

/// Builds the addon for this machine.
pub(super) fn local() -> Outcome<PathBuf> {
    addon().local()
}

/// Builds the addon so that it runs wherever Node.js 20 does.
pub(super) fn portable() -> Outcome<PathBuf> {
    addon().portable(OLDEST_GLIBC)
}

fn addon() -> Library {
    Library { package: "jit-approvals-node", file: library() }
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
