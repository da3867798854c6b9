//! Every language with every other: see `tests/interop/README.md`.

mod agents;
mod hostile;
mod languages;
mod lines;
mod mistakes;
mod requests;
mod surface;
mod tokens;
mod vectors;

use crate::Outcome;

/// Installs the packages, runs the README's lines, and asks an agent of each language.
pub(super) fn run_all() -> Outcome {
    let languages = languages::all()?;
    lines::check(&languages)?;
    let mut agents = languages.iter().map(agents::start).collect::<Outcome<Vec<_>>>()?;
    tokens::check(&mut agents)?;
    requests::check(&mut agents)?;
    hostile::check(&mut agents)?;
    mistakes::check(&mut agents)?;
    surface::check(&mut agents)?;
    vectors::check(&languages)
}
