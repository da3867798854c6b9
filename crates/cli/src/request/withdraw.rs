//! `jit-approvals request cancel` and `jit-approvals request revoke`

use std::path::PathBuf;

use jit_approvals::event::Actor;
use jit_approvals::{ApprovalRequest, Result};

use super::write_state;
use crate::Failure;
use crate::event_file::EventFile;

/// The arguments of both commands.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The event file
    file: PathBuf,

    /// Act as this administrator, by email [default: act as the request's application]
    #[arg(long, value_name = "EMAIL")]
    administrator: Option<String>,

    /// The reason
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Cancels a pending request.
pub(crate) fn cancel(arguments: &Arguments, json: bool) -> std::result::Result<(), Failure> {
    run(arguments, json, ApprovalRequest::cancel)
}

/// Revokes the grant of an approved request.
pub(crate) fn revoke(arguments: &Arguments, json: bool) -> std::result::Result<(), Failure> {
    run(arguments, json, ApprovalRequest::revoke)
}

fn run(
    arguments: &Arguments,
    json: bool,
    command: impl FnOnce(&mut ApprovalRequest, Actor, Option<&str>) -> Result<()>,
) -> std::result::Result<(), Failure> {
    let mut file = EventFile::open(&arguments.file)?;
    let actor = match &arguments.administrator {
        Some(email) => Actor::administrator(email),
        None => Actor::application(file.request().application()),
    };
    file.change(|request| command(request, actor, arguments.reason.as_deref()))?;
    write_state(file.request(), json)
}
