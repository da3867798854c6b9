//! How fast requests are opened, and durable before the answer.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use jit_approvals::json::Json;
use jit_approvals_tests::bench::median;
use rusqlite::Connection as Database;

use crate::Plan;
use crate::call::{Call, Connection};
use crate::load::{Load, own_cpu};
use crate::program::Program;
use crate::report::{Bound, Cost, Report, Row};
use crate::shop::{BODY, ISS, Shop, TEMPLATE};

/// How many connections are busy.
const CONNECTIONS: usize = 64;

/// After a load: until what was written is moved into its file.
const PAUSE: Duration = Duration::from_millis(300);

/// A disk is never as fast as a moment ago: more slices, which are shorter, are better than a few.
const SHORTER: u32 = 3;

/// The loads that alternate.
const LOADS: [(&str, usize, u16); 3] = [
    ("durable, 64 connections", CONNECTIONS, 201),
    ("no storage, 64 connections", CONNECTIONS, 400),
    ("durable, 1 connection", 1, 201),
];

/// Measures the rates. Returns that of many connections.
pub(crate) fn measure(plan: &Plan, shop: &Shop, folder: &Path, report: &mut Report) -> f64 {
    check_ceiling(plan, folder);
    let mut bare = Bare::open(&folder.join("bare.sqlite"), &event(shop));
    let bodies = [BODY.to_owned(), without_storage(), BODY.to_owned()];
    let mut loads = LOADS.map(|(_, connections, _)| Load::connect(shop.program.address, connections));
    let mut runs: [Vec<Run>; 3] = Default::default();
    let mut commits = Vec::new();
    let slice = plan.slice / SHORTER;
    for round in 0..=plan.rounds * SHORTER as usize {
        // They take turns to go first. The first round only warms up.
        for place in 0..=LOADS.len() {
            let index = (place + round) % (LOADS.len() + 1);
            std::thread::sleep(PAUSE);
            let Some((_, connections, status)) = LOADS.get(index) else {
                commits.push(bare.commits(slice));
                continue;
            };
            let calls = shop.opening(&bodies[index], &format!("{index}-{round}"), (*connections).max(16));
            let run = Run::of(&shop.program, || loads[index].closed(&calls, *status, slice));
            runs[index].push(run);
        }
    }
    commits.remove(0);
    let [many, ceiling, one] = runs.map(|mut runs| runs.split_off(1));
    for ((load, ..), runs) in LOADS.iter().zip([&many, &ceiling, &one]) {
        report.cost(Cost {
            load,
            calls_per_second: middle(runs, |run| run.rate),
            server: middle(runs, |run| run.server),
            program: middle(runs, |run| run.program),
            batch: middle(runs, |run| run.batch),
        });
    }
    let rates = |runs: &[Run]| runs.iter().map(|run| run.rate).collect::<Vec<f64>>();
    let (many_rates, one_rates) = (rates(&many), rates(&one));
    let mut row = |work, against: &str, ours: &[f64], theirs: &[f64], bound| {
        let ratios = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        let figures =
            vec![("callsPerSecond", median(ours.to_vec())), ("peersPerSecond", median(theirs.to_vec()))];
        report.row(Row { work, against: against.to_owned(), ratios, bound, figures });
    };
    let work = "open, durable, 64 connections";
    row(
        work,
        "the same call, rejected before storage",
        &many_rates,
        &rates(&ceiling),
        Bound::Least(0.35, 0.5),
    );
    row(work, "bare SQLite commits, one by one", &many_rates, &commits, Bound::Least(4.0, 4.0));
    row(work, "1 connection", &many_rates, &one_rates, Bound::None);
    let work = "open, durable, 1 connection";
    row(work, "bare SQLite commits, one by one", &one_rates, &commits, Bound::Least(0.5, 0.65));
    middle(&many, |run| run.rate)
}

/// Measures the slowest answers while calls come at half the rate that many connections reach.
pub(crate) fn pace(plan: &Plan, shop: &Shop, rate: f64, report: &mut Report) {
    let mut load = Load::connect(shop.program.address, CONNECTIONS);
    let (mut ratios, mut medians, mut slowest) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=plan.rounds {
        let calls = shop.opening(BODY, &format!("pace-{round}"), CONNECTIONS);
        std::thread::sleep(PAUSE);
        let mut took = load.paced(&calls, 201, rate / 2.0, plan.slice * 2);
        took.sort();
        let part = |of: usize| took[took.len() * of / 100].as_secs_f64() * 1e6;
        if round > 0 {
            ratios.push(part(99) / part(50));
            medians.push(part(50));
            slowest.push(part(99));
        }
    }
    report.row(Row {
        work: "open at half of that rate, p99",
        against: "median of the same slice".to_owned(),
        ratios,
        bound: Bound::Most(4.0, 2.0),
        figures: vec![("medianUs", median(medians)), ("p99Us", median(slowest))],
    });
}

