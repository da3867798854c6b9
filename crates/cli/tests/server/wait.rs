//! Applications wait for decisions.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use crate::http::{Answer, Call};
use crate::server::{PURCHASE, STEVE, Shop, decision};
use crate::stored::eventually;

/// A server whose metrics say how many calls wait.
struct Waiting {
    shop: Shop,
}

impl Waiting {
    fn open(arguments: &[&str]) -> Self {
        let shop = Shop::open_with(&[&["--metrics-listen", "127.0.0.1:0"], arguments].concat());
        Self { shop }
    }

    /// Returns after this number of calls wait.
    fn until(&self, count: u64) {
        eventually("as many calls wait", || self.shop.server.metric("jit_waits") == count);
    }

    /// Begins to wait for a request. The answer must come long before the 55 seconds are over.
    fn begin(&self, id: &str) -> JoinHandle<Answer> {
        let call = Call::get(&format!("/approvalRequest/{id}?waitSeconds=55"));
        let (address, call) = (self.shop.server.address, self.shop.as_kevin(call));
        spawn(move || early(address, &call))
    }
}

fn early(address: SocketAddr, call: &Call) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(&call.to_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("the wait ends before its time");
    Answer::parse(&bytes).unwrap()
}

#[test]
fn a_wait_is_answered_as_soon_as_the_request_is_no_longer_pending() {
    let waiting = Waiting::open(&[]);
    let shop = &waiting.shop;
    let steve = shop.server.session(STEVE);
    let (approved, cancelled) = (shop.purchase(), shop.purchase());
    let expires = shop.kevin(Call::post("/approvalRequest").json(PURCHASE.replacen(
        '{',
        r#"{"expiresInSeconds":2,"#,
        1,
    )));
    let calls =
        [&approved, &approved, &cancelled, &expires].map(|request| waiting.begin(&request.text("id")));
    // An approver may wait, too.
    let path = format!("/approvalRequest/{}?waitSeconds=55", approved.text("id"));
    let (address, call) = (shop.server.address, steve.sign(&Call::get(&path)));
    let of_steve = spawn(move || early(address, &call));
    let [first, second, third, fourth] = calls;
    // The fourth ends by itself.
    assert_eq!(fourth.join().unwrap().text("status"), "expired");
    waiting.until(4);
    steve.send(&decision(&approved, "approve")).is(200, "");
    for wait in [first, second] {
        let answer = wait.join().unwrap();
        assert_eq!((answer.status, answer.text("status")), (200, "approved".to_owned()));
        assert_ne!(answer.text("grant.accessToken"), "");
    }
    let answer = of_steve.join().unwrap();
    assert_eq!(
        (answer.text("status"), answer.text("grant.accessToken")),
        ("approved".to_owned(), String::new())
    );
    shop.kevin(Call::post(&format!("/approvalRequest/{}/cancel", cancelled.text("id")))).is(200, "");
    assert_eq!(third.join().unwrap().text("status"), "cancelled");
    waiting.until(0);
    // What is final is answered at once.
    assert_eq!(waiting.begin(&cancelled.text("id")).join().unwrap().text("status"), "cancelled");
}

#[test]
fn a_wait_ends_with_its_token_and_with_the_key_that_has_signed_it() {
    let waiting = Waiting::open(&[]);
    let (shop, client) = (&waiting.shop, waiting.shop.client());
    let opened = shop.purchase();
    let path = format!("/approvalRequest/{}?waitSeconds=55", opened.text("id"));
    let begin = |token: String| {
        let call = Call::get(&path).with("X-Nl3-Authorization-Token", token);
        let address = shop.server.address;
        spawn(move || early(address, &call))
    };
    let brief = begin(client.sign(&[("exp", shop.server.now().plus(2).into())])).join().unwrap();
    assert_eq!((brief.status, brief.text("status")), (200, "pending".to_owned()));

    let wait = begin(client.token());
    waiting.until(1);
    let keys = format!("/applications/{}/signingKeys", client.id);
    let listed = shop.admin.send(&Call::get(&keys)).json();
    let key =
        listed.get("items").unwrap().as_array().unwrap()[0].get("id").unwrap().as_str().unwrap().to_owned();
    shop.admin.send(&Call::post(&format!("{keys}/{key}/retire"))).is(200, "");
    shop.server.session(STEVE).send(&decision(&opened, "approve")).is(200, "");
    wait.join().unwrap().is(401, "invalid_signature");
}

