//! The first use of a backup: what it does, whoever begins it, and however often it is interrupted.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use jit_approvals::json::Json;
use rusqlite::{Connection, OpenFlags};

use crate::backup::{REVOKED, TOLD, printed, revoked, told};
use crate::operator::refused;
use crate::server::{ACT, ADMIN, STEVE, Server, Shop, command, decision, redeem};

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
        // It is said before the mark is removed, and not again afterwards.
        let is_told = !output.stderr.is_empty() && counts[2] > 0 && !seen.contains(&[0, 60, 2]);
        if is_told {
            told(std::str::from_utf8(&output.stderr).unwrap());
        }
        assert_eq!(is_told, output.stderr.starts_with(TOLD[0].as_bytes()), "{output:?}");
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

#[test]
fn only_what_could_still_be_consumed_is_revoked() {
    let shop = Shop::open();
    shop.template("MANY", &[("grantUse", "untilExpiry".into())]);
    let steve = shop.server.session(STEVE);
    shop.granted(&steve);
    let opened = shop.ask("MANY");
    let many = steve.send(&decision(&opened, "approve")).is(200, "").text("grant.id");
    shop.consume(&many, ACT).is(200, "");
    printed(&shop.server.backup("copy"));
    let day = 24 * 3600;
    for (clock, count) in [(0, 2), (day, 0), (90 * day, 0)] {
        let folder = shop.server.restored("copy");
        std::fs::write(folder.path().join("clock"), clock.to_string()).unwrap();
        let server = Server::start_in(folder, &[]);
        let found = revoked(&server);
        assert_eq!(found.len(), count, "{clock}: {found:?}");
        assert_eq!(server.count("select count(*) from credential"), 0);
        assert!(count == 0 || found.iter().any(|line| line.starts_with(&many)), "{found:?}");
        assert!(server.operate(&["store", "check"]).status.success());
    }
}

#[test]
fn every_command_that_writes_puts_a_backup_to_use() {
    let shop = Shop::open();
    printed(&shop.server.backup("copy"));
    for arguments in [
        &["user", "link", STEVE][..],
        &["company", "new", "Rival", "rita@rival.example"],
        &["server-key", "rotate"],
    ] {
        let folder = shop.server.restored("copy");
        let run = || command(&[arguments, &["--data", "data"]].concat(), folder.path());
        let output = run();
        told(std::str::from_utf8(&output.stderr).unwrap());
        assert_eq!(printed(&output).lines().count(), 1, "{arguments:?}");
        assert_eq!(texts(folder.path(), MARKS), [""; 0], "{arguments:?}");
        assert!(run().stderr.is_empty() || arguments[0] == "company", "it is told once: {arguments:?}");
    }
    let folder = shop.server.restored("copy");
    let output = command(&["user", "link", STEVE, "--json", "--data", "data"], folder.path());
    let json = Json::parse(std::str::from_utf8(&output.stderr).unwrap()).unwrap();
    let at = json.get("restored").and_then(|restored| restored.get("backupAt")).unwrap();
    assert!((shop.server.now().seconds() - at.to_string().parse::<i64>().unwrap()).abs() < 60, "{json}");
    assert!(Json::parse(&printed(&output)).unwrap().get("secret").is_some());
}

#[test]
fn no_command_puts_a_backup_to_use_beside_a_server_that_is_about_to() {
    let shop = Shop::open();
    printed(&shop.server.backup("copy"));
    let folder = shop.server.restored("copy");
    let lock = std::fs::File::create(folder.path().join("data/lock")).unwrap();
    lock.lock().unwrap();
    let link = || command(&["user", "link", STEVE, "--data", "data"], folder.path());
    assert!(refused(&link()).contains("another server uses data"));
    assert_eq!(texts(folder.path(), MARKS).len(), 1);
    drop(lock);
    printed(&link());
}
