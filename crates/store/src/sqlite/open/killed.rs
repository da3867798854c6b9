//! A migration that is killed before each of its system calls that write, one after the other. A test binary runs itself
//! under `strace`, which counts the calls and kills it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::Connection;

use super::tests::{LATER, names, tables};
use super::{beside, connection, migrate, reader, schema, writer};

/// Names the store that the test below migrates.
const STORE: &str = "JIT_TEST_MIGRATED_STORE";

/// The calls that change a file or its name.
const CALLS: [&str; 9] =
    ["openat", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "renameat", "unlink", "unlinkat"];

/// A call before which the process is killed: of this name, made for the nth time.
type Kill<'a> = (&'a str, usize);

#[test]
fn a_store_is_migrated_where_a_test_asks_for_it() {
    let Some(path) = std::env::var_os(STORE).map(PathBuf::from) else { return };
    migrate(&connection(&path).unwrap(), &path, &LATER, true).unwrap();
}

/// Whether processes can be killed in this way. Where everything is tested, it must be possible.
fn is_there() -> bool {
    let output = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    let is_there = output.as_ref().is_ok_and(|output| output.status.success());
    assert!(is_there || std::env::var_os("CI").is_none(), "run `apt-get install strace`: {output:?}");
    if !is_there {
        println!("skipped: strace is not installed, or may not follow a process");
    }
    is_there
}

/// Migrates a store in a process of its own. Returns the calls and their files, and whether the process was killed.
fn migrated(path: &Path, kill: Option<Kill<'_>>) -> (Vec<(String, String)>, bool) {
    let traces = tempfile::tempdir().unwrap();
    let trace = traces.path().join("trace");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-s", "0", "-o"]).arg(&trace);
    let calls = CALLS.map(|call| format!("?{call}")).join(",");
    strace.args(["-e", &format!("trace={calls}")]);
    if let Some((call, nth)) = kill {
        strace.args(["-e", &format!("inject={call}:signal=KILL:when={nth}")]);
    }
    strace.arg("-P").arg(path.parent().unwrap());
    for ending in ["", "-wal", "-journal", ".copy", ".copy-wal", ".copy-journal", ".schema-1"] {
        strace.arg("-P").arg(beside(path, ending));
    }
    let itself = "sqlite::open::killed::a_store_is_migrated_where_a_test_asks_for_it";
    strace.arg(std::env::current_exe().unwrap()).args(["--exact", itself]).env(STORE, path);
    let output = strace.output().unwrap();
    let is_killed = output.status.code().is_none();
    assert!(is_killed || output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(trace).unwrap();
    (text.lines().filter_map(call).collect(), is_killed)
}

/// Reads a line such as `12 fsync(5</tmp/store-wal>) = 0`.
fn call(line: &str) -> Option<(String, String)> {
    let (call, given) = line.split_once(' ')?.1.trim_start().split_once('(')?;
    if !CALLS.contains(&call) {
        return None;
    }
    let quoted = given.split('"').nth(1).filter(|path| !path.is_empty());
    let path = quoted.or_else(|| given.split_once('<')?.1.split('>').next())?;
    let file = path.rsplit('/').next()?;
    Some((call.to_owned(), if file.starts_with("store") { file } else { "folder" }.to_owned()))
}

/// A store of the present schema, with data.
fn store() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let rows = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20) \
                insert into meta select i, zeroblob(1000) from n";
    writer(&path, true).unwrap().execute_batch(rows).unwrap();
    (folder, path)
}

/// Returns the schema of a store in which nothing is missing.
fn whole(store: &Connection) -> i64 {
    let check: String = store.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
    let sql = "select count(*) from meta where name <> 'schema' and length(value) = 1000";
    let rows: i64 = store.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!((check.as_str(), rows), ("ok", 20));
    let schema = schema(store).unwrap();
    assert_eq!(tables(store, "later"), schema - 1, "half a migration");
    schema
}

/// Checks what a migration has left, and that the next start finishes it.
fn is_finished_by_the_next_start(path: &Path, kill: Kill<'_>) {
    let left = whole(&connection(path).unwrap());
    let copy = beside(path, ".schema-1");
    assert!(left == 1 || copy.exists(), "{kill:?}: it was migrated before its copy had its name");
    if copy.exists() {
        assert_eq!(whole(&reader(&copy).unwrap()), 1, "{kill:?}: half a copy has a name");
    }
    let next = connection(path).unwrap();
    migrate(&next, path, &LATER, true).unwrap_or_else(|failure| panic!("{kill:?}: {failure}"));
    assert_eq!((whole(&next), whole(&reader(&copy).unwrap())), (2, 1));
    drop(next);
    let left = names(path.parent().unwrap());
    assert_eq!(left.iter().filter(|name| name.contains(".copy")).count(), 0, "{kill:?}: {left:?}");
}

#[test]
fn a_migration_that_is_killed_is_finished_by_the_next_start() {
    if !is_there() {
        return;
    }
    let folder = std::env::var_os("JIT_CHAOS").map(PathBuf::from);
    let (_kept, path) = store();
    let (calls, _) = migrated(&path, None);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (call, _) in &calls {
        *counts.entry(call).or_default() += 1;
    }
    let mut points: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (call, count) in counts {
        // The short form takes the first and the last, and one between them.
        let is_chosen = |nth: usize| folder.is_some() || [1, count / 2, count].contains(&nth);
        for nth in (1..).filter(|nth| *nth > count || is_chosen(*nth)) {
            let (_kept, path) = store();
            let (calls, is_killed) = migrated(&path, Some((call, nth)));
            if !is_killed {
                break;
            }
            is_finished_by_the_next_start(&path, (call, nth));
            let at = calls.into_iter().filter(|(name, _)| name == call).nth(nth - 1).unwrap();
            *points.entry(at).or_default() += 1;
        }
    }
    let places: Vec<_> =
        points.iter().map(|((call, file), count)| format!("{call} {file} {count}")).collect();
    let count: usize = points.values().sum();
    // Whatever was not finished has failed before.
    let line = format!("kill at a point: migration\tpoints: {count}, before: {}\n", places.join("; "));
    print!("{line}");
    if let Some(folder) = &folder {
        let table = std::fs::File::options().create(true).append(true).open(folder.join("table.tsv"));
        table.unwrap().write_all(line.as_bytes()).unwrap();
    }
    for file in ["store", "store-wal", "store.copy"] {
        assert!(points.keys().any(|(_, name)| name == file), "it was never killed at {file}: {points:?}");
    }
}
