//! Timing against peers: medians over interleaved slices of one run, so that a machine that slows down slows
//! all of them. Ratios are what counts; absolute times are there to find one's way.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use jit_approvals::json::{Json, Number, Object};

/// Slices a contender is given.
const ROUNDS: usize = 41;
/// How long a slice takes at least.
const SLICE: Duration = Duration::from_millis(4);

/// A named table of comparisons.
#[derive(Debug)]
pub struct Bench {
    name: &'static str,
    rows: Vec<Row>,
}

/// What one piece of work took, and one peer.
#[derive(Debug)]
struct Row {
    work: String,
    ours: f64,
    peer: String,
    theirs: f64,
    ratio: Ratio,
}

/// How two times are put in proportion.
#[derive(Debug, Clone, Copy)]
enum Ratio {
    /// Times as fast as the peer.
    Faster(f64),
    /// Times what the floor takes.
    Above(f64),
}

/// Something to be timed: a name and what to do once.
pub type Contender<'a> = (&'a str, &'a mut dyn FnMut());

impl Bench {
    /// A table whose figures go to `target/bench/NAME.json`.
    pub fn new(name: &'static str) -> Self {
        Self { name, rows: Vec::new() }
    }

    /// Times work against a peer that does the same: how many times as fast it is.
    pub fn faster_than(&mut self, work: &str, ours: &mut dyn FnMut(), (peer, theirs): Contender<'_>) {
        let (ours, theirs, ratio) = compare(ours, theirs);
        self.push(work, ours, peer, theirs, Ratio::Faster(ratio));
    }

    /// Times work against what it cannot be faster than: how many times as long it takes.
    pub fn above_floor(&mut self, work: &str, ours: &mut dyn FnMut(), (floor, theirs): Contender<'_>) {
        let (ours, theirs, ratio) = compare(ours, theirs);
        self.push(work, ours, floor, theirs, Ratio::Above(1.0 / ratio));
    }

    /// Prints the table and writes the figures.
    ///
    /// # Panics
    ///
    /// If the file can't be written.
    pub fn finish(self) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
        std::fs::create_dir_all(&folder).expect("a folder for the figures");
        let rows: Vec<Json> = self.rows.iter().map(Row::to_json).collect();
        let document = Object::new().with("name", self.name).with("rounds", ROUNDS as u64).with("rows", rows);
        let path = folder.join(format!("{}.json", self.name));
        std::fs::write(&path, format!("{document}\n")).expect("the figures can be written");
        println!("{}", self.table());
    }

    fn push(&mut self, work: &str, ours: f64, peer: &str, theirs: f64, ratio: Ratio) {
        eprintln!("  {work} … {peer}");
        self.rows.push(Row { work: work.to_owned(), ours, peer: peer.to_owned(), theirs, ratio });
    }

    fn table(&self) -> String {
        let mut text = "| work | ns | against | ns | ratio |\n|---|--:|---|--:|---|".to_owned();
        for row in &self.rows {
            let ratio = match row.ratio {
                Ratio::Faster(ratio) => format!("{ratio:.2} × as fast"),
                Ratio::Above(ratio) => format!("{ratio:.2} × the floor"),
            };
            let Row { work, ours, peer, theirs, .. } = row;
            write!(text, "\n| {work} | {ours:.0} | {peer} | {theirs:.0} | {ratio} |").expect("a String");
        }
        text
    }
}

impl Row {
    fn to_json(&self) -> Json {
        let number =
            |value: f64| Number::from_f64((value * 1000.0).round() / 1000.0).map_or(Json::Null, Json::from);
        let (kind, ratio) = match self.ratio {
            Ratio::Faster(ratio) => ("timesAsFast", ratio),
            Ratio::Above(ratio) => ("timesTheFloor", ratio),
        };
        Object::new()
            .with("work", &*self.work)
            .with("nanoseconds", number(self.ours))
            .with("peer", &*self.peer)
            .with("peerNanoseconds", number(self.theirs))
            .with(kind, number(ratio))
            .into()
    }
}

/// Median nanoseconds of both, and the median of how many times as fast the first was, slice by slice.
fn compare(ours: &mut dyn FnMut(), theirs: &mut dyn FnMut()) -> (f64, f64, f64) {
    let (our_count, their_count) = (calibrate(ours), calibrate(theirs));
    let (mut our_times, mut their_times, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // Each is first in turn, so that neither always finds the caches as the other left them.
        let (ours, theirs) = if round % 2 == 0 {
            let first = slice(ours, our_count);
            (first, slice(theirs, their_count))
        } else {
            let first = slice(theirs, their_count);
            (slice(ours, our_count), first)
        };
        our_times.push(ours);
        their_times.push(theirs);
        ratios.push(theirs / ours);
    }
    (median(our_times), median(their_times), median(ratios))
}

/// How often to do it for a slice of time; warms up on the way.
fn calibrate(work: &mut dyn FnMut()) -> u32 {
    let mut count = 1;
    loop {
        let start = Instant::now();
        for _ in 0..count {
            work();
        }
        let took = start.elapsed();
        if took >= SLICE {
            return count;
        }
        let wanted = SLICE.as_secs_f64() / took.as_secs_f64().max(1e-9) * f64::from(count) * 1.1;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        let wanted = wanted.min(f64::from(count) * 100.0) as u32;
        count = wanted.max(count + 1);
    }
}

fn slice(work: &mut dyn FnMut(), count: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..count {
        work();
    }
    black_box(start.elapsed()).as_secs_f64() * 1e9 / f64::from(count)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
