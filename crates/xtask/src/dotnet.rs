//! Builds and runs .NET programs: with the .NET SDK where it is installed, otherwise with a runtime and a compiler from
//! packages of npm, under target/dotnet/.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::process::{command, is_there, root, run};
use crate::python::Environment;

const HOST: &str = "bindings/dotnet/host/host.py";

/// Whether the .NET SDK is installed.
pub(crate) fn sdk() -> bool {
    is_there("dotnet --version")
}

/// A runtime and a compiler without the SDK.
pub(crate) struct Host {
    folder: PathBuf,
    environment: Environment,
}

impl Host {
    /// Lays the host out, unless that was done before.
    pub(crate) fn ready() -> Outcome<Self> {
        let folder = root().join("target/dotnet/host");
        let environment = Environment::all()?.swap_remove(0);
        let host = Self { folder, environment };
        let script = read(&root().join(HOST))?;
        let made = host.folder.join("made-by.py");
        if fs::read_to_string(&made).ok().as_ref() != Some(&script) {
            host.environment.install(&["pythonnet==3.2.1", "clr_loader==0.3.1"])?;
            run(host.script("layout").arg(&host.folder))?;
            fs::write(&made, script).map_err(|error| format!("{}: {error}", made.display()))?;
        }
        Ok(host)
    }

    /// Compiles the C# files of some folders or single files. `output` is a program if its kind is `exe`.
    pub(crate) fn compile(
        &self,
        output: &Path,
        kind: &str,
        references: &[&Path],
        sources: &[&Path],
    ) -> Outcome {
        let mut compile = self.script("compile");
        compile.arg(&self.folder).arg(format!("-target:{kind}")).arg(format!("-out:{}", output.display()));
        compile.args(["-langversion:12", "-nullable:enable", "-unsafe", "-warnaserror", "-optimize+"]);
        if kind == "library" {
            compile.arg(format!("-doc:{}", output.with_extension("xml").display()));
            // Tests have no documentation.
            compile.arg(if output.ends_with("JitApprovals.dll") { "-nowarn:0" } else { "-nowarn:1591" });
        }
        compile.args(references.iter().map(|path| format!("-reference:{}", path.display())));
        for source in sources {
            compile.args(csharp(source)?);
        }
        run(&mut compile)
    }

    /// Compiles a file that has errors and returns them, one on each line: `FILE(LINE,COLUMN): error CODE: …`.
    pub(crate) fn errors(&self, references: &[&Path], source: &Path) -> Outcome<String> {
        let mut compile = self.script("compile");
        compile.arg(&self.folder).args(["-target:library", "-langversion:12", "-warnaserror"]);
        compile.arg(format!("-out:{}", self.folder.join("misuse.dll").display())).arg(source);
        compile.args(references.iter().map(|path| format!("-reference:{}", path.display())));
        let output = compile.output().map_err(|error| format!("{}: {error}", source.display()))?;
        if output.status.success() {
            return Err(format!("{} compiles", source.display()));
        }
        String::from_utf8(output.stdout).map_err(|error| format!("{}: {error}", source.display()))
    }

    /// Runs a program.
    pub(crate) fn program(&self, path: &Path) -> std::process::Command {
        let mut program = self.script("run");
        program.arg(&self.folder).arg(path);
        program
    }

    /// A file of the host, such as `nunit.framework.dll`.
    pub(crate) fn tool(&self, name: &str) -> PathBuf {
        self.folder.join("tools").join(name)
    }

    fn script(&self, task: &str) -> std::process::Command {
        let mut python = self.environment.python();
        python.arg(HOST).arg(task);
        python
    }
}

/// The C# files in a folder, or the file itself.
fn csharp(path: &Path) -> Outcome<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let entries = fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() && !path.ends_with("obj") && !path.ends_with("bin") {
            found.extend(csharp(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "cs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A command of the SDK in the folder of the library.
pub(crate) fn with_sdk(line: &str) -> std::process::Command {
    let mut sdk = command("dotnet");
    sdk.args(line.split_whitespace()).current_dir(root().join("bindings/dotnet"));
    sdk.env("DOTNET_CLI_TELEMETRY_OPTOUT", "1").env("DOTNET_NOLOGO", "1");
    sdk
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
