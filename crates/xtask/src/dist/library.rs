//! Native libraries that run on older systems, too.

use std::env::consts::ARCH;
use std::path::PathBuf;

use super::glibc;
use crate::Outcome;
use crate::process::{command, root, run};
use crate::python::Environment;

/// A dynamic library of the workspace.
pub(crate) struct Library {
    pub(crate) package: &'static str,
    /// The name of its file.
    pub(crate) file: String,
}

impl Library {
    /// Builds the library for this machine.
    pub(crate) fn local(&self) -> Outcome<PathBuf> {
        run(command("cargo build --release --locked --package").arg(self.package))?;
        Ok(root().join("target/release").join(&self.file))
    }

    /// Builds the library for this glibc and newer ones. On Linux this needs zig, which is installed in an environment of
    /// Python. Without it, the library needs a glibc as new as this machine's, and a message says which.
    pub(crate) fn portable(&self, oldest_glibc: &str) -> Outcome<PathBuf> {
        if !cfg!(all(target_os = "linux", target_env = "gnu")) {
            return self.local();
        }
        let environment = match zig() {
            Ok(environment) => environment,
            Err(problem) => {
                let library = self.local()?;
                let version = glibc::needed(&library)?.unwrap_or_default();
                eprintln!("{problem}: without zig, {} needs glibc {version} or newer", self.file);
                return Ok(library);
            }
        };
        let target = format!("{ARCH}-unknown-linux-gnu");
        let mut build = environment.tool("cargo-zigbuild");
        build.args(["zigbuild", "--release", "--locked", "--package", self.package, "--target"]);
        run(build.arg(format!("{target}.{oldest_glibc}")))?;
        let library = root().join("target").join(target).join("release").join(&self.file);
        match glibc::needed(&library)? {
            Some(version) if glibc::is_newer(&version, oldest_glibc) => {
                Err(format!("{} needs glibc {version}, more than {oldest_glibc}", self.file))
            }
            _ => Ok(library),
        }
    }
}

/// The environment with zig, which links with an older glibc than this machine's.
pub(super) fn zig() -> Outcome<Environment> {
    let environment = Environment::all()?.swap_remove(0);
    environment.install(&["cargo-zigbuild==0.24.1", "ziglang==0.17.1"])?;
    Ok(environment)
}
