//! What the tests share.

#![allow(dead_code, unreachable_pub, reason = "not every test uses everything")]

pub mod everything;

use jit_approvals_base::{Id, UnixTime};
use jit_approvals_core::{ApprovalRequest, At, Directory, Event, Origin, RequestBody, Template};
use jit_approvals_store::{
    Change, InboxRow, LogEvent, Options, Outcome, RequestRow, RowChange, Sqlite, Store,
};

/// The time of the clock.
pub const NOW: i64 = 1_700_000_000;

/// A store with a company, in a folder of its own.
pub struct Shop {
    pub store: Sqlite,
    pub folder: tempfile::TempDir,
    pub company: Id,
}

impl Shop {
    pub fn new() -> Self {
        Self::with(options())
    }

    pub fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("store"), options).unwrap();
        let shop = Self { store, folder, company: Id::v7().unwrap() };
        assert_eq!(shop.commit(&new_company(shop.company)), Outcome::Committed { position: 0 });
        shop
    }

    pub fn commit(&self, change: &Change) -> Outcome {
        self.store.commit(change.clone()).unwrap()
    }

    /// The texts of the events of a stream.
    pub fn texts(&self, stream: Id) -> Vec<String> {
        let mut texts = Vec::new();
        let read = self.store.read(&mut |reader| {
            let sql = "select text from event where company = $1 and stream = $2 order by sequence";
            for row in reader.rows(sql, &[self.company.into(), stream.into()])? {
                texts.push(row.text(0)?.to_owned());
            }
            Ok(())
        });
        read.unwrap();
        texts
    }
}

pub fn options() -> Options {
    Options { clock: || UnixTime::from_seconds(NOW), ..Options::default() }
}

/// A time, and a new id.
pub fn at(second: i64) -> At {
    At { now: UnixTime::from_seconds(NOW + second), id: Id::v7().unwrap() }
}

pub fn new_company(company: Id) -> Change {
    Change { rows: vec![RowChange::NewCompany { name: "ACME".to_owned() }], ..of(company, Vec::new()) }
}

/// A change with events only.
pub fn of(company: Id, events: Vec<LogEvent>) -> Change {
    Change { company, revision: None, at: at(0).now, events, rows: Vec::new(), claims: Vec::new() }
}

/// A change with the events of a request after a sequence number, and its lookups.
pub fn change(company: Id, request: &ApprovalRequest, known: u64) -> Change {
    let events = request.events_since(known).iter().map(LogEvent::from).collect();
    let inbox = InboxRow::of(request).into_iter().map(RowChange::Inbox);
    let rows = std::iter::once(RowChange::Request(RequestRow::of(request))).chain(inbox).collect();
    Change { rows, ..of(company, events) }
}

pub fn texts(request: &ApprovalRequest) -> Vec<String> {
    request.events().iter().map(Event::to_text).collect()
}

pub fn opened(company: Id) -> ApprovalRequest {
    let template = Template::parse(
        r#"{"approvalType": "approve", "templateName": "Refund", "approvalKey": "REFUND",
        "approvalTitle": "Refund $(amount)?", "approvalData": "Refund $(amount) to $(subject).",
        "defaultApprovers": ["ann@example.com"], "metadata": [{"key": "amount"}]}"#,
    );
    let origin =
        Origin::new("shop.example.com", "kevin").unwrap().with_company(&company.to_string()).unwrap();
    let body = RequestBody::new("REFUND").with_meta_data([("amount", "5")]);
    template.unwrap().open(&body, &origin, &Directory::everyone(), at(0)).unwrap()
}
