//! A store is copied beside whoever works on it. The copy is whole, checked and marked, or there is none.

mod common;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use common::{Shop, change, everything, new_company, opened, options};
use jit_approvals_base::Id;
use jit_approvals_core::Event;
use jit_approvals_store::{Copied, Mark, Outcome, Sqlite, Store as _};

const MUCH: u64 = 1 << 30;

/// The names of the files in a folder.
fn names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What a copy that is refused says. No file is left.
fn refused(shop: &Shop, file: &Path, most: u64) -> String {
    let before = names(file.parent().unwrap());
    let told = shop.store.copy_to(file, most).unwrap_err().to_string();
    assert_eq!(names(file.parent().unwrap()), before, "{told}");
    told
}

fn mark(store: &Sqlite) -> Option<Mark> {
    let mut mark = None;
    store.read(&mut |reader| Mark::find(reader).map(|found| mark = found)).unwrap();
    mark
}

#[test]
fn a_copy_holds_all_that_was_committed_before_it_and_says_where_it_ends() {
    let shop = Shop::new();
    everything::write(&shop);
    let other = Id::v7().unwrap();
    shop.commit(&new_company(other));
    let (to, done) = (tempfile::tempdir().unwrap(), AtomicBool::new(false));
    let file = to.path().join("copy");
    let (mut before, mut copied) = (Vec::new(), None);
    std::thread::scope(|scope| {
        let load = scope.spawn(|| {
            // It ends in any case, so that a failure elsewhere is seen.
            let working = (0..10_000).take_while(|_| !done.load(Ordering::SeqCst));
            let open = || shop.commit(&change(shop.company, &opened(shop.company), 0));
            working.filter(|_| matches!(open(), Outcome::Committed { .. })).count()
        });
        for _ in 0..50 {
            let request = opened(shop.company);
            assert!(matches!(shop.commit(&change(shop.company, &request, 0)), Outcome::Committed { .. }));
            before.push(request);
        }
        copied = Some(shop.store.copy_to(&file, MUCH).unwrap());
        done.store(true, Ordering::SeqCst);
        assert!(load.join().unwrap() > 0);
    });
    let Copied { mark: written, companies } = copied.unwrap();
    assert_eq!(names(to.path()), ["copy"], "a copy is one file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let copy = Shop { store: Sqlite::open(&file, options()).unwrap(), folder: to, company: shop.company };
    assert_eq!(mark(&copy.store).as_ref(), Some(&written));
    assert_eq!(copy.store.check().unwrap(), Vec::<String>::new());
    for request in &before {
        let texts: Vec<String> = request.events().iter().map(Event::to_text).collect();
        assert_eq!(copy.texts(request.id()), texts);
    }
    // The head and the position are those of the original at that position.
    let company = companies.iter().find(|row| row.id == shop.company).unwrap();
    assert_eq!(written.position(shop.company), Some(company.position));
    assert_eq!(written.position(other), companies.iter().find(|row| row.id == other).map(|row| row.position));
    let sql = "select count(*) from event where company = $1";
    let count = |store: &Sqlite| {
        let mut count = 0;
        let read = store.read(&mut |reader| {
            count = reader.rows(sql, &[shop.company.into()])?[0].integer(0)?;
            Ok(())
        });
        read.unwrap();
        count
    };
    assert_eq!(count(&copy.store), company.position);
    assert!(count(&shop.store) >= company.position);
    // The store itself has no mark.
    assert_eq!(mark(&shop.store), None);
}

#[test]
fn a_copy_of_a_copy_that_was_not_put_to_use_lacks_what_the_first_one_lacks() {
    let shop = Shop::new();
    let to = tempfile::tempdir().unwrap();
    let first = shop.store.copy_to(&to.path().join("first"), MUCH).unwrap();
    let later = || jit_approvals_base::UnixTime::from_seconds(common::NOW + 1000);
    let options = jit_approvals_store::Options { clock: later, ..options() };
    let copy = Sqlite::open(&to.path().join("first"), options).unwrap();
    let second = copy.copy_to(&to.path().join("second"), MUCH).unwrap();
    assert_eq!(second.mark, first.mark);
    assert_eq!(second.mark.at.seconds(), common::NOW);
}

#[test]
fn what_cannot_be_copied_leaves_nothing_behind() {
    let shop = Shop::new();
    let to = tempfile::tempdir().unwrap();
    let file = to.path().join("copy");
    for (name, what) in [("copy", "another file"), ("copy.part", "another copy that is being made")] {
        let exists = to.path().join(name);
        std::fs::write(&exists, what).unwrap();
        assert!(refused(&shop, &file, MUCH).contains("it exists already"));
        assert_eq!(std::fs::read_to_string(&exists).unwrap(), what);
        std::fs::remove_file(exists).unwrap();
    }
    #[cfg(unix)]
    {
        // A link to nothing is a name that is in use.
        std::os::unix::fs::symlink(to.path().join("nothing"), &file).unwrap();
        assert!(refused(&shop, &file, MUCH).contains("it exists already"));
        std::fs::remove_file(&file).unwrap();
    }
    assert!(shop.store.copy_to(&to.path().join("none/copy"), MUCH).is_err());
    assert!(shop.store.copy_to(Path::new("/"), MUCH).is_err());
    assert!(shop.store.log_bytes() > 0);
    let told = refused(&shop, &file, 0);
    assert!(told.contains("has grown beyond 0 bytes"), "{told}");
    let folder = tempfile::tempdir().unwrap();
    let empty = Sqlite::open(&folder.path().join("store"), options()).unwrap();
    assert!(empty.copy_to(&file, MUCH).unwrap_err().to_string().contains("there is no company yet"));
    assert!(names(to.path()).is_empty());
    let other = rusqlite::Connection::open(shop.folder.path().join("store")).unwrap();
    assert_eq!(other.execute("update company set head = zeroblob(31)", []).unwrap(), 1);
    let told = refused(&shop, &file, MUCH);
    assert!(told.starts_with("the store is damaged"), "{told}");
}
