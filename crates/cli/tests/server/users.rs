//! Users: who there is, and what they may do.

use jit_approvals::json::{Json, Object};

use crate::crowd::{RIVAL, items, user};
use crate::http::{Answer, Call};
use crate::server::{ADMIN, PASSWORD, STEVE, Session, Shop, decision};

fn create(admin: &Session, email: &str) -> Answer {
    let body = Object::new().with("email", email).with("name", "Somebody");
    admin.send(&Call::post("/users").json(Json::from(body).to_string()))
}

fn act(admin: &Session, email: &str, action: &str) -> Answer {
    admin.send(&Call::post(&format!("{}/{action}", user(email))))
}

#[test]
fn a_user_is_created_read_and_replaced() {
    let shop = Shop::open();
    let (email, path) = ("eve@acme.example", user("eve@acme.example"));
    let created = create(&shop.admin, email);
    let location = "/nl3/api/v1/users/eve%40acme%2Eexample";
    assert_eq!(created.is(201, "").header("location"), Some(location));
    assert_eq!(created.header("etag"), Some("\"1\""));
    let record = |name: &str, role: &str, active: bool, version: i64| {
        format!(
            r#"{{"email":"{email}","name":"{name}","role":"{role}","active":{active},"aliases":[],"version":{version}}}"#
        )
    };
    assert_eq!(created.body, record("Somebody", "approver", true, 1));
    let event = shop.server.change("user", email);
    assert_eq!(event.split_once('{').unwrap().0, format!("administrator {ADMIN} create: - > "));
    // A path finds a user by any twin of the email.
    let read = shop.admin.send(&Call::get(&user("Eve@ACME.example")));
    assert_eq!((read.is(200, "").body.as_str(), read.header("etag")), (created.body.as_str(), Some("\"1\"")));
    let put = |version: Option<&str>, body: &str| {
        let call = Call::new("PUT", &path).json(body);
        shop.admin.send(&version.into_iter().fold(call, |call, version| call.with("If-Match", version)))
    };
    let body = r#"{"name":"Eve","role":"auditor","aliases":[]}"#;
    put(None, body).is(428, "version_required");
    for wrong in ["*", "1", "W/\"1\"", "\"one\""] {
        assert_eq!(put(Some(wrong), body).is(400, "invalid_header").text("field"), "If-Match");
    }
    assert_eq!(put(Some("\"1\""), body).is(200, "").body, record("Eve", "auditor", true, 2));
    let event = shop.server.change("user", email);
    assert_eq!(event.split(':').next().unwrap(), format!("administrator {ADMIN} replace"));
    let (before, after) = event.split_once(" > ").unwrap();
    assert!(before.contains(r#""name":"Somebody","role":"approver","version":1"#), "{event}");
    assert!(after.contains(r#""name":"Eve","role":"auditor","version":2"#), "{event}");
    let moved = put(Some("\"1\""), r#"{"name":"Eva"}"#);
    assert_eq!(moved.is(412, "version_moved").text("present"), record("Eve", "auditor", true, 2));
    let wrong = put(Some("\"2\""), r#"{"name":"Eve","rolle":"auditor"}"#);
    assert!(wrong.is(400, "unknown_member").text("detail").contains("`role`"), "{}", wrong.body);
    put(Some("\"2\""), r#"{"name":"Eve","role":"king"}"#).is(422, "unknown_choice");
    put(Some("\"2\""), r#"{"name":"E\u202eve"}"#).is(422, "hidden_character");
    // Nothing is reset by being left out, and what cannot be set cannot be changed.
    let without = put(Some("\"2\""), r#"{"name":"Eve","aliases":[]}"#);
    assert_eq!(without.is(400, "missing_member").text("field"), "role");
    let other = r#"{"name":"Eve","role":"auditor","aliases":[],"email":"adam@acme.example"}"#;
    assert_eq!(put(Some("\"2\""), other).is(400, "unexpected_form").text("field"), "email");
    let events = shop.server.administered().len();
    act(&shop.admin, email, "restore").is(200, "");
    assert_eq!(shop.server.administered().len(), events, "a user who is active is not restored");
}

#[test]
fn users_are_listed_by_email() {
    let shop = Shop::open();
    let rival = shop.rival();
    for email in ["b1@acme.example", "B2@acme.example", "b3@acme.example", "c@acme.example"] {
        create(&shop.admin, email).is(201, "");
    }
    act(&shop.admin, "b3@acme.example", "archive").is(200, "");
    let list = |query: &str| shop.admin.list(&format!("/users{query}"), "email");
    let all = [ADMIN, "b1@acme.example", "B2@acme.example", "c@acme.example", STEVE];
    assert_eq!(list(""), all);
    assert_eq!(list("?archived=true"), ["b3@acme.example"]);
    assert_eq!(list("?search=b"), all[1..3]);
    assert_eq!(list("?search=B2%40"), [all[2]]);
    assert!(list("?search=rita").is_empty());
    let first = shop.admin.send(&Call::get("/users?limit=2"));
    assert_eq!((items(&first, "email"), first.text("next")), (list("")[..2].to_vec(), all[1].to_owned()));
    assert_eq!(list("?limit=2&after=b1%40acme.example"), all[2..4]);
    // The cursor is what was shown.
    let second = shop.admin.send(&Call::get("/users?limit=2&after=B2%40acme.example"));
    assert_eq!((items(&second, "email"), second.text("next")), (list("")[3..].to_vec(), String::new()));
    assert_eq!(rival.list("/users", "email"), [RIVAL]);
    for (query, field) in [("?limit=0", "limit"), ("?limit=101", "limit"), ("?archived=yes", "archived")] {
        let refused = shop.admin.send(&Call::get(&format!("/users{query}")));
        assert_eq!((refused.status, refused.text("field")), (400, field.to_owned()), "{query}");
    }
    shop.admin.send(&Call::get("/users?serach=b")).is(400, "unknown_member");
}

#[test]
fn an_email_is_one_user_in_the_whole_installation() {
    let shop = Shop::open();
    let rival = shop.rival();
    create(&shop.admin, "jos\u{E9}@acme.example").is(201, "");
    for twin in
        ["STEVE@NL3.COM", "jose\u{301}@acme.example", "JOSE\u{301}@acme.example", "rita@RIVAL.example"]
    {
        let taken = create(&shop.admin, twin);
        assert_eq!(taken.is(409, "email_taken").text("field"), "email", "{twin}");
        assert!(!taken.body.contains("Rival"), "{}", taken.body);
    }
    create(&rival, STEVE).is(409, "email_taken");
    shop.server.operate(&["company", "new", "Third", "steve@nl3.com"]).status.success().then(|| panic!());
    for email in ["", "steve", "a b@acme.example", "\u{202e}@acme.example"] {
        assert_eq!(create(&shop.admin, email).is(422, "invalid_email").text("field"), "email", "{email}");
    }
}

#[test]
fn who_is_archived_has_left_at_once() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    let (link, request) = (shop.admin.link(STEVE), shop.purchase());
    let archived = act(&shop.admin, STEVE, "archive");
    assert_eq!(
        (archived.is(200, "").text("active"), archived.header("etag")),
        ("false".into(), Some("\"2\""))
    );
    let event = shop.server.change("user", STEVE);
    assert!(event.starts_with(&format!("administrator {ADMIN} archive: ")), "{event}");
    steve.send(&decision(&request, "approve")).is(401, "authentication_required");
    shop.server.sign_in(STEVE, PASSWORD).is(401, "sign_in_failed");
    crate::server::redeem(shop.server.address, &link, STEVE).is(401, "invalid_link");
    act(&shop.admin, STEVE, "link").is(409, "archived");
    act(&shop.admin, STEVE, "restore").is(200, "");
    // What had ended stays ended.
    steve.send(&Call::get("/session")).is(401, "authentication_required");
    crate::server::redeem(shop.server.address, &link, STEVE).is(401, "invalid_link");
    shop.server.session(STEVE).send(&decision(&request, "approve")).is(200, "");
}

#[test]
fn a_changed_role_ends_sessions_and_a_changed_name_does_not() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    shop.admin.replace(&user(STEVE), r#"{"name":"Stephen"}"#).is(200, "");
    assert_eq!(steve.send(&Call::get("/session")).is(200, "").text("name"), "Stephen");
    shop.admin.replace(&user(STEVE), r#"{"name":"Stephen","role":"administrator"}"#).is(200, "");
    steve.send(&Call::get("/session")).is(401, "authentication_required");
    shop.server.session(STEVE).send(&Call::get("/users")).is(200, "");
}

#[test]
fn the_last_administrator_stays() {
    let shop = Shop::open();
    let approver = r#"{"name":"Ada","role":"approver"}"#;
    let refused = |answer: Answer| {
        answer.is(409, "last_administrator");
    };
    refused(shop.admin.replace(&user(ADMIN), approver));
    refused(act(&shop.admin, ADMIN, "archive"));
    let other = shop.hire("otto@acme.example", "administrator");
    act(&shop.admin, "otto@acme.example", "archive").is(200, "");
    // An administrator who is archived does not count.
    refused(shop.admin.replace(&user(ADMIN), approver));
    other.send(&Call::get("/users")).is(401, "authentication_required");
    act(&shop.admin, "otto@acme.example", "restore").is(200, "");
    shop.admin.replace(&user(ADMIN), approver).is(200, "");
    let other = shop.server.session("otto@acme.example");
    refused(act(&other, "otto@acme.example", "archive"));
}

#[test]
fn of_two_administrators_who_demote_each_other_one_stays() {
    let shop = Shop::open();
    let second = "otto@acme.example";
    let mut sessions = [(shop.admin.clone(), second), (shop.hire(second, "administrator"), ADMIN)];
    for _ in 0..4 {
        let versions = sessions.each_ref().map(|(session, email)| {
            session.send(&Call::get(&user(email))).header("etag").unwrap().to_owned()
        });
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let calls = [0, 1].map(|index| {
                let ((session, email), version) = (&sessions[index], versions[index].clone());
                let body = r#"{"name":"Demoted","role":"approver","aliases":[]}"#;
                let call = Call::new("PUT", &user(email)).with("If-Match", version).json(body);
                scope.spawn(move || session.send(&call))
            });
            calls.map(|call| call.join().unwrap()).into()
        });
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won, 1, "{answers:?}");
        let roles = "select shown from person where role = 'administrator' and active = 1";
        let left = shop.server.texts(roles);
        assert_eq!(left.len(), 1, "{left:?}");
        let (stays, demoted) = if left[0] == ADMIN { (ADMIN, second) } else { (second, ADMIN) };
        let session = shop.server.session(stays);
        session.replace(&user(demoted), r#"{"name":"Again","role":"administrator"}"#).is(200, "");
        sessions = [(session, demoted), (shop.server.session(demoted), stays)];
    }
}

#[test]
fn an_alias_is_one_persons() {
    let shop = Shop::open();
    let rival = shop.rival();
    let foreign = Call::post("/applications").json(r#"{"name":"Rival","identifiers":["rival"]}"#);
    let foreign = rival.send(&foreign).is(201, "").text("id");
    create(&shop.admin, "eve@acme.example").is(201, "");
    let alias = |email: &str, application: &str, name: &str| {
        let alias = format!(r#"{{"application":"{application}","name":"{name}"}}"#);
        shop.admin.replace(&user(email), &format!(r#"{{"name":"Somebody","aliases":[{alias}]}}"#))
    };
    let given = alias(STEVE, &shop.application, "Kevin");
    let aliases = format!(r#"[{{"application":"{}","name":"Kevin"}}]"#, shop.application);
    assert_eq!(given.is(200, "").text("aliases"), aliases);
    assert!(shop.server.change("user", STEVE).ends_with(r#""role":"approver","version":2}"#));
    for (application, name, code, field) in [
        (&shop.application, "KEVIN", "key_taken", "aliases[0].name"),
        (&shop.application, STEVE, "key_taken", "aliases[0].name"),
        (&shop.application, "Steve@nl3.com", "key_taken", "aliases[0].name"),
        (&foreign, "eve", "invalid_id", "aliases[0].application"),
    ] {
        let refused = alias("eve@acme.example", application, name);
        assert_eq!((refused.code().as_str(), refused.text("field")), (code, field.to_owned()), "{name}");
    }
    alias("eve@acme.example", &shop.application, "kevin2@acme.example").is(200, "");
    assert_eq!(create(&shop.admin, "Kevin2@acme.example").is(409, "key_taken").text("field"), "email");
    // Kevin is steve: he would approve his own purchase.
    shop.kevin(Call::post("/approvalRequest").json(crate::server::PURCHASE)).is(422, "too_few_approvers");
    shop.admin.replace(&user(STEVE), r#"{"aliases":[]}"#).is(200, "");
    shop.purchase();
    alias("eve@acme.example", &shop.application, "kevin").is(200, "");
}
