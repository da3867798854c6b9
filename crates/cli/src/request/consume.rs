//! `jit-approvals request consume`

use std::path::PathBuf;

use jit_approvals::Act;

use super::write_state;
use crate::Failure;
use crate::event_file::EventFile;
use crate::input::object;
use crate::source::Source;

/// Consume the grant for the act that is about to happen
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  jit-approvals request consume refund-7.ndjson --set amount=\"$amount\" && ./refund \"$amount\"

Exit codes: 0 act now, 1 do not act, 2 wrong usage.")]
pub(crate) struct Arguments {
    /// The event file
    file: PathBuf,

    /// A value of the act; a field that is left out has its default; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = crate::input::pair)]
    set: Vec<(String, String)>,

    /// Read the act from this file, as `{metaData, attachments?}`
    #[arg(long, value_name = "FILE", conflicts_with = "set")]
    act: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let act = match &arguments.act {
        Some(path) => {
            let source = Source::read(path)?;
            Act::from_json(source.value()).map_err(|error| source.failure(&error))?
        }
        None => Act::new(object("--set", &arguments.set)?),
    };
    let mut file = EventFile::open(&arguments.file)?;
    file.change(|request| request.consume(&act))?;
    write_state(file.request(), json)
}
