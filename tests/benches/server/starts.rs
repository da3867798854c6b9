//! How long a start takes, however many requests are stored.

use std::process::Stdio;
use std::time::Instant;

use jit_approvals_tests::bench::median;

use crate::Plan;
use crate::call::{Call, Connection};
use crate::program::Program;
use crate::report::{Bound, Report, Row};
use crate::stores::Made;

/// Measures starts on a small and a large store, after a proper stop.
pub(crate) fn measure(plan: &Plan, stores: &[Made; 2], report: &mut Report) {
    let mut listening = [Vec::new(), Vec::new()];
    let mut ready = [Vec::new(), Vec::new()];
    for round in 0..=plan.rounds {
        for place in 0..2 {
            let index = (place + round) % 2;
            let begun = Instant::now();
            let program = Program::start(&plan.binary, &stores[index].folder, Stdio::null());
            let mut connection = Connection::open(program.address);
            while connection.ask(&Call::get("/readyz")).status != 200 {}
            let took = begun.elapsed();
            // The first round only warms up.
            if round > 0 {
                listening[index].push(program.started_in.as_secs_f64() * 1e3);
                ready[index].push(took.as_secs_f64() * 1e3);
            }
            program.stop();
        }
    }
    for (work, [few, many]) in [
        ("start until calls are accepted, a large store", listening),
        ("start until `/readyz` says 200, a large store", ready),
    ] {
        report.row(Row {
            work,
            against: format!("{} requests against {}", stores[1].count, stores[0].count),
            ratios: many.iter().zip(&few).map(|(many, few)| many / few).collect(),
            bound: Bound::Most(1.5, 1.2),
            figures: vec![("fewMs", median(few)), ("manyMs", median(many))],
        });
    }
}
