//! Connections that are slow, idle or too many.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::server::{Server, Shop};

/// A call that keeps its connection.
const ALIVE: &[u8] = b"GET /nl3/api/v1/healthz HTTP/1.1\r\nHost: test\r\n\r\n";

/// How long a test waits for what must not come.
const MOMENT: Duration = Duration::from_millis(250);

/// A connection of a client.
struct Client(TcpStream);

impl Client {
    fn connect(server: &Server) -> Self {
        Self(TcpStream::connect(server.address).unwrap())
    }

    /// A connection whose first call was answered.
    fn accepted(server: &Server) -> Self {
        let mut client = Self::connect(server);
        client.send(ALIVE);
        client.is_answered("alive");
        client
    }

    fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Reads until a text has come.
    #[track_caller]
    fn is_answered(&mut self, text: &str) {
        self.0.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
        while !String::from_utf8_lossy(&read).contains(text) {
            let count = self.0.read(&mut buffer).unwrap();
            assert!(count > 0, "closed after {:?}", String::from_utf8_lossy(&read));
            read.extend_from_slice(&buffer[..count]);
        }
    }

    /// Whether nothing has come for a moment.
    fn is_silent(&mut self) -> bool {
        self.0.set_read_timeout(Some(MOMENT)).unwrap();
        let read = self.0.read(&mut [0; 64]);
        matches!(read, Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()))
    }
}

#[test]
fn a_head_that_has_begun_must_end_in_time_and_nothing_else_must() {
    let server = Server::start(&[]);
    let mut idle = Client::accepted(&server);
    let mut fresh = Client::connect(&server);
    // A second call on the same connection has a time of its own.
    let mut second = Client::accepted(&server);
    second.send(b"GET /nl3/api/v1/healthz HTTP/1.1\r\n");
    let mut body = Client::connect(&server);
    body.send(b"POST /nl3/api/v1/session HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n");
    body.send(b"Content-Length: 2\r\n\r\n");
    // Its first byte comes apart from the head, and before the slow head begins.
    assert!(body.is_silent());
    body.send(b"{");
    assert!(body.is_silent());
    let mut slow = Client::connect(&server);
    slow.send(b"GET /nl3/api/v1/healthz HTTP/1.1\r\nX-Slow: ");
    // A byte now and then does not help.
    let is_open = |slow: &mut Client| slow.is_silent() && slow.0.write_all(b"x").is_ok();
    let bytes = (0..80).take_while(|_| is_open(&mut slow)).count();
    assert!((1..80).contains(&bytes), "{bytes} bytes were accepted");
    assert!(!second.is_silent(), "it was closed as well");
    body.send(b"}");
    // All of it was read: what is missing is a member.
    body.is_answered("email");
    for client in [&mut idle, &mut fresh] {
        client.send(ALIVE);
        client.is_answered("alive");
    }
}

/// Connections up to the limit are served; the next one waits until another has gone.
fn is_limited(server: &Server, most: usize) {
    let mut clients: Vec<_> = (0..most).map(|_| Client::accepted(server)).collect();
    let mut next = Client::connect(server);
    next.send(ALIVE);
    assert!(next.is_silent(), "{} connections", most + 1);
    for client in &mut clients {
        client.send(ALIVE);
        client.is_answered("alive");
    }
    clients.pop();
    next.is_answered("alive");
}

#[test]
fn connections_are_limited_by_the_setting() {
    is_limited(&Server::start(&["--connections", "4"]), 4);
}

#[cfg(target_os = "linux")]
#[test]
fn connections_are_limited_by_the_files_that_may_be_open() {
    let server = Server::start_after("ulimit -n 160", tempfile::tempdir().unwrap(), &[]);
    is_limited(&server, 160 - 128);
}

/// The lowest number that no open file of the server has.
#[cfg(target_os = "linux")]
fn lowest_free(server: &Server) -> u32 {
    let files = std::fs::read_dir(format!("/proc/{}/fd", server.id())).unwrap();
    let numbers: Vec<u32> = files.filter_map(|file| file.ok()?.file_name().to_str()?.parse().ok()).collect();
    (0..10_000).find(|number| !numbers.contains(number)).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn where_no_file_can_be_opened_connections_wait_and_are_served_later() {
    let server = Server::start(&[]);
    let mut known = Client::accepted(&server);
    // The next file would get the lowest number that is free. The server opens files for a moment, too.
    let lowest = (0..20).map(|_| lowest_free(&server)).min().unwrap();
    server.limit(&format!("--nofile={lowest}:"));
    let mut next = Client::connect(&server);
    next.send(ALIVE);
    assert!(next.is_silent());
    known.send(ALIVE);
    known.is_answered("alive");
    server.limit(&format!("--nofile={}:", lowest + 100));
    next.is_answered("alive");
}

#[test]
fn many_idle_connections_are_in_nobodys_way() {
    let shop = Shop::open();
    let mut idle: Vec<_> = (0..300).map(|_| Client::connect(&shop.server)).collect();
    for _ in 0..5 {
        shop.purchase();
    }
    for client in [0, 150, 299] {
        idle[client].send(ALIVE);
        idle[client].is_answered("alive");
    }
}
