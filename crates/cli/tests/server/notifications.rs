//! What approvers see: the list of requests, and the stream of what happens to them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use jit_approvals::json::Json;

use crate::http::{Answer, Call};
use crate::recorded::record;
use crate::server::{PURCHASE, STEVE, Session, Shop, decision};

fn list(session: &Session, query: &str) -> Vec<Json> {
    let answer = session.send(&Call::get(&format!("/notifications{query}")));
    answer.is(200, "").json().get("items").unwrap().as_array().unwrap().to_vec()
}

fn text<'a>(json: &'a Json, name: &str) -> &'a str {
    json.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// A stream that is open.
pub(crate) struct Stream {
    call: Vec<u8>,
    lines: BufReader<TcpStream>,
    status: u16,
    head: Answer,
}

/// One event: its id, its name and its data.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    id: String,
    name: String,
    data: String,
}

impl Stream {
    pub(crate) fn open(session: &Session, last: Option<&str>) -> Self {
        let mut call = session.sign(&Call::get("/notifications/events"));
        if let Some(last) = last {
            call = call.with("Last-Event-ID", last);
        }
        let mut stream = TcpStream::connect(session.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(&call.to_bytes()).unwrap();
        let mut lines = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(lines.read_line(&mut head).unwrap(), 0, "{head}");
        }
        let head = Answer::parse(head.as_bytes()).unwrap();
        Self { call: call.to_bytes(), lines, status: head.status, head }
    }

    /// The next event with a name or an id. `None` at the end.
    pub(crate) fn next(&mut self) -> Option<Event> {
        loop {
            let mut size = String::new();
            self.lines.read_line(&mut size).unwrap();
            let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
            if size == 0 {
                return None;
            }
            let mut part = vec![0; size + 2];
            self.lines.read_exact(&mut part).unwrap();
            let mut event = Event::default();
            let part = String::from_utf8(part).unwrap();
            record(
                &self.call,
                &Answer { body: part.trim_end_matches("\r\n").to_owned(), ..self.head.clone() },
            );
            for line in part.lines() {
                match line.split_once(": ") {
                    Some(("id", id)) => id.clone_into(&mut event.id),
                    Some(("event", name)) => name.clone_into(&mut event.name),
                    Some(("data", data)) => data.clone_into(&mut event.data),
                    _ => {}
                }
            }
            if event != Event::default() {
                return Some(event);
            }
        }
    }

    /// The next event with a name, which must be as given. Returns its data.
    #[track_caller]
    pub(crate) fn expect(&mut self, name: &str) -> (String, Json) {
        let event = std::iter::from_fn(|| self.next()).find(|event| !event.name.is_empty()).unwrap();
        assert_eq!(event.name, name, "{event:?}");
        (event.id, Json::parse(&event.data).unwrap())
    }
}

#[test]
fn an_approver_sees_what_concerns_them_and_whether_they_can_decide_it() {
    let mut shop = Shop::open();
    let steve = shop.server.session(STEVE);
    assert_eq!(list(&steve, ""), []);
    let (first, second) = (shop.purchase(), shop.purchase());
    let pending = list(&steve, "");
    let ids: Vec<_> = pending.iter().map(|card| text(card, "id")).collect();
    assert_eq!(ids, [second.text("id"), first.text("id")]);
    assert_eq!(pending[0].get("canDecide"), Some(&Json::Bool(true)));
    assert_eq!(text(&pending[0], "contentHash"), second.text("contentHash"));
    steve.send(&decision(&first, "approve")).is(200, "");
    assert_eq!(list(&steve, "").len(), 1);
    let decided = list(&steve, "?status=decided");
    assert_eq!((decided.len(), text(&decided[0], "reason")), (1, "request_final"));
    assert!(!decided[0].to_string().contains("accessToken"));
    assert_eq!(list(&steve, "?status=all").len(), 2);
    // A page after another one, by the id of the last item.
    let page = steve.send(&Call::get("/notifications?status=all&limit=1"));
    let next = page.text("next");
    assert_eq!(next, second.text("id"));
    assert_eq!(text(&list(&steve, &format!("?status=all&before={next}"))[0], "id"), first.text("id"));
    for (query, code) in
        [("status=mine", "unknown_choice"), ("before=1", "invalid_id"), ("limit=0", "out_of_range")]
    {
        assert_eq!(steve.send(&Call::get(&format!("/notifications?{query}"))).code(), code);
    }
    // Past its end it is still pending until its expiry is stored, and nobody can decide it.
    shop.add_user("eve@acme.example", "Eve");
    assert_eq!(list(&shop.server.session("eve@acme.example"), "?status=all"), []);
}

