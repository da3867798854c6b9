//! The command `jit-approvals`. Exit codes: 0 success, 1 failure, 2 wrong usage.

#![forbid(unsafe_code)]

mod completions;
mod demo;
mod dev;
mod event_file;
mod failure;
mod input;
mod key;
mod operate;
mod out;
mod page;
mod request;
mod serve;
mod source;
mod style;
mod template;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Ask a person to approve an act before it happens
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// Print one JSON document for programs; print errors as JSON to standard error
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Arguments),
    #[command(subcommand)]
    Key(key::Command),
    #[command(subcommand)]
    Token(token::Command),
    #[command(subcommand)]
    Template(template::Command),
    #[command(subcommand)]
    Request(request::Command),
    Dev(dev::Arguments),
    Serve(serve::Arguments),
    #[command(subcommand)]
    Company(operate::Company),
    #[command(subcommand)]
    User(operate::User),
    #[command(subcommand)]
    Store(operate::Store),
    #[command(subcommand)]
    ServerKey(operate::ServerKey),
    Backup(operate::backup::Arguments),
    Completions(completions::Arguments),
}

fn main() -> ExitCode {
    let Arguments { command, json } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return report_usage(&error),
    };
    let outcome = match &command {
        Command::Demo(arguments) => demo::run(arguments, json),
        Command::Key(command) => key::run(command, json),
        Command::Token(command) => token::run(command, json),
        Command::Template(command) => template::run(command, json),
        Command::Request(command) => request::run(command, json),
        Command::Dev(arguments) => dev::run(arguments, json),
        Command::Serve(arguments) => serve::run(arguments, json),
        Command::Company(command) => operate::company(command, json),
        Command::User(command) => operate::user(command, json),
        Command::Store(command) => operate::store(command, json),
        Command::ServerKey(command) => operate::server_key(command, json),
        Command::Backup(arguments) => operate::backup::run(arguments, json),
        Command::Completions(arguments) => completions::run(arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.report(json);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Prints what is wrong with the arguments, or the requested help.
fn report_usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return if error.print().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let text = error.to_string();
    let mut lines = text.trim_end().lines();
    if std::env::args_os().any(|argument| argument == "--json") {
        let problem = lines.next().unwrap_or_default().trim_start_matches("error: ");
        Failure::usage(problem).report(true);
    } else if out::escaped(&text.replace('\n', " ")) == text.replace('\n', " ") {
        let _ = error.print();
    } else {
        // The message repeats an argument with harmful characters. Escape them, without clap's colours.
        lines.for_each(|line| out::error_line(&out::Line::new().own(line)));
    }
    ExitCode::from(2)
}
