//! Where no backup can be made, and what is no backup: nothing is changed, and nothing is left.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use rusqlite::Connection;

use crate::backup::{REVOKED, TOLD, names, printed};
use crate::operator::{does_not_start, refused};
use crate::server::{STEVE, Server, Shop, command, until};

impl Shop {
    /// Makes a backup that is refused. Returns what it says.
    fn no_backup(&self, arguments: &[&str]) -> String {
        let before = names(self.server.folder.path());
        let told = refused(&self.server.operate(&[&["backup"], arguments].concat()));
        assert_eq!(names(self.server.folder.path()), before, "{told}");
        told
    }
}

/// Runs the command by a shell, after other commands.
fn after(commands: &str, arguments: &[&str], folder: &Path) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{commands} \"$0\" \"$@\""), env!("CARGO_BIN_EXE_jit-approvals")]);
    shell.args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn a_backup_replaces_no_file_and_needs_a_folder() {
    let shop = Shop::open();
    let folder = shop.server.folder.path();
    fs::write(folder.join("mine"), "mine").unwrap();
    let told = shop.no_backup(&["mine"]);
    assert_eq!(told, "error: mine: it exists already, and a backup never replaces a file [io]\n");
    assert_eq!(fs::read_to_string(folder.join("mine")).unwrap(), "mine");
    // The store itself is such a file.
    assert!(shop.no_backup(&["data/store.sqlite"]).contains("it exists already"));
    assert!(shop.no_backup(&["."]).contains("it exists already"));
    let told = shop.no_backup(&["none/copy"]);
    assert!(told.contains("none/copy.part: No such file or directory"), "{told}");
    let told = shop.no_backup(&["mine/copy"]);
    assert!(told.contains("mine/copy.part: Not a directory"), "{told}");
    fs::write(folder.join("other.part"), "another backup").unwrap();
    let told = shop.no_backup(&["other"]);
    assert!(told.contains("other.part: it exists already: another backup is writing it"), "{told}");
    assert_eq!(fs::read_to_string(folder.join("other.part")).unwrap(), "another backup");
    for limit in ["0", "-1", "1G", "99999999"] {
        let output = shop.server.operate(&["backup", "copy", &format!("--log-limit={limit}")]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    }
    shop.purchase();
}

#[test]
fn a_backup_needs_the_right_to_write_into_its_folder() {
    let shop = Shop::open();
    let folder = shop.server.folder.path().join("closed");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(folder.join("mine"), "").is_ok() {
        // Nobody keeps root from writing there.
        return;
    }
    let told = shop.no_backup(&["closed/copy"]);
    assert!(told.contains("closed/copy.part: Permission denied"), "{told}");
}

#[test]
fn a_backup_on_a_full_disk_leaves_nothing_and_the_server_goes_on() {
    let shop = Shop::open();
    let folder = shop.server.folder.path();
    let backup = |commands: &str, name: &str| {
        let told = refused(&after(commands, &["backup", name, "--data", "data"], folder));
        shop.purchase();
        told
    };
    let before = names(folder);
    // Without the trap, the system would end the process at the first write beyond the limit.
    let told = backup("ulimit -f 128; trap '' XFSZ; exec", "copy");
    assert!(told.contains("copy: disk I/O error"), "{told}");
    assert_eq!(names(folder), before);
    fs::create_dir(folder.join("full")).unwrap();
    let small = "unshare -rm sh -c 'mount -t tmpfs -o size=64k tmpfs full && \"$0\" \"$@\"; \
                 end=$?; ls -A full; exit $end'";
    if !after("unshare -rm mount -t tmpfs tmpfs full; exit $?;", &[], folder).status.success() {
        return;
    }
    let told = backup(small, "full/copy");
    assert!(told.contains("full/copy: database or disk is full"), "{told}");
    let told = backup(&small.replace("size=64k", "ro"), "full/copy");
    assert!(told.contains("full/copy.part: Read-only file system"), "{told}");
    // With more room than the copy needs, it is there.
    let output = after(&small.replace("64k", "64m"), &["backup", "full/copy", "--data", "data"], folder);
    assert!(printed(&output).ends_with("copy\n"), "{output:?}");
}

#[test]
fn a_backup_is_given_up_when_the_log_beside_the_store_is_too_large() {
    let shop = Shop::open();
    let log = shop.server.data().join("store.sqlite-wal");
    // As long as someone reads what there was, nothing of the log can be moved away.
    let reader = Connection::open(shop.server.data().join("store.sqlite")).unwrap();
    reader.execute_batch("begin; select * from meta").unwrap();
    until(|| {
        shop.purchase();
        (log.metadata().unwrap().len() > 1 << 20).then_some(())
    });
    let told = shop.no_backup(&["copy", "--log-limit", "1"]);
    assert!(told.contains("copy: the log beside the store has grown beyond 1048576 bytes"), "{told}");
    printed(&shop.server.backup("copy"));
}

#[test]
fn a_damaged_store_has_no_backup() {
    let shop = Shop::open();
    shop.purchase();
    let store = Connection::open(shop.server.data().join("store.sqlite")).unwrap();
    store.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    assert_eq!(store.execute("update request set status = 'rejected'", []).unwrap(), 1);
    let told = shop.no_backup(&["copy"]);
    assert!(
        told.contains("the store is damaged, `jit-approvals store check` says how; differences: 1"),
        "{told}"
    );
}

#[test]
fn what_is_no_store_is_neither_copied_nor_used() {
    let shop = Shop::open();
    printed(&shop.server.backup("copy"));
    let folder = shop.server.restored("copy");
    let store = folder.path().join("data/store.sqlite");
    let whole = fs::read(&store).unwrap();
    let cut = &whole[..whole.len() / 2];
    for (what, bytes) in [("a text", b"not a store".repeat(100).as_slice()), ("half a copy", cut)] {
        fs::write(&store, bytes).unwrap();
        let told = does_not_start(folder.path());
        assert!(told.contains("the store is damaged or of another version"), "{what}: {told}");
        let output = command(&["backup", "again", "--data", "data"], folder.path());
        assert!(refused(&output).contains("damaged"), "{what}: {output:?}");
        assert!(!names(folder.path()).iter().any(|name| name.starts_with("again")), "{what}");
    }
}

#[test]
fn a_backup_that_is_only_read_or_has_another_key_waits_for_its_first_use() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    shop.granted(&steve);
    printed(&shop.server.backup("copy"));
    let folder = shop.server.restored("copy");
    let key = folder.path().join("data/server.key");
    let right = fs::read(&key).unwrap();
    fs::write(&key, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").unwrap();
    assert!(does_not_start(folder.path()).contains("data/server.key is not the key of this store"));
    fs::remove_file(&key).unwrap();
    assert!(does_not_start(folder.path()).contains("data/server.key: No such file"));
    assert!(!key.exists());
    fs::write(&key, right).unwrap();
    let run = |arguments: &[&str]| {
        let output = command(&[arguments, &["--data", "data"]].concat(), folder.path());
        assert!(output.stderr.is_empty(), "{output:?}");
        printed(&output)
    };
    run(&["company", "list"]);
    run(&["store", "check"]);
    // What it lacks, its own backup lacks as well.
    let again = run(&["backup", "again"]);
    let first = run(&["backup", "third"]);
    let at = |printed: &str| printed.lines().next().unwrap().rsplit_once(' ').unwrap().1.to_owned();
    assert_eq!(at(&again), at(&first));
    let server = Server::start_in(folder, &[]);
    assert!(server.log().contains(TOLD[0]), "it was put to use before");
    assert_eq!(server.texts(REVOKED).len(), 1);
}
