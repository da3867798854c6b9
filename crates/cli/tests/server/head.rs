//! Heads that no endpoint sees: they are not HTTP, or too large.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::http::{Answer, Call, raw};
use crate::server::Server;

const HEAD: &str = "GET /nl3/api/v1/healthz HTTP/1.1\r\nHost: test\r\n";

/// Checks what holds for every answer, and that the log names the call.
fn check(server: &Server, answer: &Answer) {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
    let instance = answer.header("x-request-id").unwrap();
    assert_eq!(answer.text("instance"), format!("urn:uuid:{instance}"));
    let line =
        crate::server::until(|| server.log().lines().find(|line| line.contains(instance)).map(str::to_owned));
    assert!(line.contains(&format!(r#""status":{}"#, answer.status)), "{line}");
}

#[test]
fn a_head_that_is_refused_has_a_problem_document_and_a_line_in_the_log() {
    let server = Server::start(&[]);
    let send = |bytes: &[u8]| raw(server.address, bytes).unwrap();
    let malformed: [&[u8]; 5] = [
        b"POST /nl3/api/v1/session HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /nl3/api/v1/session HTTP/1.1\r\nHost: test\r\nContent-Length: -1\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : test\r\n\r\n",
        b"G\xffT / HTTP/1.1\r\nHost: test\r\n\r\n",
    ];
    for bytes in malformed {
        check(&server, send(bytes).is(400, "malformed_head"));
    }
    let large = format!("{HEAD}X-Large: {}\r\n\r\n", "x".repeat(16 << 10));
    let many = format!("{HEAD}{}\r\n", "X-Many: x\r\n".repeat(200));
    let long = format!("GET /{} HTTP/1.1\r\nHost: test\r\n\r\n", "x".repeat(20 << 10));
    for text in [large, many, long] {
        check(&server, send(text.as_bytes()).is(431, "head_too_large"));
    }
    assert_eq!(Call::get("/healthz").send(server.address).status, 200);
}

#[test]
fn calls_before_a_head_that_is_refused_are_answered() {
    let server = Server::start(&[]);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.write_all(format!("{HEAD}\r\n{HEAD}\r\nGET\r\n\r\n").as_bytes()).unwrap();
    let mut read = Vec::new();
    stream.read_to_end(&mut read).unwrap();
    let read = String::from_utf8(read).unwrap();
    let statuses: Vec<&str> = read.lines().filter_map(|line| line.split("HTTP/1.1 ").nth(1)).collect();
    assert_eq!(statuses, ["200 OK", "200 OK", "400 Bad Request"], "{read}");
    let last = read.rfind("HTTP/1.1 400").unwrap();
    check(&server, Answer::parse(&read.as_bytes()[last..]).unwrap().is(400, "malformed_head"));
}
