//! The languages: each runs programs over its packed package, in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::dist::{self, copied};
use crate::dotnet::Host;
use crate::process::{command, is_there, root, run};
use crate::python::Environment;

/// A language and its package, installed in an empty folder.
pub(super) struct Language {
    pub(super) name: &'static str,
    /// The file of its agent.
    pub(super) agent: &'static str,
    folder: PathBuf,
    program: Program,
}

/// Prepares a program whose source is in the folder.
type Program = Box<dyn Fn(&Path) -> Outcome<Command>>;

impl Language {
    /// Prepares a program. Its source is a file of the repository.
    pub(super) fn program(&self, source: &Path) -> Outcome<Command> {
        let name = source.file_name().ok_or("a source without a name")?;
        let text = fs::read_to_string(root().join(source));
        self.program_of(name.as_ref(), &text.map_err(|error| format!("{}: {error}", source.display()))?)
    }

    /// Prepares a program with this source, in a file of this name.
    pub(super) fn program_of(&self, name: &Path, source: &str) -> Outcome<Command> {
        let path = self.folder.join(name);
        fs::write(&path, source).map_err(|error| format!("{}: {error}", path.display()))?;
        (self.program)(&path)
    }
}

/// The languages whose tools are installed. If the variable `CI` is set, all must be.
pub(super) fn all() -> Outcome<Vec<Language>> {
    type Prepare = fn(&Path) -> Outcome<Program>;
    let known: [(&str, &str, &str, Prepare); 5] = [
        ("Rust", "agent.rs", "cargo --version", rust),
        ("Node.js", "agent.mjs", "npm --version", node),
        ("Python", "agent.py", "python3 --version", python),
        ("PHP", "agent.php", "php-config --version", php),
        ("C#", "Agent.cs", "npm --version", dotnet),
    ];
    let mut languages = Vec::new();
    for (name, agent, needs, prepare) in known {
        if is_there(needs) {
            let folder = root().join("target/interop").join(Path::new(agent).extension().unwrap_or_default());
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            let program = prepare(&folder)?;
            languages.push(Language { name, agent, folder, program });
        } else if std::env::var_os("CI").is_some() {
            return Err(format!("{name}: `{needs}` failed"));
        } else {
            eprintln!("without {name}: `{needs}` failed");
        }
    }
    Ok(languages)
}

/// A project outside of the workspace. The published crates themselves are built from their packed files by another
/// part of the tests.
fn rust(folder: &Path) -> Outcome<Program> {
    let manifest = format!(
        "[package]\nname = \"interop\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         jit-approvals = {{ path = '{}' }}\n",
        root().join("crates/facade").display()
    );
    fs::write(folder.join("Cargo.toml"), manifest).map_err(|error| error.to_string())?;
    copied("Cargo.lock", &folder.join("Cargo.lock"))?;
    let folder = folder.to_owned();
    Ok(Box::new(move |source| {
        let name = source.file_stem().unwrap_or_default();
        let binary = folder.join("src/bin").join(source.file_name().unwrap_or_default());
        fs::create_dir_all(folder.join("src/bin")).map_err(|error| error.to_string())?;
        fs::copy(source, &binary).map_err(|error| format!("{}: {error}", binary.display()))?;
        let mut build = command("cargo build --quiet --target-dir");
        run(build.arg(root().join("target")).arg("--bin").arg(name).current_dir(&folder))?;
        Ok(Command::new(root().join("target/debug").join(name)))
    }))
}

fn node(folder: &Path) -> Outcome<Program> {
    dist::node::pack(&dist::node::build()?)?;
    fs::write(folder.join("package.json"), "{\"private\": true}\n").map_err(|error| error.to_string())?;
    let mut install = command("npm install --silent --no-audit --no-fund --no-save --prefer-offline");
    run(install.args(dist::node::packages()?).current_dir(folder))?;
    Ok(Box::new(|source| {
        let mut node = command("node");
        node.arg(source);
        Ok(node)
    }))
}

fn python(_folder: &Path) -> Outcome<Program> {
    let main = Environment::main()?;
    let wheel = dist::python::build(&main)?;
    let environment = main.empty("interop")?;
    environment.install(&[&wheel.to_string_lossy()])?;
    Ok(Box::new(move |source| {
        let mut python = environment.python();
        python.arg(source);
        Ok(python)
    }))
}

fn php(folder: &Path) -> Outcome<Program> {
    let archive = dist::php::binary(&dist::php::extension().local()?)?;
    let mut tar = command("tar --extract --strip-components=1 --file");
    run(tar.arg(&archive).arg("--directory").arg(folder))?;
    let extension = folder.join("jit_approvals.so");
    Ok(Box::new(move |source| {
        let mut php = command("php -n -d display_errors=stderr -d");
        php.arg(format!("extension={}", extension.display())).arg(source);
        Ok(php)
    }))
}

/// Without the .NET SDK, the library is compiled as it would be packed.
fn dotnet(folder: &Path) -> Outcome<Program> {
    let host = Host::ready()?;
    let native = dist::dotnet::library().local()?;
    let copy = folder.join(dist::dotnet::library().file);
    fs::copy(&native, &copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    let ours = folder.join("JitApprovals.dll");
    host.compile(&ours, "library", &[], &[&root().join("bindings/dotnet/JitApprovals")])?;
    Ok(Box::new(move |source| {
        let program = source.with_extension("dll");
        host.compile(&program, "exe", &[&ours], &[source])?;
        Ok(host.program(&program))
    }))
}
