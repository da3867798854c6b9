//! The process of a server.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::call::{Call, Connection};

/// The limits are raised so far that no call meets one.
const SETTINGS: &[&str] = &[
    "--listen=127.0.0.1:0",
    "--metrics-listen=127.0.0.1:0",
    "--connections=10000",
    "--waits=10000",
    "--calls-per-second=1000000",
    "--application-waits=10000",
    "--application-pending=1000000",
    "--subject-pending=1000",
];

/// A server that runs until this is dropped.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    metrics: SocketAddr,
    /// How long it took from the start of the process until it accepted calls.
    pub(crate) started_in: Duration,
    /// It may print more.
    _printed: BufReader<ChildStdout>,
}

impl Program {
    /// Starts a server on a folder. The log is written, as always, but nobody keeps it, unless a place for it is given.
    pub(crate) fn start(binary: &Path, folder: &Path, log: impl Into<Stdio>) -> Self {
        let begun = Instant::now();
        let mut child = Command::new(binary)
            .arg("serve")
            .args(SETTINGS)
            .arg("--data")
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the binary can be started");
        let mut printed = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let mut line = || {
            let mut line = String::new();
            printed.read_line(&mut line).expect("it prints UTF-8");
            (line.trim_end().to_owned(), begun.elapsed())
        };
        let (listening, started_in) = line();
        let address = listening.strip_prefix("listening on ").and_then(|address| address.parse().ok());
        let metrics = line().0;
        let metrics =
            metrics.strip_prefix("metrics on http://").and_then(|rest| rest.strip_suffix("/metrics"));
        Self {
            child,
            address: address.unwrap_or_else(|| panic!("the server did not start: {listening}")),
            metrics: metrics.and_then(|address| address.parse().ok()).expect("an address"),
            started_in,
            _printed: printed,
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The seconds of processor time that it has used.
    pub(crate) fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).expect("Linux");
        // The second field is the name in parentheses, the 14th and 15th are the times.
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
        let hundredths: f64 = fields.filter_map(|field| field.parse::<f64>().ok()).sum();
        hundredths / 100.0
    }

    /// The bytes of its memory that are resident.
    pub(crate) fn resident(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        let kilobytes = line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok());
        kilobytes.expect("a number") * 1024.0
    }

    /// A number of its metrics: the sum over all labels.
    pub(crate) fn count(&self, name: &str) -> f64 {
        let page = Connection::open(self.metrics).must(200, &Call::metrics()).body;
        let of = |line: &str| {
            let rest = line.strip_prefix(name).filter(|rest| rest.starts_with([' ', '{']))?;
            rest.rsplit(' ').next()?.parse::<f64>().ok()
        };
        page.lines().filter_map(of).sum()
    }

    /// Asks it to stop, and waits until it has ended.
    pub(crate) fn stop(mut self) {
        let id = i32::try_from(self.id()).expect("the id of a process");
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::SIGTERM).expect("it runs");
        assert!(self.child.wait().expect("a child").success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
