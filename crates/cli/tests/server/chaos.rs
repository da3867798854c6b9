//! The server while everything goes wrong: killed, out of space, raced, attacked, with a clock that jumps.
//!
//! Each test has a short form, which always runs, and a long one: `cargo xtask test chaos` runs the long form and prints
//! what it has shown as a table.

mod administrator;
mod clock;
#[cfg(target_os = "linux")]
mod connections;
#[cfg(target_os = "linux")]
mod disk;
mod kill;
#[cfg(target_os = "linux")]
mod points;
mod race;
mod whole;

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::LazyLock;

/// The folder for what the long form has shown. The variable chooses the long form.
static FOLDER: LazyLock<Option<PathBuf>> = LazyLock::new(|| std::env::var_os("JIT_CHAOS").map(PathBuf::from));

/// Returns a number for the short form, or one for the long form.
pub(crate) fn size(short: usize, long: usize) -> usize {
    if FOLDER.is_some() { long } else { short }
}

/// Tells what a test has shown: prints it, and writes it down for the table of the long form.
pub(crate) fn report(test: &str, columns: &[(&str, String)]) {
    let columns: Vec<_> = columns.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let line = format!("{test}\t{}\n", columns.join(", "));
    print!("{line}");
    if let Some(folder) = &*FOLDER {
        let file = std::fs::File::options().create(true).append(true).open(folder.join("table.tsv"));
        file.unwrap().write_all(line.as_bytes()).unwrap();
    }
}
