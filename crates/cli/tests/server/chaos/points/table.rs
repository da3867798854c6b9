//! What the kills have shown, as a table.

use std::collections::BTreeMap;

use super::trace::Point;
use crate::chaos::report;

/// What happened at the points of one call on one file.
#[derive(Debug, Default, Clone, Copy)]
struct Row {
    points: usize,
    lost: usize,
    twice: usize,
}

/// What happened at the points of a test.
#[derive(Debug)]
pub(super) struct Table {
    rows: BTreeMap<(String, Point), Row>,
}

/// What a kill did to what was acknowledged, and to what was sent again.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Harm {
    /// It was acknowledged, and is not there.
    pub(super) lost: bool,
    /// It was sent again, and is there twice.
    pub(super) twice: bool,
}

impl Table {
    pub(super) fn new() -> Self {
        Self { rows: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, work: &str, point: &Point, harm: Harm) {
        let row = self.rows.entry((work.to_owned(), point.clone())).or_default();
        row.points += 1;
        row.lost += usize::from(harm.lost);
        row.twice += usize::from(harm.twice);
    }

    /// Reports every row. Nothing may be lost or there twice, and the process must have been killed somewhere.
    pub(super) fn end(&self) {
        let mut works: BTreeMap<&str, (Vec<String>, Row)> = BTreeMap::new();
        for ((work, Point { call, file }), row) in &self.rows {
            let (places, all) = works.entry(work).or_default();
            places.push(format!("{call} {file} {}", row.points));
            (all.points, all.lost, all.twice) =
                (all.points + row.points, all.lost + row.lost, all.twice + row.twice);
        }
        for (work, (places, Row { points, lost, twice })) in works {
            let columns = [
                ("points", points.to_string()),
                ("lost", lost.to_string()),
                ("twice", twice.to_string()),
                ("before", places.join("; ")),
            ];
            report(&format!("kill at a point: {work}"), &columns);
        }
        assert!(!self.rows.is_empty(), "the process was never killed");
        let harmed = self.rows.values().map(|row| row.lost + row.twice).sum::<usize>();
        assert_eq!(harmed, 0, "{self:?}");
    }
}
