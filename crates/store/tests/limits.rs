//! What a store does when too much is asked of it: it says so at once, and goes on.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use common::{Shop, change, opened, options};
use jit_approvals_store::{
    Batches, Change, Failure, Fault, Faults, Options, Outcome, RowChange, Store as _, TemplateRow, stream,
};

/// A store whose writer waits with its first batch after the company, until it is let go.
fn held() -> (Shop, Arc<AtomicBool>) {
    let (begins, go) = (AtomicUsize::new(0), Arc::new(AtomicBool::new(false)));
    let faults: Faults = {
        let go = go.clone();
        Arc::new(move |sql: &str| {
            if sql == "begin immediate" && begins.fetch_add(1, Ordering::SeqCst) == 1 {
                while !go.load(Ordering::SeqCst) {
                    std::thread::yield_now();
                }
            }
            Fault::None
        })
    };
    (Shop::with(Options { faults: Some(faults), ..options() }), go)
}

/// Submits changes until one is rejected. Returns how many were accepted, and their results after the writer is let go.
fn fill(shop: &Shop, go: &AtomicBool, change: impl Fn(usize) -> Change) -> usize {
    let mut results = Vec::new();
    let failure = loop {
        match shop.store.submit(change(results.len())) {
            Ok(result) => results.push(result),
            Err(failure) => break failure,
        }
        assert!(results.len() < 10_000, "the queue has no end");
    };
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    let (waiting, _) = shop.store.waiting();
    assert_eq!(waiting, results.len());
    go.store(true, Ordering::SeqCst);
    for result in &results {
        assert!(matches!(result.recv().unwrap(), Ok(Outcome::Committed { .. })));
    }
    results.len()
}

#[test]
fn a_full_queue_rejects_at_once_and_writes_everything_that_it_accepted() {
    let (shop, go) = held();
    let accepted = fill(&shop, &go, |_| common::of(shop.company, Vec::new()));
    // The writer may already have taken some of the queue.
    assert!((4096..=4096 + 256).contains(&accepted), "{accepted}");
    assert!(matches!(shop.commit(&common::of(shop.company, Vec::new())), Outcome::Committed { .. }));
    while shop.store.waiting() != (0, 0) {
        std::thread::yield_now();
    }
}

#[test]
fn a_queue_of_few_large_changes_is_full_too() {
    let (shop, go) = held();
    let template = |number: usize| {
        let row = TemplateRow {
            key: format!("LARGE_{number}"),
            version: 1,
            text: "x".repeat(1 << 20),
            created_at: common::at(0).now,
            archived_at: None,
        };
        Change { rows: vec![RowChange::Template(row)], ..common::of(shop.company, Vec::new()) }
    };
    let accepted = fill(&shop, &go, template);
    assert!((32..64).contains(&accepted), "64 MiB: {accepted}");
    // What is larger than the queue can be written, but only alone.
    let row = TemplateRow {
        key: "HUGE".to_owned(),
        version: 1,
        text: "x".repeat(65 << 20),
        created_at: common::at(0).now,
        archived_at: None,
    };
    let huge = Change { rows: vec![RowChange::Template(row)], ..common::of(shop.company, Vec::new()) };
    while shop.store.waiting() != (0, 0) {
        std::thread::yield_now();
    }
    assert!(matches!(shop.commit(&huge), Outcome::Committed { .. }));
}

#[test]
fn a_read_that_lasts_too_long_ends_and_the_next_one_works() {
    let shop = Shop::with(Options { longest_read: Duration::from_millis(50), ..options() });
    // It ends after a thousand million rows, unless something ends it before.
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000000) \
                   select count(*) from n";
    let failure = shop.store.read(&mut |reader| reader.rows(endless, &[]).map(|_| ())).unwrap_err();
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    assert_eq!(shop.texts(shop.company), Vec::<String>::new());
    // Nor does a statement begin after the time, however short it is: what was read before may be old.
    let mut rounds = 0;
    let failure = shop.store.read(&mut |reader| {
        loop {
            stream::revision(reader, shop.company)?;
            rounds += 1;
        }
    });
    assert!(matches!(failure, Err(Failure::Unavailable(_))), "{failure:?}");
    assert!(rounds > 0);
    let mut revision = None;
    shop.store
        .read(&mut |reader| stream::revision(reader, shop.company).map(|found| revision = found))
        .unwrap();
    assert_eq!(revision, Some(0));
}

