//! Every statement of a change uses an index, and a change has a fixed number of statements.

mod common;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use common::{Shop, change, opened, options};
use jit_approvals_base::Id;
use jit_approvals_core::{ApprovalRequest, Decision};
use jit_approvals_store::{Change, Claim, Fault, Faults, Options, RowChange};

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
fn no_statement_of_a_change_reads_a_whole_table() {
    let (shop, statements) = recorded();
    for change in &changes(shop.company) {
        shop.commit(change);
    }
    let connection = rusqlite::Connection::open(shop.folder.path().join("store")).unwrap();
    let statements: BTreeSet<String> = statements.lock().unwrap().iter().cloned().collect();
    let words = ["select", "insert", "update", "delete"];
    let mut searches = 0;
    for sql in statements.iter().filter(|sql| words.iter().any(|word| sql.starts_with(word))) {
        let mut statement = connection.prepare(&format!("explain query plan {sql}")).unwrap();
        let parameters = rusqlite::params_from_iter(std::iter::repeat_n(1, statement.parameter_count()));
        let plan = statement.query_map(parameters, |row| row.get::<_, String>("detail")).unwrap();
        for step in plan.map(Result::unwrap) {
            // A search by the company alone would walk through all that it has.
            let by_company_alone = step.ends_with("(company=?)");
            assert!(step.starts_with("SEARCH") && !by_company_alone, "{sql}: {step}");
            searches += 1;
        }
    }
    assert!(searches >= 4, "{searches} searches in {statements:?}");
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
