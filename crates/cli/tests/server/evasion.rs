//! Calls that try to get around proving who calls, or to get more than what they prove: by another spelling, by a header
//! that another server would honour, or by what comes before or after on the same connection.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::http::{Answer, Call, raw};
use crate::server::{ADMIN, PURCHASE, STEVE, Server, Shop, decision};

/// Sends the head and the body of one or more calls. Returns the status of each answer, and everything that came back.
fn statuses(server: &Server, bytes: &[u8]) -> (Vec<u16>, String) {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut read = Vec::new();
    let _ = stream.read_to_end(&mut read);
    let read = String::from_utf8_lossy(&read).into_owned();
    let statuses = read.split("HTTP/1.1 ").skip(1).map(|answer| answer[..3].parse().unwrap()).collect();
    (statuses, read)
}

fn head(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n")
}

const SESSION: &str = "/nl3/api/v1/session";
const CLOSE: &str = "Connection: close\r\n";

#[test]
fn no_other_spelling_of_a_path_is_an_endpoint() {
    let shop = Shop::open();
    let spellings = [
        "//nl3/api/v1/company",
        "/nl3//api/v1/company",
        "/nl3/api/v1/company/",
        "/nl3/api/v1//company",
        "/nl3/api/v1/./company",
        "/nl3/api/v1/healthz/../company",
        "/nl3/api/v1/healthz/%2e%2e/company",
        "/nl3/api/v1/%63ompany",
        "/nl3/api/v1/company%00",
        "/nl3/api/v1/company%20",
        "/nl3/api/v1/company;v=1",
        "/nl3/api/v1/COMPANY",
        "/NL3/api/v1/company",
        "/nl3/api/v1\\company",
        "/nl3/api/v1/company.json",
        "/nl3/api/v1%2Fcompany",
        "/company",
        "/metrics",
        "/nl3/api/v1/metrics",
    ];
    for path in spellings {
        let cookie = format!("Cookie: {}\r\n{CLOSE}", shop.admin.cookie);
        for headers in [CLOSE, &cookie] {
            let (found, read) = statuses(&shop.server, head("GET", path, headers).as_bytes());
            assert!(found.len() == 1 && [400, 404].contains(&found[0]), "{path}: {read}");
            assert!(!read.contains("ACME"), "{path}: {read}");
        }
    }
    // The whole address in the first line names the same endpoint, whatever host it names.
    let whole = format!("http://evil.example.com{SESSION}");
    assert_eq!(statuses(&shop.server, head("GET", &whole, CLOSE).as_bytes()).0, [401]);
    for (method, path) in [("CONNECT", "evil.example.com:443"), ("OPTIONS", "*"), ("GET", "*")] {
        let (found, read) = statuses(&shop.server, head(method, path, CLOSE).as_bytes());
        assert!(found.iter().all(|status| (400..500).contains(status)), "{method} {path}: {read}");
    }
}

