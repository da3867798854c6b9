//! `jit-approvals request decide`

use std::path::PathBuf;

use jit_approvals::Decision;
use jit_approvals::event::Hash;

use super::{People, write_state};
use crate::Failure;
use crate::event_file::EventFile;

/// Approve or reject a request with a given content hash
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("verdict").required(true))]
#[command(after_help = "Example:
  jit-approvals request decide refund-7.ndjson --approver ann@example.com --approve \\
      --seen \"$(jit-approvals request show refund-7.ndjson --json | jq -r .contentHash)\"")]
pub(crate) struct Arguments {
    /// The event file
    file: PathBuf,

    /// The email of the approver
    #[arg(long, value_name = "EMAIL")]
    approver: String,

    /// Approve the request
    #[arg(long, group = "verdict")]
    approve: bool,

    /// Reject the request
    #[arg(long, group = "verdict")]
    reject: bool,

    /// The content hash of what the approver read, printed by `request show`
    #[arg(long, value_name = "HASH")]
    seen: Hash,

    /// Add this comment to the decision
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,

    /// Sign the decision with this name
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
