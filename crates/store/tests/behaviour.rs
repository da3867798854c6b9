//! What a caller relies on, with real requests.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use common::{NOW, Shop, change, new_company, opened, options};
use jit_approvals_base::{Id, UnixTime};
use jit_approvals_core::{Act, Decision};
use jit_approvals_store::{
    Change, Claim, Failure, Fault, Faults, InboxRow, LogEvent, Options, Outcome, RequestRow, RowChange,
    Sqlite, Store, Unique,
};

#[test]
fn a_request_is_kept_and_found_again() {
    let shop = Shop::new();
    let mut request = opened(shop.company);
    assert_eq!(shop.commit(&change(shop.company, &request, 0)), Outcome::Committed { position: 1 });
    let decision = Decision::approve("ann@example.com", request.content_hash());
    let event = request.decide(&decision, None, common::at(0)).unwrap().unwrap();
    request.apply(event).unwrap();
    assert_eq!(shop.commit(&change(shop.company, &request, 1)), Outcome::Committed { position: 2 });
    request.apply(request.consume(&Act::new([("amount", "5")]), common::at(0).now).unwrap()).unwrap();
    assert_eq!(shop.commit(&change(shop.company, &request, 2)), Outcome::Committed { position: 3 });
    assert_eq!(shop.texts(request.id()), common::texts(&request));
    assert_eq!(shop.store.check().unwrap(), Vec::<String>::new());
}

