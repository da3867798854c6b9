//! The PHP extension.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};

use super::debian;
use crate::Outcome;
use crate::dist::{self, copied};
use crate::process::{command, is_there, output, root, run};

const FOLDER: &str = "bindings/php";

/// What the tests need beside PHP's headers, as Debian's packages.
const PACKAGES: [&str; 13] = [
    "php-cli",
    "php-dev",
    "php-sqlite3",
    "phpunit",
    "libclang-dev",
    "php-fpm",
    "nginx-light",
    "php-symfony-http-kernel",
    "php-symfony-event-dispatcher",
    "php-illuminate-http",
    "php-illuminate-events",
    "php-illuminate-routing",
    "valgrind",
];

/// Installs what is missing where that is possible.
pub(super) fn prepare() {
    debian::install(&PACKAGES, &["php-config --version", "phpunit --version", "valgrind --version"]);
}

/// Its tests, a build that panics, valgrind, and the packages in empty folders.
pub(super) fn run_all(fast: bool) -> Outcome {
    phpunit(&panicking()?, &["--filter", "Panics"])?;
    let library = dist::php::extension().local()?;
    phpunit(&library, &[])?;
    if fast {
        return Ok(());
    }
    valgrind(&library)?;
    packed(&dist::php::binary(&library)?)?;
    from_source(&dist::php::source()?)
}

/// Builds an extension that panics in every call if it is told to.
fn panicking() -> Outcome<PathBuf> {
    run(&mut command("cargo build --locked --package jit-approvals-php --features panicking"))?;
    let library = root().join("target/panicking/jit_approvals.so");
    fs::create_dir_all(root().join("target/panicking")).map_err(|error| error.to_string())?;
    copied(&format!("target/debug/{DLL_PREFIX}jit_approvals{DLL_SUFFIX}"), &library)?;
    Ok(library)
}

fn phpunit(extension: &Path, options: &[&str]) -> Outcome {
    let phpunit = output(command("which").arg("phpunit"))?;
    let mut php = command("php -d");
    php.arg(format!("extension={}", extension.display())).arg(phpunit.trim()).args(options);
    run(php.env("JIT_APPROVALS_EXTENSION", extension).current_dir(root().join(FOLDER)))
}

/// Runs the vectors under valgrind, whose errors must not be in the extension.
fn valgrind(extension: &Path) -> Outcome {
    if !is_there("valgrind --version") {
        eprintln!("valgrind is not installed: the memory of the extension is not checked");
        return Ok(());
    }
    let log = root().join("target/valgrind.log");
    let phpunit = output(command("which").arg("phpunit"))?;
    let mut valgrind = command("valgrind --quiet --leak-check=full --show-leak-kinds=definite");
    valgrind.arg(format!("--log-file={}", log.display())).arg("php").arg("-d");
    valgrind.arg(format!("extension={}", extension.display())).arg(phpunit.trim());
    valgrind
        .args(["--filter", "Vectors|Values"])
        .env("USE_ZEND_ALLOC", "0")
        .env("ZEND_DONT_UNLOAD_MODULES", "1");
    run(valgrind.current_dir(root().join(FOLDER)))?;
    let text = fs::read_to_string(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let ours = text.contains("jit_approvals");
    if ours { Err(format!("valgrind found errors in the extension: {}", log.display())) } else { Ok(()) }
}

/// The packed extension, in an empty folder, runs the example with the line of its own ini file.
fn packed(archive: &Path) -> Outcome {
    let folder = unpacked(archive)?;
    let ini = fs::read_to_string(folder.join("jit_approvals.ini")).map_err(|error| format!("{error}"))?;
    let settings = folder.join("php.ini");
    let text = format!("extension_dir={}\n{ini}", folder.display());
    fs::write(&settings, text).map_err(|error| format!("{}: {error}", settings.display()))?;
    let mut php = command("php -c");
    php.arg(&settings).arg(root().join("examples/php/purchase.php"));
    super::rust::ends_well(&output(php.env("PHP_INI_SCAN_DIR", "").current_dir(&folder))?)
}

/// The source package builds in an empty folder.
fn from_source(archive: &Path) -> Outcome {
    let folder = unpacked(archive)?;
    let mut build = command("cargo build --locked --package jit-approvals-php --target-dir");
    run(build.arg(root().join("target")).current_dir(&folder))
}

fn unpacked(archive: &Path) -> Outcome<PathBuf> {
    let folder = root().join("target/packed/php");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut tar = command("tar --extract --strip-components=1 --file");
    run(tar.arg(archive).arg("--directory").arg(&folder))?;
    Ok(folder)
}
