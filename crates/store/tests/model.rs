//! Under any order of changes, any size of batches and a fault at any statement, the outcomes and the log are those of a
//! model in plain Rust.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{NOW, options};
use jit_approvals_base::{Id, UnixTime};
use jit_approvals_store::{
    Change, Claim, Failure, Fault, Faults, InboxRow, LogEvent, Options, Outcome, RequestRow, RowChange,
    Sqlite, Store, Unique,
};
use proptest::prelude::*;

/// What a store must do, without a database.
#[derive(Debug, Default, Clone)]
struct Model {
    companies: BTreeMap<Id, Company>,
    identifiers: BTreeMap<String, Id>,
}

#[derive(Debug, Default, Clone)]
struct Company {
    revision: i64,
    /// The events in the order of their positions.
    log: Vec<LogEvent>,
    claims: BTreeMap<[u8; 32], Claim>,
    /// What is looked up: how many events each request has, and whether it waits in each inbox.
    requests: BTreeMap<Id, i64>,
    inbox: BTreeMap<(String, Id), bool>,
}

impl Model {
    fn commit(&mut self, change: &Change) -> Outcome {
        let mut next = self.clone();
        let outcome = next.write(change);
        if matches!(outcome, Outcome::Committed { .. }) {
            *self = next;
        }
        outcome
    }

    fn write(&mut self, change: &Change) -> Outcome {
        if (NOW - change.at.seconds()).abs() > 1 {
            return Outcome::Moved;
        }
        for row in &change.rows {
            if let RowChange::NewCompany { .. } = row {
                if self.companies.contains_key(&change.company) {
                    return Outcome::Taken(Unique::Company);
                }
                self.companies.insert(change.company, Company::default());
            }
        }
        let Some(company) = self.companies.get_mut(&change.company) else { return Outcome::Stale };
        if change.revision.is_some_and(|seen| seen != company.revision) {
            return Outcome::Stale;
        }
        for (index, claim) in change.claims.iter().enumerate() {
            if change.claims[..index].iter().any(|other| other.digest == claim.digest) {
                continue;
            }
            match company.claims.get(&claim.digest) {
                Some(held) if held.until.seconds() > NOW => {
                    return Outcome::Claimed { claim: index, request: held.request, body: held.body };
                }
                _ => _ = company.claims.insert(claim.digest, claim.clone()),
            }
        }
        for event in &change.events {
            let last = company.log.iter().rfind(|earlier| earlier.stream == event.stream);
            let follows = match last {
                None => event.sequence == 1,
                Some(last) => event.sequence == last.sequence + 1 && event.at >= last.at,
            };
            if !follows || event.at > change.at {
                return Outcome::Moved;
            }
            company.log.push(event.clone());
            if event.stream == change.company {
                company.revision = i64::try_from(company.log.len()).unwrap();
            }
        }
        for row in &change.rows {
            match row {
                RowChange::NewIdentifier { iss, application } => {
                    let held = self.identifiers.insert(iss.clone(), *application);
                    if held.is_some() {
                        return Outcome::Taken(Unique::Identifier);
                    }
                }
                RowChange::Request(row) => _ = company.requests.insert(row.id, row.events),
                RowChange::Inbox(row) => {
                    company.inbox.insert((row.person.clone(), row.request), row.waiting);
                }
                _ => {}
            }
        }
        Outcome::Committed { position: i64::try_from(company.log.len()).unwrap() }
    }
}

fn id(number: u8) -> Id {
    Id::from_bytes([number; 16])
}

/// A change of two companies, four streams (one of them the company's own), a few sequences, times and claims: so that
/// every outcome is usual.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    let event = (0_u8..4, 1_i64..5, -1_i64..2);
    let claim = (0_u8..3, -1_i64..2);
    let change = (
        1_u8..3,
        prop::option::weighted(0.3, 0_i64..4),
        -2_i64..3,
        prop::collection::vec(event, 0..3),
        prop::collection::vec(claim, 0..3),
        prop::collection::vec((0_u8..7, 1_u8..3, 0_u8..4), 0..3),
    );
    let change = change.prop_map(|(company, revision, at, events, claims, rows)| {
        let event = |(stream, sequence, at): (u8, i64, i64)| LogEvent {
            stream: id(if stream == 0 { company } else { 10 + stream }),
            sequence,
            at: UnixTime::from_seconds(NOW + at),
            kind: "decided",
            text: format!("{stream} {sequence} {at}"),
            hash: [stream; 32],
        };
        let claim = |(digest, until): (u8, i64)| Claim {
            digest: [digest; 32],
            request: Some(id(digest)),
            body: None,
            until: UnixTime::from_seconds(NOW + until),
        };
        let row = |(kind, request, value): (u8, u8, u8)| match kind {
            0 => RowChange::NewCompany { name: "ACME".to_owned() },
            1 | 2 => RowChange::NewIdentifier { iss: format!("shop{value}"), application: id(7) },
            3 | 4 => RowChange::Request(looked_up(id(request), value.into())),
            _ => RowChange::Inbox(InboxRow {
                person: format!("person{}", value / 2),
                request: id(request),
                waiting: value % 2 == 0,
            }),
        };
        Change {
            company: id(company),
            revision,
            at: UnixTime::from_seconds(NOW + at),
            events: events.into_iter().map(event).collect(),
            rows: rows.into_iter().map(row).collect(),
            claims: claims.into_iter().map(claim).collect(),
        }
    });
    prop::collection::vec(change, 1..40)
}