#[test]
fn a_card_says_why_its_reader_cannot_decide() {
    let shop = Shop::open();
    let request = shop.purchase();
    let steve = shop.server.session(STEVE);
    let reason = || list(&steve, "").first().map(|card| text(card, "reason").to_owned());
    assert_eq!(reason().as_deref(), Some(""));
    let path = format!("/applications/{}", shop.application);
    shop.admin.send(&Call::post(&format!("{path}/archive"))).is(200, "");
    assert_eq!(reason().as_deref(), Some("application_inactive"));
    steve.send(&decision(&request, "approve")).is(409, "application_inactive");
}

#[test]
fn a_stream_tells_what_happens_and_goes_on_where_it_was_cut_off() {
    let mut shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let mut stream = Stream::open(&steve, None);
    assert_eq!(stream.status, 200);
    let begin = stream.next().unwrap();
    assert_eq!((begin.name.as_str(), begin.data.as_str()), ("", ""));
    let first = shop.purchase();
    let (asked_at, card) = stream.expect("requested");
    assert_eq!(text(&card, "id"), first.text("id"));
    assert_eq!(card.get("canDecide"), Some(&Json::Bool(true)));
    steve.send(&decision(&first, "approve")).is(200, "");
    let (decided_at, card) = stream.expect("decided");
    assert_eq!((text(&card, "decidedBy"), text(&card, "status")), (STEVE, "approved"));
    assert!(!card.to_string().contains("accessToken"));
    let second = shop.purchase();
    stream.expect("requested");
    shop.kevin(Call::post(&format!("/approvalRequest/{}/cancel", second.text("id")))).is(200, "");
    let (cancelled_at, _) = stream.expect("cancelled");
    // A restart ends the stream. The next one goes on after the last event, whatever was missed.
    shop.server.kill_and_restart();
    assert_eq!(stream.next(), None);
    let steve = Session { address: shop.server.address, ..steve };
    let short = PURCHASE.replacen('{', r#"{"expiresInSeconds":20,"#, 1);
    let third = shop.kevin(Call::post("/approvalRequest").json(short)).is(201, "").clone();
    let mut stream = Stream::open(&steve, Some(&cancelled_at));
    assert_eq!(text(&stream.expect("requested").1, "id"), third.text("id"));
    let mut again = Stream::open(&steve, Some(&asked_at));
    assert_eq!(again.expect("decided").0, decided_at);
    again.expect("requested");
    // An expiry is told when it is stored.
    shop.server.set_clock(30);
    let (_, card) = stream.expect("expired");
    assert_eq!((text(&card, "id"), text(&card, "status")), (third.text("id").as_str(), "expired"));
}

#[test]
fn a_stream_that_cannot_go_on_says_so_first() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    for last in ["-1", "99999999", "x", "18446744073709551616"] {
        let (id, data) = Stream::open(&steve, Some(last)).expect("reset");
        assert_eq!(data.to_string(), "{}");
        // From the id of the reset on, nothing is missed.
        let mut stream = Stream::open(&steve, Some(&id));
        assert_eq!(stream.next().unwrap(), Event { id, ..Event::default() });
    }
}

#[test]
fn a_stream_ends_with_what_its_reader_may() {
    let shop = Shop::open();
    let open = |session: &Session| {
        let mut stream = Stream::open(session, None);
        stream.next().unwrap();
        stream
    };
    let (ended, steve) = (shop.server.session(STEVE), shop.server.session(STEVE));
    let (mut first, mut second) = (open(&ended), open(&steve));
    ended.send(&Call::new("DELETE", "/session")).is(204, "");
    assert_eq!(first.next(), None);
    shop.purchase();
    second.expect("requested");
    shop.admin.send(&Call::post("/users/steve%40nl3.com/archive")).is(200, "");
    assert_eq!(second.next(), None);
}

