//! Calls of browsers: only the server's own pages may change something.

use crate::http::{Answer, Call};
use crate::server::{PASSWORD, STEVE, Shop, decision, own_address};

const ATTACKER: &str = "https://attacker.example";

#[test]
fn a_change_by_cookie_comes_from_the_servers_own_page() {
    let shop = Shop::open();
    let own = format!("http://{}", shop.server.address);
    let other_port = format!("http://127.0.0.1:{}", shop.server.address.port() ^ 1);
    let steve = shop.server.session(STEVE);
    // After a minute, a call of a session is written down.
    shop.server.set_clock(120);
    let seen = "select group_concat(seen_at || ',' || coalesce(proved_at, 0)) from credential";
    let events = "select cast(count(*) as text) from event";
    let request = shop.purchase();
    let decide = |site: Option<&str>, origin: Option<&str>| {
        let mut call = steve.sign(&decision(&request, "approve")).without("Sec-Fetch-Site");
        for (name, value) in [("Sec-Fetch-Site", site), ("Origin", origin)] {
            call = value.into_iter().fold(call, |call, value| call.with(name, value));
        }
        call.send(shop.server.address)
    };
    let before = (shop.server.texts(seen), shop.server.texts(events));
    for (site, origin) in [
        (None, None),
        (Some("cross-site"), None),
        (Some("same-site"), None),
        (Some("none"), None),
        (None, Some(ATTACKER)),
        (None, Some("null")),
        (None, Some(other_port.as_str())),
        (None, Some("http://test")),
        // Where both are sent, both must hold.
        (Some("same-origin"), Some(ATTACKER)),
        (Some("cross-site"), Some(own.as_str())),
    ] {
        let refused = decide(site, origin);
        refused.is(403, "foreign_origin");
        let log = shop.server.log();
        let line = log.lines().find(|line| line.contains(refused.header("x-request-id").unwrap()));
        let line = line.unwrap_or_else(|| panic!("{site:?} {origin:?} is not in the log"));
        assert!(line.contains("/approvalRequest/{id}/decision") && line.contains("403"), "{line}");
        assert!(!line.contains("attacker"), "{line}");
    }
    assert_eq!((shop.server.texts(seen), shop.server.texts(events)), before, "it has left a trace");
    assert_eq!(shop.read(&request.text("id")).text("status"), "pending");
    decide(None, Some(&own)).is(200, "");
    decide(Some("same-origin"), None).is(200, "");
    decide(Some("same-origin"), Some(&own)).is(200, "");
}

#[test]
fn reading_is_not_asked_for_its_origin() {
    let shop = Shop::open();
    let call = Call::get("/session").with("Cookie", shop.admin.cookie.as_str());
    call.clone().send(shop.server.address).is(200, "");
    let foreign = call.with("Sec-Fetch-Site", "cross-site").with("Origin", ATTACKER);
    let answer = foreign.send(shop.server.address);
    // The browser keeps the answer from the page: nothing here allows it.
    assert!(answer.is(200, "").headers.iter().all(|(name, _)| !name.starts_with("access-control")));
    let options = Call::new("OPTIONS", "/session").with("Origin", ATTACKER).send(shop.server.address);
    options.is(405, "method_not_allowed");
}

#[test]
fn signing_in_refuses_a_foreign_page_and_needs_no_page() {
    let shop = Shop::open();
    let address = shop.server.address;
    let secret = shop.admin.link(STEVE);
    let sign_in = Call::post("/session").json(format!(r#"{{"email":"{STEVE}","password":"{PASSWORD}"}}"#));
    let proof = Call::post("/session/proof").json(format!(r#"{{"password":"{PASSWORD}"}}"#));
    let proof = proof.with("Cookie", shop.admin.cookie.as_str());
    let link = format!(r#"{{"email":"{STEVE}","password":"{PASSWORD}","secret":"{secret}"}}"#);
    let link = Call::post("/link").json(link);
    let send = |call: &Call| -> Answer { call.clone().with("X-Forwarded-For", own_address()).send(address) };
    for call in [&sign_in, &proof, &link] {
        send(&call.clone().with("Origin", ATTACKER)).is(403, "foreign_origin");
        send(&call.clone().with("Sec-Fetch-Site", "cross-site")).is(403, "foreign_origin");
        let half = call.clone().with("Sec-Fetch-Site", "same-origin").with("Origin", ATTACKER);
        send(&half).is(403, "foreign_origin");
    }
    send(&sign_in).is(201, "");
    send(&proof).is(200, "");
    send(&link).is(200, "");
    send(&sign_in.with("Origin", format!("http://{address}"))).is(201, "");
}
