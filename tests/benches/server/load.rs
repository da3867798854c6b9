//! The load program. One thread keeps many connections busy: a thread for each would cost the machine, which the server
//! shares, more than the calls themselves.

use std::net::SocketAddr;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeSpec, TimeValLike as _};

use crate::call::Connection;

/// The connections.
pub(crate) struct Load(Vec<Connection>);

impl Load {
    /// Opens a number of connections.
    pub(crate) fn connect(address: SocketAddr, count: usize) -> Self {
        Self((0..count).map(|_| Connection::open(address)).collect())
    }

    /// Makes calls for a time, on each connection one after the other, and returns how many were answered in a second.
    /// Every answer must have the status.
    pub(crate) fn closed(&mut self, calls: &[Vec<u8>], status: u16, time: Duration) -> f64 {
        let mut calls = calls.iter().cycle();
        let mut next = || calls.next().expect("there are calls");
        let begun = Instant::now();
        self.0.iter_mut().for_each(|connection| connection.send(next()));
        let (mut answered, mut busy) = (0, self.0.len());
        while busy > 0 {
            for index in self.ready(None) {
                let Some(found) = self.0[index].receive() else { continue };
                assert_eq!(found, status);
                if begun.elapsed() < time {
                    answered += 1;
                    self.0[index].send(next());
                } else {
                    busy -= 1;
                }
            }
        }
        f64::from(answered) / time.as_secs_f64()
    }

    /// Makes calls at a steady rate, whether or not earlier ones were answered, and returns how long each took from the
    /// moment at which it was due. A call that finds no free connection waits for one, which counts.
    pub(crate) fn paced(
        &mut self,
        calls: &[Vec<u8>],
        status: u16,
        rate: f64,
        time: Duration,
    ) -> Vec<Duration> {
        let interval = Duration::from_secs_f64(1.0 / rate);
        let begun = Instant::now();
        let mut due =
            (0..).map(|number| begun + interval * number).take_while(|due| *due < begun + time).peekable();
        let mut calls = calls.iter().cycle();
        let mut free: Vec<usize> = (0..self.0.len()).collect();
        let mut since = vec![begun; self.0.len()];
        let mut took = Vec::new();
        while due.peek().is_some() || free.len() < self.0.len() {
            let mut pause = None;
            while let (Some(next), Some(index)) = (due.peek().copied(), free.last().copied()) {
                let left = next.saturating_duration_since(Instant::now());
                if !left.is_zero() {
                    pause = Some(left);
                    break;
                }
                (since[index], _) = (next, (due.next(), free.pop()));
                self.0[index].send(calls.next().expect("there are calls"));
            }
            for index in self.ready(pause) {
                let Some(found) = self.0[index].receive() else { continue };
                took.push(since[index].elapsed());
                assert_eq!(found, status);
                free.push(index);
            }
        }
        took
    }

    /// Waits until there is something to read, or for a time. Returns the connections that have something.
    fn ready(&self, longest: Option<Duration>) -> Vec<usize> {
        let files = self.0.iter().map(|connection| PollFd::new(connection.stream.as_fd(), PollFlags::POLLIN));
        let mut files: Vec<PollFd<'_>> = files.collect();
        ppoll(&mut files, longest.map(TimeSpec::from_duration), None).expect("sockets can be polled");
        let has = |file: &PollFd<'_>| file.any().unwrap_or(false);
        files.iter().enumerate().filter(|(_, file)| has(file)).map(|(index, _)| index).collect()
    }
}

/// The seconds of processor time that this program has used.
#[expect(clippy::cast_precision_loss, reason = "microseconds since the program began")]
pub(crate) fn own_cpu() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("Unix");
    (usage.user_time() + usage.system_time()).num_microseconds() as f64 / 1e6
}
