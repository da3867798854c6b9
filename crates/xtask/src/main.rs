//! The project's own commands: `cargo xtask COMMAND`.

#![forbid(unsafe_code)]

mod bench;
mod dist;
mod dotnet;
mod fuzz;
mod generate;
mod lint;
mod process;
mod python;
mod test;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test [PART…] [--fast]
                   install what is missing and run every check, or only the given parts
                   (`test --list` lists the parts); --fast skips the slow checks
  bench NAME…      compare the speed with other libraries in the same run; prints a table of ratios
                   and writes the figures to target/bench/; `bench all` measures every language
                   and writes the README's table; `bench server [--fast] [ROW…]` measures the server
  dist node [--collect FOLDER]
                   build the npm packages in target/dist/node/; --collect takes the packages of
                   platforms from a folder instead of building this machine's
  dist dotnet [--collect FOLDER]
                   build the NuGet package in target/dist/dotnet/ with this machine's native library,
                   or with those of a folder
  dist php         build the extension and its source package in target/dist/php/
  dist python      build the source distribution and the wheel in target/dist/python/
  generate         write the files that are made from the Rust sources: the C header, the P/Invoke
                   declarations and the error codes of the .NET library
  fuzz TARGET [--seconds N | --keep]
                   search for inputs that make the target fail, for 60 seconds by default;
                   --keep rewrites the archive in tests/fuzz/corpus: the fewest inputs that cover
                   every edge that the archive and the new inputs cover
  lint [--append]  check the project's own rules; --append freezes the new rows of the error
                   catalogue";

/// The result of a command. The error is a message for the user.
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
        ["dist", package @ ..] => dist::run(package),
        ["generate"] => generate::run(),
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
