//! `cargo xtask fuzz TARGET`: looks for inputs that break what `tests/src/fuzz.rs` asserts, and keeps those that reach
//! new code.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::process::{command, is_there, root, run};

/// A fuzz target and its folders.
struct Target {
    name: String,
    /// The inputs that every test run replays.
    archive: PathBuf,
    /// The archive's inputs, unpacked.
    seeds: PathBuf,
    /// The inputs that were found since.
    found: PathBuf,
}

/// Fuzzes for the given number of seconds.
pub(crate) fn fuzz(name: &str, seconds: &str) -> Outcome {
    if seconds.parse::<u32>().is_err() {
        return Err(format!("--seconds needs a whole number, not `{seconds}`"));
    }
    let target = Target::open(name)?;
    target.run(&[&target.found, &target.seeds], &format!("-max_total_time={seconds}"))
}

/// Packs the fewest inputs that together cover every edge of the archive and of what was found.
pub(crate) fn keep(name: &str) -> Outcome {
    let target = Target::open(name)?;
    let kept = folder(&target.seeds.with_file_name("kept"))?;
    let _ = fs::remove_dir_all(&kept);
    target.run(&[&folder(&kept)?, &target.seeds, &target.found], "-merge=1 -use_counters=0")?;
    // The same inputs always make the same archive.
    let line = "tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --use-compress-program";
    let mut pack = command(line);
    pack.arg("gzip -9n").arg("-cf").arg(&target.archive).arg("-C").arg(&kept).arg(".");
    run(&mut pack)?;
    fs::remove_dir_all(&target.found).map_err(|error| format!("{}: {error}", target.found.display()))
}

impl Target {
    fn open(name: &str) -> Outcome<Self> {
        if !root().join(format!("tests/fuzz/fuzz_targets/{name}.rs")).exists() {
            return Err(format!("there is no target `{name}` under tests/fuzz/fuzz_targets"));
        }
        for (call, remedy) in [
            ("cargo +nightly --version", "rustup toolchain install nightly"),
            ("cargo fuzz --version", "cargo install cargo-fuzz --locked"),
            ("tar --version", "install GNU tar"),
        ] {
            if !is_there(call) {
                return Err(format!("`{call}` does not work: {remedy}"));
            }
        }
        let work = root().join("tests/fuzz/target/corpus").join(name);
        let archive = root().join(format!("tests/fuzz/corpus/{name}.tar.gz"));
        let (seeds, found) = (folder(&work.join("seeds"))?, folder(&work.join("found"))?);
        run(command("tar -xzf").arg(&archive).arg("-C").arg(&seeds))?;
        Ok(Self { name: name.to_owned(), archive, seeds, found })
    }

    /// Runs the fuzzer over these folders; what it finds goes to the first.
    fn run(&self, folders: &[&Path], options: &str) -> Outcome {
        let mut fuzz = command("cargo +nightly fuzz run --fuzz-dir");
        fuzz.arg(root().join("tests/fuzz")).arg(&self.name).args(folders);
        run(fuzz.args(["--", "-max_len=8192", "-timeout=5"]).args(options.split(' ')))
    }
}

fn folder(path: &Path) -> Outcome<PathBuf> {
    fs::create_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path.to_owned())
}
