//! The Python package.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;

use crate::Outcome;
use crate::dist::{self, copied};
use crate::process::{command, is_there, output, root, run};
use crate::python::Environment;

const FOLDER: &str = "bindings/python";

/// Its tests on every Python that is installed, its types, a build that panics, and the packages in empty environments.
pub(super) fn run_all(fast: bool) -> Outcome {
    let main = Environment::main()?;
    let wheel = dist::python::build(&main)?;
    let wheel = wheel.to_string_lossy();
    let environments = if fast { Vec::new() } else { Environment::all()? };
    main.install(&["--force-reinstall", "--no-deps", &wheel])?;
    pytest(&main)?;
    for environment in environments.iter().filter(|environment| environment.version != main.version) {
        environment.install(&["--requirement", "bindings/python/requirements-test.txt"])?;
        environment.install(&["--force-reinstall", "--no-deps", &wheel])?;
        pytest(environment)?;
    }
    types(&main)?;
    panicking(&main)?;
    packed(&main, &wheel)?;
    if fast { Ok(()) } else { packed(&main, &dist::python::sdist(&main)?.to_string_lossy()) }
}

fn pytest(environment: &Environment) -> Outcome {
    run(environment.python().args(["-m", "pytest", "--quiet"]).current_dir(root().join(FOLDER)))
}

/// The declarations against the library itself, and two type checkers over tests, benchmarks, README and example.
fn types(main: &Environment) -> Outcome {
    let readme = root().join("target/python/readme");
    let _ = fs::remove_dir_all(&readme);
    run(main.python().arg("bindings/python/tests/readme.py").arg(&readme))?;
    let mypy =
        |arguments: &[&str]| run(main.python().arg("-m").args(arguments).current_dir(root().join(FOLDER)));
    mypy(&["mypy.stubtest", "jit_approvals", "--allowlist", "tests/stubtest-allowlist.txt"])?;
    mypy(&["mypy", "--strict", "python", "tests", "bench", "../../examples/python"])?;
    mypy(&["mypy", "--strict", "../../target/python/readme"])?;
    if !is_there("npm --version") {
        eprintln!("npm is not installed: without pyright");
        return Ok(());
    }
    let typecheck = root().join(FOLDER).join("typecheck");
    run(command("npm ci --silent --no-audit --no-fund").current_dir(&typecheck))?;
    let mut pyright = command("node node_modules/pyright/index.js --project . --pythonpath");
    run(pyright.arg(main.python().get_program()).current_dir(&typecheck))
}

/// A build in which every call of a test class panics.
fn panicking(main: &Environment) -> Outcome {
    let features = "panicking,pyo3/extension-module";
    run(command("cargo build --locked --package jit-approvals-python --features").arg(features))?;
    let folder = root().join("target/panicking");
    let _ = fs::remove_dir_all(&folder);
    copied("bindings/python/python/jit_approvals", &folder.join("jit_approvals"))?;
    let library = format!("target/debug/{DLL_PREFIX}jit_approvals_python{DLL_SUFFIX}");
    let ending = if cfg!(windows) { "pyd" } else { "abi3.so" };
    copied(&library, &folder.join(format!("jit_approvals/_native.{ending}")))?;
    let mut pytest = main.python();
    pytest.args(["-m", "pytest", "--quiet", "tests/test_panics.py"]).current_dir(root().join(FOLDER));
    run(pytest.env("PYTHONPATH", &folder))
}

/// A package, installed into an empty environment, runs the example and type-checks there.
fn packed(main: &Environment, package: &str) -> Outcome {
    let empty = main.empty("packed")?;
    empty.install(&[package, "mypy"])?;
    let folder = root().join("target/packed/python");
    let _ = fs::remove_dir_all(&folder);
    copied("examples/python", &folder)?;
    copied("examples/purchase", &root().join("target/packed/purchase"))?;
    super::rust::ends_well(&output(empty.python().arg("purchase.py").current_dir(&folder))?)?;
    run(empty.python().args(["-m", "mypy", "--strict", "purchase.py"]).current_dir(&folder))
}