#[test]
fn a_credential_counts_only_where_it_belongs_and_as_it_is() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let body = r#"{"name":"t","scopes":["read"]}"#;
    let personal = steve.send(&Call::post("/tokens").json(body)).is(201, "").clone();
    let (id, secret) = (personal.text("id"), personal.text("secret"));
    let (token, cookie) = (shop.token("kevin"), steve.cookie.as_str());
    let value = cookie.split_once('=').unwrap().1;
    let long = "a".repeat(15_000);
    let wrong = [
        format!("X_Nl3_Authorization_Token: {token}"),
        format!("X-Nl3-Authorization-Token : {token}"),
        format!("X-Nl3-Authorization-Token: {token}, {token}"),
        format!("X-Nl3-Authorization-Token: Bearer {token}"),
        format!("X-Nl3-Authorization-Token: \"{token}\""),
        format!("X-Nl3-Authorization-Token: {secret}"),
        format!("X-Nl3-Authorization-Token:\r\n {token}"),
        format!("X-Nl3-Authorization-Token: {}\r\n {}", &token[..40], &token[40..]),
        format!("X-Nl3-Authorization-Token: {token}\0"),
        format!("X-Nl3-Authorization-Token: {long}"),
        format!("Authorization: Bearer\t{secret}"),
        format!("Authorization: Bearer {secret}, Bearer {secret}"),
        format!("Authorization: Bearer {secret}\0"),
        format!("Authorization: Bearer {}", secret.to_uppercase()),
        format!("Authorization: Bearer JITP_{}", &secret[5..]),
        format!("Authorization: Bearer {}", &secret[5..]),
        format!("Authorization: Bearer jitp_{value}"),
        format!("Authorization: Bearer jitp_{id}"),
        format!("Authorization: Bearer jitp_{long}"),
        format!("Authorization: Token {secret}"),
        format!("Authorization: {secret}"),
        format!("Proxy-Authorization: Bearer {secret}"),
        format!("X-Authorization: Bearer {secret}"),
        format!("X-Api-Key: {secret}"),
        format!("Cookie: jit-session={id}"),
        format!("Cookie: jit-session={secret}"),
        format!("Cookie: jit-session={long}"),
        format!("Cookie: jit-session=\"{value}\""),
        format!("Cookie: jit-session ={value}"),
        format!("Cookie: JIT-Session={value}"),
        format!("Cookie: __Host-jit-session={value}"),
        format!("Cookie: jit-session=%{:x}{}", value.as_bytes()[0], &value[1..]),
        format!("Cookie: x={cookie}"),
        format!("Cookie: jit-session={value}\0"),
        format!("Cookie: jit-session=; {cookie}"),
        format!("Cookie: {cookie}; jit-session="),
        format!("Cookie2: {cookie}"),
        format!("Set-Cookie: {cookie}"),
        format!("X-Forwarded-User: {ADMIN}\r\nX-Remote-User: {ADMIN}\r\nRemote-User: {ADMIN}"),
    ];
    for headers in &wrong {
        let bytes = head("GET", SESSION, &format!("{headers}\r\n{CLOSE}"));
        let answer = raw(shop.server.address, bytes.as_bytes()).unwrap();
        assert!([400, 401].contains(&answer.status), "{headers}: {answer:?}");
        let open = head(
            "POST",
            "/nl3/api/v1/approvalRequest",
            &format!("{headers}\r\nContent-Length: 0\r\n{CLOSE}"),
        );
        let answer = raw(shop.server.address, open.as_bytes()).unwrap();
        assert!([400, 401].contains(&answer.status), "{headers}: {answer:?}");
    }
    // With a token that is right, the body is what is wrong.
    shop.kevin(Call::post("/approvalRequest")).is(415, "unsupported_media_type");
    let right = [
        format!("AUTHORIZATION: bearer   {secret}  "),
        format!("cookie:{cookie}"),
        format!("Cookie: a=b;{cookie};c"),
    ];
    for headers in &right {
        let bytes = head("GET", SESSION, &format!("{headers}\r\n{CLOSE}"));
        let answer = raw(shop.server.address, bytes.as_bytes()).unwrap();
        assert_eq!(answer.is(200, "").text("email"), STEVE, "{headers}");
    }
}

#[test]
fn a_call_is_only_what_its_own_head_says() {
    let shop = Shop::open();
    let server = &shop.server;
    let (cookie, token) = (format!("Cookie: {}\r\n", shop.admin.cookie), shop.token("kevin"));
    // Who called before on the same connection counts for nothing.
    let calls = head("GET", SESSION, &cookie) + &head("GET", SESSION, CLOSE);
    assert_eq!(statuses(server, calls.as_bytes()).0, [200, 401]);
    // The body of a GET is not read as a call. Nor is what comes after a call that was refused.
    let inner = head("GET", SESSION, &format!("{cookie}{CLOSE}"));
    for (method, first) in [("GET", 401), ("DELETE", 401), ("PATCH", 405)] {
        let outer = head(method, SESSION, &format!("Content-Length: {}\r\n", inner.len()));
        let (found, read) =
            statuses(server, format!("{outer}{inner}{}", head("GET", SESSION, CLOSE)).as_bytes());
        assert!(found == [first] || found == [first, 401], "{method}: {read}");
        assert!(!read.contains(ADMIN), "{method}: {read}");
    }
    // Where it is not clear where a body ends, nothing after it is a call.
    for framing in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: \u{b}chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5, 5\r\n",
        "X: a\rContent-Length: 5\r\n",
    ] {
        for method in ["GET", "POST"] {
            let calls = head(method, SESSION, framing) + "0\r\n\r\n" + &inner;
            let (found, read) = statuses(server, calls.as_bytes());
            assert!(found.len() == 1 && !read.contains(ADMIN), "{method} {framing}: {read}");
        }
    }
    // What comes after the body proves nothing.
    let open = "POST /nl3/api/v1/approvalRequest HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\
                Transfer-Encoding: chunked\r\nTrailer: X-Nl3-Authorization-Token\r\nConnection: close\r\n";
    let chunk = format!("{:x}\r\n{PURCHASE}\r\n0\r\n", PURCHASE.len());
    let trailed = format!("{open}\r\n{chunk}X-Nl3-Authorization-Token: {token}\r\n\r\n");
    assert_eq!(statuses(server, trailed.as_bytes()).0, [401]);
    let before = format!("{open}X-Nl3-Authorization-Token: {token}\r\n\r\n{chunk}\r\n");
    assert_eq!(statuses(server, before.as_bytes()).0, [201]);
    // A call does what its method says, whatever else it says.
    let page = "Sec-Fetch-Site: same-origin\r\nX-HTTP-Method-Override: DELETE\r\nX-Method-Override: DELETE\r\n\
                X-HTTP-Method: DELETE\r\n";
    let (found, _) = statuses(server, head("GET", SESSION, &format!("{cookie}{page}{CLOSE}")).as_bytes());
    assert_eq!(found, [200]);
    let path = format!("{SESSION}?_method=DELETE");
    statuses(server, head("GET", &path, &format!("{cookie}{page}{CLOSE}")).as_bytes());
    shop.admin.send(&Call::get("/session")).is(200, "");
}

