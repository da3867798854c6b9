//! `jit-approvals key`: signing keys.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use clap::Subcommand;
use jit_approvals::SigningKey;
use jit_approvals::json::Object;

use zeroize::Zeroizing;

use crate::Failure;
use crate::out::{Line, Out};

/// Create signing keys, which an application shares with its host
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a signing key: 32 bytes from the system's random generator, as base64
    #[command(after_help = "Examples:
  jit-approvals key new --out shop.key
  SIGNING_KEY=$(jit-approvals key new)")]
    New {
        /// Write the key to this new file, which only its owner may read, instead of printing it
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

pub(crate) fn run(command: &Command, json: bool) -> Result<(), Failure> {
    let Command::New { out } = command;
    let key = Zeroizing::new(SigningKey::generate_base64()?);
    let Some(path) = out else {
        let mut out = Out::stdout();
        if json {
            out.json(Object::new().with("key", key.as_str()))?;
        } else {
            out.line(&Line::new().own(&*key))?;
        }
        return Ok(());
    };
    let name = path.display().to_string();
    let mut options = OpenOptions::new();
    // Never overwrite an existing key: its tokens may still be in use.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(Failure::io(name.clone()))?;
    writeln!(file, "{}", *key).and_then(|()| file.sync_all()).map_err(Failure::io(name))
}
