//! A small file system that is filled and emptied again, while programs call.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::whole::{in_folder, twice};
use super::{report, size};
use crate::races::Ends;
use crate::server::{Shop, command, until};

/// How many programs call at a time.
const PROGRAMS: usize = 4;

/// How many answers there are before the disk is filled, and before it is emptied.
const BETWEEN: usize = 20;

/// Starts the server in a file system of its own, which ends with the process.
const SMALL: &str = r#"exec unshare --map-root-user --mount sh -c '
    mkdir small && mount -t tmpfs -o size=48m,mode=0700 tmpfs small && cp -a data/. small &&
    mount --bind small data && exec "$0" "$@"' "$0" "$@""#;

/// What the programs share.
#[derive(Default)]
struct Load {
    stop: AtomicBool,
    next: AtomicUsize,
    accepted: AtomicUsize,
    refused: AtomicUsize,
}

impl Load {
    /// Opens requests, each with its key until it is accepted. Returns the keys, and the ids of the requests.
    fn work(&self, shop: &Shop) -> Vec<(String, String)> {
        let mut told = Vec::new();
        while !self.stop.load(Ordering::SeqCst) {
            let key = self.next.fetch_add(1, Ordering::SeqCst).to_string();
            let answer = until(|| {
                let answer = shop.keyed(&key).send(shop.server.address);
                if answer.status == 503 {
                    assert!(answer.is(503, "unavailable").header("retry-after").is_some());
                    self.refused.fetch_add(1, Ordering::SeqCst);
                }
                Some(answer).filter(|answer| answer.status != 503)
            });
            // Nothing of what was refused is there: the same key opens a new request.
            told.push((key, answer.is(201, "").text("id")));
            self.accepted.fetch_add(1, Ordering::SeqCst);
        }
        told
    }
}

/// Fills what is left of a file system.
fn fill(filler: &Path) {
    let mut file = std::fs::File::options().create(true).append(true).open(filler).unwrap();
    // Whatever happens, it takes no more than the small file system has.
    let is_full = (0..48 << 8).any(|_| file.write_all(&[0; 4096]).is_err());
    assert!(is_full, "this is another file system");
}

/// Copies the files of a server that is halted. Nobody else can open the store inside of its own file system.
fn copy(shop: &Shop, inside: &Path) -> PathBuf {
    let copy = shop.server.folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    shop.server.signal("STOP");
    for name in ["server.key", "store.sqlite", "store.sqlite-wal"] {
        std::fs::copy(inside.join(name), copy.join(name)).unwrap();
    }
    shop.server.signal("CONT");
    copy
}

#[test]
fn on_a_full_disk_calls_are_refused_and_with_space_again_they_work() {
    let may = std::process::Command::new("unshare").args(["--map-root-user", "--mount", "true"]).output();
    if !may.is_ok_and(|output| output.status.success()) {
        println!("skipped: this user may not make a file system");
        return;
    }
    let rounds = size(2, 20);
    let shop = Shop::open_after(SMALL, &["--metrics-listen", "127.0.0.1:0"]);
    let first = shop.purchase();
    let inside = PathBuf::from(format!("/proc/{}/root", shop.server.id()))
        .join(shop.server.data().strip_prefix("/").unwrap());
    let filler = inside.join("filler");
    let load = Load::default();
    let told: Vec<_> = std::thread::scope(|scope| {
        let ends = Ends(&load.stop);
        let programs: Vec<_> = (0..PROGRAMS).map(|_| scope.spawn(|| load.work(&shop))).collect();
        let more = |count: &AtomicUsize| {
            let before = count.load(Ordering::SeqCst);
            until(|| {
                assert!(programs.iter().all(|program| !program.is_finished()), "a program has failed");
                (count.load(Ordering::SeqCst) >= before + BETWEEN).then_some(())
            });
        };
        for _ in 0..rounds {
            more(&load.accepted);
            fill(&filler);
            more(&load.refused);
            assert!(shop.server.metric("jit_store_failures_total") > 0);
            shop.read(&first.text("id")).is(200, "");
            std::fs::remove_file(&filler).unwrap();
        }
        more(&load.accepted);
        drop(ends);
        programs.into_iter().flat_map(|program| program.join().unwrap()).collect()
    });
    let found = |(key, id): &(String, String)| {
        let again = shop.keyed(key).send(shop.server.address);
        (again.status, again.text("id")) == (200, id.clone())
    };
    let lost = told.iter().filter(|told| !found(told)).count();
    assert_eq!(lost, 0, "what was acknowledged is not there");
    let copy = copy(&shop, &inside);
    let stored = in_folder(&copy);
    assert_eq!(stored.by_id.len(), told.len() + 1);
    let checked = command(&["store", "check", "--data", copy.to_str().unwrap()], &copy);
    assert!(checked.status.success(), "{checked:?}");
    report(
        "a small disk filled and emptied",
        &[
            ("rounds", rounds.to_string()),
            ("calls acknowledged", told.len().to_string()),
            ("answered with 503", load.refused.load(Ordering::SeqCst).to_string()),
            ("lost", lost.to_string()),
            ("twice", twice(&copy).to_string()),
        ],
    );
}
