//! Writes several changes in one transaction, each under a savepoint.

use rusqlite::{Connection, ErrorCode};

use super::statements::{Statements, failure};
use crate::clock::Clock;
use crate::log::write;
use crate::{Change, Failure, Outcome, Result};

/// Writes the changes and returns how each ended. No result may reach a caller before this returns, not even a refusal:
/// it may rest on a change of the same batch.
///
/// # Errors
///
/// The failure of all of them.
pub(super) fn run(
    statements: Statements<'_>,
    clock: &Clock,
    changes: &[&Change],
) -> Result<Vec<Result<Outcome>>> {
    transaction(statements, |statements| {
        changes.iter().map(|change| one(statements, clock, change)).collect()
    })
}

/// Does work in a transaction, and commits it.
///
/// # Errors
///
/// Those of the work, after which nothing was written; those of the commit.
pub(super) fn transaction<T>(
    mut statements: Statements<'_>,
    work: impl FnOnce(&mut Statements<'_>) -> Result<T>,
) -> Result<T> {
    let connection = statements.connection;
    let begun = statements.execute("begin immediate").map_err(|problem| failure(&problem));
    let done = begun.and_then(|()| work(&mut statements)).inspect_err(|_| roll_back(connection))?;
    statements.execute("commit").map(|()| done).map_err(|problem| {
        roll_back(connection);
        commit_failure(&problem)
    })
}

/// Writes one change. An outer error is the failure of the whole batch.
fn one(statements: &mut Statements<'_>, clock: &Clock, change: &Change) -> Result<Result<Outcome>> {
    statements.execute("savepoint change").map_err(|problem| failure(&problem))?;
    let result = write(statements, change, clock.now());
    let written = matches!(result, Ok(Outcome::Committed { .. }));
    let end = if written { "release change" } else { "rollback to change; release change" };
    // A full disk and some other errors end the whole transaction. What came before is gone then, and a later savepoint
    // would begin a transaction of its own. There is no savepoint to go back to: this fails, and so does the batch.
    statements.execute(end).map_err(|problem| failure(&problem))?;
    Ok(result)
}

/// Rolls back, if that has not happened already.
fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        // If this fails, too, the next `begin` fails, and nothing is written.
        let _ = connection.execute_batch("rollback");
    }
}

/// The failure of a commit. With a full disk and a busy file nothing was written. With any other error, it is not known
/// what is in the file.
fn commit_failure(problem: &rusqlite::Error) -> Failure {
    match problem.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy) => failure(problem),
        _ => Failure::Unknown(problem.to_string()),
    }
}
