//! Opens the file and brings it to the present schema.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use super::statements::failure;
use crate::{Failure, Result};

/// Older versions can lose commits where two connections write.
const OLDEST: i32 = 3_051_003;

/// How long a connection waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// How large the log of the file stays after all of it was moved into the file.
pub(super) const LOG_BYTES: i64 = 64 << 20;

/// How much of the file a connection that reads keeps, as `pragma cache_size` has it: in KiB, negative.
const CACHE: i64 = -512;

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
    migrate(&connection, path, &MIGRATIONS, migrates)?;
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
        // A log that a long read has made large does not stay so while the store is never idle.
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
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
    prepare(&connection)?;
    Ok(connection)
}

/// Statements are planned once, and not by the values that are bound. Otherwise some are planned anew each time that
/// they run, which took a fifth of the time of a call.
fn prepare(connection: &Connection) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(64);
    let set = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true);
    set.map(|_| ()).map_err(|problem| failure(&problem))
}

/// Opens a connection that reads.
pub(super) fn reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|problem| failure(&problem))?;
    connection.busy_timeout(BUSY).map_err(|problem| failure(&problem))?;
    prepare(&connection)?;
    // The system shares what it keeps of the file. By default, each connection would keep up to 2 MB of its own.
    connection.pragma_update(None, "cache_size", CACHE).map_err(|problem| failure(&problem))?;
    Ok(connection)
}

/// Whether a file has tables. The connection may write: what a transaction that was interrupted has left is undone first.
pub(super) fn has_tables(path: &Path) -> rusqlite::Result<bool> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.query_row("select count(*) > 0 from sqlite_schema", [], |row| row.get(0))
}

/// Brings the store to the present schema, in one transaction. What is in it is copied beside it before.
fn migrate(connection: &Connection, path: &Path, migrations: &[&str], migrates: bool) -> Result<()> {
    connection.execute_batch("begin immediate").map_err(|problem| failure(&problem))?;
    let result = run(connection, path, migrations, migrates);
    let end = if result.is_ok() { "commit" } else { "rollback" };
    connection.execute_batch(end).map_err(|problem| failure(&problem))?;
    result
}

fn run(connection: &Connection, path: &Path, migrations: &[&str], migrates: bool) -> Result<()> {
    let schema = schema(connection)?;
    let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    if schema == known {
        return Ok(());
    }
    if schema > known || !migrates {
        return Err(Failure::Corrupt(format!("its schema is {schema}, this version knows {known}")));
    }
    if schema > 0 {
        copy(path, schema)?;
    }
    let write = || {
        for migration in migrations.iter().skip(usize::try_from(schema).unwrap_or_default()) {
            connection.execute_batch(migration)?;
        }
        connection.pragma_update(None, "application_id", APPLICATION)?;
        let sql = "insert into meta (name, value) values ('schema', $1) \
                   on conflict (name) do update set value = excluded.value";
        connection.execute(sql, params![known.to_be_bytes()])
    };
    write().map(|_| ()).map_err(|problem| failure(&problem))
}

/// Copies a store beside itself. The caller holds the lock for writing, so that the copy is the newest state.
fn copy(path: &Path, schema: i64) -> Result<()> {
    let copied = || -> std::io::Result<()> {
        let unfinished = beside(path, ".copy");
        if unfinished.exists() {
            std::fs::remove_file(&unfinished)?;
        }
        create(&unfinished).map_err(std::io::Error::other)?;
        let name = unfinished.to_str().ok_or(std::io::ErrorKind::InvalidFilename)?;
        let reader = reader(path).map_err(std::io::Error::other)?;
        reader.execute("vacuum into $1", [name]).map_err(std::io::Error::other)?;
        // SQLite does not make this file durable.
        File::open(&unfinished)?.sync_all()?;
        std::fs::rename(&unfinished, beside(path, &format!(".schema-{schema}")))?;
        #[cfg(unix)]
        File::open(path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")))?
            .sync_all()?;
        Ok(())
    };
    copied()
        .map_err(|problem| Failure::Unavailable(format!("{} cannot be copied: {problem}", path.display())))
}

/// The file whose name is that of another one and an ending.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
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

#[cfg(all(test, target_os = "linux"))]
mod killed;

#[cfg(test)]
mod tests {
    use super::*;

    /// What a later version does: one more table.
    pub(super) const LATER: [&str; 2] = [MIGRATIONS[0], "create table later (a integer) strict"];

    pub(super) fn names(folder: &Path) -> Vec<String> {
        let files = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(super) fn tables(connection: &Connection, name: &str) -> i64 {
        let sql = "select count(*) from sqlite_schema where name = $1";
        connection.query_row(sql, [name], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_store_is_copied_beside_itself_before_a_migration() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let old = writer(&path, true).unwrap();
        let sql = "insert into meta (name, value) values ('mine', x'01')";
        old.execute_batch(sql).unwrap();
        assert!(names(folder.path()).iter().all(|name| !name.contains("schema")), "a new store has no copy");
        // Who may not migrate leaves the file as it is.
        assert!(matches!(migrate(&old, &path, &LATER, false), Err(Failure::Corrupt(_))));
        // The copy of a start that was interrupted is in nobody's way.
        std::fs::write(beside(&path, ".copy"), "half a copy").unwrap();
        migrate(&old, &path, &LATER, true).unwrap();
        assert_eq!((schema(&old).unwrap(), tables(&old, "later")), (2, 1));
        assert!(!beside(&path, ".copy").exists());
        let copy = beside(&path, ".schema-1");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let copy = writer(&copy, false).unwrap();
        let mine = copy.query_row("select count(*) from meta where name = 'mine'", [], |row| row.get(0));
        assert_eq!((schema(&copy).unwrap(), mine, tables(&copy, "later")), (1, Ok(1), 0));
        migrate(&old, &path, &LATER, true).unwrap();
        assert!(!beside(&path, ".schema-2").exists(), "there is nothing to do");
    }

    #[test]
    fn without_a_copy_nothing_is_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let old = writer(&path, true).unwrap();
        // A folder that is not empty is in the way of the copy.
        std::fs::create_dir_all(beside(&path, ".copy").join("folder")).unwrap();
        assert!(matches!(migrate(&old, &path, &LATER, true), Err(Failure::Unavailable(_))));
        assert_eq!((schema(&old).unwrap(), tables(&old, "later")), (1, 0));
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let old = writer(&path, true).unwrap();
        let broken = [MIGRATIONS[0], "create table later (a integer) strict; create table meta (a)"];
        assert!(migrate(&old, &path, &broken, true).is_err());
        assert_eq!((schema(&old).unwrap(), tables(&old, "later")), (1, 0));
        let newer = migrate(&old, &path, &[], true).unwrap_err();
        assert_eq!(newer, Failure::Corrupt("its schema is 1, this version knows 0".to_owned()));
    }
}
