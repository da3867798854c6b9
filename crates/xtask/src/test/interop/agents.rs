//! The agents: a program for each language, over its packed package.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use jit_approvals::json::{Json, Number, Object};

use crate::Outcome;
use crate::dist::{self, copied};
use crate::dotnet::Host;
use crate::process::{command, is_there, root, run};
use crate::python::Environment;

/// A program that answers for a language.
pub(super) struct Agent {
    pub(super) language: &'static str,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// What an agent answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Ok(Json),
    Error(Problem),
}

/// An error: what a program can rely on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    pub(super) code: String,
    pub(super) field: Option<String>,
    /// Line and column.
    pub(super) place: Option<(i64, i64)>,
    pub(super) message: String,
}

impl Agent {
    /// Asks a question.
    pub(super) fn ask(&mut self, operation: &str, given: &Object) -> Outcome<Answer> {
        let failed = |what: &str| format!("{}: {what}: {operation}", self.language);
        let mut question = Object::new().with("operation", operation);
        question.append(given);
        writeln!(self.input, "{question}")
            .and_then(|()| self.input.flush())
            .map_err(|_| failed("has ended"))?;
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(|_| failed("no text"))?;
        let answer = Json::parse(&line).map_err(|_| failed("has ended, or does not answer with JSON"))?;
        match (answer.get("ok"), answer.get("error")) {
            (Some(value), None) => Ok(Answer::Ok(value.clone())),
            (None, Some(error)) => Ok(Answer::Error(Problem::read(error))),
            _ => Err(failed("neither a value nor an error")),
        }
    }

    /// Asks a question that has an answer.
    pub(super) fn value(&mut self, operation: &str, given: &Object) -> Outcome<Json> {
        match self.ask(operation, given)? {
            Answer::Ok(value) => Ok(value),
            Answer::Error(problem) => Err(format!("{}: {operation}: {problem:?} for {given}", self.language)),
        }
    }

    /// Asks a question whose answer is a text.
    pub(super) fn text(&mut self, operation: &str, given: &Object) -> Outcome<String> {
        let value = self.value(operation, given)?;
        value.as_str().map(str::to_owned).ok_or_else(|| format!("{}: {operation}: no text", self.language))
    }

    fn start(language: &'static str, program: &mut Command) -> Outcome<Self> {
        program.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = program.spawn().map_err(|error| format!("{language}: {error}"))?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        Ok(Self { language, child, input, output })
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Problem {
    fn read(error: &Json) -> Self {
        let text = |name: &str| error.get(name).and_then(Json::as_str).map(str::to_owned);
        let number = |name: &str| error.get(name).and_then(Json::as_number).and_then(Number::as_i64);
        let message = text("message").unwrap_or_default();
        let place = number("line").zip(number("column"));
        // Most languages append the place to the message.
        let message = match place {
            Some((line, column)) => {
                message.trim_end_matches(&format!(" at line {line} column {column}")).to_owned()
            }
            None => message,
        };
        Self { code: text("code").unwrap_or_default(), field: text("field"), place, message }
    }

    /// Whether two errors are the same to a program.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (&self.code, &self.field, self.place) == (&other.code, &other.field, other.place)
    }
}

type Start = fn() -> Outcome<Agent>;

/// Starts an agent for each language whose tools are installed. If the variable `CI` is set, all must be.
pub(super) fn start() -> Outcome<Vec<Agent>> {
    let languages: [(&str, Start, &str); 5] = [
        ("Rust", rust, "cargo --version"),
        ("Node.js", node, "npm --version"),
        ("Python", python, "python3 --version"),
        ("PHP", php, "php-config --version"),
        ("C#", dotnet, "npm --version"),
    ];
    let mut agents = Vec::new();
    for (language, start, needs) in languages {
        if is_there(needs) {
            agents.push(start()?);
        } else if std::env::var_os("CI").is_some() {
            return Err(format!("{language}: `{needs}` failed"));
        } else {
            eprintln!("without {language}: `{needs}` failed");
        }
    }
    Ok(agents)
}

fn rust() -> Outcome<Agent> {
    run(&mut command("cargo build --locked --package jit-approvals-tests --example agent"))?;
    Agent::start("Rust", &mut Command::new(root().join("target/debug/examples/agent")))
}

fn node() -> Outcome<Agent> {
    dist::node::pack(&dist::node::build()?)?;
    let folder = empty("node")?;
    copied("tests/interop/agent.mjs", &folder.join("agent.mjs"))?;
    fs::write(folder.join("package.json"), "{\"private\": true}\n").map_err(|error| error.to_string())?;
    let mut install = command("npm install --silent --no-audit --no-fund --no-save --prefer-offline");
    run(install.args(dist::node::packages()?).current_dir(&folder))?;
    Agent::start("Node.js", command("node agent.mjs").current_dir(&folder))
}

fn python() -> Outcome<Agent> {
    let main = Environment::main()?;
    let wheel = dist::python::build(&main)?;
    let environment = main.empty("interop")?;
    environment.install(&[&wheel.to_string_lossy()])?;
    let folder = empty("python")?;
    copied("tests/interop/agent.py", &folder.join("agent.py"))?;
    Agent::start("Python", environment.python().arg("agent.py").current_dir(&folder))
}

fn php() -> Outcome<Agent> {
    let archive = dist::php::binary(&dist::php::extension().local()?)?;
    let folder = empty("php")?;
    let mut tar = command("tar --extract --strip-components=1 --file");
    run(tar.arg(&archive).arg("--directory").arg(&folder))?;
    copied("tests/interop/agent.php", &folder.join("agent.php"))?;
    let mut php = command("php -n -d display_errors=stderr -d");
    php.arg(format!("extension={}", folder.join("jit_approvals.so").display()));
    Agent::start("PHP", php.arg("agent.php").current_dir(&folder))
}

fn dotnet() -> Outcome<Agent> {
    let host = Host::ready()?;
    let native = dist::dotnet::library().local()?;
    let folder = empty("dotnet")?;
    let copy = folder.join(dist::dotnet::library().file);
    fs::copy(&native, &copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    let (ours, agent) = (folder.join("JitApprovals.dll"), folder.join("Agent.dll"));
    let sources = |path: &str| root().join(path);
    host.compile(&ours, "library", &[], &[&sources("bindings/dotnet/JitApprovals")])?;
    host.compile(&agent, "exe", &[&ours], &[&sources("tests/interop/Agent.cs")])?;
    Agent::start("C#", &mut host.program(&agent))
}

/// An empty folder for a language.
fn empty(language: &str) -> Outcome<PathBuf> {
    let folder: PathBuf = Path::new(&root()).join("target/interop").join(language);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}
