//! Groups: who may decide together.

use jit_approvals::json::Json;

use crate::crowd::{RIVAL, items, user};
use crate::http::Call;
use crate::server::{ADMIN, STEVE, Session, Shop, decision};

fn act(admin: &Session, action: &str) {
    admin.send(&Call::post(&format!("/groups/buyers/{action}"))).is(200, "");
}

#[test]
fn a_group_is_created_read_replaced_and_archived() {
    let shop = Shop::open();
    shop.hire("eve@acme.example", "approver");
    let created = shop.group("buyers", &["eve@acme.example", STEVE, "Steve@NL3.com"]);
    assert_eq!(created.header("location"), Some("/nl3/api/v1/groups/buyers"));
    let record =
        r#"{"key":"buyers","name":"buyers","version":1,"members":["eve@acme.example","steve@nl3.com"]}"#;
    let read = shop.admin.send(&Call::get("/groups/buyers"));
    assert_eq!((created.body.as_str(), read.is(200, "").body.as_str()), (record, record));
    let replace = |version: &str| {
        let call = Call::new("PUT", "/groups/buyers").with("If-Match", version);
        shop.admin.send(&call.json(r#"{"name":"Buyers","members":["steve@nl3.com"]}"#))
    };
    let call = Call::new("PUT", "/groups/buyers").json(r#"{"name":"Buyers"}"#);
    shop.admin.send(&call).is(428, "version_required");
    assert_eq!(replace("\"1\"").is(200, "").header("etag"), Some("\"2\""));
    assert_eq!(
        shop.server.change("group", "buyers"),
        format!(
            r#"administrator {ADMIN} replace: {{"key":"buyers","members":["eve@acme.example","steve@nl3.com"],"name":"buyers","version":1}} > {{"key":"buyers","members":["steve@nl3.com"],"name":"Buyers","version":2}}"#
        )
    );
    let moved = replace("\"1\"");
    assert_eq!(moved.is(412, "version_moved").text("present.members"), r#"["steve@nl3.com"]"#);
    let body = r#"{"name":"Buyers","members":["steve@nl3.com"],"archivedAt":1764129600}"#;
    let archived = shop.admin.send(&Call::new("PUT", "/groups/buyers").with("If-Match", "\"2\"").json(body));
    assert_eq!(archived.is(400, "unexpected_form").text("field"), "archivedAt", "it is not archived");
    act(&shop.admin, "archive");
    let archived = shop.admin.send(&Call::get("/groups/buyers"));
    assert!(!archived.is(200, "").text("archivedAt").is_empty());
    assert!(shop.server.change("group", "buyers").starts_with(&format!("administrator {ADMIN} archive: ")));
    act(&shop.admin, "restore");
    assert_eq!(shop.admin.send(&Call::get("/groups/buyers")).text("archivedAt"), "");
}

#[test]
fn a_group_has_a_key_and_people_of_its_company() {
    let shop = Shop::open();
    let rival = shop.rival();
    let create = |session: &Session, body: &str| session.send(&Call::post("/groups").json(body));
    create(&shop.admin, r#"{"key":"buyers","name":"Buyers"}"#).is(201, "");
    // A key is the company's own: another company may have the same.
    create(&rival, r#"{"key":"buyers","name":"Buyers"}"#).is(201, "");
    for (body, code, field) in [
        (r#"{"key":"buyers","name":"Buyers"}"#, "key_taken", "key"),
        (r#"{"key":"buyers@acme","name":"Buyers"}"#, "invalid_group", "key"),
        (r#"{"key":"","name":"Buyers"}"#, "invalid_group", "key"),
        (r#"{"key":"b","name":""}"#, "missing_metadata", "name"),
        (
            r#"{"key":"b","name":"B","members":["steve@nl3.com","rita@rival.example"]}"#,
            "unknown_approver",
            "members[1]",
        ),
        (r#"{"key":"b","name":"B","members":["nobody@acme.example"]}"#, "unknown_approver", "members[0]"),
    ] {
        let refused = create(&shop.admin, body);
        assert_eq!((refused.code().as_str(), refused.text("field")), (code, field.to_owned()), "{body}");
    }
    let refused = create(&shop.admin, r#"{"key":"b","name":"B","members":["rita@rival.example"]}"#);
    assert!(refused.is(422, "unknown_approver").text("detail").contains(RIVAL), "{}", refused.body);
}

#[test]
fn groups_are_listed_by_key() {
    let shop = Shop::open();
    let rival = shop.rival();
    for key in ["buyers", "board", "Cooks"] {
        shop.group(key, &[STEVE]);
    }
    act(&shop.admin, "archive");
    let list = |query: &str| shop.admin.list(&format!("/groups{query}"), "key");
    // Keys are bytes: capital letters come first.
    assert_eq!(list(""), ["Cooks", "board"]);
    assert_eq!(list("?archived=true"), ["buyers"]);
    assert_eq!(list("?search=b"), ["board"]);
    let page = shop.admin.send(&Call::get("/groups?limit=1"));
    assert_eq!((items(&page, "key"), page.text("next")), (vec!["Cooks".to_owned()], "Cooks".to_owned()));
    assert_eq!(list("?limit=1&after=Cooks"), ["board"]);
    let item = page.json().get("items").and_then(Json::as_array).unwrap()[0].clone();
    assert!(item.get("members").is_none(), "members are read one group at a time");
    assert!(rival.list("/groups", "key").is_empty());
}

#[test]
fn a_removal_counts_at_the_next_decision_and_an_addition_never() {
    let shop = Shop::open();
    let (steve, eve) = (shop.server.session(STEVE), shop.hire("eve@acme.example", "approver"));
    shop.group("buyers", &[STEVE]);
    shop.template(
        "GROUP",
        &[("defaultApprovers", Json::Array(vec![])), ("defaultApproverGroups", vec!["buyers"].into())],
    );
    let request = shop.ask("GROUP");
    let members = |members: &str| {
        let body = format!(r#"{{"name":"Buyers","members":[{members}]}}"#);
        shop.admin.replace("/groups/buyers", &body).is(200, "");
    };
    members(r#""eve@acme.example""#);
    steve.send(&decision(&request, "approve")).is(403, "no_longer_eligible");
    // Eve was not in the group when the request was opened: it does not concern her.
    eve.send(&decision(&request, "approve")).is(404, "not_found");
    members(r#""steve@nl3.com""#);
    act(&shop.admin, "archive");
    steve.send(&decision(&request, "approve")).is(403, "no_longer_eligible");
    shop.kevin(
        Call::post("/approvalRequest").json(crate::server::PURCHASE.replace("PURCHASE_APPROVAL", "GROUP")),
    )
    .is(422, "unknown_group");
    act(&shop.admin, "restore");
    shop.admin.send(&Call::post(&format!("{}/archive", user("eve@acme.example")))).is(200, "");
    steve.send(&decision(&request, "approve")).is(200, "");
}
