//! The Python package: a source distribution, and a wheel for every `CPython` from 3.9 on.

use std::fs;
use std::path::PathBuf;

use crate::Outcome;
use crate::process::{root, run};
use crate::python::Environment;

const MANIFEST: &str = "bindings/python/Cargo.toml";

/// Builds both, the wheel for old Linux systems, too, and checks them.
pub(crate) fn dist() -> Outcome {
    let main = Environment::main()?;
    let _ = fs::remove_dir_all(output());
    sdist(&main)?;
    let is_linux = cfg!(target_os = "linux");
    let mut build = main.tool("maturin");
    build
        .args(["build", "--release", "--locked", "--quiet", "--manifest-path", MANIFEST, "--out"])
        .arg(output());
    if is_linux {
        match super::library::zig() {
            Ok(_) => _ = build.args(["--zig", "--compatibility", "manylinux2014"]),
            Err(problem) => {
                eprintln!("{problem}: without zig, the wheel runs only on systems as new as this one");
            }
        }
    }
    run(&mut build)?;
    if is_linux {
        run(main.tool("auditwheel").arg("show").arg(wheel()?))?;
    }
    run(main.tool("twine").args(["check", "--strict"]).args(packages()?))?;
    packages()?.iter().for_each(|path| println!("{}", path.display()));
    Ok(())
}

/// Builds the wheel for this machine.
pub(crate) fn build(main: &Environment) -> Outcome<PathBuf> {
    let _ = fs::remove_dir_all(output());
    let mut build = main.tool("maturin");
    run(build
        .args(["build", "--release", "--locked", "--quiet", "--manifest-path", MANIFEST, "--out"])
        .arg(output()))?;
    wheel()
}

pub(crate) fn sdist(main: &Environment) -> Outcome<PathBuf> {
    run(main.tool("maturin").args(["sdist", "--manifest-path", MANIFEST, "--out"]).arg(output()))?;
    found(".tar.gz")
}

fn wheel() -> Outcome<PathBuf> {
    found(".whl")
}

fn found(ending: &str) -> Outcome<PathBuf> {
    let is_it = |path: &PathBuf| path.to_string_lossy().ends_with(ending);
    packages()?
        .into_iter()
        .find(is_it)
        .ok_or_else(|| format!("there is no {ending} in {}", output().display()))
}

fn packages() -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(output()).map_err(|error| format!("{}: {error}", output().display()))?;
    Ok(entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
}

fn output() -> PathBuf {
    root().join("target/dist/python")
}
