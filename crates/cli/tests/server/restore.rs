//! The first use of a backup: what it does, whoever begins it, and however often it is interrupted.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use rusqlite::{Connection, OpenFlags};

use crate::backup::{REVOKED, TOLD, printed, revoked, told};
use crate::server::{ADMIN, STEVE, Server, Shop, redeem};

/// The marks in the store.
const MARKS: &str = "select name from meta where name = 'backup'";

/// What was written to put a backup to use: one such event for each company.
const RESTORED: &str = "select kind from event where kind = 'administered' and text like '%\"restore\"%'";

/// Runs an operator's command in a folder, which fails as soon as a file has more than a number of bytes.
fn within(bytes: u64, arguments: &[&str], folder: &Path) -> Output {
    // Without the trap, the system would end the process at the first write beyond the limit.
    let limited = format!("ulimit -f {}; trap '' XFSZ; exec \"$0\" \"$@\"", bytes / 512);
    let mut command = Command::new("sh");
    command.args(["-c", &limited, env!("CARGO_BIN_EXE_jit-approvals")]).args(arguments);
    command.args(["--data", "data"]).current_dir(folder).output().unwrap()
}

/// What is in the store, read beside whoever works on it.
fn texts(folder: &Path, sql: &str) -> Vec<String> {
    let store =
        Connection::open_with_flags(folder.join("data/store.sqlite"), OpenFlags::SQLITE_OPEN_READ_ONLY);
    let store = store.unwrap();
    let mut statement = store.prepare(sql).unwrap();
    let texts = statement.query_map([], |row| row.get(0)).unwrap();
    texts.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_first_use_that_is_interrupted_goes_on_at_the_next_one() {
    let shop = Shop::open();
    shop.rival();
    let steve = shop.server.session(STEVE);
    // More than are revoked in one step.
    let mut grants: Vec<String> = (0..60).map(|_| shop.granted(&steve).1).collect();
    grants.sort();
    printed(&shop.server.backup("copy"));
    let folder = shop.server.restored("copy");

    // The disk is full, and each time a little later. A command that writes begins as a server does.
    let (mut seen, mut limit) = (BTreeSet::new(), 64 << 10);
    let secret = loop {
        let output = within(limit, &["user", "link", ADMIN], folder.path());
        let counts = [MARKS, REVOKED, RESTORED].map(|sql| texts(folder.path(), sql).len());
        if counts[0] == 0 && seen.insert(counts) {
            // It was said before the mark was removed, whether the command itself has succeeded or not.
            told(std::str::from_utf8(&output.stderr).unwrap());
        }
        if output.status.success() {
            // What the command itself prints is its own.
            break printed(&output).trim().to_owned();
        }
        seen.insert(counts);
        limit += 16 << 10;
        assert!(limit < 4 << 20, "{output:?}");
    };
    // The first grants, all grants, one company, everything.
    assert_eq!(
        seen.into_iter().rev().collect::<Vec<_>>(),
        [[1, 60, 1], [1, 60, 0], [1, 50, 0], [1, 0, 0], [0, 60, 2]]
    );

    // Each grant is revoked once.
    let server = Server::start_in(folder, &[]);
    let mut found: Vec<String> =
        revoked(&server).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    found.sort();
    assert_eq!(found, grants);
    redeem(server.address, &secret, ADMIN).is(200, "");
    assert!(!server.log().contains(TOLD[0]));
    assert!(server.operate(&["store", "check"]).status.success());
}
