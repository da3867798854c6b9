//! `jit-approvals request verify`

use std::path::PathBuf;

use jit_approvals::event::{Hash, Head};
use jit_approvals::json::Object;
use jit_approvals::verify_chain;

use crate::Failure;
use crate::event_file::Kept;
use crate::out::{Line, Out};
use crate::style::{FAINT, GOOD};

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
    // Restoring it has shown that each event could have happened.
    let kept = Kept::open(&arguments.file)?;
    let head = arguments.count.zip(arguments.hash).map(|(count, hash)| Head { count, hash });
    let report = verify_chain(kept.request.events(), head)?;
    kept.check_end()?;
    let mut out = Out::stdout();
    if json {
        let object = Object::new()
            .with("count", report.head.count)
            .with("hash", report.head.hash.to_string())
            .with("complete", report.complete);
        return Ok(out.json(object)?);
    }
    let Head { count, hash } = report.head;
    out.line(
        &Line::new().own_in(GOOD, "✓").own(format!(" {count} events, none changed, missing or reordered")),
    )?;
    out.line(&Line::new().own_in(FAINT, format!("  head: --count {count} --hash {hash}")))?;
    let end = if report.complete {
        "it ends where the head says"
    } else {
        "its end is unproven: events may be missing there; keep the head elsewhere and give it next time"
    };
    out.line(&Line::new().own("  ").own(end))?;
    out.line(
        &Line::new().own("  not proven: that nobody wrote the whole chain anew, together with its head"),
    )?;
    Ok(())
}
