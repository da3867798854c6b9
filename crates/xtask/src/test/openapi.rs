//! The description of the server's API, `crates/api/openapi.json`: what the suite was answered, what schemathesis calls,
//! and the clients that are made of it.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::dist::copied;
use crate::process::{command, is_there, root, run};
use crate::python::Environment;

/// The variable that names the folder to which the suite writes its answers.
pub(super) const RECORD: &str = "JIT_RECORD_ANSWERS";

const DOCUMENT: &str = "crates/api/openapi.json";

const FOLDER: &str = "crates/cli/tests/openapi";

/// An empty folder under target/openapi/.
pub(super) fn folder(name: &str) -> Outcome<PathBuf> {
    let folder = root().join("target/openapi").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// The checks, with the programs that they need.
pub(super) struct Checks(Environment);

impl Checks {
    /// Installs what the checks need.
    pub(super) fn ready() -> Outcome<Self> {
        Environment::with("openapi", &format!("{FOLDER}/requirements.txt")).map(Self)
    }

    /// The answers that the suite has got.
    pub(super) fn answers(&self, answers: &Path) -> Outcome {
        run(self.script("answers.py").arg(answers))
    }

    /// Calls that the description allows, and calls that it does not.
    pub(super) fn conformance(&self) -> Outcome {
        let folder = folder("conformance")?;
        run(self.script("conformance.py").arg(program()).current_dir(folder))
    }

    /// Clients that are generated, each beside a server.
    pub(super) fn clients(&self) -> Outcome {
        self.python()?;
        if !is_there("npm --version") {
            eprintln!("npm is not installed: without the client in TypeScript");
            return Ok(());
        }
        self.typescript()
    }

    fn python(&self) -> Outcome {
        let folder = folder("python")?;
        copied(&format!("{FOLDER}/client/client.py"), &folder.join("client.py"))?;
        let mut generate = self.0.tool("openapi-python-client");
        generate.args(["generate", "--meta", "none", "--path", DOCUMENT, "--output-path"]);
        run(generate.arg(folder.join("generated")))?;
        let python = self.0.python().get_program().to_owned();
        run(self.beside().arg(python).arg(folder.join("client.py")))
    }

    fn typescript(&self) -> Outcome {
        let folder = root().join("target/openapi/typescript");
        copied(&format!("{FOLDER}/client"), &folder)?;
        run(command("npm ci --silent --no-audit --no-fund --prefer-offline").current_dir(&folder))?;
        let mut generate = command("node node_modules/openapi-typescript/bin/cli.js");
        generate.arg(root().join(DOCUMENT)).args(["--output", "api.d.ts"]);
        run(generate.current_dir(&folder))?;
        run(command("node node_modules/typescript/bin/tsc --project .").current_dir(&folder))?;
        run(self.beside().arg("node").arg(folder.join("built/client.js")))
    }

    /// A command that follows runs beside a server.
    fn beside(&self) -> Command {
        let mut beside = self.script("beside.py");
        beside.arg(program());
        beside
    }

    fn script(&self, name: &str) -> Command {
        let mut python = self.0.python();
        // The folder of the sources stays as it is.
        python.arg("-B").arg(root().join(FOLDER).join(name));
        python
    }
}

/// The server, as the tests have built it.
fn program() -> PathBuf {
    root().join(format!("target/debug/jit-approvals{EXE_SUFFIX}"))
}
