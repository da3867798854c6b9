//! The answer to a head that hyper refuses. It has no hook for this: it writes an answer of its own, with a status and
//! nothing else. That is found on its way to the client, and a problem document takes its place.

use std::fmt::Write as _;

use jit_approvals_api::errors;

use super::{HEAD_BYTES, HEADERS};
use crate::refusal::Told;
use crate::{dispatch, log};

/// The longest answer of hyper's own.
const LONGEST: usize = 200;

/// Returns where hyper's own answer begins in what it writes. It is always the last one.
pub(super) fn find(bytes: &[u8]) -> Option<usize> {
    let start = bytes.len().saturating_sub(LONGEST);
    let tail = &bytes[start..];
    if !tail.ends_with(b"\r\n\r\n") {
        return None;
    }
    let begin = tail.windows(b"HTTP/1.".len()).rposition(|part| part == b"HTTP/1.")?;
    let last = &tail[begin..];
    // The whole line: a text in a body may hold the beginning, but in JSON no line ends with CR and LF.
    let is_refusal =
        ["400 Bad Request", "414 URI Too Long", "431 Request Header Fields Too Large"].iter().any(|line| {
            ["1", "0"].iter().any(|minor| last.starts_with(format!("HTTP/1.{minor} {line}\r\n").as_bytes()))
        });
    // Every answer of this program has an id.
    let is_own = std::str::from_utf8(last).is_ok_and(|text| text.contains("x-request-id"));
    (is_refusal && !is_own).then_some(start + begin)
}

/// Returns the answer that takes the place of hyper's own, and logs it.
pub(super) fn answer(own: &[u8]) -> Vec<u8> {
    let own = String::from_utf8_lossy(own);
    let is_malformed = own.split(' ').nth(1) == Some("400");
    let error =
        if is_malformed { errors::malformed_head() } else { errors::head_too_large(HEAD_BYTES, HEADERS) };
    let instance = dispatch::instance();
    let response = Told::from(error).into_text(instance);
    let (status, body) = (response.status(), response.body());
    let reason = status.canonical_reason().unwrap_or_default();
    let mut text = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16());
    for (name, value) in response.headers() {
        let _ = write!(text, "{name}: {}\r\n", value.to_str().unwrap_or_default());
    }
    if let Some(date) = own.lines().find(|line| line.starts_with("date: ")) {
        let _ = write!(text, "{date}\r\n");
    }
    let _ = write!(text, "content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    log::refused(instance, &response);
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn only_a_whole_answer_of_hyper_is_found() {
        let own = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(find(own), Some(0));
        assert_eq!(find(&[b"HTTP/1.1 200 OK\r\n\r\n{}", &own[..]].concat()), Some(21));
        // The end of a body in parts, whose text someone else has written.
        for text in
            ["HTTP/1.1 400 x", "HTTP/1.1 400 Bad Request", "HTTP/1.1 431 Request Header Fields Too Large"]
        {
            let part = format!("20\r\n{{\"comment\":\"{text}\"}}\r\n0\r\n\r\n");
            assert_eq!(find(part.as_bytes()), None, "{text}");
        }
    }
}
