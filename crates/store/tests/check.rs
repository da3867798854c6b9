//! A check names every difference between what is looked up and the log, in steps that do not grow.

mod common;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use common::{Shop, change, everything, opened, options};
use jit_approvals_core::Decision;
use jit_approvals_store::{Options, Outcome, Steps, Store as _};

#[test]
fn check_names_every_difference_from_the_log() {
    let newest = "(select max(id) from request)";
    let damages = [
        format!("update request set status = 'approved' where id = {newest}"),
        format!("update request set events = 2 where id = {newest}"),
        format!("update request set grant_id = id where id = {newest}"),
        format!("delete from request where id = {newest}"),
        "update request set id = x'00' where id = (select max(id) from request)".to_owned(),
        format!("update inbox set waiting = 0 where request = {newest}"),
        format!("update inbox set waiting = 2 where request = {newest}"),
        format!("delete from inbox where request = {newest}"),
        "update company set head = zeroblob(32)".to_owned(),
        "update company set head = zeroblob(31)".to_owned(),
        "update company set revision = 1".to_owned(),
        "update event set at = at - 1 where position = 2".to_owned(),
        "update event set kind = 'expired' where position = 2".to_owned(),
        "update event set text = replace(text, '$(', '') || ' ' where position = 2".to_owned(),
        "delete from event where position = 1".to_owned(),
        "insert into event select zeroblob(16), stream, sequence, position, at, kind, text from event limit 1".to_owned(),
        format!("insert into inbox select company, 'eve@example.com', request, 1 from inbox where request = {newest}"),
        "insert into inbox select company, person, zeroblob(16), waiting from inbox limit 1".to_owned(),
        "insert into request select company, zeroblob(16), events, status, template, application, subject, \
         expires_at, null from request limit 1"
            .to_owned(),
        "delete from event where position = 2".to_owned(),
        "update company set position = 1".to_owned(),
        "insert into identifier values ('shop', zeroblob(16), zeroblob(16), 0)".to_owned(),
        "insert into company values (x'00', 'ACME', 0, 0, zeroblob(32), 1, 0)".to_owned(),
        "insert into claim values (zeroblob(16), zeroblob(32), null, null, 0)".to_owned(),
    ];
    for sql in damages {
        let shop = Shop::new();
        for _ in 0..2 {
            shop.commit(&change(shop.company, &opened(shop.company), 0));
        }
        assert_eq!(shop.store.check().unwrap(), Vec::<String>::new());
        let connection = rusqlite::Connection::open(shop.folder.path().join("store")).unwrap();
        connection.execute_batch(&sql).unwrap();
        assert!(!shop.store.check().unwrap().is_empty(), "{sql}");
    }
}

#[test]
fn a_change_in_the_companys_own_stream_that_does_not_follow_is_named() {
    let shop = Shop::new();
    for _ in 0..3 {
        everything::administer(&shop, Vec::new());
    }
    assert_eq!(shop.store.check().unwrap(), Vec::<String>::new());
    let connection = rusqlite::Connection::open(shop.folder.path().join("store")).unwrap();
    // All that remains of the log is in order, but for what its events say of each other.
    connection
        .execute_batch(
            "delete from event where position = 2; update event set position = 2 where position = 3;
             update company set position = 2, revision = 2",
        )
        .unwrap();
    let wrong = shop.store.check().unwrap().join("\n");
    assert!(
        wrong.contains("the event at position 2 does not follow the one before it in its stream"),
        "{wrong}"
    );
}

/// Opens requests, and approves every other one.
fn write(shop: &Shop, count: usize) {
    let mut results = Vec::new();
    for number in 0..count {
        let mut request = opened(shop.company);
        results.push(shop.store.submit(change(shop.company, &request, 0)).unwrap());
        if number % 2 == 0 {
            let decision = Decision::approve("ann@example.com", request.content_hash());
            let event = request.decide(&decision, None, common::at(0)).unwrap().unwrap();
            request.apply(event).unwrap();
            results.push(shop.store.submit(change(shop.company, &request, 1)).unwrap());
        }
    }
    for result in results {
        assert!(matches!(result.recv().unwrap(), Ok(Outcome::Committed { .. })));
    }
}

#[test]
fn no_step_of_a_check_grows_with_the_store() {
    let seen: Arc<Mutex<BTreeMap<String, i32>>> = Arc::default();
    let steps: Steps = {
        let seen = seen.clone();
        Arc::new(move |sql: &str, steps| {
            let mut seen = seen.lock().unwrap();
            let most = seen.entry(sql.to_owned()).or_default();
            *most = steps.max(*most);
        })
    };
    let shop = Shop::with(Options { steps: Some(steps), ..options() });
    let measure = |count| {
        write(&shop, count);
        seen.lock().unwrap().clear();
        assert_eq!(shop.store.check().unwrap(), Vec::<String>::new());
        seen.lock().unwrap().clone()
    };
    // More than a step has, then twice as many.
    let (few, many) = (measure(1100), measure(1100));
    assert!(few.len() > 20, "{few:?}");
    // What the writer asks once a second may be in one of them only.
    for (sql, few) in few.into_iter().filter(|(sql, _)| many.contains_key(sql)) {
        assert!(f64::from(many[&sql]) <= 1.2 * f64::from(few), "{few} steps became {}: {sql}", many[&sql]);
    }
}

#[test]
fn a_check_beside_a_writer_finds_no_difference() {
    let shop = Shop::new();
    write(&shop, 200);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                write(&shop, 10);
            }
        });
        for _ in 0..3 {
            let wrong = shop.store.check();
            done.store(!matches!(&wrong, Ok(wrong) if wrong.is_empty()), Ordering::SeqCst);
            assert_eq!(wrong, Ok(Vec::new()));
        }
        done.store(true, Ordering::SeqCst);
    });
}