#[test]
fn a_person_has_a_few_streams_only() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let mut streams: Vec<_> = (0..5).map(|_| Stream::open(&steve, None)).collect();
    assert_eq!(Stream::open(&steve, None).status, 429);
    // Somebody else is not affected.
    assert_eq!(Stream::open(&shop.admin, None).status, 200);
    streams.pop();
    crate::server::until(|| Some(()).filter(|()| Stream::open(&steve, None).status == 200));
}

#[test]
fn a_stream_misses_nothing_while_another_process_writes() {
    let mut shop = Shop::open();
    shop.add_user("eve@acme.example", "Eve");
    let steve = shop.server.session(STEVE);
    let mut stream = Stream::open(&steve, None);
    stream.next().unwrap();
    for _ in 0..4 {
        let opened: Vec<String> = std::thread::scope(|scope| {
            let command = scope.spawn(|| shop.server.operate(&["user", "link", "eve@acme.example"]));
            let opens: Vec<_> = (0..6).map(|_| scope.spawn(|| shop.purchase().text("id"))).collect();
            assert!(command.join().unwrap().status.success());
            opens.into_iter().map(|open| open.join().unwrap()).collect()
        });
        let mut told: Vec<String> =
            opened.iter().map(|_| text(&stream.expect("requested").1, "id").to_owned()).collect();
        told.sort();
        let mut opened = opened;
        opened.sort();
        assert_eq!(told, opened);
    }
}

#[test]
fn a_cookie_of_another_page_does_not_hide_the_session() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let mut call =
        b"GET /nl3/api/v1/session HTTP/1.1\r\nHost: test\r\nConnection: close\r\nCookie: pref=caf\xe9; "
            .to_vec();
    call.extend_from_slice(format!("{}\r\n\r\n", steve.cookie).as_bytes());
    crate::http::raw(shop.server.address, &call).unwrap().is(200, "");
}

#[test]
fn a_stream_is_only_for_the_servers_own_pages() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let call = Call::get("/notifications/events").with("Cookie", steve.cookie.as_str());
    let foreign: Answer = call.with("Sec-Fetch-Site", "cross-site").send(shop.server.address);
    foreign.is(403, "foreign_origin");
}

#[test]
fn an_application_lists_its_requests_and_keeps_their_events() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let (first, second) = (shop.purchase(), shop.purchase());
    steve.send(&decision(&first, "reject")).is(200, "");
    let ids = |query: &str| -> Vec<String> {
        let page = shop.kevin(Call::get(&format!("/approvalRequest{query}")));
        let page = page.is(200, "").json();
        page.get("items")
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|item| text(item, "id").to_owned())
            .collect()
    };
    assert_eq!(ids(""), [second.text("id"), first.text("id")]);
    assert_eq!(ids("?status=rejected"), [first.text("id")]);
    assert_eq!(ids("?limit=1"), [second.text("id")]);
    assert_eq!(ids(&format!("?before={}", second.text("id"))), [first.text("id")]);
    assert_eq!(ids("?status=cancelled"), Vec::<String>::new());
    // Of another subject nothing is there.
    let other = Call::get("/approvalRequest").with("X-Nl3-Authorization-Token", shop.token("eve"));
    assert_eq!(other.send(shop.server.address).body, r#"{"items":[]}"#);
    let path = format!("/approvalRequest/{}", first.text("id"));
    let events = shop.kevin(Call::get(&format!("{path}/events")));
    let events = events.is(200, "").json().get("items").unwrap().as_array().unwrap().to_vec();
    assert_eq!(events.len(), 2);
    let report = steve.send(&Call::get(&format!("{path}/verify")));
    assert_eq!(report.is(200, "").text("head.count"), "2");
    assert_eq!(report.text("head.hash"), text(&events[1], "hash"));
    // The events restore the request, anywhere.
    let events: Vec<_> =
        events.iter().map(|event| jit_approvals::event::Event::from_json(event).unwrap()).collect();
    let restored = jit_approvals::ApprovalRequest::restore(events).unwrap();
    assert_eq!(restored.content_hash().to_string(), first.text("contentHash"));
}
