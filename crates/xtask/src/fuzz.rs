//! `cargo xtask fuzz TARGET [--seconds N]`: looks for inputs that break what `tests/src/fuzz.rs` asserts.

use crate::Outcome;
use crate::process::{command, is_there, root, run};

pub(crate) fn fuzz(target: &str, seconds: &str) -> Outcome {
    if seconds.parse::<u32>().is_err() {
        return Err(format!("--seconds takes a whole number, not `{seconds}`"));
    }
    if !root().join(format!("tests/fuzz/fuzz_targets/{target}.rs")).exists() {
        return Err(format!("there is no target `{target}` under tests/fuzz/fuzz_targets"));
    }
    for (call, remedy) in [
        ("cargo +nightly --version", "rustup toolchain install nightly"),
        ("cargo fuzz --version", "cargo install cargo-fuzz --locked"),
    ] {
        if !is_there(call) {
            return Err(format!("`{call}` does not work: {remedy}"));
        }
    }
    // The corpus as it is committed stays as it is; what is found goes to a folder beside it, from which
    // `-merge=1 -use_counters=0` brings over what reaches new code.
    let found = root().join("tests/fuzz/target/corpus").join(target);
    std::fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
    let (found, folder) = (found.display(), root().join("tests/fuzz"));
    let line = format!(
        "cargo +nightly fuzz run --fuzz-dir {} {target} {found} {}/corpus/{target} -- -max_total_time={seconds} -max_len=4096 -timeout=5",
        folder.display(),
        folder.display()
    );
    run(&mut command(&line))
}
