//! Runs every fuzz target with the inputs that are kept from fuzzing.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;
use jit_approvals_tests::fuzz::TARGETS;
use tar::Archive;

#[test]
fn every_corpus_holds() {
    for (name, target) in TARGETS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz/corpus/{name}.tar.gz"));
        let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut count = 0;
        for entry in Archive::new(GzDecoder::new(file)).entries().unwrap() {
            let mut entry = entry.unwrap();
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let mut input = Vec::new();
            entry.read_to_end(&mut input).unwrap();
            target(&input);
            count += 1;
        }
        assert!(count > 100, "the corpus of {name} has {count} inputs");
    }
}
