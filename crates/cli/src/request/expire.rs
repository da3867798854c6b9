//! `jit-approvals request expire`

use std::path::PathBuf;

use super::write_state;
use crate::Failure;
use crate::event_file::EventFile;

/// Record that a request has expired; it cannot be approved after its time even without this record
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
