//! Calls that are not what HTTP or the API expects, byte by byte.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::http::{Answer, Call, raw};
use crate::server::{PURCHASE, Server, Shop};

/// The head of a call that opens a request, with other headers at its end.
fn head(shop: &Shop, headers: &str) -> String {
    format!(
        "POST /nl3/api/v1/approvalRequest HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\
         Content-Type: application/json\r\nX-Nl3-Authorization-Token: {}\r\n{headers}\r\n",
        shop.token("kevin")
    )
}

fn opened(shop: &Shop) -> usize {
    shop.server.event_types().len()
}

/// Sends bytes and closes this side of the connection. Returns the answer, if there is one.
fn half_closed(shop: &Shop, bytes: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(shop.server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut read = Vec::new();
    let _ = stream.read_to_end(&mut read);
    Answer::parse(&read)
}

#[test]
fn a_content_length_that_lies_opens_nothing() {
    let shop = Shop::open();
    let send = |length: &str, body: &str| {
        let bytes = format!("{}{body}", head(&shop, &format!("Content-Length: {length}\r\n")));
        raw(shop.server.address, bytes.as_bytes())
    };
    // Too long: the rest never comes.
    let short = format!("{}{PURCHASE}", head(&shop, "Content-Length: 5000\r\n"));
    half_closed(&shop, short.as_bytes()).expect("an answer").is(400, "malformed_json");
    // Too short: what follows is not read as a second call.
    let second =
        format!("{PURCHASE}{}{PURCHASE}", head(&shop, &format!("Content-Length: {}\r\n", PURCHASE.len())));
    let answer = send(&(PURCHASE.len() - 1).to_string(), &second).unwrap();
    answer.is(400, "malformed_json");
    assert_eq!(answer.body.matches("HTTP/1.1").count(), 0);
    // More than is allowed is rejected before it is read.
    let answer = send("262145", "").unwrap();
    assert_eq!(answer.is(413, "too_large").header("connection"), Some("close"));
    send("9007199254740993", "").unwrap().is(413, "too_large");
    for wrong in
        ["-1", "abc", "1e3", "0x10", "99999999999999999999999", "", "10, 11", "10\r\nContent-Length: 11"]
    {
        if let Some(answer) = send(wrong, PURCHASE) {
            assert_eq!(answer.status, 400, "{wrong}: {answer:?}");
        }
    }
    // Two ways to say where a body ends are how one call is smuggled inside another.
    let length = PURCHASE.len();
    let both = head(&shop, &format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"));
    if let Some(answer) = raw(shop.server.address, format!("{both}{PURCHASE}").as_bytes()) {
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    assert_eq!(opened(&shop), 0);
    shop.purchase();
}

#[test]
fn a_chunked_body_is_counted_while_it_is_read() {
    let shop = Shop::open();
    let head = || head(&shop, "Transfer-Encoding: chunked\r\n");
    let sound = format!("{}{:x};a=b\r\n{PURCHASE}\r\n0\r\n\r\n", head(), PURCHASE.len());
    raw(shop.server.address, sound.as_bytes()).unwrap().is(201, "");
    for broken in
        ["zz\r\n", "5\r\n{}", "-1\r\n{}\r\n0\r\n\r\n", "fffffffffffffffff\r\n{}", "2\r\n{}xx0\r\n\r\n"]
    {
        let answer = half_closed(&shop, format!("{}{broken}", head()).as_bytes());
        answer.expect(broken).is(400, "malformed_json");
    }
    // A body without an end is cut off at the limit, long before this test has sent it all.
    let mut stream = TcpStream::connect(shop.server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(head().as_bytes()).unwrap();
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
    let sent = (0..100_000).take_while(|_| stream.write_all(chunk.as_bytes()).is_ok()).count();
    assert!(sent < 100_000, "the server reads on");
    let mut read = Vec::new();
    let _ = stream.read_to_end(&mut read);
    Answer::parse(&read).expect("an answer").is(413, "too_large");
    assert_eq!(opened(&shop), 1);
}

#[test]
fn a_method_that_is_none_of_a_path_is_told_which_are() {
    let shop = Shop::open();
    let paths = [
        ("/approvalRequest", "GET, POST, HEAD"),
        ("/approvalRequest/x", "GET, HEAD"),
        ("/approvalRequest/x/cancel", "POST"),
        ("/approvalRequest/x/decision", "POST"),
        ("/grant/x/consume", "POST"),
        ("/grant/x/revoke", "POST"),
        ("/session", "POST, GET, DELETE, HEAD"),
        ("/company", "GET, PUT, HEAD"),
        ("/users", "GET, POST, HEAD"),
        ("/templates/x", "GET, PUT, HEAD"),
        ("/healthz", "GET, HEAD"),
    ];
    let methods =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "X"];
    for (path, allowed) in paths {
        for method in methods {
            let answer = Call::new(method, path).send(shop.server.address);
            if allowed.split(", ").any(|one| one == method) {
                assert_ne!(answer.status, 405, "{method} {path}");
                continue;
            }
            // Nobody needs to prove themselves to be told so.
            assert_eq!((answer.status, answer.header("allow")), (405, Some(allowed)), "{method} {path}");
            if method == "HEAD" {
                continue;
            }
            assert_eq!(answer.code(), "method_not_allowed");
            assert!(answer.text("detail").contains(&format!("`{method}`")), "{}", answer.body);
        }
    }
    // There is no CORS: a browser's question gets no permission.
    let asked = Call::new("OPTIONS", "/approvalRequest")
        .with("Origin", "https://evil.example.com")
        .with("Access-Control-Request-Method", "POST")
        .send(shop.server.address);
    assert!(asked.headers.iter().all(|(name, _)| !name.starts_with("access-control")), "{asked:?}");
}

#[test]
fn heads_that_are_no_http_get_no_answer_or_400_and_harm_nobody() {
    let shop = Shop::open();
    let head = |headers: &str| head(&shop, headers);
    let large = head(&format!("X-Large: {}\r\n", "x".repeat(16 << 10)));
    assert_eq!(raw(shop.server.address, large.as_bytes()).unwrap().status, 431);
    let many = head(&"X-Many: x\r\n".repeat(200));
    assert_eq!(raw(shop.server.address, many.as_bytes()).unwrap().status, 431);
    let long = format!("GET /{} HTTP/1.1\r\nHost: test\r\n\r\n", "x".repeat(20 << 10));
    assert!(
        raw(shop.server.address, long.as_bytes()).is_none_or(|answer| (400..500).contains(&answer.status))
    );
    let broken: [&[u8]; 12] = [
        b"\r\n\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: test\r\n\r\n",
        b"GET / HTTP/1.1\nHost: test\n\n\0",
        b"GET / HTTP/1.1\r\nHost : test\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: te\0st\r\n\r\n",
        b"GET / HTTP/1.1\r\n folded: x\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: test\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"G\xffT / HTTP/1.1\r\nHost: test\r\n\r\n",
        b"POST /nl3/api/v1/session HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: gzip\r\n\r\n",
    ];
    for bytes in broken {
        if let Some(answer) = half_closed(&shop, bytes) {
            assert!((400..500).contains(&answer.status), "{:?}: {answer:?}", String::from_utf8_lossy(bytes));
        }
    }
    assert_eq!(Call::get("/healthz").send(shop.server.address).status, 200);
    assert!(!shop.server.log().contains("panic"), "{}", shop.server.log());
}

#[test]
fn headers_with_bytes_that_are_no_text_are_rejected_or_left_out() {
    let shop = Shop::open();
    let send = |name: &str, value: &[u8]| {
        let length = format!("Content-Length: {}\r\n", PURCHASE.len());
        let whole = head(&shop, &length);
        let (start, _) = whole.split_at(whole.len() - 2);
        let bytes =
            [start.as_bytes(), name.as_bytes(), b": ", value, b"\r\n\r\n", PURCHASE.as_bytes()].concat();
        raw(shop.server.address, &bytes).unwrap()
    };
    for name in ["User-Agent", "Sec-Ch-Ua", "Sec-Ch-Ua-Platform", "Referer", "X-Anything", "Cookie"] {
        let answer = send(name, b"a\xff\xfeb");
        assert_eq!((answer.status, answer.text("device")), (201, String::new()), "{name}: {}", answer.body);
    }
    for name in ["X-nl3-device-location", "Idempotency-Key", "Authorization"] {
        assert_eq!(send(name, b"1,2\xff").is(400, "invalid_header").text("field"), name);
    }
    // Neither a name in another case nor white space around a value makes a difference.
    assert_eq!(send("USER-AGENT", b"  curl/8  ").is(201, "").text("device.userAgent"), "curl/8");
    send("X-NL3-DEVICE-LOCATION", b"\t1,2 ").is(201, "");
}

#[test]
fn a_connection_answers_one_call_after_another() {
    let shop = Shop::open();
    let mut stream = TcpStream::connect(shop.server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let call = |path: &str| format!("GET /nl3/api/v1{path} HTTP/1.1\r\nHost: test\r\n\r\n");
    // The second and the third are sent before the first is answered.
    let all =
        call("/healthz") + &call("/company") + &call("/nothing").replace("Host", "Connection: close\r\nHost");
    stream.write_all(all.as_bytes()).unwrap();
    let mut read = String::new();
    stream.read_to_string(&mut read).unwrap();
    let statuses: Vec<&str> = read.lines().filter_map(|line| line.split("HTTP/1.1 ").nth(1)).collect();
    assert_eq!(statuses, ["200 OK", "401 Unauthorized", "404 Not Found"]);
}

#[test]
fn who_sends_a_body_that_is_too_large_to_its_end_reads_the_answer() {
    let shop = Shop::open();
    let body = "x".repeat(900 << 10);
    let (length, size) = (body.len(), format!("{:x}", body.len()));
    let whole = format!("{}{body}", head(&shop, &format!("Content-Length: {length}\r\n")));
    let chunked = head(&shop, "Transfer-Encoding: chunked\r\n");
    let chunked = format!("{chunked}{size}\r\n{body}\r\n0\r\n\r\n");
    for call in [whole, chunked].iter().cycle().take(10) {
        let mut stream = TcpStream::connect(shop.server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // When the answer is there, it goes on sending, as a proxy does.
        let (begin, rest) = call.as_bytes().split_at(400 << 10);
        stream.write_all(begin).unwrap();
        stream.peek(&mut [0]).unwrap();
        for part in rest.chunks(16 << 10) {
            stream.write_all(part).unwrap();
        }
        let mut read = Vec::new();
        stream.read_to_end(&mut read).unwrap();
        Answer::parse(&read).unwrap().is(413, "too_large");
    }
}

#[test]
fn a_call_of_http_1_1_names_its_host_once() {
    let server = Server::start(&[]);
    for hosts in ["", "Host: a\r\nHost: b\r\n"] {
        let call = format!("GET /nl3/api/v1/healthz HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        raw(server.address, call.as_bytes()).unwrap().is(400, "malformed_head");
    }
    let call = b"GET /nl3/api/v1/healthz HTTP/1.0\r\n\r\n";
    raw(server.address, call).unwrap().is(200, "");
}
