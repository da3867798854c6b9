//! `jit-approvals token`: auth tokens and access tokens.

mod inspect;
mod mint;
mod verify;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use jit_approvals::json::{Json, Object};

use crate::out::{Line, Out};
use crate::style::{FAINT, VALUE};
use crate::{Failure, input};

/// Mint, verify and inspect tokens; an auth token proves which application asks, and for whom
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Mint(mint::Arguments),
    Verify(verify::Arguments),
    Inspect(inspect::Arguments),
}

pub(crate) fn run(command: &Command, json: bool) -> Result<(), Failure> {
    match command {
        Command::Mint(arguments) => mint::run(arguments, json),
        Command::Verify(arguments) => verify::run(arguments, json),
        Command::Inspect(arguments) => inspect::run(arguments, json),
    }
}

/// The token argument.
#[derive(Debug, clap::Args)]
struct TokenSource {
    /// The token; if it is left out or `-`, it is read from standard input
    token: Option<String>,
}

impl TokenSource {
    fn read(&self) -> Result<String, Failure> {
        match self.token.as_deref() {
            None | Some("-") => Ok(input::file(Path::new("-"))?.trim_end_matches(['\r', '\n']).to_owned()),
            Some(token) => Ok(token.to_owned()),
        }
    }
}

/// Returns the custom claims of a token: those in a file, then single claims, which replace claims in the file.
fn claims(file: Option<&PathBuf>, single: &[(String, String)]) -> Result<Object, Failure> {
    let mut claims = match file {
        Some(path) => match Json::parse(&input::file(path)?) {
            Ok(Json::Object(claims)) => claims,
            Ok(other) => {
                let problem = format!("`{}` must contain an object, not {}", path.display(), other.kind());
                return Err(Failure::usage(problem));
            }
            Err(error) => return Err(error.with_field(path.display().to_string()).into()),
        },
        None => Object::new(),
    };
    for (name, value) in input::object("--claim", single)?.iter() {
        claims.insert(name, value.clone());
    }
    Ok(claims)
}

/// Prints the members of an object, one per line. Times are also printed in a form for people.
fn write_members(out: &mut Out, object: &Object) -> std::io::Result<()> {
    for (name, value) in object.iter() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let line =
            Line::new().own("   ").value_in(FAINT, name).own(" ".repeat(14_usize.saturating_sub(name.len())));
        let line = line.own(" ").value_in(VALUE, text);
        let seconds = value.as_number().and_then(jit_approvals::json::Number::as_i64);
        out.line(&match (name, seconds) {
            ("iat" | "exp" | "nbf", Some(seconds)) => {
                line.own("  ").own_in(FAINT, jit_approvals::UnixTime::from_seconds(seconds))
            }
            _ => line,
        })?;
    }
    Ok(())
}
