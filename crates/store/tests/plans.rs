//! Every statement uses an index, takes the same number of steps however much there is, and a change has a fixed number of
//! statements.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{Shop, change, everything, opened, options};
use jit_approvals_base::Id;
use jit_approvals_core::{ApprovalRequest, Decision};
use jit_approvals_store::{Change, Claim, Fault, Faults, Options, RowChange, Sqlite, Steps, Store as _};

/// What may read a whole table, and why.
const WHOLE: [&str; 5] = [
    // At a start, and after another process has written: the companies of an installation are few.
    "select id, position from company",
    // At a start: the newest event of each company, and the newest one that is no expiry.
    "select max(at) from (select event.at as at from company \
     cross join event on event.company = company.id and event.position = company.position \
     union all \
     select (select event.at from event where event.company = company.id and event.kind <> 'expired' \
     order by event.position desc limit 1) from company) as newest",
    // Ends with the first row.
    "select 1 from company limit 1",
    // To replace the server key, with the server stopped.
    "select company, application, id, sealed, created_at, retired_at from signing_key \
     order by company, application, id",
    // When a copy is put to use: everyone has to sign in again.
    "delete from credential where company = $1",
];

/// A shop, and the steps of the statements that have run: the most that each took.
fn measured() -> (Shop, Arc<Mutex<BTreeMap<String, i32>>>) {
    let seen: Arc<Mutex<BTreeMap<String, i32>>> = Arc::default();
    let steps: Steps = {
        let seen = seen.clone();
        Arc::new(move |sql: &str, steps| {
            let mut seen = seen.lock().unwrap();
            let most = seen.entry(sql.to_owned()).or_default();
            *most = steps.max(*most);
        })
    };
    (Shop::with(Options { steps: Some(steps), ..options() }), seen)
}

/// Runs every statement that there is.
fn run_all(shop: &Shop) {
    let round = everything::write(shop);
    everything::read(shop, &round);
    shop.store.forget(common::at(-1).now).unwrap();
}

/// Another process writes, and this one tells its followers.
fn written_by_another(shop: &Shop) {
    let follower = shop.store.follow();
    let other = Sqlite::open(&shop.folder.path().join("store"), options()).unwrap();
    other.commit(change(shop.company, &opened(shop.company), 0)).unwrap();
    follower.recv_timeout(Duration::from_secs(20)).unwrap();
}

/// The statements in the source. Those of migrations are tested by opening a store.
fn in_source(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            in_source(&entry.path(), found);
        } else if entry.path().extension().is_some_and(|ending| ending == "rs")
            && entry.file_name() != "open.rs"
        {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let literals = text.split('"').skip(1).step_by(2);
            let words = ["select ", "insert into ", "update ", "delete from "];
            let statements = literals.filter(|text| words.iter().any(|word| text.starts_with(word)));
            found.extend(statements.map(in_one_line));
        }
    }
}

/// The statement without the line breaks of the source.
fn in_one_line(sql: &str) -> String {
    sql.replace("\\\n", " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_statement_runs_and_uses_an_index() {
    let (shop, seen) = measured();
    run_all(&shop);
    written_by_another(&shop);
    assert_eq!(shop.store.check().unwrap(), Vec::<String>::new());
    let connection = rusqlite::Connection::open(shop.folder.path().join("store")).unwrap();
    let ran: BTreeMap<String, String> =
        seen.lock().unwrap().keys().map(|sql| (in_one_line(sql), sql.clone())).collect();
    let mut source = BTreeSet::new();
    in_source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut source);
    assert!(source.len() > 80, "{} statements in the source", source.len());
    let missing: Vec<_> = source.iter().filter(|sql| !ran.contains_key(*sql)).collect();
    assert!(missing.is_empty(), "not run: {missing:#?}");
    for (line, sql) in ran.iter().filter(|(line, _)| !WHOLE.map(in_one_line).contains(line)) {
        if sql.starts_with("pragma") {
            continue;
        }
        for step in plan(&connection, sql) {
            // A search by the company alone would walk through all that it has. There are few administrators, and the
            // greatest position is the last entry of its index.
            let few = step.contains("person_administrator") || sql.contains("max(event.position)");
            let by_company_alone = step.ends_with("(company=?)") && !few;
            let sorts = step.starts_with("USE TEMP B-TREE");
            // A page is a part of the statement that has a limit.
            let scans = step.starts_with("SCAN") && step != "SCAN page";
            assert!(!scans && !by_company_alone && !sorts, "{line}: {step}");
        }
    }
}

fn plan(connection: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("explain query plan {sql}")).unwrap();
    let parameters = rusqlite::params_from_iter(std::iter::repeat_n(1, statement.parameter_count()));
    let plan = statement.query_map(parameters, |row| row.get::<_, String>("detail")).unwrap();
    plan.map(Result::unwrap).collect()
}

