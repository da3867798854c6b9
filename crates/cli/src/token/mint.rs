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

    /// The application: the claim `iss`
    #[arg(long)]
    issuer: String,

    /// The host that takes its requests: the claim `aud`
    #[arg(long)]
    audience: String,

    /// The user on whose behalf it asks: the claim `sub`
    #[arg(long)]
    subject: String,

    /// A claim of the application's own, as text; any number of them
    #[arg(long, value_name = "NAME=VALUE", value_parser = crate::input::pair)]
    claim: Vec<(String, String)>,

    /// More claims, as a JSON object in this file, or `-` for standard input
    #[arg(long, value_name = "FILE")]
    claims: Option<PathBuf>,

    /// How long the token lives, in seconds: 1 to 86400
    #[arg(long, value_name = "SECONDS", default_value_t = Minter::LIFETIME_SECONDS)]
    lifetime_seconds: u32,

    /// By how much its `nbf` lies back, in seconds, for verifiers whose clock is late: 0 to 86400
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
