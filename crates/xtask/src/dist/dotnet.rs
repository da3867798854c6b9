//! The package `JitApprovals` for .NET.

use std::env::consts::{ARCH, DLL_PREFIX, DLL_SUFFIX, OS};
use std::fs;
use std::path::{Path, PathBuf};

use super::library::Library;
use crate::Outcome;
use crate::dotnet;
use crate::process::{root, run};

/// Every system that .NET 8 runs on has a newer glibc.
const OLDEST_GLIBC: &str = "2.17";

/// The platforms that a package may contain a native library for.
const PLATFORMS: [&str; 8] = [
    "linux-arm64",
    "linux-musl-arm64",
    "linux-musl-x64",
    "linux-x64",
    "osx-arm64",
    "osx-x64",
    "win-arm64",
    "win-x64",
];

/// Packs the library with the native library of this platform. Without the .NET SDK, only the native library is built.
pub(crate) fn dist() -> Outcome {
    let folder = output().join("native");
    let _ = fs::remove_dir_all(output());
    let installed = install(&library().portable(OLDEST_GLIBC)?, &folder)?;
    println!("{}", installed.display());
    pack(&folder)
}

/// Packs the library with the native libraries in a folder, which were made on other machines: each under
/// `runtimes/<platform>/native/`, as `dist dotnet` makes it.
pub(crate) fn collect(folder: &str) -> Outcome {
    let native = output().join("native");
    let _ = fs::remove_dir_all(output());
    for (platform, library) in found(Path::new(folder))? {
        let name = library.file_name().ok_or("a library without a name")?;
        let target = native.join("runtimes").join(&platform).join("native");
        fs::create_dir_all(&target).map_err(|error| format!("{}: {error}", target.display()))?;
        fs::copy(&library, target.join(name)).map_err(|error| format!("{}: {error}", library.display()))?;
        println!("{platform}: {}", library.display());
    }
    pack(&native)
}

/// The platforms of a folder and their libraries. All must be of this version.
fn found(folder: &Path) -> Outcome<Vec<(String, PathBuf)>> {
    let runtimes = folder.join("runtimes");
    let entries = fs::read_dir(&runtimes).map_err(|error| format!("{}: {error}", runtimes.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        let platform = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !PLATFORMS.contains(&&*platform) {
            return Err(format!(
                "{}: `{platform}` is not one of {}",
                runtimes.display(),
                PLATFORMS.join(", ")
            ));
        }
        let native = path.join("native");
        let files = fs::read_dir(&native).map_err(|error| format!("{}: {error}", native.display()))?;
        let files: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
        let [library] = files.as_slice() else {
            return Err(format!("{} has {} files, not one library", native.display(), files.len()));
        };
        check_version(library)?;
        found.push((platform, library.clone()));
    }
    if found.is_empty() { Err(format!("{} is empty", runtimes.display())) } else { Ok(found) }
}

/// Checks the version that a library was built from: it is in its data, after a mark.
fn check_version(library: &Path) -> Outcome {
    let data = fs::read(library).map_err(|error| format!("{}: {error}", library.display()))?;
    let mark = format!("jit_approvals_c {}\0", env!("CARGO_PKG_VERSION"));
    let is_there = data.windows(mark.len()).any(|window| window == mark.as_bytes());
    if is_there {
        Ok(())
    } else {
        Err(format!("{} is not of version {}", library.display(), env!("CARGO_PKG_VERSION")))
    }
}

fn pack(native: &Path) -> Outcome {
    if !dotnet::sdk() {
        eprintln!("the .NET SDK is not installed: the NuGet package was not made, only its native library");
        return Ok(());
    }
    let mut pack = dotnet::with_sdk("pack JitApprovals/JitApprovals.csproj --configuration Release --output");
    run(pack.arg(output()).arg(format!("-p:NativeFolder={}/", native.display())))
}

/// Copies the library into the folder of its platform.
pub(crate) fn install(library: &Path, folder: &Path) -> Outcome<PathBuf> {
    check_version(library)?;
    let target = folder.join("runtimes").join(platform()).join("native");
    fs::create_dir_all(&target).map_err(|error| format!("{}: {error}", target.display()))?;
    let installed = target.join(self::library().file);
    fs::copy(library, &installed).map_err(|error| format!("{}: {error}", library.display()))?;
    Ok(installed)
}

/// The C ABI's library.
pub(crate) fn library() -> Library {
    Library { package: "jit-approvals-dotnet", file: format!("{DLL_PREFIX}jit_approvals_c{DLL_SUFFIX}") }
}

/// This machine in the words of .NET, such as `linux-x64`.
fn platform() -> String {
    let system = match OS {
        "macos" => "osx",
        "windows" => "win",
        "linux" if cfg!(target_env = "musl") => "linux-musl",
        other => other,
    };
    let processor = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}-{processor}")
}

fn output() -> PathBuf {
    root().join("target/dist/dotnet")
}
