//! `jit-approvals demo`: the published purchase, from the template to the consumed grant.
//!
//! Only the people are not real. The key is created for this run and discarded after it.

mod document;
mod page;
mod story;

use clap::ValueEnum;

use crate::Failure;
use crate::out::Out;
use story::Story;

/// Run the purchase example with a temporary key: auth token, request, decision, and a grant used once
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  jit-approvals demo
  jit-approvals demo --reject --comment 'too expensive'
  jit-approvals demo --kind sign --sign 'Kevin Smith'
  jit-approvals demo --json")]
pub(crate) struct Arguments {
    /// Reject the request instead of approving it
    #[arg(long)]
    reject: bool,

    /// Sign the decision with this name
    #[arg(long, value_name = "NAME")]
    sign: Option<String>,

    /// Add this comment to the decision
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,

    /// Choose one of the two published examples
    #[arg(long, value_enum, default_value_t = Kind::Approve)]
    kind: Kind,
}

/// The published examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// steve@nl3.com presses Approve
    Approve,
    /// kevin@nextlevel3.com signs and approves
    Sign,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let story = Story::play(arguments)?;
    let mut out = Out::stdout();
    if json {
        out.json(document::of(&story))?;
    } else {
        page::write(&story, &mut out)?;
    }
    Ok(out.flush()?)
}
