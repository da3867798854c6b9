//! A client that sends exactly what a test wants.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use jit_approvals::json::Json;
use jit_approvals_api::paths;

use crate::credentials::check_not_repeated;
use crate::recorded::record;

/// A call that a test puts together.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Call {
    /// A call of the API. The path is under the base path, except that of the description.
    pub(crate) fn new(method: &str, path: &str) -> Self {
        let base = if path.split('?').next() == Some(paths::OPENAPI) { "" } else { paths::BASE };
        let path = format!("{base}{path}");
        Self { method: method.to_owned(), path, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// A POST without a body.
    pub(crate) fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Removes a header.
    #[must_use]
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// With a JSON body.
    #[must_use]
    pub(crate) fn json(self, body: impl Into<String>) -> Self {
        self.with("Content-Type", "application/json").bytes(body.into())
    }

    /// With a body of any bytes.
    #[must_use]
    pub(crate) fn bytes(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// The bytes on the wire.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut text =
            format!("{} {} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        let is_framed = self.headers.iter().any(|(name, _)| {
            ["content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str())
        });
        if !is_framed && (!self.body.is_empty() || self.method != "GET") {
            write!(text, "Content-Length: {}\r\n", self.body.len()).unwrap();
        }
        [text.as_bytes(), b"\r\n", &self.body].concat()
    }

    /// Sends the call and returns what comes back.
    pub(crate) fn send(&self, address: SocketAddr) -> Answer {
        raw(address, &self.to_bytes()).unwrap_or_else(|| panic!("no answer to {self:?}"))
    }
}

impl Call {
    /// Sends the call to a server that may be gone. Returns the answer, if all of it comes back.
    pub(crate) fn try_send(&self, address: SocketAddr) -> Option<Answer> {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        let _ = stream.write_all(&self.to_bytes());
        let mut read = Vec::new();
        let _ = stream.read_to_end(&mut read);
        let answer = Answer::parse(&read)?;
        let length: usize = answer.header("content-length")?.parse().ok()?;
        let answer = (length == answer.body.len()).then_some(answer)?;
        record(&self.to_bytes(), &answer);
        Some(answer)
    }
}

/// Sends bytes, and returns what comes back, if anything does.
pub(crate) fn raw(address: SocketAddr, bytes: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(90))).unwrap();
    // The server may answer before it has read everything.
    let _ = stream.write_all(bytes);
    let mut read = Vec::new();
    let _ = stream.read_to_end(&mut read);
    let answer = Answer::parse(&read)?;
    record(bytes, &answer);
    check_not_repeated(bytes, &answer);
    Some(answer)
}

impl Answer {
    /// Reads an answer that has come to its end.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Some(Self { status, headers, body: body.to_owned() })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Json {
        Json::parse(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A text in the body, by a path such as `grant.id`; empty if there is none.
    pub(crate) fn text(&self, path: &str) -> String {
        let mut value = self.json();
        for step in path.split('.') {
            value = match value.get(step) {
                Some(next) => next.clone(),
                None => return String::new(),
            };
        }
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    /// Status, headers and body without what names the call, for comparing.
    pub(crate) fn unnamed(&self) -> String {
        let call = self.header("x-request-id").unwrap_or("no id");
        let named = |name: &str| ["x-request-id", "date"].contains(&name);
        let headers: Vec<_> = self.headers.iter().filter(|(name, _)| !named(name)).collect();
        format!("{} {headers:?} {}", self.status, self.body.replace(call, "CALL"))
    }

    /// The code of a problem; empty for an answer without an error.
    pub(crate) fn code(&self) -> String {
        if self.status < 400 { String::new() } else { self.text("code") }
    }

    /// Status and code, for comparing.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, code: &str) -> &Self {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{}", self.body);
        self
    }
}
