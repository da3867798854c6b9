//! `backup`, killed beside a server that goes on, and the first use of a backup.

use std::path::Path;

use super::every::each_of_threads;
use super::server_key::{copied, of};
use super::strace::{self, Kill};
use super::table::{Harm, Table};
use super::trace::Trace;
use crate::backup::{REVOKED, names};
use crate::chaos::whole::{count, events, is_whole, twice};
use crate::server::{ADMIN, STEVE, Server, Shop, redeem};

/// What says that a backup was put to use.
const RESTORED: &str = "select count(*) from event where kind = 'administered' and text like '%\"restore\"%'";

/// What says that a backup waits for its first use.
const MARKS: &str = "select count(*) from meta where name = 'backup'";

/// Makes a backup beside the server, and makes it again if there is none. Each backup that is there is whole.
fn back_up(shop: &Shop, kill: Option<&Kill>) -> (Trace, Harm) {
    let folder = shop.server.folder.path().to_owned();
    let copy = folder.join("copy");
    // Paths are counted as they are given.
    let backup = || of(&["backup", copy.to_str().unwrap()], &folder);
    let (output, trace) = strace::run(&mut backup(), &folder, kill);
    assert!(trace.killed.is_some() || output.status.success(), "{output:?}");
    // The server beside it is not harmed. It writes nothing new, so that each backup has the same points.
    shop.keyed("before").send(shop.server.address).is(200, "");
    if !copy.exists() {
        let part = folder.join("copy.part");
        if part.exists() {
            let told = String::from_utf8(backup().output().unwrap().stderr).unwrap();
            assert!(
                told.contains("copy.part: it exists already") && told.contains("; remove it if no"),
                "{told}"
            );
            std::fs::remove_file(part).unwrap();
        }
        let again = backup().output().unwrap();
        assert!(again.status.success(), "{kill:?} {again:?}");
    }
    // What has the name of a backup is marked as one, and holds every request that was acknowledged before.
    let restored = shop.server.restored("copy");
    let data = restored.path().join("data");
    let checked = of(&["store", "check"], restored.path()).output().unwrap();
    assert!(checked.status.success(), "{kill:?} {checked:?}");
    assert_eq!(count(&data, MARKS), 1, "{kill:?} {trace:?}");
    let lost = events(&data) != events(&shop.server.data());
    let harm = Harm { lost, twice: twice(&data) > 0 };
    for name in names(&folder).iter().filter(|name| name.starts_with("copy")) {
        std::fs::remove_file(folder.join(name)).unwrap();
    }
    (trace, harm)
}

#[test]
fn a_backup_that_is_killed_is_whole_or_not_there_and_the_server_goes_on() {
    if !strace::is_there() {
        return;
    }
    let (shop, mut table) = (Shop::open(), Table::new());
    shop.keyed("before").send(shop.server.address).is(201, "");
    let (whole, _) = back_up(&shop, None);
    each_of_threads("backup", &whole, 2, |kill| {
        let (trace, harm) = back_up(&shop, Some(kill));
        let killed = trace.killed?;
        table.add("backup", &killed.1, harm);
        Some(killed)
    });
    shop.purchase();
    is_whole(&shop.server);
    table.end();
}

/// Puts a backup to use with a command, which is killed, and then with a server.
fn first_use(backup: &Path, kill: Option<&Kill>) -> (Trace, Harm) {
    let folder = copied(backup);
    let (output, trace) = strace::run(&mut of(&["user", "link", STEVE], folder.path()), folder.path(), kill);
    assert!(trace.killed.is_some() || output.status.success(), "{output:?}");
    let server = Server::start_in(folder, &[]);
    is_whole(&server);
    let data = server.data();
    let (restored, revoked) = (count(&data, RESTORED), server.texts(REVOKED).len());
    assert_eq!(count(&data, MARKS), 0);
    // What was not used up is not there any more: only the link of the command may be.
    assert!(count(&data, "select count(*) from credential") <= 1);
    let link = server.operate(&["user", "link", ADMIN]);
    let secret = String::from_utf8(link.stdout).unwrap();
    redeem(server.address, secret.trim(), ADMIN).is(200, "");
    (trace, Harm { lost: restored < 1 || revoked < 3, twice: restored > 1 || twice(&data) > 0 })
}

#[test]
fn a_first_use_of_a_backup_that_is_killed_is_finished_by_the_next_start() {
    if !strace::is_there() {
        return;
    }
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    for _ in 0..3 {
        shop.granted(&steve);
    }
    crate::backup::printed(&shop.server.backup("copy"));
    let backup = shop.server.restored("copy");
    let (backup, mut table) = (backup.path().join("data"), Table::new());
    let (whole, _) = first_use(&backup, None);
    each_of_threads("first use of a backup", &whole, 2, |kill| {
        let (trace, harm) = first_use(&backup, Some(kill));
        let killed = trace.killed?;
        table.add("first use of a backup", &killed.1, harm);
        Some(killed)
    });
    table.end();
}
