//! `cargo xtask fuzz TARGET`: searches for inputs that make an assertion of `tests/src/fuzz.rs` fail, and keeps inputs
//! that reach new code.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::process::{command, is_there, root, run};

/// A fuzz target and its folders.
struct Target {
    name: String,
    /// The archive of the inputs that every test run replays.
    archive: PathBuf,
    /// The folder of the archive's unpacked inputs.
    seeds: PathBuf,
    /// The folder of the inputs that were found after the archive was packed.
    found: PathBuf,
}

/// Fuzzes for the given number of seconds.
pub(crate) fn fuzz(name: &str, seconds: &str) -> Outcome {
    if seconds.parse::<u32>().is_err() {
        return Err(format!("`{seconds}` is not a whole number: `--seconds` needs one"));
    }
    let target = Target::open(name)?;
    target.run(&[&target.found, &target.seeds], &format!("-max_total_time={seconds}"))
}

/// Rewrites the archive: the fewest inputs that cover every edge that the archive and the found inputs cover.
pub(crate) fn keep(name: &str) -> Outcome {
    let target = Target::open(name)?;
    let kept = folder(&target.seeds.with_file_name("kept"))?;
    let _ = fs::remove_dir_all(&kept);
    target.run(&[&folder(&kept)?, &target.seeds, &target.found], "-merge=1 -use_counters=0")?;
    // With these options the same inputs always produce the same archive.
    let line = "tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --use-compress-program";
    let mut pack = command(line);
    pack.arg("gzip -9n").arg("-cf").arg(&target.archive).arg("-C").arg(&kept).arg(".");
    run(&mut pack)?;
    fs::remove_dir_all(&target.found).map_err(|error| format!("{}: {error}", target.found.display()))
}

impl Target {
    fn open(name: &str) -> Outcome<Self> {
        if !root().join(format!("tests/fuzz/fuzz_targets/{name}.rs")).exists() {
            return Err(format!(
                "`{name}` is not a fuzz target: there is no such file in tests/fuzz/fuzz_targets"
            ));
        }
        for (call, remedy) in [
            ("cargo +nightly --version", "rustup toolchain install nightly"),
            ("cargo fuzz --version", "cargo install cargo-fuzz --locked"),
            ("tar --version", "install GNU tar"),
        ] {
            if !is_there(call) {
                return Err(format!("`{call}` failed: {remedy}"));
            }
        }
        let work = root().join("tests/fuzz/target/corpus").join(name);
        let archive = root().join(format!("tests/fuzz/corpus/{name}.tar.gz"));
        let (seeds, found) = (folder(&work.join("seeds"))?, folder(&work.join("found"))?);
        run(command("tar -xzf").arg(&archive).arg("-C").arg(&seeds))?;
        Ok(Self { name: name.to_owned(), archive, seeds, found })
    }

    /// Runs the fuzzer with these folders of inputs. It writes the inputs that it finds to the first folder.
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
