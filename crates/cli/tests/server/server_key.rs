//! The server key, under which the signing keys are sealed: how it is replaced.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::server::{Shop, command};

/// The two files of a rotation.
struct Files {
    key: PathBuf,
    next: PathBuf,
}

impl Files {
    fn of(shop: &Shop) -> Self {
        Self { key: shop.server.data().join("server.key"), next: shop.server.data().join("server.key.new") }
    }

    fn read(&self) -> [Option<String>; 2] {
        [&self.key, &self.next].map(|path| fs::read_to_string(path).ok())
    }

    /// Puts the files back as an interrupted rotation has left them.
    fn write(&self, files: &[Option<String>; 2]) {
        for (path, text) in [&self.key, &self.next].into_iter().zip(files) {
            let _ = fs::remove_file(path);
            if let Some(text) = text {
                fs::write(path, text).unwrap();
            }
        }
    }
}

fn rotate(shop: &Shop) -> String {
    let rotated = shop.server.operate(&["server-key", "rotate"]);
    assert!(rotated.status.success(), "{rotated:?}");
    String::from_utf8(rotated.stdout).unwrap()
}

/// A shop whose server has stopped, its key before a rotation and the one after it.
fn rotated() -> (Shop, Files, String, String) {
    let mut shop = Shop::open();
    let files = Files::of(&shop);
    let [old, _] = files.read();
    assert_eq!(shop.server.stop(), Some(0));
    assert_eq!(rotate(&shop), "the server key is new; signing keys sealed with it: 1\n");
    let [new, none] = files.read();
    assert!(new != old && none.is_none());
    (shop, files, old.unwrap(), new.unwrap())
}

/// The server starts, and the signing key still verifies.
fn works(shop: &mut Shop) {
    shop.server.kill_and_restart();
    shop.purchase();
    let checked = shop.server.operate(&["store", "check"]);
    assert!(checked.status.success(), "{checked:?}");
    assert_eq!(shop.server.stop(), Some(0));
}

#[test]
fn a_rotation_replaces_the_key_and_everything_still_verifies() {
    let (mut shop, files, old, new) = rotated();
    assert_eq!(fs::metadata(&files.key).unwrap().permissions().mode() & 0o777, 0o600);
    works(&mut shop);
    assert_eq!(files.read(), [Some(new), None]);
    files.write(&[Some(old), None]);
    let told = crate::operator::does_not_start(shop.server.folder.path());
    assert!(told.contains("is not the key of this store"), "{told}");
}

#[test]
fn a_rotation_beside_a_server_is_refused() {
    let shop = Shop::open();
    let files = Files::of(&shop).read();
    let refused = shop.server.operate(&["server-key", "rotate"]);
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && told.contains("another server uses"), "{told}");
    assert_eq!(Files::of(&shop).read(), files);
    shop.purchase();
}

#[test]
fn a_rotation_that_was_interrupted_before_it_had_sealed_is_undone() {
    let (mut shop, files, old, new) = rotated();
    // The key of the store is `new`; the file beside it belongs to a rotation that never was.
    let interrupted = [Some(new.clone()), Some(old)];
    files.write(&interrupted);
    // A rotation may be running: only who holds the lock of the folder may touch its files.
    let listed = shop.server.operate(&["company", "list"]);
    assert!(listed.status.success(), "{listed:?}");
    assert_eq!(files.read(), interrupted);
    works(&mut shop);
    assert_eq!(files.read(), [Some(new), None]);
    files.write(&interrupted);
    rotate(&shop);
    works(&mut shop);
}

#[test]
fn a_rotation_that_was_interrupted_after_it_had_sealed_is_finished() {
    let (mut shop, files, old, new) = rotated();
    let interrupted = [Some(old), Some(new.clone())];
    files.write(&interrupted);
    let checked = shop.server.operate(&["store", "check"]);
    assert!(checked.status.success(), "{checked:?}");
    assert_eq!(files.read(), interrupted);
    works(&mut shop);
    assert_eq!(files.read(), [Some(new), None]);
    files.write(&interrupted);
    rotate(&shop);
    let [third, none] = files.read();
    assert!(third != interrupted[1] && none.is_none());
    works(&mut shop);
}

#[test]
fn a_key_can_be_kept_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let new = ["company", "new", "ACME", "a@acme.example", "--data", "data", "--server-key", "elsewhere.key"];
    assert!(command(&new, folder.path()).status.success());
    assert!(!folder.path().join("data/server.key").exists());
    let rotate = ["server-key", "rotate", "--data", "data", "--server-key", "elsewhere.key"];
    let before = fs::read(folder.path().join("elsewhere.key")).unwrap();
    assert!(command(&rotate, folder.path()).status.success());
    assert_ne!(fs::read(folder.path().join("elsewhere.key")).unwrap(), before);
}
