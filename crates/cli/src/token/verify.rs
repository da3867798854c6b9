//! `jit-approvals token verify`

use std::time::Duration;

use jit_approvals::json::{Json, Object};
use jit_approvals::{AccessTokenVerifier, UnverifiedToken, Verifier};

use super::{TokenSource, write_members};
use crate::Failure;
use crate::input::KeySource;
use crate::out::{Line, Out};
use crate::style::GOOD;

/// Verify an auth token or an access token, and print its claims
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jit-approvals token verify --key-file shop.key --issuer shop.example.com \\
      --audience approvals.example.com TOKEN
  jit-approvals token verify --access-token --key-file shop.key \\
      --issuer approvals.example.com --audience shop.example.com < token

Exit codes: 0 valid, 1 not valid, 2 wrong usage.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    token: TokenSource,

    #[command(flatten)]
    key: KeySource,

    /// The expected issuer (claim `iss`)
    #[arg(long)]
    issuer: String,

    /// The expected audience (claim `aud`, or one of its values)
    #[arg(long)]
    audience: String,

    /// The allowed difference between clocks in seconds [default: 60, or 0 for an access token]
    #[arg(long, value_name = "SECONDS")]
    leeway_seconds: Option<u32>,

    /// Reject a token that expires more than this number of seconds from now
    #[arg(long, value_name = "SECONDS", conflicts_with = "access_token")]
    max_lifetime_seconds: Option<u32>,

    /// Require a `sub` that is not empty
    #[arg(long)]
    require_subject: bool,

    /// Verify an access token, which carries a grant
    #[arg(long)]
    access_token: bool,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let token = arguments.token.read()?;
    let claims = if arguments.access_token { access(arguments, &token)? } else { auth(arguments, &token)? };
    let mut out = Out::stdout();
    if json {
        out.json(Object::new().with("claims", claims))?;
    } else {
        out.line(&Line::new().own_in(GOOD, "✓ the token is valid"))?;
        write_members(&mut out, &claims)?;
    }
    Ok(())
}

fn auth(arguments: &Arguments, token: &str) -> Result<Object, Failure> {
    let verifier = Verifier::builder(arguments.key.ring()?);
    let mut verifier = verifier.issuer(&arguments.issuer).audience(&arguments.audience);
    if let Some(seconds) = arguments.leeway_seconds {
        verifier = verifier.leeway(Duration::from_secs(seconds.into()));
    }
    if let Some(seconds) = arguments.max_lifetime_seconds {
        verifier = verifier.max_lifetime(Duration::from_secs(seconds.into()));
    }
    if arguments.require_subject {
        verifier = verifier.require_subject();
    }
    Ok(verifier.build()?.verify(token)?.into_object())
}

fn access(arguments: &Arguments, token: &str) -> Result<Object, Failure> {
    let verifier = AccessTokenVerifier::builder(arguments.key.ring()?);
    let mut verifier = verifier.issuer(&arguments.issuer).application(&arguments.audience);
    if let Some(seconds) = arguments.leeway_seconds {
        verifier = verifier.leeway(Duration::from_secs(seconds.into()));
    }
    verifier.build()?.verify(token)?;
    // The token is verified, so its claims can be shown as they are in the token.
    let claims = UnverifiedToken::parse(token)?.claims().clone();
    debug_assert!(claims.get("iss").and_then(Json::as_str) == Some(arguments.issuer.as_str()));
    Ok(claims)
}
