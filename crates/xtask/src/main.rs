//! The project's own commands: `cargo xtask COMMAND`.

#![forbid(unsafe_code)]

mod bench;
mod dist;
mod fuzz;
mod lint;
mod process;
mod test;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test [PART…]     set up what is missing, then run every check, or these parts: see `test --list`
  bench NAME…      time against peers in the same run: ratios as a table, and under target/bench/
  dist NAME        packages as they are published, under target/dist/: node
  fuzz TARGET [--seconds N | --keep]
                   look for inputs that break it, for 60 seconds by default; --keep adds what was
                   found to the archive in tests/fuzz/corpus, with the fewest inputs for all edges
  lint [--append]  the project's own rules; --append freezes the new rows of the error catalogue";

/// What went wrong, in words for whoever typed the command.
type Outcome<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["test", "--list"] => {
            test::list();
            Ok(())
        }
        ["test", parts @ ..] => test::run(parts),
        ["bench", names @ ..] if !names.is_empty() => bench::bench(names),
        ["dist", name] => dist::run(name),
        ["fuzz", target] => fuzz::fuzz(target, "60"),
        ["fuzz", target, "--seconds", seconds] => fuzz::fuzz(target, seconds),
        ["fuzz", target, "--keep"] => fuzz::keep(target),
        ["lint"] => lint::run(),
        ["lint", "--append"] => lint::append(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
