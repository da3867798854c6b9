//! Python's environments, under target/python/.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::process::{root, run};

/// The versions that the wheel is for. The first that is installed runs every check.
const VERSIONS: [&str; 5] = ["3.11", "3.10", "3.9", "3.12", "3.13"];

/// A virtual environment.
pub(crate) struct Environment {
    pub(crate) version: &'static str,
    folder: PathBuf,
}

impl Environment {
    /// The environments of every Python that is installed.
    pub(crate) fn all() -> Outcome<Vec<Self>> {
        let found: Vec<Self> = VERSIONS.into_iter().filter_map(Self::find).collect();
        if found.is_empty() {
            Err(format!("no Python is installed, of {}", VERSIONS.join(", ")))
        } else {
            Ok(found)
        }
    }

    /// The environment of the first Python that is installed, with what every check needs.
    pub(crate) fn main() -> Outcome<Self> {
        let main = Self::all()?.swap_remove(0);
        main.install(&["--requirement", "bindings/python/requirements-dev.txt"])?;
        Ok(main)
    }

    /// An environment of the first Python that is installed, for one purpose, with what a file lists.
    pub(crate) fn with(name: &str, requirements: &str) -> Outcome<Self> {
        let python = VERSIONS.into_iter().find_map(|version| Some((version, interpreter(version)?)));
        let (version, python) = python.ok_or("no Python is installed that the project is tested with")?;
        let environment = Self { version, folder: root().join("target/python").join(name) };
        if !environment.program("python").exists() {
            environment.create(&python)?;
        }
        environment.install(&["--requirement", requirements])?;
        Ok(environment)
    }

    /// An empty environment beside this one.
    pub(crate) fn empty(&self, name: &str) -> Outcome<Self> {
        let folder = root().join("target/python").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        let empty = Self { version: self.version, folder };
        empty.create(&self.program("python"))?;
        Ok(empty)
    }

    fn find(version: &'static str) -> Option<Self> {
        let folder = root().join("target/python").join(version);
        let environment = Self { version, folder };
        if environment.program("python").exists() {
            return Some(environment);
        }
        let python = interpreter(version)?;
        environment.create(&python).ok()?;
        Some(environment)
    }

    fn create(&self, python: &Path) -> Outcome {
        run(Command::new(python).arg("-m").arg("venv").arg(&self.folder))
    }

    /// Installs packages.
    pub(crate) fn install(&self, arguments: &[&str]) -> Outcome {
        let mut pip = self.python();
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        run(pip.args(arguments))
    }

    pub(crate) fn python(&self) -> Command {
        let mut python = Command::new(self.program("python"));
        python.current_dir(root());
        python
    }

    /// A program of the environment, run as in an activated environment.
    pub(crate) fn tool(&self, name: &str) -> Command {
        let program = self.program(name);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = program.parent().map(Path::to_owned).into_iter().chain(std::env::split_paths(&path));
        let path = std::env::join_paths(folders).unwrap_or_default();
        let mut tool = Command::new(&program);
        tool.env("VIRTUAL_ENV", &self.folder).env("PATH", path).current_dir(root());
        tool
    }

    fn program(&self, name: &str) -> PathBuf {
        let (folder, ending) = if cfg!(windows) { ("Scripts", ".exe") } else { ("bin", "") };
        self.folder.join(folder).join(format!("{name}{ending}"))
    }
}

/// The path of a Python of this version: one of pyenv's, `pythonX.Y` or `python3`.
fn interpreter(version: &str) -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let versions =
        std::env::var_os("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from).join("versions");
    let of_pyenv = std::fs::read_dir(versions).into_iter().flatten().filter_map(|entry| {
        let path = entry.ok()?.path();
        let is_version = path.file_name()?.to_string_lossy().starts_with(&format!("{version}."));
        is_version.then(|| path.join("bin/python"))
    });
    let on_path = [PathBuf::from(format!("python{version}")), PathBuf::from("python3")];
    of_pyenv.chain(on_path).find(|python| {
        let check = format!("import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{version}')");
        succeeds(Command::new(python).arg("-c").arg(check))
    })
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
