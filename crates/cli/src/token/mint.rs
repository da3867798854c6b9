//! `jit-approvals token mint`

use std::path::PathBuf;
use std::time::Duration;

use jit_approvals::Minter;
use jit_approvals::json::Object;

use super::claims;
use crate::Failure;
use crate::input::KeySource;
use crate::out::{Line, Out};

/// Mint an auth token
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jit-approvals token mint --key-file shop.key --issuer shop.example.com \\
      --audience approvals.example.com --subject kevin
  jit-approvals token mint … --claim tier=gold --lifetime-seconds 60")]
pub(crate) struct Arguments {
    #[command(flatten)]
    key: KeySource,

    /// The application (claim `iss`)
    #[arg(long)]
    issuer: String,

    /// The host that receives its requests (claim `aud`)
    #[arg(long)]
    audience: String,

    /// The user on whose behalf the application asks (claim `sub`)
    #[arg(long)]
    subject: String,

    /// A custom claim, as text; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = crate::input::pair)]
    claim: Vec<(String, String)>,

    /// Read more custom claims from this file, a JSON object; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,

    /// The lifetime of the token in seconds, 1 to 86400
    #[arg(long, value_name = "SECONDS", default_value_t = Minter::LIFETIME_SECONDS)]
    lifetime_seconds: u32,

    /// Seconds by which `nbf` is in the past, 0 to 86400, for verifiers with a slow clock
    #[arg(long, value_name = "SECONDS", default_value_t = Minter::BACKDATE_SECONDS)]
    backdate_seconds: u32,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let minter = Minter::builder(&arguments.key.key()?)
        .issuer(&arguments.issuer)
        .audience(&arguments.audience)
        .lifetime(Duration::from_secs(arguments.lifetime_seconds.into()))
        .backdate(Duration::from_secs(arguments.backdate_seconds.into()))
        .build()?;
    let claims = claims(arguments.claims.as_ref(), &arguments.claim)?;
    let token = minter.mint(&arguments.subject, &claims)?;
    let mut out = Out::stdout();
    if json {
        out.json(Object::new().with("token", token))?;
    } else {
        out.line(&Line::new().own(token))?;
    }
    Ok(())
}
