//! The figures: ratios within one run, each with its floor and its aim.

use std::fmt::Write as _;
use std::path::Path;

use jit_approvals::json::{Json, Number, Object};
use jit_approvals_tests::bench::median;

/// The rows, in order.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    costs: Vec<Cost>,
}

/// A ratio, and what it must and should be.
pub(crate) struct Row {
    pub(crate) work: &'static str,
    pub(crate) against: String,
    /// The ratio in each slice.
    pub(crate) ratios: Vec<f64>,
    pub(crate) bound: Bound,
    /// What it was computed from. Absolute, so only for the judgement of one run.
    pub(crate) figures: Vec<(&'static str, f64)>,
}

/// What a ratio must be, and what it should be.
pub(crate) enum Bound {
    /// At least.
    Least(f64, f64),
    /// At most.
    Most(f64, f64),
    /// It is only told.
    None,
}

/// What a call has cost under a load, in microseconds of processor time.
pub(crate) struct Cost {
    pub(crate) load: &'static str,
    pub(crate) calls_per_second: f64,
    pub(crate) server: f64,
    /// The load program itself.
    pub(crate) program: f64,
    /// How many changes a commit has; 0 without commits.
    pub(crate) batch: f64,
}

impl Report {
    pub(crate) fn row(&mut self, row: Row) {
        eprintln!("  {} … {}: {}", row.work, row.against, shown(row.ratio()));
        self.rows.push(row);
    }

    pub(crate) fn cost(&mut self, cost: Cost) {
        self.costs.push(cost);
    }

    /// Prints the tables and writes `target/bench/server.json`.
    ///
    /// # Errors
    ///
    /// The rows that do not reach their floors.
    pub(crate) fn finish(&self, folder: &Path) -> Result<(), String> {
        let rows: Vec<Json> = self.rows.iter().map(Row::to_json).collect();
        let costs: Vec<Json> = self.costs.iter().map(Cost::to_json).collect();
        let document = Json::from(Object::new().with("rows", rows).with("costs", costs));
        std::fs::write(folder.join("server.json"), format!("{document}\n"))
            .expect("the figures can be written");
        println!("{}", self.table());
        let below: Vec<&str> = self.rows.iter().filter(|row| !row.holds()).map(|row| row.work).collect();
        if below.is_empty() { Ok(()) } else { Err(format!("the floor is not reached: {}", below.join("; "))) }
    }

    fn table(&self) -> String {
        let mut text =
            "| work | against | ratio | slices | floor | aim | |\n|---|---|--:|--:|--:|--:|---|".to_owned();
        for row in &self.rows {
            let (floor, aim) = match row.bound {
                Bound::Least(floor, aim) => (format!("≥ {}", shown(floor)), format!("≥ {}", shown(aim))),
                Bound::Most(floor, aim) => (format!("≤ {}", shown(floor)), format!("≤ {}", shown(aim))),
                Bound::None => Default::default(),
            };
            let (least, most) = row.range();
            let (ratio, range) = (shown(row.ratio()), format!("{} … {}", shown(least), shown(most)));
            let Row { work, against, .. } = row;
            let reached = row.reached();
            write!(text, "\n| {work} | {against} | {ratio} | {range} | {floor} | {aim} | {reached} |")
                .expect("a String");
        }
        text += "\n\n| load | calls per second | server: µs of processor per call | load program: µs | changes in a commit |\n|---|--:|--:|--:|--:|";
        for Cost { load, calls_per_second, server, program, batch } in &self.costs {
            write!(text, "\n| {load} | {calls_per_second:.0} | {server:.0} | {program:.1} | {batch:.1} |")
                .expect("a String");
        }
        text
    }
}

impl Row {
    /// The median of the slices.
    fn ratio(&self) -> f64 {
        median(self.ratios.clone())
    }

    /// The least and the greatest ratio of a slice.
    fn range(&self) -> (f64, f64) {
        let least = self.ratios.iter().copied().fold(f64::INFINITY, f64::min);
        (least, self.ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    }

    fn holds(&self) -> bool {
        match self.bound {
            Bound::Least(floor, _) => self.ratio() >= floor,
            Bound::Most(floor, _) => self.ratio() <= floor,
            Bound::None => true,
        }
    }

    fn reached(&self) -> &'static str {
        let aimed = match self.bound {
            Bound::Least(_, aim) => self.ratio() >= aim,
            Bound::Most(_, aim) => self.ratio() <= aim,
            Bound::None => return "",
        };
        match (aimed, self.holds()) {
            (true, _) => "aim",
            (false, true) => "floor",
            (false, false) => "below the floor",
        }
    }

    fn to_json(&self) -> Json {
        let mut object = Object::new().with("work", self.work).with("against", &*self.against);
        object.insert("ratio", number(self.ratio()));
        object.insert("slices", self.ratios.iter().copied().map(number).collect::<Vec<_>>());
        match self.bound {
            Bound::Least(floor, aim) | Bound::Most(floor, aim) => {
                object.insert("floor", number(floor));
                object.insert("aim", number(aim));
            }
            Bound::None => {}
        }
        let figures = self.figures.iter().map(|(name, value)| (*name, number(*value)));
        object
            .insert("figures", figures.fold(Object::new(), |object, (name, value)| object.with(name, value)));
        object.into()
    }
}

impl Cost {
    fn to_json(&self) -> Json {
        let object =
            Object::new().with("load", self.load).with("callsPerSecond", number(self.calls_per_second));
        let object = object.with("serverUs", number(self.server)).with("loadProgramUs", number(self.program));
        object.with("changesInCommit", number(self.batch)).into()
    }
}

fn number(value: f64) -> Json {
    Number::from_f64((value * 1000.0).round() / 1000.0).map_or(Json::Null, Json::from)
}

fn shown(value: f64) -> String {
    if value.abs() < 10.0 { format!("{value:.2}") } else { format!("{value:.1}") }
}