fn looked_up(id: Id, events: i64) -> RequestRow {
    RequestRow {
        id,
        events,
        status: "pending",
        template: "REFUND".to_owned(),
        application: "shop".to_owned(),
        subject: "kevin".to_owned(),
        expires_at: UnixTime::from_seconds(NOW),
        grant: None,
    }
}

/// What is looked up of a company: requests, and inboxes.
type LookedUp = (BTreeMap<Id, i64>, BTreeMap<(String, Id), bool>);

/// Reads what is looked up of a company.
fn lookups(store: &Sqlite, company: Id) -> LookedUp {
    let (mut requests, mut inbox) = (BTreeMap::new(), BTreeMap::new());
    let read = store.read(&mut |reader| {
        for row in reader.rows("select id, events from request where company = $1", &[company.into()])? {
            requests.insert(row.id(0)?, row.integer(1)?);
        }
        let sql = "select person, request, waiting from inbox where company = $1";
        for row in reader.rows(sql, &[company.into()])? {
            inbox.insert((row.text(0)?.to_owned(), row.id(1)?), row.flag(2)?);
        }
        Ok(())
    });
    read.unwrap();
    (requests, inbox)
}

/// The log of a company, stream, sequence and text by position; and its position and revision.
type Stored = (Vec<(Id, i64, String)>, Option<(i64, i64)>);

/// Reads what is stored of a company.
fn stored(store: &Sqlite, company: Id) -> Stored {
    let (mut log, mut row) = (Vec::new(), None);
    let read = store.read(&mut |reader| {
        let sql = "select stream, sequence, text, position from event where company = $1 order by position";
        for (index, event) in reader.rows(sql, &[company.into()])?.iter().enumerate() {
            assert_eq!(event.integer(3)?, i64::try_from(index).unwrap() + 1, "positions have no gaps");
            log.push((event.id(0)?, event.integer(1)?, event.text(2)?.to_owned()));
        }
        let sql = "select position, revision from company where id = $1";
        if let Some(company) = reader.rows(sql, &[company.into()])?.first() {
            row = Some((company.integer(0)?, company.integer(1)?));
        }
        Ok(())
    });
    read.unwrap();
    (log, row)
}

fn assert_same(store: &Sqlite, model: &Model) {
    for company in [id(1), id(2)] {
        let expected = model.companies.get(&company);
        let log = expected.map(|company| &*company.log).unwrap_or_default();
        let log: Vec<_> =
            log.iter().map(|event| (event.stream, event.sequence, event.text.clone())).collect();
        let row = expected.map(|company| (i64::try_from(company.log.len()).unwrap(), company.revision));
        assert_eq!(stored(store, company), (log, row));
        let expected = expected.cloned().unwrap_or_default();
        assert_eq!(lookups(store, company), (expected.requests, expected.inbox));
    }
}

fn open(options: Options) -> (tempfile::TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("store"), options).unwrap();
    let start = |company| common::new_company(id(company));
    assert!(matches!(store.commit(start(1)).unwrap(), Outcome::Committed { .. }));
    (folder, store)
}

fn started() -> Model {
    let mut model = Model::default();
    model.commit(&common::new_company(id(1)));
    model
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// All changes wait in the queue, so that batches are as large as they get.
    #[test]
    fn outcomes_and_log_are_those_of_the_model(changes in changes()) {
        let (_folder, store) = open(options());
        let mut model = started();
        let results: Vec<_> = changes.iter().map(|change| store.submit(change.clone()).unwrap()).collect();
        for (change, result) in changes.iter().zip(results) {
            prop_assert_eq!(result.recv().unwrap().unwrap(), model.commit(change), "{:?}", change);
        }
        assert_same(&store, &model);
    }

    /// The nth statement fails. What fails has written nothing, and everything else is as if it had not been called.
    #[test]
    fn a_fault_at_any_statement_loses_nothing_else(
        changes in changes(),
        nth in 0_usize..120,
        ends in any::<bool>(),
    ) {
        let count = Arc::new(AtomicUsize::new(0));
        let faults: Faults = {
            let count = count.clone();
            Arc::new(move |_| match count.fetch_add(1, Ordering::SeqCst) {
                found if found != nth + 20 => Fault::None,
                _ if ends => Fault::EndOfTransaction,
                _ => Fault::Error,
            })
        };
        let (_folder, store) = open(Options { faults: Some(faults), ..options() });
        let mut model = started();
        let results: Vec<_> = changes.iter().map(|change| store.submit(change.clone()).unwrap()).collect();
        for (change, result) in changes.iter().zip(results) {
            match result.recv().unwrap() {
                Ok(outcome) => prop_assert_eq!(outcome, model.commit(change), "{:?}", change),
                Err(Failure::Unavailable(_)) => {}
                Err(other) => prop_assert!(false, "{:?}", other),
            }
        }
        assert_same(&store, &model);
        // The fault is over, at the latest after one more call.
        let again = || store.commit(common::new_company(id(3)));
        prop_assert!(again().or_else(|_| again()).is_ok(), "the store works again");
    }
}
