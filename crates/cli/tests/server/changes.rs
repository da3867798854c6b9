//! What an administrator changes: each change has one event, and of changes at once one comes first.

use jit_approvals::json::Json;

use crate::crowd::user;
use crate::http::{Answer, Call};
use crate::server::{ADMIN, PASSWORD, STEVE, Shop, TEMPLATE};

const EVE: &str = "eve@acme.example";

/// The method, the path, the body, and what the event says: the object, the action, and whether it has `before` and
/// `after`.
const CHANGES: &[(&str, &str, &str, &str)] = &[
    ("PUT", "/company", r#"{"name":"ACME 2"}"#, "company replace before after"),
    ("POST", "/users", r#"{"email":"eve@acme.example","name":"Eve"}"#, "user create after"),
    (
        "PUT",
        "/users/eve%40acme.example",
        r#"{"name":"Eva","role":"approver","aliases":[]}"#,
        "user replace before after",
    ),
    ("POST", "/users/eve%40acme.example/link", "", "link issue after"),
    ("POST", "/users/eve%40acme.example/archive", "", "user archive before after"),
    ("POST", "/users/eve%40acme.example/restore", "", "user restore before after"),
    ("POST", "/groups", r#"{"key":"buyers","name":"Buyers"}"#, "group create after"),
    ("PUT", "/groups/buyers", r#"{"name":"B","members":["steve@nl3.com"]}"#, "group replace before after"),
    ("POST", "/groups/buyers/archive", "", "group archive before after"),
    ("POST", "/groups/buyers/restore", "", "group restore before after"),
    ("POST", "/applications", r#"{"name":"Two","identifiers":["two"]}"#, "application create after"),
    (
        "PUT",
        "/applications/{id}",
        r#"{"name":"Tickets","identifiers":["t"],"onceOnlyTokens":false,"knownSubjectsOnly":false}"#,
        "application replace before after",
    ),
    ("POST", "/applications/{id}/archive", "", "application archive before after"),
    ("POST", "/applications/{id}/restore", "", "application restore before after"),
    ("POST", "/applications/{id}/signingKeys", "", "signingKey create after"),
    ("POST", "/applications/{id}/signingKeys/{key}/retire", "", "signingKey retire before after"),
    ("POST", "/templates", "{template NEW}", "template create after"),
    ("PUT", "/templates/NEW", "{template NEW}", "template replace before after"),
    ("POST", "/templates/NEW/archive", "", "template archive before after"),
    ("POST", "/templates/NEW/restore", "", "template restore before after"),
    ("POST", "/password", r#"{"newPassword":"another horse battery"}"#, "user changePassword"),
];

#[test]
fn every_change_has_one_event_that_says_who_what_and_when() {
    let shop = Shop::open();
    let (mut key, mut secrets) = (String::new(), vec!["horse battery".to_owned(), "argon2".to_owned()]);
    for (method, path, body, expected) in CHANGES {
        let path = path.replace("{id}", &shop.application).replace("{key}", &key);
        let body = body.replace("{template NEW}", &TEMPLATE.replace("PURCHASE_APPROVAL", "NEW"));
        let before = shop.server.administered().len();
        let answer = if *method == "PUT" {
            shop.admin.replace(&path, &body)
        } else {
            let call = Call::new(method, &path);
            shop.admin.send(&if body.is_empty() { call } else { call.json(body) })
        };
        assert!(answer.status < 300, "{path}: {answer:?}");
        if answer.body.contains("\"secret\"") {
            secrets.push(answer.text("secret"));
            key = answer.text("id");
        }
        let events = shop.server.administered();
        assert_eq!(events.len(), before + 1, "{method} {path}");
        let event = events.last().unwrap();
        let part = |name: &str, member: &str| event.get(name).unwrap().get(member);
        assert_eq!(part("actor", "kind").and_then(Json::as_str), Some("administrator"));
        assert_eq!(part("actor", "id").and_then(Json::as_str), Some(ADMIN));
        let at = event.get("at").unwrap().to_string().parse::<i64>().unwrap();
        assert!((shop.server.now().seconds() - at).abs() < 60, "{event}");
        let text = |name: &str| part("body", name).and_then(Json::as_str).unwrap();
        let mut words = vec![text("object"), text("action")];
        words.extend(["before", "after"].into_iter().filter(|name| part("body", name).is_some()));
        assert_eq!(words.join(" "), *expected);
    }
    assert_eq!(secrets.len(), 4);
    let texts = shop.server.texts("select text from event").concat() + &shop.server.log();
    for secret in secrets {
        assert!(!texts.contains(&secret), "a secret is in an event or in the log");
    }
    let checked = shop.server.operate(&["store", "check"]);
    assert!(checked.status.success(), "{checked:?}");
}

/// Sends calls at the same time. Returns the sorted statuses.
fn at_once(calls: impl IntoIterator<Item = impl FnOnce() -> Answer + Send>) -> Vec<u16> {
    std::thread::scope(|scope| {
        let calls: Vec<_> = calls.into_iter().map(|call| scope.spawn(call)).collect();
        let mut statuses: Vec<u16> = calls.into_iter().map(|call| call.join().unwrap().status).collect();
        statuses.sort_unstable();
        statuses
    })
}

#[test]
fn of_replacements_of_one_version_at_once_one_is_made() {
    let shop = Shop::open();
    let body = r#"{"name":"Steve","role":"approver","aliases":[]}"#;
    for (path, body) in [("/templates/PURCHASE_APPROVAL", TEMPLATE), (&user(STEVE), body)] {
        let call = Call::new("PUT", path).with("If-Match", "\"1\"").json(body);
        let statuses = at_once((0..6).map(|_| || shop.admin.send(&call)));
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412], "{path}");
        assert_eq!(shop.admin.send(&Call::get(path)).text("version"), "2");
    }
}

#[test]
fn what_is_unique_is_given_to_one_of_many_at_once() {
    let shop = Shop::open();
    let rival = shop.rival();
    let send = |index: usize, call: &Call| [&shop.admin, &rival][index % 2].send(call);
    for (path, body) in [
        ("/users", r#"{"email":"eve@acme.example","name":"Eve"}"#),
        ("/applications", r#"{"name":"New","identifiers":["new.example"]}"#),
    ] {
        let call = Call::post(path).json(body);
        let statuses = at_once((0..6).map(|index| {
            let (send, call) = (&send, &call);
            move || send(index, call)
        }));
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409], "{path}");
    }
    assert_eq!(shop.server.texts(&format!("select shown from person where email = '{EVE}'")).len(), 1);
    // Of one company, the same key is given once, and no more signing keys than allowed.
    let group = Call::post("/groups").json(r#"{"key":"buyers","name":"Buyers"}"#);
    assert_eq!(at_once((0..3).map(|_| || shop.admin.send(&group))), [201, 409, 409]);
    let template = Call::post("/templates").json(TEMPLATE.replace("PURCHASE_APPROVAL", "NEW"));
    assert_eq!(at_once((0..3).map(|_| || shop.admin.send(&template))), [201, 409, 409]);
    let key = Call::post(&format!("/applications/{}/signingKeys", shop.application));
    assert_eq!(at_once((0..6).map(|_| || shop.admin.send(&key))), [201, 201, 201, 201, 409, 409]);
    let checked = shop.server.operate(&["store", "check"]);
    assert!(checked.status.success(), "{checked:?}");
}

#[test]
fn a_password_that_changes_twice_at_once_changes_once() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let change = |password: &str| {
        let body = format!(r#"{{"newPassword":"{password}"}}"#);
        let call = Call::post("/password").json(body);
        let steve = &steve;
        move || steve.send(&call)
    };
    // The first one ends the session that both rest on.
    let statuses = at_once([change("the one battery"), change("the other battery")]);
    assert_eq!(statuses, [204, 401]);
    let signed_in = ["the one battery", "the other battery", PASSWORD]
        .map(|password| shop.server.sign_in(STEVE, password).status == 201);
    assert_eq!(signed_in.iter().filter(|right| **right).count(), 1);
    assert!(!signed_in[2]);
}
