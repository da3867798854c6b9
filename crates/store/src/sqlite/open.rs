//! Opens the file and brings it to the present schema.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use super::statements::failure;
use crate::{Failure, Result};

/// Older versions can lose commits where two connections write.
const OLDEST: i32 = 3_051_003;

/// How long a connection waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// What the header of the file says that it is: `JITA`.
const APPLICATION: i32 = 0x4A49_5441;

/// The migrations, in order. A migration is never changed after a release.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001.sql")];

/// Opens the connection that writes, and brings the file to the present schema if that is wanted.
pub(super) fn writer(path: &Path, migrates: bool) -> Result<Connection> {
    if rusqlite::version_number() < OLDEST {
        return Err(Failure::Corrupt(format!("SQLite {} is too old", rusqlite::version())));
    }
    create(path)?;
    let connection = connection(path)?;
    migrate(&connection, migrates)?;
    Ok(connection)
}

/// Creates the file, for its owner only. The files beside it get the same permissions.
fn create(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let created = options.open(path);
    created.map(|_| ()).map_err(|problem| Failure::Unavailable(format!("{}: {problem}", path.display())))
}

/// Opens a connection that may write.
pub(super) fn connection(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path).map_err(|problem| failure(&problem))?;
    let set = || -> rusqlite::Result<String> {
        connection.busy_timeout(BUSY)?;
        // In this mode readers do not wait for the writer, and a commit is durable when it returns.
        let mode = connection.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // Another thread does it, so that no change waits.
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        Ok(mode)
    };
    // Changing the mode of a new file does not wait for another process that does the same.
    let begun = Instant::now();
    let mode = loop {
        match set() {
            Err(problem)
                if problem.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && begun.elapsed() < BUSY =>
            {
                std::thread::sleep(Duration::from_millis(10));
            }
            other => break other.map_err(|problem| failure(&problem))?,
        }
    };
    if mode != "wal" {
        return Err(Failure::Unavailable(format!("{} has the journal mode {mode}, not wal", path.display())));
    }
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
fn migrate(connection: &Connection, migrates: bool) -> Result<()> {
    connection.execute_batch("begin immediate").map_err(|problem| failure(&problem))?;
    let result = run(connection, migrates);
    let end = if result.is_ok() { "commit" } else { "rollback" };
    connection.execute_batch(end).map_err(|problem| failure(&problem))?;
    result
}

fn run(connection: &Connection, migrates: bool) -> Result<()> {
    let schema = schema(connection)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if schema == known {
        return Ok(());
    }
    if schema > known || !migrates {
        return Err(Failure::Corrupt(format!("its schema is {schema}, this version knows {known}")));
    }
    let write = || {
        for migration in MIGRATIONS.iter().skip(usize::try_from(schema).unwrap_or_default()) {
            connection.execute_batch(migration)?;
        }
        connection.pragma_update(None, "application_id", APPLICATION)?;
        let sql = "insert into meta (name, value) values ('schema', $1) \
                   on conflict (name) do update set value = excluded.value";
        connection.execute(sql, params![known.to_be_bytes()])
    };
    write().map(|_| ()).map_err(|problem| failure(&problem))
}

/// The schema of the file; 0 if it is empty.
fn schema(connection: &Connection) -> Result<i64> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let tables = number("select count(*) from sqlite_schema").map_err(|problem| failure(&problem))?;
    if tables == 0 {
        return Ok(0);
    }
    let application = number("pragma application_id").map_err(|problem| failure(&problem))?;
    if application != i64::from(APPLICATION) {
        return Err(Failure::Corrupt("it is the file of another program".to_owned()));
    }
    let sql = "select value from meta where name = 'schema'";
    let bytes = connection.query_row(sql, [], |row| row.get::<_, Vec<u8>>(0)).ok();
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes.map(i64::from_be_bytes).ok_or_else(|| Failure::Corrupt("it does not say its schema".to_owned()))
}
