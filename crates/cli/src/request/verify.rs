//! `jit-approvals request verify`

use std::path::PathBuf;

use jit_approvals::event::{Hash, Head};
use jit_approvals::json::Object;
use jit_approvals::verify_chain;

use crate::Failure;
use crate::event_file::Kept;
use crate::out::{Line, Out};
use crate::style::{FAINT, GOOD};

/// Verify the chain of events, and print what this proves
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jit-approvals request verify refund-7.ndjson
  jit-approvals request verify refund-7.ndjson --count 3 --hash 9f86d0…

Exit codes: 0 valid, 1 not valid, 2 wrong usage.")]
pub(crate) struct Arguments {
    /// The event file
    file: PathBuf,

    /// The expected number of events, printed by an earlier verification
    #[arg(long, requires = "hash")]
    count: Option<u64>,

    /// The expected hash of the last event, printed by an earlier verification
    #[arg(long, requires = "count")]
    hash: Option<Hash>,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    // This also restores the request, which proves that each event could have happened.
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
        "the end matches the given head"
    } else {
        "the end is not proven: events may be missing there; keep the head elsewhere and give it next time"
    };
    out.line(&Line::new().own("  ").own(end))?;
    out.line(&Line::new().own("  not proven: that nobody rewrote the whole chain together with its head"))?;
    Ok(())
}
