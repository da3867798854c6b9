//! A checkpoint, which moves what was acknowledged from the log of the store to its file.

use std::time::Duration;

use super::every::each;
use super::strace::{self, Kill, Strace, WRITES};
use super::table::{Harm, Table};
use super::trace::Trace;
use crate::chaos::whole::{is_whole, twice};
use crate::server::{Shop, until};

/// Opens a request, and waits until it is moved to the file and the log is cut. The process is killed meanwhile if that
/// is asked for.
fn work(shop: &mut Shop, number: usize, kill: Option<&Kill>) -> (Trace, Harm) {
    let strace = Strace::thread(shop.server.id(), "checkpoint", &WRITES, kill);
    let key = format!("key-{number}");
    // It is killed after the answer, or before it.
    let answer = shop.keyed(&key).try_send(shop.server.address);
    until(|| {
        let trace = strace.so_far();
        let is_cut = |call: &str, file: &str| call == "ftruncate" && file == "store.sqlite-wal";
        let is_done = trace.points.last().is_some_and(|(_, point)| is_cut(&point.call, &point.file));
        (trace.killed.is_some() || is_done).then_some(())
    });
    if kill.is_some() {
        // That it was killed in its last call is written a moment after the call.
        std::thread::sleep(Duration::from_millis(200));
    }
    let trace = if strace.so_far().killed.is_some() { strace.killed() } else { strace.detach() };
    if trace.killed.is_some() {
        shop.server.kill_and_restart();
        shop.admin.address = shop.server.address;
    }
    let again = shop.keyed(&key).send(shop.server.address);
    let lost = match &answer {
        Some(answer) => again.status != 200 || answer.is(201, "").text("id") != again.text("id"),
        None => ![200, 201].contains(&again.status),
    };
    is_whole(&shop.server);
    let count = shop.server.event_types().len();
    (trace, Harm { lost, twice: count != number || twice(&shop.server.data()) > 0 })
}

#[test]
fn what_a_checkpoint_moves_is_there_wherever_it_is_killed() {
    if !strace::is_there() {
        return;
    }
    let (mut shop, mut table, mut number) = (Shop::open(), Table::new(), 1);
    let (whole, _) = work(&mut shop, number, None);
    each(&whole, 2, |kill| {
        number += 1;
        let (trace, harm) = work(&mut shop, number, Some(kill));
        let killed = trace.killed?;
        table.add("checkpoint", &killed.1, harm);
        Some(killed)
    });
    table.end();
}
