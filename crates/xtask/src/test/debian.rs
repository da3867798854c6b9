//! Debian's packages.

use crate::process::{command, is_there, output, run};

/// Installs packages where that is possible: as root, with apt-get. Does nothing if all programs are there. Each call is
/// a command line without side effects.
pub(super) fn install(packages: &[&str], calls: &[&str]) {
    let is_root = output(&mut command("id -u")).is_ok_and(|id| id.trim() == "0");
    if calls.iter().all(|call| is_there(call)) || !is_root || !is_there("apt-get --version") {
        return;
    }
    let _ = run(&mut command("apt-get update --quiet=2"));
    let mut install = command("apt-get install --quiet=2 --yes --no-install-recommends");
    if let Err(problem) = run(install.args(packages).env("DEBIAN_FRONTEND", "noninteractive")) {
        eprintln!("{problem}");
    }
}
