//! A store that cannot be written: it is full, it is broken, or another process works on it.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::http::Call;
use crate::server::{PURCHASE, Shop, until};

impl Shop {
    /// Holds the lock for writing, as another process does.
    fn lock(&self) -> rusqlite::Connection {
        let store = rusqlite::Connection::open(self.server.data().join("store.sqlite")).unwrap();
        store.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
        store.execute_batch("begin immediate").unwrap();
        store
    }

    /// The call that opens the purchase with an idempotency key.
    pub(crate) fn keyed(&self, key: &str) -> Call {
        self.as_kevin(Call::post("/approvalRequest").with("Idempotency-Key", key).json(PURCHASE))
    }
}

#[cfg(target_os = "linux")]
#[test]
fn where_the_end_of_a_write_is_unknown_nobody_gets_an_answer_and_the_process_ends() {
    // Without the trap, the system would end the process at the first write beyond the limit.
    let mut shop = Shop::open_after("trap '' XFSZ", &[]);
    let size = |name: &str| std::fs::metadata(shop.server.data().join(name)).map_or(0, |file| file.len());
    let limit = size("store.sqlite").max(size("store.sqlite-wal")) + (128 << 10);
    shop.server.limit(&format!("--fsize={limit}:{limit}"));
    // Several at a time: none of those whose write has failed together may be answered before the process has ended.
    let open = |thread: usize| {
        let mut told = Vec::new();
        for number in 0..5000 {
            let key = format!("{thread}-{number}");
            match shop.keyed(&key).try_send(shop.server.address) {
                Some(answer) => told.push((key, answer.is(201, "").text("id"))),
                None => return (told, key),
            }
        }
        panic!("the disk is never full")
    };
    let (mut told, mut lost) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        let open = &open;
        let threads: Vec<_> = (0..8).map(|thread| scope.spawn(move || open(thread))).collect();
        for thread in threads {
            let (some, key) = thread.join().unwrap();
            told.extend(some);
            lost.push(key);
        }
    });
    assert_eq!(shop.server.ended(), Some(1));
    assert!(shop.server.log().contains("the store ends the process: "), "{}", shop.server.log());
    shop.server.kill_and_restart();
    for (key, id) in &told {
        assert_eq!(&shop.keyed(key).send(shop.server.address).is(200, "").text("id"), id);
    }
    for key in &lost {
        let again = shop.keyed(key).send(shop.server.address);
        assert!([200, 201].contains(&again.status), "{again:?}");
    }
    assert_eq!(shop.server.event_types().len(), told.len() + lost.len());
    assert!(shop.server.operate(&["store", "check"]).status.success());
}

#[test]
fn what_waited_too_long_is_computed_anew() {
    let shop = Shop::open_with(&["--metrics-listen", "127.0.0.1:0"]);
    let before = shop.purchase().text("requestedAt").parse::<i64>().unwrap();
    let lock = shop.lock();
    let opened = std::thread::scope(|scope| {
        let open = scope.spawn(|| shop.purchase());
        until(|| (shop.server.metric("jit_store_waiting_changes") == 1).then_some(()));
        // By the time of its turn, what it was computed from may have changed, and its time has passed.
        shop.server.set_clock(50);
        lock.execute_batch("rollback").unwrap();
        open.join().unwrap()
    });
    let at = opened.text("requestedAt").parse::<i64>().unwrap();
    assert!(at >= before + 50, "{at} is not 50 seconds after {before}");
    assert_eq!(shop.server.event_types(), ["requested", "requested"]);
}

#[test]
fn while_another_process_writes_calls_are_answered_with_503_and_afterwards_they_work() {
    let shop = Shop::open_with(&["--metrics-listen", "127.0.0.1:0"]);
    let opened = shop.purchase();
    let (lock, ended) = (shop.lock(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let open = scope.spawn(|| {
            let answer = shop.keyed("once").send(shop.server.address);
            ended.store(true, Ordering::SeqCst);
            answer
        });
        until(|| (shop.server.metric("jit_store_waiting_changes") == 1).then_some(()));
        // Who only reads is answered meanwhile.
        shop.read(&opened.text("id")).is(200, "");
        assert!(!ended.load(Ordering::SeqCst));
        let answer = open.join().unwrap();
        assert_eq!(answer.is(503, "unavailable").header("retry-after"), Some("1"));
    });
    lock.execute_batch("rollback").unwrap();
    assert_eq!(shop.server.event_types(), ["requested"]);
    shop.keyed("once").send(shop.server.address).is(201, "");
}

#[test]
fn what_is_more_than_can_wait_is_answered_with_503_and_no_write_is_lost() {
    let shop = Shop::open();
    let (lock, rejected) = (shop.lock(), AtomicBool::new(false));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let open = || {
            let answer = shop.kevin(Call::post("/approvalRequest").json(PURCHASE));
            if answer.status == 503 {
                assert_eq!(answer.header("retry-after"), Some("1"));
                rejected.store(true, Ordering::SeqCst);
            }
            answer.status
        };
        let calls: Vec<_> = (0..140).map(|_| scope.spawn(open)).collect();
        until(|| rejected.load(Ordering::SeqCst).then_some(()));
        lock.execute_batch("rollback").unwrap();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let count = |status: u16| statuses.iter().filter(|one| **one == status).count();
    assert_eq!(count(201) + count(503), 140, "{statuses:?}");
    // Those that wait for their turn are refused, and perhaps a batch that has waited too long for the lock.
    assert!(count(201) >= 100 && count(503) >= 1, "{statuses:?}");
    assert_eq!(shop.server.event_types().len(), count(201));
}

#[test]
fn where_nothing_is_written_the_log_of_the_file_is_cut() {
    let shop = Shop::open();
    for _ in 0..20 {
        shop.purchase();
    }
    // The metrics are not asked: whoever asks for them makes the server try whether it can write.
    let log = shop.server.data().join("store.sqlite-wal");
    let bytes = || std::fs::metadata(&log).unwrap().len();
    until(|| (bytes() == 0).then_some(()));
    assert_eq!(shop.purchase().status, 201);
    assert!(bytes() > 0);
}
