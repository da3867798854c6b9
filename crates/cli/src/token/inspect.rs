//! `jit-approvals token inspect`

use std::io::Write as _;

use jit_approvals::{Object, UnverifiedToken};

use super::{TokenSource, write_members};
use crate::Failure;
use crate::style::{BAD, TITLE};

/// Show what a token says of itself, without verifying any of it
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  jit-approvals token inspect < token")]
pub(crate) struct Arguments {
    #[command(flatten)]
    token: TokenSource,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let token = UnverifiedToken::parse(&arguments.token.read()?)?;
    let mut out = anstream::stdout().lock();
    if json {
        let object = Object::new()
            .with("verified", false)
            .with("header", token.header().clone())
            .with("claims", token.claims().clone());
        writeln!(out, "{object}")?;
        return Ok(());
    }
    // On standard error too, so that it is seen where the output goes elsewhere.
    anstream::eprintln!("{BAD}NOT VERIFIED:{BAD:#} anyone can have written this; `token verify` proves it");
    write_members(&mut out, &format!("{TITLE}header (not verified){TITLE:#}"), token.header())?;
    write_members(&mut out, &format!("{TITLE}claims (not verified){TITLE:#}"), token.claims())?;
    Ok(())
}
