//! Opens the file and brings it to the present schema.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, params};

use super::statements::failure;
use crate::{Failure, Result};

/// Older versions can lose commits where two connections write.
const OLDEST: i32 = 3_051_003;

/// How long a connection waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// The migrations, in order. A migration is never changed after a release.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001.sql")];

/// Opens the connection that writes.
pub(super) fn writer(path: &Path) -> Result<Connection> {
    if rusqlite::version_number() < OLDEST {
        return Err(Failure::Corrupt(format!("SQLite {} is too old", rusqlite::version())));
    }
    let connection = Connection::open(path).map_err(|problem| failure(&problem))?;
    let set = || {
        connection.busy_timeout(BUSY)?;
        // In this mode readers do not wait for the writer, and a commit is durable when it returns.
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // The writer does it when nobody waits.
        connection.pragma_update(None, "wal_autocheckpoint", 0)
    };
    set().map_err(|problem| failure(&problem))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Opens a connection that reads.
pub(super) fn reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|problem| failure(&problem))?;
    connection.busy_timeout(BUSY).map_err(|problem| failure(&problem))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Brings the store to the present schema, in one transaction.
pub(super) fn migrate(connection: &Connection) -> Result<()> {
    connection.execute_batch("begin immediate").map_err(|problem| failure(&problem))?;
    let migrated = run(connection);
    let end = if migrated.is_ok() { "commit" } else { "rollback" };
    connection.execute_batch(end).map_err(|problem| failure(&problem))?;
    migrated
}

fn run(connection: &Connection) -> Result<()> {
    let schema = schema(connection).map_err(|problem| failure(&problem))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if schema > known {
        return Err(Failure::Corrupt(format!("its schema is {schema}, this version knows {known}")));
    }
    let write = || {
        for migration in MIGRATIONS.iter().skip(usize::try_from(schema).unwrap_or_default()) {
            connection.execute_batch(migration)?;
        }
        let sql = "insert into meta (name, value) values ('schema', $1) \
                   on conflict (name) do update set value = excluded.value";
        connection.execute(sql, params![known.to_be_bytes()])
    };
    write().map(|_| ()).map_err(|problem| failure(&problem))
}

/// The schema of the file; 0 if it is empty.
fn schema(connection: &Connection) -> rusqlite::Result<i64> {
    let sql = "select count(*) from sqlite_schema where type = 'table' and name = 'meta'";
    if connection.query_row(sql, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(0);
    }
    let bytes: Vec<u8> =
        connection.query_row("select value from meta where name = 'schema'", [], |row| row.get(0))?;
    Ok(bytes.try_into().map_or(i64::MAX, i64::from_be_bytes))
}
