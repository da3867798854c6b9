//! Native libraries that run on older systems, too.

use std::env::consts::ARCH;
use std::path::PathBuf;

use super::glibc;
use crate::Outcome;
use crate::process::{command, is_there, root, run};

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

    /// Builds the library for this glibc and newer ones. On Linux this needs cargo-zigbuild. Without it, the library
    /// needs a glibc as new as this machine's, and a message says which.
    pub(crate) fn portable(&self, oldest_glibc: &str) -> Outcome<PathBuf> {
        if !cfg!(all(target_os = "linux", target_env = "gnu")) {
            return self.local();
        }
        if is_there("cargo-zigbuild --version") {
            let target = format!("{ARCH}-unknown-linux-gnu");
            let mut build = command("cargo zigbuild --release --locked --package");
            run(build.arg(self.package).arg("--target").arg(format!("{target}.{oldest_glibc}")))?;
            let library = root().join("target").join(target).join("release").join(&self.file);
            return match glibc::needed(&library)? {
                Some(version) if glibc::is_newer(&version, oldest_glibc) => {
                    Err(format!("{} needs glibc {version}, more than {oldest_glibc}", self.file))
                }
                _ => Ok(library),
            };
        }
        let library = self.local()?;
        if let Some(version) =
            glibc::needed(&library)?.filter(|version| glibc::is_newer(version, oldest_glibc))
        {
            eprintln!(
                "{} needs glibc {version}. To make it run with glibc {oldest_glibc}: `cargo install cargo-zigbuild \
                 --locked` and `pip install ziglang`",
                self.file
            );
        }
        Ok(library)
    }
}
