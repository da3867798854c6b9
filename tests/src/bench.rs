//! Compares our speed with that of other libraries.
//!
//! Each figure is a median over time slices. The slices of both candidates alternate in one run, so that a machine that
//! slows down slows both. The ratios are the result. The absolute times only help to judge them.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use jit_approvals::json::{Json, Number, Object};

/// The number of time slices for each candidate.
const ROUNDS: usize = 41;
/// The shortest duration of a slice.
const SLICE: Duration = Duration::from_millis(4);

/// A table of comparisons, with a name.
#[derive(Debug)]
pub struct Bench {
    name: &'static str,
    rows: Vec<Row>,
}

/// The times of our work and of one peer. Times are in nanoseconds.
#[derive(Debug)]
struct Row {
    work: String,
    ours: f64,
    peer: String,
    theirs: f64,
    ratio: Ratio,
}

/// The ratio of two times.
#[derive(Debug, Clone, Copy)]
enum Ratio {
    /// How many times as fast as the peer our work is.
    Faster(f64),
    /// How many times as long as the floor our work takes. The floor is a lower bound.
    Above(f64),
}

/// Something to compare with: a name, and a function that does the work once.
pub type Contender<'a> = (&'a str, &'a mut dyn FnMut());

impl Bench {
    /// Creates a table. [`finish`](Self::finish) writes its figures to `target/bench/NAME.json`.
    pub fn new(name: &'static str) -> Self {
        Self { name, rows: Vec::new() }
    }

    /// Compares our work with a peer that does the same: measures how many times as fast ours is.
    pub fn faster_than(&mut self, work: &str, ours: &mut dyn FnMut(), (peer, theirs): Contender<'_>) {
        let (ours, theirs, ratio) = compare(ours, theirs);
        self.push(work, ours, peer, theirs, Ratio::Faster(ratio));
    }

    /// Compares our work with a lower bound of its time: measures how many times as long ours takes.
    pub fn above_floor(&mut self, work: &str, ours: &mut dyn FnMut(), (floor, theirs): Contender<'_>) {
        let (ours, theirs, ratio) = compare(ours, theirs);
        self.push(work, ours, floor, theirs, Ratio::Above(1.0 / ratio));
    }

    /// Prints the table and writes the figures to their file.
    ///
    /// # Panics
    ///
    /// If the file can't be written.
    pub fn finish(self) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
        std::fs::create_dir_all(&folder).expect("the folder for the figures can be created");
        let rows: Vec<Json> = self.rows.iter().map(Row::to_json).collect();
        let document = Json::from(rows);
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
            Ratio::Faster(ratio) => ("ratio", ratio),
            Ratio::Above(ratio) => ("timesTheFloor", ratio),
        };
        Object::new()
            .with("work", &*self.work)
            .with("us", number(self.ours / 1000.0))
            .with("against", &*self.peer)
            .with("peerUs", number(self.theirs / 1000.0))
            .with(kind, number(ratio))
            .into()
    }
}

/// Returns the median nanoseconds of both, and the median over the slices of how many times as fast ours is.
fn compare(ours: &mut dyn FnMut(), theirs: &mut dyn FnMut()) -> (f64, f64, f64) {
    let (our_count, their_count) = (calibrate(ours), calibrate(theirs));
    let (mut our_times, mut their_times, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // They take turns to go first, so that neither always starts with the caches that the other left.
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

/// Returns how many times to do the work in one slice. Measuring this also warms up the caches.
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

/// Returns the median of some values.
///
/// # Panics
///
/// If there are none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
