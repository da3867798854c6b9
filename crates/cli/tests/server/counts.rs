//! How many statements read for a call, and how many changes it hands to the store. How many statements write a change is
//! tested with the store.

use jit_approvals::json::Json;

use crate::http::{Answer, Call};
use crate::server::{ACT, PURCHASE, STEVE, Server, Session, Shop, decision, until};

/// Statements and changes.
pub(crate) type Counts = (u64, u64);

impl Server {
    /// What the log counted for a call.
    pub(crate) fn counts(&self, answer: &Answer) -> Counts {
        let id = format!(r#""instance":"{}""#, answer.header("x-request-id").unwrap());
        let log = self.log();
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(&id)).collect();
        assert_eq!(lines.len(), 1, "{lines:?}");
        let line = Json::parse(lines[0]).unwrap();
        let number = |name: &str| line.get(name).unwrap().to_string().parse().unwrap();
        (number("statements"), number("changes"))
    }
}

/// A shop in which a request and its grant have gone through every call once, so that keys and templates are at hand.
pub(crate) fn warm() -> (Shop, Session) {
    let shop = Shop::open_with(&["--metrics-listen", "127.0.0.1:0"]);
    let steve = shop.server.session(STEVE);
    for _ in 0..2 {
        let opened = shop.purchase();
        steve.send(&decision(&opened, "approve")).is(200, "");
        shop.consume(&shop.read(&opened.text("id")).text("grant.id"), ACT).is(200, "");
    }
    (shop, steve)
}

#[test]
fn the_statements_of_each_call_are_these() {
    let (shop, steve) = warm();
    let mut found: Vec<(&str, Counts)> = Vec::new();
    let mut note = |name, answer: &Answer, status: u16| {
        assert_eq!(answer.status, status, "{name}: {answer:?}");
        found.push((name, shop.server.counts(answer)));
    };
    let path = |request: &Answer| format!("/approvalRequest/{}", request.text("id"));
    let keyed = || Call::post("/approvalRequest").with("Idempotency-Key", "key").json(PURCHASE);

    let opened = shop.purchase();
    note("open", &opened, 201);
    let kept = shop.kevin(keyed());
    note("open with a key", &kept, 201);
    note("open with the key of an earlier call", &shop.kevin(keyed()), 200);
    note("read", &shop.kevin(Call::get(&path(&opened))), 200);
    note("read as approver", &steve.send(&Call::get(&path(&opened))), 200);
    note("read as administrator", &shop.admin.send(&Call::get(&path(&opened))), 200);
    let wait = Call::get(&format!("{}?waitSeconds=55", path(&kept)));
    let (waited, cancelled) = std::thread::scope(|scope| {
        let waiter = scope.spawn(|| shop.kevin(wait.clone()));
        until(|| (shop.server.metric("jit_waits") == 1).then_some(()));
        let cancelled = shop.kevin(Call::post(&format!("{}/cancel", path(&kept))));
        (waiter.join().unwrap(), cancelled)
    });
    note("wait until the end", &waited, 200);
    note("cancel", &cancelled, 200);
    note("wait for what has ended", &shop.kevin(wait), 200);
    note("decide", &steve.send(&decision(&opened, "approve")), 200);
    let grant = shop.read(&opened.text("id")).text("grant.id");
    note("consume", &shop.consume(&grant, ACT), 200);
    note("consume again", &shop.consume(&grant, ACT), 409);
    let second = shop.purchase();
    steve.send(&decision(&second, "approve")).is(200, "");
    let grant = shop.read(&second.text("id")).text("grant.id");
    note("revoke", &shop.kevin(Call::post(&format!("/grant/{grant}/revoke"))), 200);
    note("sign in", &shop.server.sign_in(STEVE, crate::server::PASSWORD), 201);
    note("who am I", &steve.send(&Call::get("/session")), 200);
    for _ in 0..20 {
        shop.purchase();
    }
    note("a page of notifications", &steve.send(&Call::get("/notifications?status=all&limit=20")), 200);
    note("sign out", &shop.server.session(STEVE).send(&Call::new("DELETE", "/session")), 204);

    let expected: &[(&str, Counts)] = &[
        ("open", (3, 1)),
        ("open with a key", (4, 1)),
        ("open with the key of an earlier call", (3, 0)),
        ("read", (2, 0)),
        ("read as approver", (6, 0)),
        ("read as administrator", (7, 0)),
        // It reads when it begins, when it has a place, and when the request has moved.
        ("wait until the end", (6, 0)),
        ("cancel", (2, 1)),
        ("wait for what has ended", (2, 0)),
        ("decide", (9, 1)),
        ("consume", (6, 1)),
        ("consume again", (3, 0)),
        ("revoke", (3, 1)),
        // It reads before the password is hashed, and after it.
        ("sign in", (4, 1)),
        ("who am I", (4, 0)),
        // Three for the caller, and three for the page.
        ("a page of notifications", (6, 0)),
        ("sign out", (4, 1)),
    ];
    assert_eq!(found, expected);
}
