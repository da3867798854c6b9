//! `cargo xtask bench server`: measures the server, the real binary over real sockets. For Linux.
//!
//! Every figure is a ratio within one run: a median over slices of what alternates with what it is compared with. The
//! server, the load program and what else the machine does share its processors: the second table says what a call costs
//! the server and what the load program. The fewer processors, the more of the latter is missing in the rates.
//!
//! | I want to … | give |
//! |---|---|
//! | measure everything | the path of the binary |
//! | measure with smaller sizes | `--fast` |
//! | measure some rows only | `posts`, `pace`, `decisions`, `waits`, `stores` |
//! | look at the server with a profiler | `load CONNECTIONS SECONDS` |

mod call;
mod decisions;
mod load;
mod pages;
mod posts;
mod program;
mod report;
mod shop;
mod starts;
mod stores;
mod waits;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use load::Load;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use report::Report;
use shop::{BODY, Shop};

/// What is measured, and how much of it.
pub(crate) struct Plan {
    /// The binary of the release.
    binary: PathBuf,
    /// `target/bench`, which is on the same file system as everything that is built.
    folder: PathBuf,
    /// How often each alternates with the others.
    rounds: usize,
    /// How long each takes.
    slice: Duration,
    /// How many calls wait.
    waits: usize,
    /// How many requests the large store holds.
    many: usize,
}

fn main() -> ExitCode {
    // Cargo adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (flags, words): (Vec<&str>, Vec<&str>) =
        arguments.iter().map(String::as_str).partition(|argument| argument.starts_with("--"));
    let [binary, rows @ ..] = words.as_slice() else {
        eprintln!("give the path of the binary; `cargo xtask bench server` does");
        return ExitCode::from(2);
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    std::fs::create_dir_all(&folder).expect("the folder for the figures can be created");
    let is_fast = flags.contains(&"--fast");
    let plan = Plan {
        binary: binary.into(),
        folder: folder.canonicalize().expect("it was created"),
        rounds: if is_fast { 5 } else { 7 },
        slice: Duration::from_millis(if is_fast { 700 } else { 1500 }),
        waits: if is_fast { 1000 } else { 5000 },
        many: if is_fast { 20_000 } else { 200_000 },
    };
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).expect("Unix");
    setrlimit(Resource::RLIMIT_NOFILE, most, most).expect("a program may raise its limit so far");
    if let ["load", connections, seconds] = rows {
        load_only(&plan, connections.parse().expect("a number"), seconds.parse().expect("a number"));
        return ExitCode::SUCCESS;
    }
    let mut report = Report::default();
    measure(&plan, rows, &mut report);
    match report.finish(&plan.folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(below) => {
            eprintln!("{below}");
            ExitCode::FAILURE
        }
    }
}

fn measure(plan: &Plan, rows: &[&str], report: &mut Report) {
    let has = |row: &str| rows.is_empty() || rows.contains(&row);
    if has("posts") || has("pace") || has("decisions") {
        let folder = plan.temporary();
        let shop = Shop::new(&plan.binary, &folder.path().join("data"), shop::TEMPLATE);
        if has("posts") || has("pace") {
            let rate = posts::measure(plan, &shop, folder.path(), report);
            posts::pace(plan, &shop, rate, report);
        }
        if has("decisions") {
            decisions::measure(plan, &shop, report);
        }
    }
    if has("waits") {
        waits::measure(plan, report);
    }
    if has("stores") {
        let stores = stores::ready(plan);
        pages::measure(plan, &stores, report);
        starts::measure(plan, &stores, report);
    }
}

/// Keeps a server busy, so that a profiler can look at it.
fn load_only(plan: &Plan, connections: usize, seconds: u64) {
    let folder = plan.temporary();
    let shop = Shop::new(&plan.binary, &folder.path().join("data"), shop::TEMPLATE);
    let mut load = Load::connect(shop.program.address, connections);
    let calls = shop.opening(BODY, "load", connections.max(16));
    load.closed(&calls, 201, Duration::from_secs(1));
    println!("the server is process {}", shop.program.id());
    let (server, own) = (shop.program.cpu(), load::own_cpu());
    let rate = load.closed(&calls, 201, Duration::from_secs(seconds));
    let (server, own) = (shop.program.cpu() - server, load::own_cpu() - own);
    println!(
        "{rate:.0} calls per second; seconds of processor time: the server {server:.2}, the load program {own:.2}"
    );
}

impl Plan {
    /// A folder on the same file system as what is built, which goes away.
    pub(crate) fn temporary(&self) -> tempfile::TempDir {
        tempfile::Builder::new().prefix("server-").tempdir_in(&self.folder).expect("a folder")
    }
}