/// One slice of a load.
struct Run {
    /// Calls per second.
    rate: f64,
    /// Microseconds of the server's processor time per call.
    server: f64,
    /// Those of the load program.
    program: f64,
    /// Changes in a commit.
    batch: f64,
}

impl Run {
    fn of(program: &Program, load: impl FnOnce() -> f64) -> Self {
        let counts = || {
            ["jit_calls_total", "jit_store_changes_total", "jit_store_commits_total"]
                .map(|name| program.count(name))
        };
        let (before, server, own) = (counts(), program.cpu(), own_cpu());
        let rate = load();
        let (server, own, after) = (program.cpu() - server, own_cpu() - own, counts());
        let [calls, changes, commits] = std::array::from_fn(|index| after[index] - before[index]);
        let per_call = |seconds: f64| seconds * 1e6 / calls;
        Self {
            rate,
            server: per_call(server),
            program: per_call(own),
            batch: changes / f64::max(commits, 1.0),
        }
    }
}

fn middle(runs: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    median(runs.iter().map(of).collect())
}

/// The body of the purchase with a member at its end that is unknown. It has as many bytes, and is rejected as soon as the
/// caller is known and the JSON is read.
fn without_storage() -> String {
    BODY.replace("\"templateId\"", "\"templateIt\"")
}

/// Checks with the log of a server that the call without storage runs the same token check and reads no more than it.
fn check_ceiling(plan: &Plan, folder: &Path) {
    let (data, log) = (folder.join("logged"), folder.join("log"));
    let secret = Shop::new(&plan.binary, &data, TEMPLATE).secret;
    let file = File::create(&log).expect("a file");
    let shop = Shop { program: Program::start(&plan.binary, &data, file), secret };
    let token = shop.token("kevin");
    let mut connection = Connection::open(shop.program.address);
    let mut open = |status: u16, body: &str| {
        // The first call of each kind reads what is kept for later ones.
        for _ in 0..2 {
            connection.must(status, &Call::post("/approvalRequest", body).by_application(&token));
        }
        let log = std::fs::read_to_string(&log).expect("the log");
        let last = Json::parse(log.lines().last().expect("a line for each call")).expect("a line is JSON");
        let text = |name: &str| last.get(name).map_or_else(String::new, ToString::to_string);
        assert_eq!(text("caller"), format!("\"application {ISS}\""), "the token was verified");
        ["statements", "changes", "code"].map(text)
    };
    let [statements, changes, _] = open(201, BODY);
    assert_eq!(changes, "1");
    // What is no JSON is rejected right after the token check.
    let [fewest, _, code] = open(400, &"x".repeat(BODY.len()));
    assert_eq!((without_storage().len(), &*code), (BODY.len(), "\"malformed_json\""));
    let ceiling = open(400, &without_storage());
    assert_eq!(ceiling, [fewest.as_str(), "0", "\"unknown_member\""]);
    eprintln!("  statements that read: durable {statements}, no storage {fewest}");
}

/// The events of the purchase as a text: what a commit makes durable.
fn event(shop: &Shop) -> String {
    let token = shop.token("kevin");
    let mut connection = Connection::open(shop.program.address);
    let mut ask = |status, call: Call| connection.must(status, &call.by_application(&token));
    let id = ask(201, Call::post("/approvalRequest", BODY)).text("id");
    ask(200, Call::get(&format!("/approvalRequest/{id}/events"))).text("items")
}

/// `SQLite` without anything around it, with the settings of the store.
struct Bare {
    database: Database,
    event: String,
}

impl Bare {
    fn open(path: &Path, event: &str) -> Self {
        let database = Database::open(path).expect("a file");
        database.pragma_update(None, "journal_mode", "wal").expect("a setting");
        database.pragma_update(None, "synchronous", "full").expect("a setting");
        let table = "create table event (position integer primary key, text text not null) strict";
        database.execute_batch(table).expect("a table");
        Self { database, event: event.to_owned() }
    }

    /// Commits one row after the other for a time. Returns how many in a second.
    fn commits(&mut self, time: Duration) -> f64 {
        let mut insert = self.database.prepare("insert into event (text) values ($1)").expect("a statement");
        let (begun, mut count) = (Instant::now(), 0);
        while begun.elapsed() < time {
            insert.execute([&self.event]).expect("a commit");
            count += 1;
        }
        f64::from(count) / begun.elapsed().as_secs_f64()
    }
}
