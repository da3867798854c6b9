//! `cargo xtask lint`: the rules of this project that no other tool knows.

mod arrows;
mod catalogue;
mod files;
mod links;
mod packages;

use crate::Outcome;
use crate::workspace::Workspace;

pub(crate) use catalogue::append;

/// Runs every rule, and tells all that is wrong rather than the first of it.
pub(crate) fn run() -> Outcome {
    let workspace = Workspace::read()?;
    let mut wrong = arrows::check(&workspace.packages);
    wrong.extend(packages::check(&workspace));
    wrong.extend(links::check(&workspace)?);
    wrong.extend(catalogue::check()?);
    wrong.extend(files::check()?);
    if wrong.is_empty() { Ok(()) } else { Err(format!("lint:\n  {}", wrong.join("\n  "))) }
}
