//! What `strace` has seen of a process.

use std::collections::BTreeMap;
use std::path::Path;

use super::strace::Kill;

/// A system call that was about to be made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Point {
    pub(super) call: String,
    /// The name of the file, or what it is.
    pub(super) file: String,
}

/// What a process did, in the order of its system calls.
#[derive(Debug)]
pub(super) struct Trace {
    /// The thread and its call.
    pub(super) points: Vec<(String, Point)>,
    /// The thread and the call before which the process was killed.
    pub(super) killed: Option<(String, Point)>,
}

impl Trace {
    pub(super) fn read(folder: &Path, kill: Option<&Kill>) -> Self {
        let text = std::fs::read_to_string(folder.join("trace")).unwrap_or_default();
        let points: Vec<_> = text.lines().filter_map(point).collect();
        let is_killed = text.contains("+++ killed by SIGKILL +++");
        let killed = kill.filter(|_| is_killed).map(|kill| {
            let mut counts = BTreeMap::new();
            let mut killed =
                points.iter().filter(|(_, point)| point.call == kill.call).filter(|(thread, _)| {
                    let count = counts.entry(thread).or_insert(0);
                    *count += 1;
                    *count == kill.nth
                });
            killed.next().unwrap_or_else(|| panic!("{kill:?} is not in {text}")).clone()
        });
        Self { points, killed }
    }

    /// How often the busiest thread made calls of each kind.
    pub(super) fn busiest<K: Ord>(&self, kind: impl Fn(&Point) -> K) -> BTreeMap<K, usize> {
        let mut counts: BTreeMap<(&str, K), usize> = BTreeMap::new();
        for (thread, point) in &self.points {
            *counts.entry((thread, kind(point))).or_default() += 1;
        }
        let mut most = BTreeMap::new();
        for ((_, kind), count) in counts {
            let known: &mut usize = most.entry(kind).or_default();
            *known = count.max(*known);
        }
        most
    }

    /// How many pages there were in the largest batch that the log of the store was made durable with.
    pub(super) fn batch(&self) -> usize {
        let (mut writes, mut most) = (0, 0);
        for (_, point) in &self.points {
            match point.call.as_str() {
                // Each page has a header of its own.
                "pwrite64" => writes += 1,
                "fsync" | "fdatasync" => most = most.max(std::mem::take(&mut writes) / 2),
                _ => {}
            }
        }
        most
    }
}

/// Reads a line such as `12<store> fsync(5</tmp/store.sqlite-wal>) = 0`. A line without a thread is of the only one.
fn point(line: &str) -> Option<(String, Point)> {
    let (thread, rest) = if line.starts_with(|first: char| first.is_ascii_digit()) {
        line.split_once(' ')?
    } else {
        ("", line)
    };
    let (call, given) = rest.trim_start().split_once('(')?;
    if !call.chars().all(|part| part.is_ascii_alphanumeric()) {
        return None;
    }
    let quoted = given.split('"').nth(1).filter(|path| !path.is_empty());
    let path = quoted.or_else(|| given.split_once('<')?.1.split('>').next())?;
    let is_socket = path.starts_with("socket:") || path.starts_with("TCP:");
    let file = if is_socket { "the client".to_owned() } else { role(Path::new(path)) };
    Some((thread.to_owned(), Point { call: call.to_owned(), file }))
}

/// The name of a thread, without its number.
pub(super) fn name(thread: &str) -> String {
    thread.trim_start_matches(|digit: char| digit.is_ascii_digit()).to_owned()
}

/// The name of a file without its folder. The folders of tests have names of their own.
pub(super) fn role(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with(".tmp") { "folder".to_owned() } else { name.into_owned() }
}
