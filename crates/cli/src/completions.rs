//! `jit-approvals completions`: prints completion scripts for shells.

use std::io::Write as _;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::Failure;

/// Print the completion script for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  jit-approvals completions bash > ~/.local/share/bash-completion/completions/jit-approvals")]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::Arguments::command(), "jit-approvals", &mut text);
    Ok(std::io::stdout().write_all(&text)?)
}
