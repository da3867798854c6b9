//! `jit-approvals request`: a real approval on one machine, stored in an event file.

mod consume;
mod decide;
mod expire;
mod open;
mod show;
mod verify;
mod withdraw;

use clap::Subcommand;
use jit_approvals::{ApprovalRequest, Directory, UnixTime};

use crate::Failure;
use crate::out::{Line, Out};
use crate::page::row;
use crate::source::Source;

/// Open, decide and consume approval requests, each in its own event file
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Open(open::Arguments),
    Show(show::Arguments),
    Decide(decide::Arguments),
    Consume(consume::Arguments),
    /// Cancel a pending request
    Cancel(withdraw::Arguments),
    /// Revoke the grant of an approved request
    Revoke(withdraw::Arguments),
    Expire(expire::Arguments),
    Verify(verify::Arguments),
}

pub(crate) fn run(command: &Command, json: bool) -> Result<(), Failure> {
    match command {
        Command::Open(arguments) => open::run(arguments, json),
        Command::Show(arguments) => show::run(arguments, json),
        Command::Decide(arguments) => decide::run(arguments, json),
        Command::Consume(arguments) => consume::run(arguments, json),
        Command::Cancel(arguments) => withdraw::cancel(arguments, json),
        Command::Revoke(arguments) => withdraw::revoke(arguments, json),
        Command::Expire(arguments) => expire::run(arguments, json),
        Command::Verify(arguments) => verify::run(arguments, json),
    }
}

/// The people and groups that a command needs.
#[derive(Debug, clap::Args)]
struct People {
    /// People and groups, JSON or TOML: `{people: [{email, active, aliases?}] or "everyone", groups?: {key: [email]}}`
    #[arg(long, value_name = "FILE", conflicts_with = "everyone")]
    directory: Option<std::path::PathBuf>,

    /// Use no list of people: every email is an active person
    #[arg(long)]
    everyone: bool,
}

impl People {
    /// Reads the directory if one is given.
    fn read(&self) -> Result<Option<Directory>, Failure> {
        let Some(path) = &self.directory else {
            return Ok(self.everyone.then(Directory::everyone));
        };
        let source = Source::read(path)?;
        Directory::from_json(source.value()).map(Some).map_err(|error| source.failure(&error))
    }
}

/// Prints the state of a request: its record for programs, or a few lines for people.
fn write_state(request: &ApprovalRequest, json: bool) -> Result<(), Failure> {
    let now = UnixTime::now();
    let mut out = Out::stdout();
    if json {
        return Ok(out.json(request.to_json(now))?);
    }
    row(&mut out, "request", &Line::new().own(request.id()))?;
    row(&mut out, "status", &Line::new().own(request.status(now).as_str()))?;
    row(&mut out, "content hash", &Line::new().own(request.content_hash()))?;
    if let Some(grant) = request.grant() {
        let line = Line::new().own(grant.id()).own(", ").own(grant.status(now).as_str());
        row(&mut out, "grant", &line)?;
    }
    Ok(())
}
