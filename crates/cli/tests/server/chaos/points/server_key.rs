//! `server-key rotate`, killed while it writes the new key, seals everything with it, and gives it its name.

use std::path::Path;
use std::process::Command;

use super::every::each_of_threads;
use super::strace::{self, Kill};
use super::table::{Harm, Table};
use super::trace::Trace;
use crate::chaos::whole::{events, is_whole};
use crate::server::{Server, Shop};

/// The program.
pub(super) const PROGRAM: &str = env!("CARGO_BIN_EXE_jit-approvals");

/// A new folder with the files of a store that no program uses.
pub(super) fn copied(data: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("data");
    std::fs::create_dir(&copy).unwrap();
    for file in std::fs::read_dir(data).unwrap().map(Result::unwrap) {
        std::fs::copy(file.path(), copy.join(file.file_name())).unwrap();
    }
    folder
}

/// The command on the store of a folder.
pub(super) fn of(arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).arg("--data").arg(folder.join("data")).current_dir(folder);
    command
}

/// Rotates the key of a copy, and puts the copy to use. Returns what the rotation did.
fn rotate(shop: &mut Shop, data: &Path, kill: Option<&Kill>) -> (Trace, Harm) {
    let folder = copied(data);
    let rotate = || of(&["server-key", "rotate"], folder.path());
    let (output, trace) = strace::run(&mut rotate(), folder.path(), kill);
    assert!(trace.killed.is_some() || output.status.success(), "{output:?}");
    // Whoever is next finishes it, or undoes it: a server, or another rotation.
    if kill.is_some_and(|kill| kill.nth % 2 == 0) {
        assert!(rotate().status().unwrap().success(), "{kill:?}");
    }
    let before = events(&folder.path().join("data"));
    let idle = std::mem::replace(&mut shop.server, Server::start_in(folder, &[]));
    // Auth tokens still verify, and do so after another rotation, beside what a killed server has left.
    shop.purchase();
    is_whole(&shop.server);
    shop.server.signal("KILL");
    shop.server.ended();
    let again = shop.server.operate(&["server-key", "rotate"]);
    assert!(again.status.success(), "{again:?}");
    shop.server.kill_and_restart();
    shop.purchase();
    let lost = !shop.server.operate(&["store", "check"]).status.success();
    let twice = events(&shop.server.data()) != before + 2;
    shop.server = idle;
    (trace, Harm { lost, twice })
}

#[test]
fn a_rotation_of_the_server_key_that_is_killed_is_finished_or_undone() {
    if !strace::is_there() {
        return;
    }
    let (mut shop, mut table) = (Shop::open(), Table::new());
    let data = shop.server.data();
    assert_eq!(shop.server.stop(), Some(0));
    let (whole, _) = rotate(&mut shop, &data, None);
    each_of_threads("server-key rotate", &whole, 2, |kill| {
        let (trace, harm) = rotate(&mut shop, &data, Some(kill));
        let killed = trace.killed?;
        table.add("server-key rotate", &killed.1, harm);
        Some(killed)
    });
    table.end();
}
