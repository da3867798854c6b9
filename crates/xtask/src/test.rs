//! `cargo xtask test [PART…]`: installs what is missing and runs every check.

mod chaos;
mod debian;
mod dotnet;
mod interop;
mod node;
mod openapi;
mod php;
mod python;
mod rust;
mod server;

use crate::process::is_there;
use crate::{Outcome, lint};

/// A part of the tests.
struct Part {
    name: &'static str,
    about: &'static str,
    /// The programs that it needs: for each a command line without side effects, and how to install the program.
    needs: &'static [(&'static str, &'static str)],
    /// The function that runs the part. Its argument says whether to skip slow checks.
    run: fn(fast: bool) -> Outcome,
}

const PARTS: &[Part] = &[
    Part {
        name: "format",
        about: "every file is formatted as rustfmt formats it",
        needs: &[("cargo fmt --version", "rustup component add rustfmt")],
        run: |_| rust::format(),
    },
    Part { name: "lint", about: "the project's own rules", needs: &[], run: |_| lint::run() },
    Part {
        name: "clippy",
        about: "clippy reports no warnings",
        needs: &[("cargo clippy --version", "rustup component add clippy")],
        run: |_| rust::clippy(),
    },
    Part { name: "rust", about: "the workspace's tests", needs: &[], run: |_| rust::tests() },
    Part {
        name: "server",
        about: "the server: its storage, the real binary over real sockets, and the description of its API",
        needs: &[
            ("curl --version", "install curl, such as `apt-get install curl`"),
            ("python3 --version", "install Python 3.10 or newer with its venv module"),
        ],
        run: server::run_all,
    },
    Part {
        name: "doctests",
        about: "every example in the documentation runs",
        needs: &[],
        run: |_| rust::doctests(),
    },
    Part {
        name: "docs",
        about: "the documentation builds without warnings",
        needs: &[],
        run: |_| rust::docs(),
    },
    Part {
        name: "example",
        about: "the Rust example runs and prints the expected result",
        needs: &[],
        run: |_| rust::example(),
    },
    Part {
        name: "node",
        about: "the npm package: its tests, its types and its packed files",
        needs: &[(
            "npm --version",
            "install Node.js 20 or later, from https://nodejs.org or from the system's packages",
        )],
        run: node::run_all,
    },
    Part {
        name: "python",
        about: "the Python package: its tests, its types, and the packed packages",
        needs: &[("python3 --version", "install Python 3.9 or newer with its venv module")],
        run: python::run_all,
    },
    Part {
        name: "php",
        about: "the PHP extension: its tests, a build that panics, valgrind, and the packages",
        needs: &[
            (
                "php-config --version",
                "install PHP 8.2 with its headers, such as `apt-get install php-cli php-dev`",
            ),
            (
                "phpunit --version",
                "install PHPUnit 9, such as `apt-get install phpunit libclang-dev php-sqlite3`",
            ),
        ],
        run: php::run_all,
    },
    Part {
        name: "dotnet",
        about: "the .NET library and the C ABI: their tests, a build that panics, the example",
        needs: &[
            ("python3 --version", "install Python 3.9 or newer with its venv module"),
            (
                "npm --version",
                "install Node.js 20 or later, from https://nodejs.org or from the system's packages",
            ),
        ],
        run: dotnet::run_all,
    },
    Part {
        name: "interop",
        about: "every language with every other, over the packages as they are packed",
        needs: &[],
        run: |_| interop::run_all(),
    },
    Part { name: "demo", about: "the first command of the README runs", needs: &[], run: |_| rust::demo() },
];

/// The part that runs only by its name: a short form of it is in the part `server`.
const CHAOS: Part = Part {
    name: "chaos",
    about: "the server while everything goes wrong, for some minutes (only by its name)",
    needs: &[("prlimit --version", "install util-linux, such as `apt-get install util-linux`")],
    run: |_| chaos::run_all(),
};

pub(crate) fn list() {
    for part in PARTS.iter().chain([&CHAOS]) {
        println!("{:<10} {}", part.name, part.about);
    }
}

/// Runs the named parts, or all parts if no name is given. A part whose program is missing is skipped, with a message
/// that tells how to install the program. If the variable `CI` is set, it fails instead.
pub(crate) fn run(arguments: &[&str]) -> Outcome {
    let (options, names): (Vec<&str>, Vec<&str>) = arguments.iter().partition(|word| word.starts_with("--"));
    let fast = match options.as_slice() {
        [] => false,
        ["--fast"] => true,
        [other, ..] => return Err(format!("`{other}` is not an option: the only option is `--fast`")),
    };
    if let Some(unknown) =
        names.iter().find(|name| PARTS.iter().chain([&CHAOS]).all(|part| part.name != **name))
    {
        return Err(format!(
            "`{unknown}` is not a part of the tests: `cargo xtask test --list` lists the parts"
        ));
    }
    if names.is_empty() || names.contains(&"php") {
        php::prepare();
    }
    if names.is_empty() || names.contains(&"server") || names.contains(&"chaos") {
        server::prepare();
    }
    let mut skipped = Vec::new();
    let is_chosen =
        |part: &&Part| names.contains(&part.name) || (names.is_empty() && part.name != CHAOS.name);
    for part in PARTS.iter().chain([&CHAOS]).filter(is_chosen) {
        eprintln!("\n── {}: {}", part.name, part.about);
        match part.needs.iter().find(|(call, _)| !is_there(call)) {
            Some((call, remedy)) if std::env::var_os("CI").is_some() => {
                return Err(format!("{}: `{call}` failed: {remedy}", part.name));
            }
            Some((call, remedy)) => skipped.push(format!("{}: `{call}` failed: {remedy}", part.name)),
            None => (part.run)(fast).map_err(|message| format!("{}: {message}", part.name))?,
        }
    }
    for skipped in &skipped {
        eprintln!("skipped {skipped}");
    }
    eprintln!("\nall parts passed{}", if skipped.is_empty() { "" } else { ", except the skipped ones" });
    Ok(())
}
