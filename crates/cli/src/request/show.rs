//! `jit-approvals request show`

use std::path::PathBuf;

use super::write_state;
use crate::Failure;
use crate::event_file::Kept;
use crate::out::Out;
use crate::page::{write_details, write_events, write_request_text};

/// Show what the approver reads, and the state of the request
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jit-approvals request show refund-7.ndjson
  jit-approvals request show refund-7.ndjson --json | jq -r .contentHash")]
pub(crate) struct Arguments {
    /// The event file
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let kept = Kept::open(&arguments.file)?;
    let request = &kept.request;
    if !json {
        let mut out = Out::stdout();
        write_request_text(&mut out, request.title_parts(), request.parts())?;
        write_details(&mut out, request)?;
        write_events(&mut out, request.events())?;
    }
    write_state(request, json)?;
    kept.check_end()
}
