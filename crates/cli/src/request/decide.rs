//! `jit-approvals request decide`

use std::path::PathBuf;

use jit_approvals::Decision;
use jit_approvals::event::Hash;

use super::{People, write_state};
use crate::Failure;
use crate::event_file::EventFile;

/// Approve or reject what has this content hash
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("verdict").required(true))]
#[command(after_help = "Example:
  jit-approvals request decide refund-7.ndjson --approver ann@example.com --approve \\
      --seen \"$(jit-approvals request show refund-7.ndjson --json | jq -r .contentHash)\"")]
pub(crate) struct Arguments {
    /// The event file
    file: PathBuf,

    /// Who decides, by email
    #[arg(long, value_name = "EMAIL")]
    approver: String,

    /// It may happen
    #[arg(long, group = "verdict")]
    approve: bool,

    /// It may not
    #[arg(long, group = "verdict")]
    reject: bool,

    /// The content hash of what they read, as `request show` tells it
    #[arg(long, value_name = "HASH")]
    seen: Hash,

    /// Why
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,

    /// Sign with this name
    #[arg(long, value_name = "NAME")]
    sign: Option<String>,

    #[command(flatten)]
    people: People,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let people = arguments.people.read()?;
    let approver = arguments.approver.as_str();
    let mut decision = if arguments.approve {
        Decision::approve(approver, arguments.seen)
    } else {
        Decision::reject(approver, arguments.seen)
    };
    if let Some(comment) = &arguments.comment {
        decision = decision.with_comment(comment);
    }
    if let Some(name) = &arguments.sign {
        decision = decision.with_signature(name);
    }
    let mut file = EventFile::open(&arguments.file)?;
    file.change(|request| request.decide(&decision, people.as_ref()).map(|_| ()))?;
    write_state(file.request(), json)
}
