//! `jit-approvals request expire`

use std::path::PathBuf;

use super::write_state;
use crate::Failure;
use crate::event_file::EventFile;

/// Record the expiry of a request that was not decided in time
///
/// A request whose time is over cannot be approved, whether or not its file says that it has expired. This writes it
/// down.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The event file
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let mut file = EventFile::open(&arguments.file)?;
    file.change(|request| request.expire().map(|_| ()))?;
    write_state(file.request(), json)
}
