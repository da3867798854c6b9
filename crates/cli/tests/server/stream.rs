//! Who may go on reading a stream.

use crate::http::Call;
use crate::notifications::Stream;
use crate::server::{STEVE, Shop};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

#[test]
fn an_event_is_sent_only_to_who_may_read_it_now() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let mut stream = Stream::open(&steve, None);
    stream.next().unwrap();
    shop.purchase();
    stream.expect("requested");
    // Another node writes, of which this one learns only from the store.
    let archived = format!(
        "update person set active = 0 where shown = '{STEVE}'; update company set revision = revision + 1"
    );
    shop.server.tamper(&archived);
    shop.server.tamper("update person set active = 1");
    shop.purchase();
    stream.expect("requested");
    shop.server.tamper(&archived);
    let request = shop.kevin(Call::get("/approvalRequest?limit=1")).text("next");
    shop.kevin(Call::post(&format!("/approvalRequest/{request}/cancel"))).is(200, "");
    assert_eq!(stream.next(), None);
}

#[test]
fn an_open_stream_does_not_keep_an_idle_session_alive() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let mut stream = Stream::open(&steve, None);
    stream.next().unwrap();
    shop.server.set_clock(11 * HOUR);
    // The directory changes: the reader of the stream is checked before the next event.
    shop.admin.replace("/company", r#"{"name":"ACME Corporation"}"#).is(200, "");
    shop.purchase();
    stream.expect("requested");
    shop.server.set_clock(12 * HOUR + MINUTE);
    steve.send(&Call::get("/session")).is(401, "authentication_required");
    // Nor does the stream itself outlive the session.
    shop.purchase();
    assert_eq!(stream.next(), None);
}
