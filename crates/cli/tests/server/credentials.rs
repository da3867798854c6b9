//! No problem document repeats a credential of its call, whatever a test has sent.

use crate::http::Answer;

/// What is shorter is a word, and could be in any text.
const SHORTEST: usize = 20;

/// The credentials of a call: what its headers carry, and the members of its body that are secrets.
fn credentials(call: &str) -> Vec<&str> {
    let (head, body) = call.split_once("\r\n\r\n").unwrap_or((call, ""));
    let mut found = Vec::new();
    for line in head.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if ["x-nl3-authorization-token", "authorization", "cookie"].contains(&&*name.to_ascii_lowercase()) {
            found.extend(value.split([' ', ';', '=']));
        }
    }
    for name in ["password", "newPassword", "secret"] {
        let member = format!(r#""{name}":""#);
        found.extend(body.split(&member).skip(1).filter_map(|rest| rest.split('"').next()));
    }
    found.retain(|credential| credential.len() >= SHORTEST);
    found
}

/// Checks an answer.
#[track_caller]
pub(crate) fn check_not_repeated(call: &[u8], answer: &Answer) {
    let call = String::from_utf8_lossy(call);
    let credentials = if answer.status < 400 { Vec::new() } else { credentials(&call) };
    for credential in credentials {
        assert!(!answer.body.contains(credential), "`{credential}` is repeated: {answer:?}");
    }
}

#[test]
fn a_credential_that_is_repeated_is_found() {
    let answer = |body: &str| Answer { status: 400, headers: Vec::new(), body: body.to_owned() };
    let secret = "jitp_0123456789abcdefghij";
    let calls = [
        format!("GET / HTTP/1.1\r\nauthorization: Bearer {secret}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nCookie: a=b; jit-session={secret}\r\n\r\n"),
        format!("POST / HTTP/1.1\r\n\r\n{{\"email\":\"a\",\"password\":\"{secret}\"}}"),
    ];
    for call in &calls {
        check_not_repeated(call.as_bytes(), &answer("something else"));
        let checked = || check_not_repeated(call.as_bytes(), &answer(secret));
        assert!(std::panic::catch_unwind(checked).is_err(), "{call}");
    }
}
