//! `jit-approvals template`: checks, renders and creates templates.

mod check;
mod new;
mod render;

use clap::Subcommand;
use jit_approvals::Template;

use crate::Failure;
use crate::source::Source;

/// Check, render and create approval templates, which an administrator writes once
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(check::Arguments),
    Render(render::Arguments),
    New(new::Arguments),
}

pub(crate) fn run(command: &Command, json: bool) -> Result<(), Failure> {
    match command {
        Command::Check(arguments) => check::run(arguments, json),
        Command::Render(arguments) => render::run(arguments, json),
        Command::New(arguments) => new::run(arguments),
    }
}

/// Reads a template from a file. An error shows its place in the file.
pub(crate) fn read(path: &std::path::Path) -> Result<Template, Failure> {
    let source = Source::read(path)?;
    Template::from_json(source.value()).map_err(|error| source.failure(&error))
}
