//! `jit-approvals token inspect`

use jit_approvals::UnverifiedToken;
use jit_approvals::json::Object;

use super::{TokenSource, write_members};
use crate::Failure;
use crate::out::{Line, Out, error_line};
use crate::style::{BAD, TITLE};

/// Show what a token contains, without verifying it
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  jit-approvals token inspect < token")]
pub(crate) struct Arguments {
    #[command(flatten)]
    token: TokenSource,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let token = UnverifiedToken::parse(&arguments.token.read()?)?;
    let mut out = Out::stdout();
    if json {
        let object = Object::new()
            .with("verified", false)
            .with("header", token.header().clone())
            .with("claims", token.claims().clone());
        return Ok(out.json(object)?);
    }
    // Also warn on standard error, so that the warning is visible if standard output is redirected.
    let warning = Line::new().own_in(BAD, "NOT VERIFIED:");
    error_line(&warning.own(" anyone could have written this token; `token verify` checks it"));
    out.line(&Line::new().own_in(TITLE, "header (not verified)"))?;
    write_members(&mut out, token.header())?;
    out.line(&Line::new().own_in(TITLE, "claims (not verified)"))?;
    write_members(&mut out, token.claims())?;
    Ok(())
}