#[test]
fn after_its_time_a_wait_is_answered_with_the_pending_record() {
    let shop = Shop::open();
    let id = shop.purchase().text("id");
    for seconds in [0, 1] {
        let answer = shop.kevin(Call::get(&format!("/approvalRequest/{id}?waitSeconds={seconds}")));
        assert_eq!((answer.status, answer.text("status")), (200, "pending".to_owned()));
    }
    for wrong in ["56", "-1", "1.5", "", "x", "99999999999999999999", "1&waitSeconds=1"] {
        let answer = shop.kevin(Call::get(&format!("/approvalRequest/{id}?waitSeconds={wrong}")));
        assert_eq!((answer.status, answer.text("field")), (400, "waitSeconds".to_owned()), "{wrong}");
    }
}

#[test]
fn a_stop_answers_every_wait_with_the_present_record() {
    let mut waiting = Waiting::open(&[]);
    let id = waiting.shop.purchase().text("id");
    let calls = [waiting.begin(&id), waiting.begin(&id)];
    waiting.until(2);
    assert_eq!(waiting.shop.server.stop(), Some(0));
    for call in calls {
        let answer = call.join().unwrap();
        assert_eq!((answer.status, answer.text("status")), (200, "pending".to_owned()));
    }
    // The writer was drained and everything moved into one file.
    assert!(!waiting.shop.server.data().join("store.sqlite-wal").exists());
}

#[test]
fn a_wait_goes_on_while_the_request_moves_and_stays_pending() {
    let mut waiting = Waiting::open(&["--waits", "1"]);
    waiting.shop.add_user("mia@nl3.com", "Mia");
    let shop = &waiting.shop;
    let both = [("requiredApprovals", "2"), ("defaultApprovers", r#"["steve@nl3.com","mia@nl3.com"]"#)];
    shop.new_template("BOTH", &both);
    let opened = shop.client().open(&PURCHASE.replace("PURCHASE_APPROVAL", "BOTH"));
    let wait = waiting.begin(&opened.text("id"));
    waiting.until(1);
    for approver in [STEVE, "mia@nl3.com"] {
        assert!(!wait.is_finished());
        shop.server.session(approver).send(&decision(&opened, "approve")).is(200, "");
    }
    assert_eq!(wait.join().unwrap().is(200, "").text("status"), "approved");
    waiting.until(0);
}

#[test]
fn too_many_waits_are_rejected_and_free_their_place_when_the_caller_leaves() {
    let waiting = Waiting::open(&["--waits", "1"]);
    let id = waiting.shop.purchase().text("id");
    let call = waiting.shop.as_kevin(Call::get(&format!("/approvalRequest/{id}?waitSeconds=55")));
    let mut leaving = TcpStream::connect(waiting.shop.server.address).unwrap();
    leaving.write_all(&call.to_bytes()).unwrap();
    waiting.until(1);
    let rejected = waiting.shop.kevin(Call::get(&format!("/approvalRequest/{id}?waitSeconds=1")));
    rejected.is(429, "too_many_calls");
    assert!(rejected.header("retry-after").is_some());
    // Only who may read the request takes a place.
    for path in [&id, "abc", "01890000-0000-7000-8000-000000000000"] {
        for seconds in [1, 56] {
            let call = Call::get(&format!("/approvalRequest/{path}?waitSeconds={seconds}"));
            call.send(waiting.shop.server.address).is(401, "authentication_required");
        }
    }
    let unknown = Call::get("/approvalRequest/01890000-0000-7000-8000-000000000000?waitSeconds=1");
    waiting.shop.kevin(unknown).is(404, "not_found");
    // A read takes no place.
    assert_eq!(waiting.shop.read(&id).status, 200);
    drop(leaving);
    waiting.until(0);
    waiting.shop.kevin(Call::get(&format!("/approvalRequest/{id}?waitSeconds=1"))).is(200, "");
}

#[test]
fn a_wait_ends_although_the_clock_was_set_back() {
    let waiting = Waiting::open(&[]);
    let shop = &waiting.shop;
    let id = shop.purchase().text("id");
    let call = shop.as_kevin(Call::get(&format!("/approvalRequest/{id}?waitSeconds=3")));
    let address = shop.server.address;
    let wait = spawn(move || early(address, &call));
    waiting.until(1);
    // The clock of the store stands still for longer than the test waits.
    shop.server.set_clock(-50);
    assert_eq!(wait.join().unwrap().is(200, "").text("status"), "pending");
    waiting.until(0);
}
