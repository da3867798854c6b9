//! Platform packages that were made on other machines.

use std::fs;
use std::path::{Path, PathBuf};

use jit_approvals::json::Object;

use super::{PLATFORMS, SCOPE, output, text};
use crate::Outcome;
use crate::process::{self, command};

/// Copies the platform packages in a folder to the output, and returns their platforms. Each must have this version.
pub(super) fn platforms(folder: &Path, version: &str) -> Outcome<Vec<String>> {
    let mut platforms: Vec<String> = Vec::new();
    for path in archives(folder)? {
        let package = manifest(&path)?;
        let (name, found) = (text(&package, "name"), text(&package, "version"));
        let platform = name.strip_prefix(SCOPE).and_then(|name| name.strip_prefix('/'));
        let Some(platform) = platform.filter(|platform| PLATFORMS.contains(platform)) else {
            return Err(format!("{}: `{name}` is not a platform package", path.display()));
        };
        if found != version {
            return Err(format!("{}: it has version {found}, the package has {version}", path.display()));
        }
        if platforms.iter().any(|known| known == platform) {
            return Err(format!("{}: there is already a package for {platform}", path.display()));
        }
        platforms.push(platform.to_owned());
        let target = output().join(path.file_name().expect("a file"));
        fs::copy(&path, &target).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    platforms.sort();
    if platforms.is_empty() {
        return Err(format!("{}: there is no platform package (.tgz)", folder.display()));
    }
    let missing: Vec<&str> =
        PLATFORMS.into_iter().filter(|platform| !platforms.iter().any(|known| known == platform)).collect();
    if !missing.is_empty() {
        eprintln!("without packages for {}", missing.join(", "));
    }
    Ok(platforms)
}

fn archives(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut archives: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "tgz")).collect();
    archives.sort();
    Ok(archives)
}

/// The `package.json` in an archive.
fn manifest(archive: &Path) -> Outcome<Object> {
    let text = process::output(command("tar -xzOf").arg(archive).arg("package/package.json"))?;
    Object::parse(&text).map_err(|error| format!("{}: {error}", archive.display()))
}
