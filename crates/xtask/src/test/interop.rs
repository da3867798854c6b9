//! Every language with every other: see `tests/interop/README.md`.

mod agents;
mod hostile;
mod mistakes;
mod requests;
mod tokens;

use crate::Outcome;

/// Starts an agent for each language and asks all of them.
pub(super) fn run_all() -> Outcome {
    let mut agents = agents::start()?;
    let languages: Vec<&str> = agents.iter().map(|agent| agent.language).collect();
    eprintln!("languages: {}", languages.join(", "));
    tokens::check(&mut agents)?;
    requests::check(&mut agents)?;
    hostile::check(&mut agents)?;
    mistakes::check(&mut agents)
}