#[test]
fn an_origin_is_the_own_one_byte_for_byte_and_is_named_once() {
    let shop = Shop::open();
    let own = format!("http://{}", shop.server.address);
    let request = shop.purchase();
    let steve = shop.server.session(STEVE);
    let decide = |headers: &[(&str, &str)]| -> Answer {
        let call = decision(&request, "approve").with("Cookie", steve.cookie.as_str());
        headers.iter().fold(call, |call, (name, value)| call.with(name, *value)).send(shop.server.address)
    };
    let port = shop.server.address.port();
    let near = [
        format!("{own}/"),
        format!("{own}."),
        format!("{own}0"),
        format!("{own}, {own}"),
        format!("{own}@evil.example.com"),
        format!("http://evil.example.com#{own}"),
        own.to_uppercase(),
        own.replace("http", "https"),
        format!("http://localhost:{port}"),
        format!("http://[::1]:{port}"),
        "http://127.0.0.1".to_owned(),
        own["http://".len()..].to_owned(),
        String::new(),
    ];
    for origin in &near {
        decide(&[("Origin", origin)]).is(403, "foreign_origin");
    }
    for site in ["Same-Origin", "same-origin, cross-site", "same-origin;", "none", ""] {
        decide(&[("Sec-Fetch-Site", site)]).is(403, "foreign_origin");
    }
    for name in ["Origin", "Sec-Fetch-Site"] {
        let good = if name == "Origin" { own.as_str() } else { "same-origin" };
        let twice = decide(&[(name, good), (name, "https://evil.example.com")]);
        assert_eq!(twice.is(400, "invalid_header").text("field"), name);
    }
    // What only a browser's page cannot send is no proof of a page.
    let others =
        [("Referer", own.as_str()), ("Host", "evil.example.com"), ("X-Requested-With", "XMLHttpRequest")];
    decide(&others[..1]).is(403, "foreign_origin");
    decide(&others[2..]).is(403, "foreign_origin");
    assert_eq!(shop.read(&request.text("id")).text("status"), "pending");
    decide(&[("Origin", &own)]).is(200, "");
}

#[test]
fn a_body_does_not_say_who_calls() {
    let shop = Shop::open();
    let (request, admin) = (shop.purchase(), &shop.admin);
    let hash = request.text("contentHash");
    for member in ["approver", "email", "actor", "on_behalf_of", "role"] {
        let body = format!(r#"{{"verdict":"approve","contentHash":"{hash}","{member}":"{STEVE}"}}"#);
        let path = format!("/approvalRequest/{}/decision", request.text("id"));
        admin.send(&Call::post(&path).json(body)).is(400, "unknown_member");
    }
    for member in ["application", "subject", "sub", "iss", "claims", "company", "device", "id", "requestId"] {
        let body = PURCHASE.replacen('{', &format!(r#"{{"{member}":"{STEVE}","#), 1);
        shop.kevin(Call::post("/approvalRequest").json(body)).is(400, "unknown_member");
    }
    for body in [
        format!(r#"{{"name":"t","scopes":["read"],"email":"{STEVE}"}}"#),
        r#"{"name":"t","scopes":["read"],"role":"administrator"}"#.to_owned(),
    ] {
        admin.send(&Call::post("/tokens").json(body)).is(400, "unknown_member");
    }
    let steve = shop.server.session(STEVE);
    let body = format!(r#"{{"newPassword":"another horse battery","email":"{ADMIN}"}}"#);
    steve.send(&Call::post("/password").json(body)).is(400, "unknown_member");
}
