//! How long a page of notifications takes, however many requests are stored.

use std::time::Instant;

use jit_approvals_tests::bench::median;

use crate::Plan;
use crate::call::{Call, Connection};
use crate::report::{Bound, Report, Row};
use crate::shop::Shop;
use crate::stores::Made;

/// How many pages a slice reads.
const PAGES: usize = 40;

/// Measures with two servers, on a small and a large store. All requests in them concern the reader.
pub(crate) fn measure(plan: &Plan, stores: &[Made; 2], report: &mut Report) {
    let shops = stores.each_ref().map(|store| Shop::again(&plan.binary, &store.folder, &store.secret));
    for (work, status) in [
        ("a page of 20 pending notifications, a large store", "pending"),
        ("a page of 20 notifications, a large store", "all"),
    ] {
        let path = format!("/notifications?status={status}&limit=20");
        let mut readers = shops.each_ref().map(|shop| {
            let mut connection = Connection::open(shop.program.address);
            let call = Call::get(&path).by_person(&shop.approver());
            let page = connection.must(200, &call);
            assert_eq!(page.body.matches("\"contentHash\"").count(), 20, "{}", page.body);
            (connection, call.to_bytes())
        });
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..=plan.rounds * 2 {
            for place in 0..2 {
                let index = (place + round) % 2;
                let (connection, call) = &mut readers[index];
                let mut one = || {
                    let begun = Instant::now();
                    connection.send(call);
                    while connection.receive().is_none() {}
                    begun.elapsed().as_secs_f64() * 1e6
                };
                let slice: Vec<f64> = (0..PAGES).map(|_| one()).collect();
                // The first round only warms up.
                if round > 0 {
                    times[index].push(median(slice));
                }
            }
        }
        let [few, many] = times;
        report.row(Row {
            work,
            against: format!("{} requests against {}", stores[1].count, stores[0].count),
            ratios: many.iter().zip(&few).map(|(many, few)| many / few).collect(),
            bound: Bound::Most(1.5, 1.2),
            figures: vec![("fewUs", median(few)), ("manyUs", median(many))],
        });
    }
}