#[test]
fn only_one_of_two_changes_from_the_same_events_is_written() {
    let shop = Shop::new();
    let request = opened(shop.company);
    shop.commit(&change(shop.company, &request, 0));
    let changed = |second| {
        let mut request = request.clone();
        let decision = Decision::approve("ann@example.com", request.content_hash());
        let event = request.decide(&decision, None, common::at(second)).unwrap().unwrap();
        request.apply(event).unwrap();
        change(shop.company, &request, 1)
    };
    assert_eq!(shop.commit(&changed(0)), Outcome::Committed { position: 2 });
    assert_eq!(shop.commit(&changed(0)), Outcome::Moved);
    assert_eq!(shop.store.check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_change_that_waited_too_long_is_computed_anew() {
    let shop = Shop::new();
    let late = Change { at: common::at(-2).now, ..change(shop.company, &opened(shop.company), 0) };
    assert_eq!(shop.commit(&late), Outcome::Moved);
    let in_time = Change { at: common::at(-1).now, ..common::of(shop.company, Vec::new()) };
    assert!(matches!(shop.commit(&in_time), Outcome::Committed { .. }));
    // What is dated in the future would hold up every later change.
    let ahead = Change { at: common::at(2).now, ..common::of(shop.company, Vec::new()) };
    assert_eq!(shop.commit(&ahead), Outcome::Moved);
    let mut ahead = change(shop.company, &opened(shop.company), 0);
    ahead.events[0].at = common::at(1).now;
    assert_eq!(shop.commit(&ahead), Outcome::Moved);
    for at in [i64::MIN, i64::MAX] {
        let change = Change { at: UnixTime::from_seconds(at), ..common::of(shop.company, Vec::new()) };
        assert_eq!(shop.commit(&change), Outcome::Moved);
    }
}

#[test]
fn an_administrative_change_makes_what_rests_on_the_directory_stale() {
    let shop = Shop::new();
    let administrative = LogEvent {
        stream: shop.company,
        sequence: 1,
        at: common::at(0).now,
        kind: "administered",
        text: "{}".to_owned(),
        hash: [1; 32],
    };
    let administrative = Change { revision: Some(0), ..common::of(shop.company, vec![administrative]) };
    assert_eq!(shop.commit(&administrative), Outcome::Committed { position: 1 });
    let opening = change(shop.company, &opened(shop.company), 0);
    assert_eq!(shop.commit(&Change { revision: Some(0), ..opening.clone() }), Outcome::Stale);
    assert!(matches!(
        shop.commit(&Change { revision: Some(1), ..opening }),
        Outcome::Committed { position: 2 }
    ));
}

#[test]
fn what_is_claimed_happens_once_until_its_end() {
    let shop = Shop::new();
    let request = opened(shop.company);
    let digest = Claim::digest("key", &[b"shop", b"1"]);
    let claim = |until| Claim {
        digest,
        request: Some(request.id()),
        body: Some([7; 32]),
        until: common::at(until).now,
    };
    let first = Change { claims: vec![claim(100)], ..change(shop.company, &request, 0) };
    assert!(matches!(shop.commit(&first), Outcome::Committed { .. }));
    let other = opened(shop.company);
    let second = Change { claims: vec![claim(100)], ..change(shop.company, &other, 0) };
    let claimed = Outcome::Claimed { claim: 0, request: Some(request.id()), body: Some([7; 32]) };
    assert_eq!(shop.commit(&second), claimed);
    assert_eq!(shop.texts(other.id()), Vec::<String>::new(), "a refused change writes nothing");
    // A change does not stand in its own way.
    let twice = Claim { digest: [9; 32], ..claim(100) };
    let twice =
        Change { claims: vec![twice.clone(), twice], ..change(shop.company, &opened(shop.company), 0) };
    assert!(matches!(shop.commit(&twice), Outcome::Committed { .. }));
    // A claim whose end has come counts as absent.
    let over = Claim { until: common::at(0).now, digest: Claim::digest("key", &[b"shop1"]), ..claim(0) };
    for request in [opened(shop.company), opened(shop.company)] {
        let change = Change { claims: vec![over.clone()], ..change(shop.company, &request, 0) };
        assert!(matches!(shop.commit(&change), Outcome::Committed { .. }));
    }
}

#[test]
fn claims_past_their_end_are_forgotten() {
    let shop = Shop::new();
    let claim = |digest, until| Claim {
        digest: [digest; 32],
        request: None,
        body: None,
        until: common::at(until).now,
    };
    let claims = vec![claim(1, 5), claim(2, 6), claim(3, 7)];
    shop.commit(&Change { claims, ..common::of(shop.company, Vec::new()) });
    assert_eq!(shop.store.forget(common::at(6).now).unwrap(), 2);
    assert_eq!(shop.store.forget(common::at(6).now).unwrap(), 0);
    let again = Change { claims: vec![claim(3, 9)], ..common::of(shop.company, Vec::new()) };
    assert!(matches!(shop.commit(&again), Outcome::Claimed { .. }));
}

#[test]
fn parts_of_a_claim_do_not_run_together() {
    assert_ne!(Claim::digest("key", &[b"ab", b"c"]), Claim::digest("key", &[b"a", b"bc"]));
    assert_ne!(Claim::digest("key", &[b"a"]), Claim::digest("jti", &[b"a"]));
    assert_ne!(Claim::digest("key", &[]), Claim::digest("key", &[b""]));
}

#[test]
fn a_value_that_must_be_unique_is_taken_once() {
    let shop = Shop::new();
    let identifier = RowChange::NewIdentifier { iss: "shop.example.com".to_owned(), application: Id::NIL };
    let with = |rows| Change { rows, ..common::of(shop.company, Vec::new()) };
    assert!(matches!(shop.commit(&with(vec![identifier.clone()])), Outcome::Committed { .. }));
    assert_eq!(shop.commit(&with(vec![identifier])), Outcome::Taken(Unique::Identifier));
    assert_eq!(shop.commit(&new_company(shop.company)), Outcome::Taken(Unique::Company));
    let unknown = Id::v7().unwrap();
    assert_eq!(shop.commit(&common::of(unknown, Vec::new())), Outcome::Stale, "no such company");
}

#[test]
fn many_callers_at_once_leave_no_gap() {
    let shop = Shop::new();
    let follower = shop.store.follow();
    let positions: Vec<i64> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let open = |_| match shop.commit(&change(shop.company, &opened(shop.company), 0)) {
                        Outcome::Committed { position } => position,
                        other => panic!("{other:?}"),
                    };
                    (0..25).map(open).collect::<Vec<_>>()
                })
            })
            .collect();
        calls.into_iter().flat_map(|call| call.join().unwrap()).collect()
    });
    let mut sorted = positions;
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=200).collect::<Vec<_>>());
    let told: Vec<i64> = follower.try_iter().map(|position| position.position).collect();
    assert_eq!(told, (1..=200).collect::<Vec<_>>(), "in the order of the commits");
    assert_eq!(shop.store.check().unwrap(), Vec::<String>::new());
}

