//! Calls and answers as bytes, on connections that are kept.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use jit_approvals::json::Json;
use jit_approvals_api::paths;

/// A call.
pub(crate) struct Call {
    head: String,
    body: String,
}

impl Call {
    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// The metrics are not under the base path.
    pub(crate) fn metrics() -> Self {
        Self { head: "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n".to_owned(), body: String::new() }
    }

    pub(crate) fn post(path: &str, body: impl Into<String>) -> Self {
        Self { body: body.into(), ..Self::new("POST", path).with("Content-Type", "application/json") }
    }

    fn new(method: &str, path: &str) -> Self {
        let head = format!("{method} {}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n", paths::BASE);
        Self { head, body: String::new() }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.head.extend([name, ": ", value, "\r\n"]);
        self
    }

    /// With the auth token of an application.
    #[must_use]
    pub(crate) fn by_application(self, token: &str) -> Self {
        self.with("X-Nl3-Authorization-Token", token)
    }

    /// With the session of a person, as a page of the server sends it.
    #[must_use]
    pub(crate) fn by_person(self, cookie: &str) -> Self {
        self.with("Cookie", cookie).with("Sec-Fetch-Site", "same-origin")
    }

    /// The bytes on the wire.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        format!("{}Content-Length: {}\r\n\r\n{}", self.head, self.body.len(), self.body).into_bytes()
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// A text in the body, by a path such as `grant.id`.
    pub(crate) fn text(&self, path: &str) -> String {
        let mut value = &Json::parse(&self.body).expect("the body is JSON");
        for step in path.split('.') {
            value = value.get(step).unwrap_or_else(|| panic!("no {path} in {}", self.body));
        }
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    /// The cookie that it sets, as `name=value`.
    pub(crate) fn cookie(&self) -> String {
        let line = self.head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        line.and_then(|line| line.split(';').next()).expect("a cookie").to_owned()
    }
}

/// A connection on which one call is made at a time.
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        Self { stream, read: Vec::new() }
    }

    pub(crate) fn send(&mut self, call: &[u8]) {
        self.stream.write_all(call).expect("the server reads");
    }

    /// Reads once what has come. Returns the status after the end of the answer.
    pub(crate) fn receive(&mut self) -> Option<u16> {
        let mut part = [0; 16 << 10];
        let length = self.stream.read(&mut part).expect("the server answers");
        assert_ne!(length, 0, "the server has closed the connection");
        self.read.extend_from_slice(&part[..length]);
        let (status, _, end) = measured(&self.read)?;
        assert_eq!(self.read.len(), end, "one answer at a time");
        self.read.clear();
        Some(status)
    }

    /// Makes a call, and waits for its answer.
    pub(crate) fn ask(&mut self, call: &Call) -> Answer {
        self.send(&call.to_bytes());
        let mut part = [0; 16 << 10];
        loop {
            let length = self.stream.read(&mut part).expect("the server answers");
            assert_ne!(length, 0, "the server has closed the connection");
            self.read.extend_from_slice(&part[..length]);
            if let Some((status, begin, _)) = measured(&self.read) {
                let text = String::from_utf8(std::mem::take(&mut self.read)).expect("UTF-8");
                let (head, body) = text.split_at(begin);
                return Answer { status, head: head.to_owned(), body: body.to_owned() };
            }
        }
    }

    /// Makes a call, which must be answered with a status.
    pub(crate) fn must(&mut self, status: u16, call: &Call) -> Answer {
        let answer = self.ask(call);
        assert_eq!(answer.status, status, "{} {}", call.head, answer.body);
        answer
    }
}

/// The status of an answer, where its body begins, and where it ends. `None` while some of it is missing.
fn measured(bytes: &[u8]) -> Option<(u16, usize, usize)> {
    const LENGTH: &[u8] = b"\r\ncontent-length: ";
    let begin = bytes.windows(4).position(|part| part == b"\r\n\r\n")? + 4;
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .fold(0, |sum, byte| sum * 10 + usize::from(byte - b'0'))
    };
    let head = &bytes[..begin];
    let length = head.windows(LENGTH.len()).position(|part| part == LENGTH);
    let length = length.map_or(0, |place| number(&head[place + LENGTH.len()..]));
    let status = u16::try_from(number(&head[b"HTTP/1.1 ".len()..])).ok()?;
    (bytes.len() >= begin + length).then_some((status, begin, begin + length))
}