/// Fills a company up to a number of requests.
fn fill(shop: &Shop, from: i64, to: i64) {
    let connection = rusqlite::Connection::open(shop.folder.path().join("store")).unwrap();
    connection.execute_batch("pragma synchronous = off; begin immediate").unwrap();
    let numbers = "with recursive n(i) as (select ?1 union all select i + 1 from n where i < ?2)";
    let id = "cast(printf('%016d', i) as blob)";
    let rows = [
        format!(
            "insert into request select ?3, {id}, 1, iif(i % 8, 'approved', 'pending'), 'REFUND', \
             'shop.example.com', 'kevin', 2000000000 + i, iif(i % 8, cast(printf('g%015d', i) as blob), null) from n"
        ),
        // The text is that of another request: what reads it does not mind.
        format!(
            "insert into event select ?3, {id}, 1, -i, 0, 'requested', \
             (select text from event where kind = 'requested' limit 1) from n"
        ),
        format!("insert into inbox select ?3, 'ann@example.com', {id}, i % 8 = 0 from n"),
        "insert into claim select ?3, cast(printf('%032d', i) as blob), null, null, 2000000000 from n"
            .to_owned(),
    ];
    let company = shop.company.to_bytes();
    for sql in rows {
        let sql = sql.replace(" from n", &format!(" from ({numbers} select i from n)"));
        connection.execute(&sql, rusqlite::params![from, to - 1, company]).unwrap();
    }
    connection.execute_batch("commit").unwrap();
}

#[test]
fn statements_take_the_same_steps_among_two_thousand_requests_and_two_hundred_thousand() {
    let (shop, seen) = measured();
    run_all(&shop);
    let measure = |from, to| {
        fill(&shop, from, to);
        // The first round after the tables have grown prepares the statements.
        run_all(&shop);
        seen.lock().unwrap().clear();
        run_all(&shop);
        seen.lock().unwrap().clone()
    };
    let (few, many) = (measure(0, 2_000), measure(2_000, 200_000));
    assert!(few.len() > 70, "{}", few.len());
    // What the writer asks once a second, if another process has written, may be in one of them only.
    let both = few.iter().filter(|(sql, _)| many.contains_key(*sql));
    let whole = WHOLE.map(in_one_line);
    for (sql, few) in both {
        let (few, many) = (f64::from(*few), f64::from(many[sql]));
        // Each round adds a company and a signing key.
        let most = if whole.contains(&in_one_line(sql)) { 2.0 } else { 1.2 };
        assert!(many <= most * few, "{few} steps became {many}: {sql}");
    }
}

/// A shop, and the statements of its writer.
fn recorded() -> (Shop, Arc<Mutex<Vec<String>>>) {
    let statements = Arc::new(Mutex::new(Vec::new()));
    let faults: Faults = {
        let statements = statements.clone();
        Arc::new(move |sql: &str| {
            statements.lock().unwrap().push(sql.to_owned());
            Fault::None
        })
    };
    (Shop::with(Options { faults: Some(faults), ..options() }), statements)
}

/// A change of every kind.
fn changes(company: Id) -> Vec<Change> {
    let mut request = opened(company);
    let claim = Claim { digest: [1; 32], request: None, body: None, until: common::at(9).now };
    let opening = Change { claims: vec![claim], ..change(company, &request, 0) };
    decide(&mut request);
    let identifier = RowChange::NewIdentifier { iss: "shop".to_owned(), application: Id::NIL };
    let identifier = Change { rows: vec![identifier], ..common::of(company, Vec::new()) };
    vec![opening, change(company, &request, 1), identifier]
}

fn decide(request: &mut ApprovalRequest) {
    let decision = Decision::approve("ann@example.com", request.content_hash());
    let event = request.decide(&decision, None, common::at(0)).unwrap().unwrap();
    request.apply(event).unwrap();
}

#[test]
fn a_change_has_a_fixed_number_of_statements() {
    let (shop, statements) = recorded();
    let count = |change: &Change| {
        statements.lock().unwrap().clear();
        shop.commit(change);
        statements.lock().unwrap().len()
    };
    // Begin, savepoint, company; claim: look and write; event: look and write; request; inbox; company; release, commit.
    let expected = [12, 10, 6];
    let counts: Vec<usize> = changes(shop.company).iter().map(count).collect();
    assert_eq!(counts, expected);
    // However much the store holds.
    for _ in 0..200 {
        shop.commit(&change(shop.company, &opened(shop.company), 0));
    }
    let mut request = opened(shop.company);
    assert_eq!(count(&change(shop.company, &request, 0)), 10);
    decide(&mut request);
    assert_eq!(count(&change(shop.company, &request, 1)), 10);
}
