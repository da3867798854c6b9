//! Connections that are idle, silent, slow or not read from: what they cost, and that they hinder nobody.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::{report, size};
use crate::http::Call;
use crate::races::Ends;
use crate::server::{Server, Shop, until};

/// The most memory that a connection with a call may cost, in bytes.
const WITH_CALL: u64 = 25_000;

/// The most memory that a connection may cost on which nothing was sent: no buffers.
const SILENT: u64 = 7_000;

/// Has the allocator of glibc give back at once what is freed, such as the 19 MiB of a password's hash. By default it keeps
/// them, and what is measured would be how much of that is used up.
const ALLOCATOR: &str = "export MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=262144 MALLOC_TRIM_THRESHOLD_=65536 MALLOC_TOP_PAD_=65536";

/// A server that accepts many connections, and that has already answered many calls at once.
struct Held {
    shop: Shop,
    connections: usize,
}

impl Server {
    /// The resident memory of the process that is its own, in bytes.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    fn connections(&self) -> usize {
        usize::try_from(self.metric("jit_connections")).unwrap()
    }
}

impl Held {
    fn open(connections: usize) -> Self {
        // Both ends of each connection need a file: those of the clients are in this process.
        let files = format!("--nofile={}:", 2 * connections + 1000);
        let this = std::process::id().to_string();
        assert!(Command::new("prlimit").args(["--pid", &this, &files]).status().unwrap().success());
        let most = (connections + 200).to_string();
        let arguments = [
            ["--metrics-listen", "127.0.0.1:0"],
            ["--connections", &most],
            ["--waits", &most],
            ["--application-waits", &most],
        ];
        let shop = Shop::open_after(ALLOCATOR, &arguments.concat());
        let held = Self { shop, connections };
        std::thread::scope(|scope| {
            for _ in 0..160 {
                scope.spawn(|| (0..3).for_each(|_| held.probe()));
            }
        });
        until(|| (held.shop.server.connections() == 0).then_some(()));
        held
    }

    /// Calls as somebody who has nothing to do with the connections.
    fn probe(&self) {
        let opened = self.shop.purchase();
        assert_eq!(self.shop.read(&opened.text("id")).is(200, "").text("status"), "pending");
        self.shop.kevin(Call::post(&format!("/approvalRequest/{}/cancel", opened.text("id")))).is(200, "");
    }

    /// Opens the connections, three times, while others call. Each may cost `most` bytes. `work` does on each what is to be
    /// held; `holds` says how many the server holds; `lasts` is what happens then.
    fn hold(
        &self,
        name: &str,
        most: u64,
        work: impl Fn(&mut TcpStream),
        holds: impl Fn(&Server) -> usize,
        mut lasts: impl FnMut(&mut [TcpStream]),
    ) {
        let server = &self.shop.server;
        let (stop, probes) = (AtomicBool::new(false), AtomicUsize::new(0));
        let (mut halves, mut held, half) = (Vec::new(), Vec::new(), self.connections / 2);
        std::thread::scope(|scope| {
            let _ends = Ends(&stop);
            let probe = scope.spawn(|| {
                while !stop.load(Ordering::SeqCst) {
                    self.probe();
                    probes.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(5));
                }
            });
            for _ in 0..3 {
                let mut streams: Vec<TcpStream> = Vec::new();
                for number in 0..self.connections {
                    if number == half {
                        until(|| (holds(server) >= half).then_some(()));
                        halves.push(server.memory());
                    }
                    let mut stream = TcpStream::connect(server.address).unwrap();
                    work(&mut stream);
                    streams.push(stream);
                }
                until(|| (holds(server) >= self.connections).then_some(()));
                held.push(server.memory());
                lasts(&mut streams);
                // Those who have nothing to do with it are answered all the while.
                let seen = probes.load(Ordering::SeqCst);
                until(|| {
                    assert!(!probe.is_finished(), "a probe has failed");
                    (probes.load(Ordering::SeqCst) > seen + 2).then_some(())
                });
                drop(streams);
                until(|| (server.connections() <= 2).then_some(()));
            }
        });
        // What is free in the memory of the process is used up by the first half.
        let each = held[0].saturating_sub(halves[0]) / (self.connections - half) as u64;
        // The allocator keeps what was freed, and uses it again: after the second time it needs hardly more.
        let percent = 100 * held[2] / held[1];
        report(
            name,
            &[
                ("connections", self.connections.to_string()),
                ("bytes each", each.to_string()),
                ("percent of the memory when they come again", percent.to_string()),
                ("calls of others that succeeded", (3 * probes.load(Ordering::SeqCst)).to_string()),
            ],
        );
        assert!(each <= most, "{name}: {each} bytes for each connection");
        assert!(percent <= 110, "{name}: {percent} percent of the memory of before: {held:?}");
    }
}

#[test]
fn idle_waits_cost_little_and_hinder_nobody() {
    let held = Held::open(size(1200, 5000));
    let opened = held.shop.purchase();
    let wait = Call::get(&format!("/approvalRequest/{}?waitSeconds=55", opened.text("id")));
    let wait = held.shop.as_kevin(wait).to_bytes();
    let work = |stream: &mut TcpStream| stream.write_all(&wait).unwrap();
    let waits = |server: &Server| usize::try_from(server.metric("jit_waits")).unwrap();
    held.hold("idle waits", WITH_CALL, work, waits, |_| {});
}

#[test]
fn connections_without_a_call_cost_little_and_hinder_nobody() {
    let held = Held::open(size(1200, 5000));
    held.hold("half-open connections", SILENT, |_| {}, Server::connections, |_| {});
}

#[test]
fn heads_that_arrive_slowly_are_ended_and_hinder_nobody() {
    let held = Held::open(size(100, 500));
    let work = |stream: &mut TcpStream| stream.write_all(b"GET / HTTP/1.1\r\nHost: test\r\nSlow: ").unwrap();
    held.hold("heads that arrive slowly", WITH_CALL, work, Server::connections, |streams| {
        // A byte at a time. In the long form, until the server has ended every one of them.
        let mut rounds = 0..size(3, 100);
        let are_ended = rounds.any(|_| {
            std::thread::sleep(Duration::from_millis(500));
            streams.iter_mut().filter_map(|stream| stream.write_all(b"x").ok()).count() == 0
        });
        assert_eq!(are_ended, size(0, 1) == 1);
    });
}

#[test]
fn clients_that_read_nothing_cost_little_and_hinder_nobody() {
    let held = Held::open(size(40, 200));
    // More than the system takes of the answers for a client that does not read them.
    let call = b"GET /openapi.json HTTP/1.1\r\nHost: test\r\n\r\n".repeat(100);
    let work = |stream: &mut TcpStream| {
        stream.set_nonblocking(true).unwrap();
        // What the server does not read any more is not sent.
        let _ = stream.write(&call);
    };
    held.hold("clients that read nothing", WITH_CALL, work, Server::connections, |streams| {
        for stream in streams {
            // The first answer has begun. The rest of them waits.
            stream.set_nonblocking(false).unwrap();
            stream.read_exact(&mut [0; 12]).unwrap();
        }
    });
}
