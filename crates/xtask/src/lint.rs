//! `cargo xtask lint`: checks the rules of this project that no other tool checks.

mod arrows;
mod catalogue;
mod files;
mod links;
mod packages;

use crate::workspace::Workspace;
use crate::{Outcome, generate};

pub(crate) use catalogue::append;

/// Checks every rule and reports all problems, not only the first.
pub(crate) fn run() -> Outcome {
    let workspace = Workspace::read()?;
    let mut wrong = arrows::check(&workspace.packages);
    wrong.extend(packages::check(&workspace));
    wrong.extend(links::check(&workspace)?);
    wrong.extend(catalogue::check()?);
    wrong.extend(files::check()?);
    wrong.extend(generate::differences()?);
    if wrong.is_empty() { Ok(()) } else { Err(format!("lint:\n  {}", wrong.join("\n  "))) }
}
