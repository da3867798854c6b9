//! The command `jit-approvals`. Exit codes: 0 done, 1 refused, 2 wrong usage.

#![forbid(unsafe_code)]

mod demo;
mod failure;
mod style;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Ask a person to approve one concrete act before it happens.
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Arguments),
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let (outcome, json) = match command {
        Command::Demo(arguments) => (demo::run(&arguments), arguments.json),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report(json);
            ExitCode::from(1)
        }
    }
}
