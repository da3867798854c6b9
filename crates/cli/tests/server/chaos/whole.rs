//! Whether what is stored is whole, whatever has happened: positions without gaps, chains that verify, histories that are
//! possible, lookups that are those of the log, no file left over.

use std::collections::BTreeMap;
use std::path::Path;

use jit_approvals::event::{Body, Event, Head};
use jit_approvals::{ApprovalRequest, verify_chain};
use rusqlite::{Connection, OpenFlags};

use crate::backup::names;
use crate::server::Server;

/// The files that may be in the folder of a store.
const FILES: [&str; 6] =
    ["first-link", "lock", "server.key", "store.sqlite", "store.sqlite-shm", "store.sqlite-wal"];

/// Reads beside whoever works on the store.
pub(super) fn reader(data: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    Connection::open_with_flags(data.join("store.sqlite"), flags).unwrap()
}

/// The number that a query counts.
pub(super) fn count(data: &Path, sql: &str) -> i64 {
    reader(data).query_row(sql, [], |row| row.get(0)).unwrap()
}

/// How many events there are in all.
pub(super) fn events(data: &Path) -> i64 {
    count(data, "select count(*) from event")
}

/// How many streams of requests have an event of one kind twice. Nothing that these tests do happens twice.
pub(super) fn twice(data: &Path) -> i64 {
    let sql = "select count(*) from (select 1 from event where stream <> company group by stream, kind \
               having count(*) > 1)";
    count(data, sql)
}

/// The requests that are stored.
#[derive(Debug)]
pub(super) struct Requests {
    /// By the text of their id.
    pub(super) by_id: BTreeMap<String, ApprovalRequest>,
    /// How many events they have in all.
    pub(super) events: usize,
}

/// Checks the store of a server that runs. Returns its requests.
#[track_caller]
pub(super) fn is_whole(server: &Server) -> Requests {
    let requests = in_folder(&server.data());
    let checked = server.operate(&["store", "check"]);
    assert!(checked.status.success(), "{checked:?}");
    requests
}

/// Checks a store without its lookups.
#[track_caller]
pub(super) fn in_folder(data: &Path) -> Requests {
    let left: Vec<String> = names(data).into_iter().filter(|name| !FILES.contains(&name.as_str())).collect();
    assert!(left.is_empty(), "{left:?} is left over");
    chains(data)
}

/// Every company's positions have no gap, and every chain verifies up to its head.
#[track_caller]
fn chains(data: &Path) -> Requests {
    let store = reader(data);
    let mut companies = store
        .prepare(
            "select position, (select count(*) from event where company = company.id), \
             (select max(position) from event where company = company.id) from company",
        )
        .unwrap();
    let numbers = |row: &rusqlite::Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?]);
    for company in companies.query_map([], numbers).unwrap() {
        let [position, count, last]: [i64; 3] = company.unwrap();
        assert_eq!((count, last), (position, position), "there is a gap");
    }
    let mut rows = store
        .prepare(
            "select event.stream, event.text, coalesce(request.events, 0) from event \
             left join request on request.company = event.company and request.id = event.stream \
             order by event.company, event.stream, event.sequence",
        )
        .unwrap();
    let mut streams: BTreeMap<Vec<u8>, (Vec<Event>, i64)> = BTreeMap::new();
    let found = rows.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?))).unwrap();
    for (stream, text, looked_up) in found.map(Result::unwrap) {
        let (events, count) = streams.entry(stream).or_default();
        events.push(Event::parse(&text).unwrap());
        *count = looked_up;
    }
    let mut requests = Requests { by_id: BTreeMap::new(), events: 0 };
    for (events, looked_up) in streams.into_values() {
        // The stream of a company is not looked up.
        let count = u64::try_from(looked_up).unwrap();
        let count = if count == 0 { events.len() as u64 } else { count };
        let head = Head { count, hash: events.last().unwrap().hash() };
        verify_chain(&events, Some(head)).unwrap();
        if looked_up > 0 {
            requests.events += events.len();
            // Rejects a history that no sequence of commands has.
            let request = ApprovalRequest::restore(events).unwrap();
            in_time(&request);
            requests.by_id.insert(request.id().to_string(), request);
        }
    }
    requests
}

/// The events of a request do not go back in time, and none is after the end of what it rests on. The times are those that
/// the library reads; they are compared here, since the server rejects what is too late by the same library.
#[track_caller]
fn in_time(request: &ApprovalRequest) {
    for pair in request.events().windows(2) {
        assert!(pair[0].at() <= pair[1].at(), "an event goes back: {pair:?}");
    }
    for event in request.events() {
        let (at, end) = (event.at(), request.expires_at());
        match event.body() {
            Body::Decided { .. } | Body::Cancelled { .. } => assert!(at < end, "ended too late: {event:?}"),
            Body::Expired => assert_eq!(at, end, "expired at another time: {event:?}"),
            Body::Consumed { .. } | Body::Revoked { .. } => {
                assert!(at < request.grant().unwrap().expires_at(), "used too late: {event:?}");
            }
            _ => {}
        }
    }
}
