//! The file of every schema that was released is opened, read, checked and written by this version.
//!
//! `tests/released/schema-N.sqlite` is a store that the last version with schema N has made. It is made once, with
//! `cargo nextest run -p jit-approvals-store --test released --run-ignored only`, when the schema is released; until then
//! it is made anew when the schema changes.

mod common;

use std::path::PathBuf;

use common::{Shop, change, everything, opened, options};
use jit_approvals_base::Id;
use jit_approvals_store::{CompanyRow, Outcome, PersonRow, Sqlite, Store, stream};

/// The schemas that were released, and the one of this version.
const SCHEMAS: [i64; 1] = [1];

fn fixture(schema: i64) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/released/schema-{schema}.sqlite"))
}

#[test]
#[ignore = "it makes the file of the present schema"]
fn make_the_file_of_the_present_schema() {
    let shop = Shop::new();
    everything::write(&shop);
    shop.commit(&change(shop.company, &opened(shop.company), 0));
    let target = fixture(*SCHEMAS.last().unwrap());
    std::fs::create_dir_all(target.parent().unwrap()).unwrap();
    let _ = std::fs::remove_file(&target);
    let connection = rusqlite::Connection::open(shop.folder.path().join("store")).unwrap();
    // The smallest pages: most tables have one.
    connection.execute_batch("pragma page_size = 512").unwrap();
    connection.execute("vacuum into $1", [target.to_str().unwrap()]).unwrap();
}

/// The tables and indexes of a file, as they were created.
fn schema_of(connection: &rusqlite::Connection) -> Vec<String> {
    let mut statement =
        connection.prepare("select sql from sqlite_schema where sql is not null order by name").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn the_file_of_every_released_schema_opens() {
    for schema in SCHEMAS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        std::fs::copy(fixture(schema), &path).unwrap();
        let store = Sqlite::open(&path, options()).unwrap();
        assert_eq!(store.check().unwrap(), Vec::<String>::new(), "schema {schema}");
        let company = company(&store);
        // What was there before is read, and more is written.
        let (mut people, mut events) = (Vec::new(), 0);
        let read = store.read(&mut |reader| {
            people = PersonRow::list(reader, company, "", "", true, 10)?;
            events = CompanyRow::find(reader, company)?.unwrap().position;
            assert_eq!(stream::due(reader, common::at(100_000).now, 10)?.len(), 1);
            Ok(())
        });
        read.unwrap();
        assert_eq!((people.len(), events), (2, 6), "schema {schema}");
        let opening = change(company, &opened(company), 0);
        assert_eq!(store.commit(opening).unwrap(), Outcome::Committed { position: 7 });
        assert_eq!(store.check().unwrap(), Vec::<String>::new(), "schema {schema}");
    }
}

fn company(store: &dyn Store) -> Id {
    let mut id = None;
    let read = store.read(&mut |reader| {
        id = CompanyRow::list(reader, Id::NIL, 1)?.first().map(|row| row.id);
        Ok(())
    });
    read.unwrap();
    id.unwrap()
}

#[test]
fn the_newest_file_has_the_schema_of_this_version() {
    let shop = Shop::new();
    let present = rusqlite::Connection::open(shop.folder.path().join("store")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    std::fs::copy(fixture(*SCHEMAS.last().unwrap()), &path).unwrap();
    let newest = rusqlite::Connection::open(&path).unwrap();
    assert_eq!(
        schema_of(&newest),
        schema_of(&present),
        "a released schema is changed by a new migration only"
    );
}
