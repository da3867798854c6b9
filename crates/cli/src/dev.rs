//! `jit-approvals dev`: a server to try everything on.

mod curls;
mod story;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;

use jit_approvals_server::{Limits, Operator, Settings, Started, log};

use crate::Failure;
use crate::out::{Line, Out};
use crate::serve::failed;
use story::Story;

/// The folder of the data.
const FOLDER: &str = ".jit-approvals/dev";

/// Run a server to try everything on, with a company, people, an application and a template
///
/// The data is in .jit-approvals/dev, and is kept between starts.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:
  jit-approvals dev
  jit-approvals dev --fresh
  jit-approvals dev token",
    args_conflicts_with_subcommands = true
)]
pub(crate) struct Arguments {
    /// Discard the data of earlier starts
    #[arg(long)]
    fresh: bool,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print another auth token, which lives for an hour
    Token,
}

pub(crate) fn run(arguments: &Arguments, _json: bool) -> Result<(), Failure> {
    let folder = PathBuf::from(FOLDER);
    if let Some(Command::Token) = arguments.command {
        let mut out = Out::stdout();
        return Ok(out.line(&Line::new().own(Story::load(&folder)?.token()?))?);
    }
    if arguments.fresh {
        Operator::discard(&folder).map_err(|problem| failed(&problem))?;
    }
    let (story, passwords) = match Story::load(&folder) {
        Ok(story) => (story, None),
        Err(_) if !folder.exists() => {
            let (story, passwords) = Story::begin(&folder, free_port()?)?;
            (story, Some(passwords))
        }
        Err(failure) => {
            let hint = "an earlier start has left no complete data: `jit-approvals dev --fresh` starts over";
            crate::out::error_line(&Line::new().own(hint));
            return Err(failure);
        }
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, story.port));
    let settings = Settings {
        server_key: folder.join("server.key"),
        data: folder.clone(),
        listen: address,
        public_url: None,
        metrics_listen: None,
        connections: 10_000,
        waits: 5_000,
        limits: Limits::default(),
        trusted_proxies: Vec::new(),
    };
    log::start(true);
    let started = |_: &Started| {
        if let Err(failure) = curls::print(&story, passwords.as_ref(), &folder) {
            failure.report(false);
        }
    };
    jit_approvals_server::serve(&settings, started).map_err(|problem| failed(&problem))
}

/// A port that nobody listens on. It is kept for later starts.
fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Failure::io("127.0.0.1"))?;
    Ok(listener.local_addr().map_err(Failure::io("127.0.0.1"))?.port())
}