#[test]
fn what_was_committed_is_there_after_the_store_is_opened_again() {
    let shop = Shop::new();
    let request = opened(shop.company);
    shop.commit(&change(shop.company, &request, 0));
    let Shop { store, folder, company } = shop;
    drop(store);
    let store = Sqlite::open(&folder.path().join("store"), options()).unwrap();
    let shop = Shop { store, folder, company };
    assert_eq!(shop.texts(request.id()), common::texts(&request));
}

#[test]
fn a_newer_schema_and_another_file_are_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    drop(Sqlite::open(&path, options()).unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("update meta set value = $1 where name = 'schema'", [99_i64.to_be_bytes()]).unwrap();
    drop(connection);
    let error = Sqlite::open(&path, options()).unwrap_err();
    assert_eq!(error, Failure::Corrupt("its schema is 99, this version knows 1".to_owned()));
    let older = Options { migrates: false, ..options() };
    let error = Sqlite::open(&folder.path().join("new"), older).unwrap_err();
    assert_eq!(error, Failure::Corrupt("its schema is 0, this version knows 1".to_owned()));
    let foreign = folder.path().join("foreign");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("create table meta (a)").unwrap();
    let error = Sqlite::open(&foreign, options()).unwrap_err();
    assert_eq!(error, Failure::Corrupt("it is the file of another program".to_owned()));
    std::fs::write(folder.path().join("other"), "not a database, but a text of some length".repeat(100))
        .unwrap();
    let error = Sqlite::open(&folder.path().join("other"), options()).unwrap_err();
    assert!(matches!(error, Failure::Corrupt(_)), "{error:?}");
}

#[test]
fn a_lookup_is_that_of_the_folded_request() {
    let request = opened(Id::v7().unwrap());
    let row = RequestRow::of(&request);
    assert_eq!((row.status, row.events, row.grant), ("pending", 1, None));
    let mut expired = request.clone();
    let event = expired.expire(request.expires_at()).unwrap();
    expired.apply(event).unwrap();
    assert_eq!(RequestRow::of(&expired).status, "expired");
    assert!(!InboxRow::of(&expired)[0].waiting);
}

#[test]
fn a_full_disk_writes_nothing_and_recovers() {
    let full = Arc::new(AtomicBool::new(false));
    let faults: Faults = {
        let full = full.clone();
        Arc::new(move |sql: &str| {
            let fails = full.load(Ordering::SeqCst) && sql == "commit";
            if fails { Fault::Error } else { Fault::None }
        })
    };
    let shop = Shop::with(Options { faults: Some(faults), ..options() });
    let request = opened(shop.company);
    full.store(true, Ordering::SeqCst);
    let failure = shop.store.commit(change(shop.company, &request, 0)).unwrap_err();
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    assert_eq!(shop.texts(request.id()), Vec::<String>::new());
    full.store(false, Ordering::SeqCst);
    assert_eq!(shop.commit(&change(shop.company, &request, 0)), Outcome::Committed { position: 1 });
    assert_eq!(shop.store.now().seconds(), NOW);
}

/// A store whose next commit has a fault. Its end is not the end of the process.
fn broken(fault: Fault) -> Shop {
    let commits = Arc::new(AtomicUsize::new(0));
    let faults: Faults = Arc::new(move |sql: &str| {
        // The first commit is the company.
        let fails = sql == "commit" && commits.fetch_add(1, Ordering::SeqCst) == 1;
        if fails { fault } else { Fault::None }
    });
    Shop::with(Options { faults: Some(faults), fatal: |_| {}, ..options() })
}

