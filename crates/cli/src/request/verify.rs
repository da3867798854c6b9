//! `jit-approvals request verify`

use std::io::Write as _;
use std::path::PathBuf;

use jit_approvals::{ApprovalRequest, Hash, Head, Object, verify_chain};

use crate::style::{FAINT, GOOD};
use crate::{Failure, event_file};

/// Check the chain of events, and say what that proves
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jit-approvals request verify refund-7.ndjson
  jit-approvals request verify refund-7.ndjson --count 3 --hash 9f86d0…

Exit codes: 0 it holds, 1 it does not, 2 wrong usage.")]
pub(crate) struct Arguments {
    /// The event file
    file: PathBuf,

    /// How many events there have to be, as an earlier verification told
    #[arg(long, requires = "hash")]
    count: Option<u64>,

    /// The hash of the last of them
    #[arg(long, requires = "count")]
    hash: Option<Hash>,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let events = event_file::events(&event_file::whole_lines(&arguments.file)?)?;
    let head = arguments.count.zip(arguments.hash).map(|(count, hash)| Head { count, hash });
    let report = verify_chain(&events, head)?;
    // The chain holds; that each event could have happened is another question.
    ApprovalRequest::restore(events)?;
    let mut out = anstream::stdout().lock();
    if json {
        let object = Object::new()
            .with("count", report.head.count)
            .with("hash", report.head.hash.to_string())
            .with("complete", report.complete);
        writeln!(out, "{object}")?;
        return Ok(());
    }
    writeln!(out, "{GOOD}✓{GOOD:#} {} events, none changed, missing or reordered", report.head.count)?;
    writeln!(out, "{FAINT}  head: --count {} --hash {}{FAINT:#}", report.head.count, report.head.hash)?;
    let end = if report.complete {
        "it ends where the head says"
    } else {
        "its end is unproven: events may be missing there; keep the head elsewhere and give it next time"
    };
    writeln!(out, "  {end}")?;
    writeln!(out, "  not proven: that nobody wrote the whole chain anew, together with its head")?;
    Ok(())
}
