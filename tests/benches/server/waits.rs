//! What a call that waits costs in memory.

use std::time::Duration;

use crate::Plan;
use crate::call::{Call, Connection};
use crate::load::Load;
use crate::report::{Bound, Report, Row};
use crate::shop::{BODY, Shop, TEMPLATE};

/// How many requests a user has, and how many calls begin to wait at a time.
const AT_A_TIME: usize = 50;

/// How many threads open the requests.
const THREADS: usize = 16;

/// Measures the resident memory of a server before and after calls have begun to wait, each on its own connection and for
/// its own request. A new process each time: what an earlier one has freed would hide what is taken. Before, the server has
/// answered reads of the same requests on 64 connections, so that what it takes for its threads and its store is there.
pub(crate) fn measure(plan: &Plan, report: &mut Report) {
    let folder = plan.temporary();
    let data = folder.path().join("data");
    let shop = Shop::new(&plan.binary, &data, TEMPLATE);
    let ids = opened(&shop, plan.waits);
    let secret = shop.secret.clone();
    shop.program.stop();
    let mut each = Vec::new();
    for _ in 0..5 {
        let shop = Shop::again(&plan.binary, &data, &secret);
        let calls = |query: &str| -> Vec<Vec<u8>> {
            let call = |(index, id)| {
                let token = shop.token(&format!("user-{}", index / AT_A_TIME));
                Call::get(&format!("/approvalRequest/{id}{query}")).by_application(&token).to_bytes()
            };
            ids.iter().enumerate().map(call).collect()
        };
        Load::connect(shop.program.address, 64).closed(&calls(""), 200, Duration::from_secs(1));
        let before = shop.program.resident();
        let mut waiting: Vec<Connection> = Vec::new();
        for call in calls("?waitSeconds=55") {
            let mut connection = Connection::open(shop.program.address);
            connection.send(&call);
            waiting.push(connection);
            while waiting.len().is_multiple_of(AT_A_TIME) && shop.program.count("jit_waits") < count(&waiting)
            {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        each.push((shop.program.resident() - before) / count(&waiting) / 1024.0);
    }
    report.row(Row {
        work: "resident memory of each waiting call, KB",
        against: format!("{} of them", plan.waits),
        ratios: each,
        bound: Bound::Most(25.0, 10.0),
        figures: Vec::new(),
    });
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn count(waiting: &[Connection]) -> f64 {
    waiting.len() as f64
}

/// Opens requests, and returns their ids.
fn opened(shop: &Shop, count: usize) -> Vec<String> {
    let part = |thread: usize| {
        let mut connection = Connection::open(shop.program.address);
        let mut open = |index: usize| {
            let token = shop.token(&format!("user-{}", index / AT_A_TIME));
            let opened = connection.must(201, &Call::post("/approvalRequest", BODY).by_application(&token));
            (index, opened.text("id"))
        };
        (thread..count).step_by(THREADS).map(&mut open).collect::<Vec<_>>()
    };
    let mut ids: Vec<(usize, String)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || part(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("it opens requests")).collect()
    });
    ids.sort();
    ids.into_iter().map(|(_, id)| id).collect()
}