#[test]
fn after_an_unknown_end_nobody_gets_an_answer() {
    for fault in [Fault::Disk, Fault::Panic] {
        let shop = broken(fault);
        let follower = shop.store.follow();
        let request = opened(shop.company);
        let unknown = |failure| assert!(matches!(failure, Failure::Unknown(_)), "{fault:?}: {failure:?}");
        unknown(shop.store.commit(change(shop.company, &request, 0)).unwrap_err());
        // The thread tells the store before it ends.
        while follower.recv().is_ok() {}
        unknown(shop.store.commit(change(shop.company, &request, 0)).unwrap_err());
        unknown(shop.store.read(&mut |_| Ok(())).unwrap_err());
        assert!(shop.store.follow().recv().is_err());
    }
}

#[cfg(unix)]
#[test]
fn the_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let shop = Shop::new();
    shop.texts(shop.company);
    let modes = || -> Vec<u32> {
        let files = std::fs::read_dir(shop.folder.path()).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().permissions().mode() & 0o777).collect()
    };
    assert_eq!(modes(), [0o600; 3]);
    let Shop { store, folder, .. } = shop;
    drop(store);
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["store"], "nothing beside it is left");
}

#[test]
fn the_clock_is_not_behind_the_newest_event() {
    let shop = Shop::new();
    shop.commit(&change(shop.company, &opened(shop.company), 0));
    let Shop { store, folder, .. } = shop;
    drop(store);
    let earlier = Options { clock: || UnixTime::from_seconds(NOW - 1000), ..options() };
    let store = Sqlite::open(&folder.path().join("store"), earlier).unwrap();
    assert_eq!(store.now().seconds(), NOW);
}

#[test]
fn the_log_of_the_file_does_not_grow_under_load() {
    let shop = Shop::new();
    for _ in 0..3000 {
        shop.commit(&change(shop.company, &opened(shop.company), 0));
    }
    let size = |name: &str| std::fs::metadata(shop.folder.path().join(name)).unwrap().len();
    // Its pages are moved when there are 16 MiB of them. Without that it would be larger than this.
    assert!(size("store-wal") < 28 << 20, "{} {}", size("store-wal"), size("store"));
    assert!(size("store") > 1 << 20, "{}", size("store"));
}

#[test]
fn where_the_transaction_ends_in_the_middle_the_whole_batch_fails() {
    let (inserts, begins) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let queued = Arc::new(AtomicBool::new(false));
    let faults: Faults = {
        let (begins, queued) = (begins.clone(), queued.clone());
        Arc::new(move |sql: &str| {
            if sql == "begin immediate" && begins.fetch_add(1, Ordering::SeqCst) == 1 {
                // The first change waits until the others are in the queue: they are the next batch.
                while !queued.load(Ordering::SeqCst) {
                    std::thread::yield_now();
                }
            }
            let is_second =
                sql.starts_with("insert into event") && inserts.fetch_add(1, Ordering::SeqCst) == 2;
            if is_second { Fault::EndOfTransaction } else { Fault::None }
        })
    };
    let shop = Shop::with(Options { faults: Some(faults), ..options() });
    let requests: Vec<_> = (0..4).map(|_| opened(shop.company)).collect();
    let submit = |request| shop.store.submit(change(shop.company, request, 0)).unwrap();
    let mut results = vec![submit(&requests[0])];
    while begins.load(Ordering::SeqCst) < 2 {
        std::thread::yield_now();
    }
    results.extend(requests[1..].iter().map(submit));
    queued.store(true, Ordering::SeqCst);
    let results: Vec<_> = results.iter().map(|result| result.recv().unwrap()).collect();
    assert_eq!(results[0], Ok(Outcome::Committed { position: 1 }));
    for (request, result) in requests.iter().zip(&results).skip(1) {
        assert!(matches!(result, Err(Failure::Unavailable(_))), "{results:?}");
        assert_eq!(shop.texts(request.id()), Vec::<String>::new());
    }
    assert_eq!(shop.commit(&change(shop.company, &requests[1], 0)), Outcome::Committed { position: 2 });
    assert_eq!(shop.store.check().unwrap(), Vec::<String>::new());
}
