//! What a caller relies on, with real requests.

mod common;

use std::sync::Arc;

use common::{NOW, Shop, change, new_company, opened, options};
use jit_approvals_base::Id;
use jit_approvals_core::{Act, Decision};
use jit_approvals_store::{
    Change, Claim, Failure, Fault, Faults, InboxRow, LogEvent, Outcome, RequestRow, RowChange, Sqlite, Store,
    Unique,
};

#[test]
fn a_request_is_kept_and_found_again() {
    let shop = Shop::new();
    let mut request = opened(shop.company);
    assert_eq!(shop.commit(&change(shop.company, &request, 0)), Outcome::Committed { position: 1 });
    let decision = Decision::approve("ann@example.com", request.content_hash());
    let event = request.decide(&decision, None, common::at(1)).unwrap().unwrap();
    request.apply(event).unwrap();
    assert_eq!(shop.commit(&change(shop.company, &request, 1)), Outcome::Committed { position: 2 });
    request.apply(request.consume(&Act::new([("amount", "5")]), common::at(2).now).unwrap()).unwrap();
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
    assert_eq!(shop.commit(&changed(1)), Outcome::Committed { position: 2 });
    assert_eq!(shop.commit(&changed(1)), Outcome::Moved);
    assert_eq!(shop.store.check().unwrap(), Vec::<String>::new());
}

#[test]
fn a_change_that_waited_too_long_is_computed_anew() {
    let shop = Shop::new();
    let late = Change { at: common::at(-2).now, ..change(shop.company, &opened(shop.company), 0) };
    assert_eq!(shop.commit(&late), Outcome::Moved);
    let in_time = Change { at: common::at(-1).now, ..change(shop.company, &opened(shop.company), 0) };
    assert!(matches!(shop.commit(&in_time), Outcome::Committed { .. }));
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
    // A claim whose end has come counts as absent.
    let over = Claim { until: common::at(0).now, digest: Claim::digest("key", &[b"shop1"]), ..claim(0) };
    for request in [opened(shop.company), opened(shop.company)] {
        let change = Change { claims: vec![over.clone()], ..change(shop.company, &request, 0) };
        assert!(matches!(shop.commit(&change), Outcome::Committed { .. }));
    }
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
    std::fs::write(folder.path().join("other"), "not a database, but a text of some length".repeat(100))
        .unwrap();
    let error = Sqlite::open(&folder.path().join("other"), options()).unwrap_err();
    assert!(matches!(error, Failure::Corrupt(_)), "{error:?}");
}

#[test]
fn check_names_every_lookup_that_differs_from_the_log() {
    let shop = Shop::new();
    let (first, second) = (opened(shop.company), opened(shop.company));
    for request in [&first, &second] {
        shop.commit(&change(shop.company, request, 0));
    }
    let damage = |sql: &str| {
        let connection = rusqlite::Connection::open(shop.folder.path().join("store")).unwrap();
        connection.execute_batch(sql).unwrap();
        let differences = shop.store.check().unwrap();
        assert_eq!(differences.len(), 1, "{sql}: {differences:?}");
    };
    damage("update request set status = 'approved' where id = (select max(id) from request)");
    damage(
        "update request set status = 'pending'; update inbox set waiting = 0 where request = (select max(id) from request); \
            delete from inbox where waiting = 0",
    );
    damage(&format!(
        "insert into inbox (company, person, request, waiting) select company, '{}', id, 1 from request \
         where id = (select max(id) from request); update company set head = zeroblob(32)",
        InboxRow::of(&second)[0].person
    ));
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
    let full = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let faults: Faults = {
        let full = full.clone();
        Arc::new(move |sql: &str| {
            let fails = full.load(std::sync::atomic::Ordering::SeqCst) && sql == "commit";
            if fails { Fault::Error } else { Fault::None }
        })
    };
    let shop = Shop::with(jit_approvals_store::Options { faults: Some(faults), ..options() });
    let request = opened(shop.company);
    full.store(true, std::sync::atomic::Ordering::SeqCst);
    let failure = shop.store.commit(change(shop.company, &request, 0)).unwrap_err();
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    assert_eq!(shop.texts(request.id()), Vec::<String>::new());
    full.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(shop.commit(&change(shop.company, &request, 0)), Outcome::Committed { position: 1 });
    assert_eq!(shop.store.now().seconds(), NOW);
}
