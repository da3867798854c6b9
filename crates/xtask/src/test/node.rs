//! The npm package.

use std::fs;

use crate::Outcome;
use crate::dist::{self, copied};
use crate::process::{command, output, root, run};

const FOLDER: &str = "bindings/node";

/// Its dependencies, its native part, its own tests, its types, and what is packed of it.
pub(super) fn run_all() -> Outcome {
    dist::node::build()?;
    run(&mut command("cargo build --locked --package jit-approvals-node --features panicking"))?;
    let panicking = root().join("target/debug").join(dist::node::library());
    let mut tests = command("npm test --silent");
    run(tests.env("PANICKING_ADDON", panicking).current_dir(root().join(FOLDER)))?;
    for project in ["tsconfig.json", "tsconfig.tests.json"] {
        let line = "node bindings/node/node_modules/typescript/bin/tsc --project bindings/node/test/";
        run(&mut command(&format!("{line}{project}")))?;
    }
    packed()
}

/// What is packed, installed into an empty folder, runs the story and builds as TypeScript.
fn packed() -> Outcome {
    dist::node::pack()?;
    let folder = root().join("target/packed/node");
    let _ = fs::remove_dir_all(root().join("target/packed"));
    copied("examples/node", &folder)?;
    copied("examples/purchase", &root().join("target/packed/purchase"))?;
    let mut install = command("npm install --silent --no-audit --no-fund --no-save --prefer-offline");
    run(install.args(dist::node::packages()?).current_dir(&folder))?;
    super::rust::ends_well(&output(command("node purchase.mjs").current_dir(&folder))?)?;
    let common =
        "process.exit(require('jit-approvals').Minter && require('jit-approvals/njwt').create ? 0 : 1)";
    run(command("node --eval").arg(common).current_dir(&folder))?;
    copied("bindings/node/test/types.mts", &folder.join("types.mts"))?;
    let tsc = root().join(FOLDER).join("node_modules");
    let types = tsc.join("@types");
    let mut build = command("node");
    build.arg(tsc.join("typescript/bin/tsc")).arg("--typeRoots").arg(types);
    run(build.args(["--project", "."]).current_dir(&folder))
}
