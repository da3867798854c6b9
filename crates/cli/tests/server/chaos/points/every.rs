//! The kills at all points of a work, one after the other.

use std::collections::{BTreeMap, BTreeSet};

use super::strace::Kill;
use super::trace::{Point, Trace, name};
use crate::chaos::{report, size};

/// Kills again and again: `attempt` gets each point, and returns the thread and its call at which the process was killed;
/// nothing if the work went through. The short form takes a few of each system call that the whole work makes, with the
/// first and the last. The long form goes on until the work goes through.
pub(super) fn each(whole: &Trace, most: usize, mut attempt: impl FnMut(&Kill) -> Option<(String, Point)>) {
    for (call, count) in whole.busiest(|point| point.call.clone()) {
        let most = size(most, usize::MAX).min(count);
        let mut numbers: Vec<usize> =
            (0..most).map(|index| 1 + index * (count - 1) / (most - 1).max(1)).collect();
        numbers.dedup();
        let mut went_on = true;
        for nth in numbers {
            went_on = attempt(&Kill { call: call.clone(), file: None, nth }).is_some();
        }
        let mut nth = count;
        while went_on && size(0, 1) == 1 {
            nth += 1;
            went_on = attempt(&Kill { call: call.clone(), file: None, nth }).is_some();
        }
    }
}

/// As [`each`], in a process of several threads. A thread that calls more often than another one would hide it: the long
/// form counts the calls of each file by themselves, and tells what it has not reached even so.
pub(super) fn each_of_threads(
    work: &str,
    whole: &Trace,
    most: usize,
    mut attempt: impl FnMut(&Kill) -> Option<(String, Point)>,
) {
    if size(0, 1) == 0 {
        return each(whole, most, attempt);
    }
    let (mut reached, mut all) = (BTreeSet::new(), BTreeSet::new());
    for (point, count) in whole.busiest(Point::clone) {
        for nth in 1.. {
            let kill = Kill { call: point.call.clone(), file: Some(point.file.clone()), nth };
            let killed = attempt(&kill);
            if killed.is_none() && nth > count {
                break;
            }
            reached.extend(killed.map(|(thread, point)| (name(&thread), point, nth)));
        }
    }
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for (thread, point) in &whole.points {
        let count = counts.entry((thread, point)).or_default();
        *count += 1;
        all.insert((name(thread), point.clone(), *count));
    }
    let missed: Vec<_> = all.difference(&reached).collect();
    let columns = [
        ("work", work.to_owned()),
        ("points", all.len().to_string()),
        ("not reached because another thread was killed first", missed.len().to_string()),
    ];
    report("kill at a point, threads", &columns);
}