/// A store whose commits have a fault while `on`.
fn faulty(fault: Fault) -> (Shop, Arc<AtomicBool>) {
    let on = Arc::new(AtomicBool::new(false));
    let faults: Faults = {
        let on = on.clone();
        Arc::new(
            move |sql: &str| if sql == "commit" && on.load(Ordering::SeqCst) { fault } else { Fault::None },
        )
    };
    (Shop::with(Options { faults: Some(faults), fatal: |_| {}, ..options() }), on)
}

#[test]
fn work_beside_changes_fails_as_changes_do() {
    let (shop, on) = faulty(Fault::Error);
    on.store(true, Ordering::SeqCst);
    let failure = shop.store.set_meta("alive", vec![1], true).unwrap_err();
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    assert!(matches!(shop.store.forget(common::at(0).now), Err(Failure::Unavailable(_))));
    on.store(false, Ordering::SeqCst);
    // The transaction that failed is over.
    shop.store.set_meta("alive", vec![1], true).unwrap();
    let opening = change(shop.company, &opened(shop.company), 0);
    assert_eq!(shop.commit(&opening), Outcome::Committed { position: 1 });
    // After a broken disk it is not known what is in the file.
    let (shop, on) = faulty(Fault::Disk);
    on.store(true, Ordering::SeqCst);
    let failure = shop.store.set_meta("alive", vec![1], true).unwrap_err();
    assert!(matches!(failure, Failure::Unknown(_)), "{failure:?}");
    on.store(false, Ordering::SeqCst);
    let failure = shop.store.commit(change(shop.company, &opened(shop.company), 0)).unwrap_err();
    assert!(matches!(failure, Failure::Unknown(_)), "{failure:?}");
}

#[test]
fn cutting_the_log_of_the_file_holds_up_no_writer_while_someone_reads() {
    let shop = Shop::new();
    let other = rusqlite::Connection::open(shop.folder.path().join("store")).unwrap();
    other.busy_timeout(Duration::ZERO).unwrap();
    let read = shop.store.read(&mut |reader| {
        stream::revision(reader, shop.company)?;
        shop.commit(&change(shop.company, &opened(shop.company), 0));
        // After a second without a change, the log is to be cut, which this reader does not allow.
        let (mut in_a_row, mut free) = (0, 0);
        for _ in 0..100 {
            match other.execute_batch("begin immediate; rollback") {
                Ok(()) => (in_a_row, free) = (0, free + 1),
                Err(_) => in_a_row += 1,
            }
            assert!(in_a_row < 20, "nobody can write after {free} times");
            std::thread::sleep(Duration::from_millis(25));
        }
        Ok(())
    });
    read.unwrap();
}

#[test]
fn the_transactions_that_were_written_are_counted_with_their_changes() {
    let (shop, go) = held();
    let begun = shop.store.batches();
    assert_eq!(begun, Batches { committed: 1, changes: 1, failed: 0 });
    let results: Vec<_> =
        (0..10).map(|_| shop.store.submit(common::of(shop.company, Vec::new())).unwrap()).collect();
    go.store(true, Ordering::SeqCst);
    for result in results {
        assert!(matches!(result.recv().unwrap(), Ok(Outcome::Committed { .. })));
    }
    // The writer takes some of them at first, and the rest at once.
    let written = shop.store.batches();
    assert!((2..=3).contains(&written.committed), "{written:?}");
    assert_eq!((written.changes, written.failed), (11, 0));
    // What is beside changes is not counted.
    shop.store.set_meta("alive", vec![1], true).unwrap();
    assert_eq!(shop.store.batches(), written);
    let (shop, on) = faulty(Fault::Error);
    on.store(true, Ordering::SeqCst);
    shop.store.commit(common::of(shop.company, Vec::new())).unwrap_err();
    assert_eq!(shop.store.batches(), Batches { committed: 1, changes: 1, failed: 1 });
}
