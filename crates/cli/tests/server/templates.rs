//! Templates: written by versions, none of which changes.

use crate::crowd::items;
use crate::http::{Answer, Call};
use crate::server::{ADMIN, PURCHASE, STEVE, Shop, TEMPLATE, decision};

const PATH: &str = "/templates/PURCHASE_APPROVAL";

impl Shop {
    fn replace_template(&self, version: &str, text: &str) -> Answer {
        self.admin.send(&Call::new("PUT", PATH).with("If-Match", version).json(text))
    }
}

#[test]
fn a_template_is_replaced_by_a_new_version_and_the_old_one_stays() {
    let shop = Shop::open();
    let first = shop.admin.send(&Call::get(PATH));
    assert_eq!((first.is(200, "").text("version"), first.header("etag")), ("1".into(), Some("\"1\"")));
    let before = shop.purchase();
    let text = TEMPLATE.replace("Authorization Required for Ticket Purchase", "A new title");
    shop.admin.send(&Call::new("PUT", PATH).json(text.as_str())).is(428, "version_required");
    let second = shop.replace_template("\"1\"", &text);
    assert_eq!((second.is(200, "").text("version"), second.header("etag")), ("2".into(), Some("\"2\"")));
    let moved = shop.replace_template("\"1\"", TEMPLATE);
    assert_eq!(moved.is(412, "version_moved").text("present"), second.body);
    let event = shop.server.change("template", "PURCHASE_APPROVAL");
    let (old, new) = event.split_once(" > ").unwrap();
    assert!(old.starts_with(&format!("administrator {ADMIN} replace: ")), "{event}");
    assert!(old.contains("for Ticket Purchase") && new.contains("A new title"), "{event}");
    // An older version is what it was, for ever.
    assert_eq!(shop.admin.send(&Call::get(&format!("{PATH}?version=1"))).is(200, "").body, first.body);
    assert_eq!(shop.admin.send(&Call::get(PATH)).body, second.body);
    shop.admin.send(&Call::get(&format!("{PATH}?version=3"))).is(404, "not_found");
    shop.admin.send(&Call::get(&format!("{PATH}?version=0"))).is(400, "out_of_range");
    // So is a request that was opened with it.
    assert_eq!(shop.read(&before.text("id")).body, before.body);
    let after = shop.purchase();
    assert_eq!((after.text("title"), after.text("templateVersion")), ("A new title".into(), "2".into()));
    assert_eq!(before.text("templateVersion"), "1");
    shop.server.session(STEVE).send(&decision(&before, "approve")).is(200, "");
}

#[test]
fn archiving_a_template_stops_new_requests_only() {
    let shop = Shop::open();
    let request = shop.purchase();
    let archived = shop.admin.send(&Call::post(&format!("{PATH}/archive")));
    assert!(!archived.is(200, "").text("archivedAt").is_empty());
    let event = shop.server.change("template", "PURCHASE_APPROVAL");
    assert!(event.starts_with(&format!("administrator {ADMIN} archive: ")), "{event}");
    let refused = shop.kevin(Call::post("/approvalRequest").json(PURCHASE));
    assert_eq!(refused.is(422, "unknown_template").text("field"), "templateId");
    shop.server.session(STEVE).send(&decision(&request, "approve")).is(200, "");
    shop.replace_template("\"1\"", TEMPLATE).is(409, "archived");
    shop.admin.send(&Call::post("/templates").json(TEMPLATE)).is(409, "key_taken");
    shop.admin.send(&Call::post(&format!("{PATH}/restore"))).is(200, "");
    shop.purchase();
    shop.replace_template("\"1\"", TEMPLATE).is(200, "");
}

#[test]
fn what_is_wrong_with_a_template_is_named() {
    let shop = Shop::open();
    let create = |text: String| shop.admin.send(&Call::post("/templates").json(text));
    let new = |text: &str| text.replace("PURCHASE_APPROVAL", "NEW");
    let wrong = create(new(TEMPLATE).replace("${seatNumber}", "${seatNumbre}"));
    let named = wrong.is(422, "unknown_placeholder");
    assert_eq!(
        (named.text("field"), named.text("line"), named.text("column")),
        ("approvalData".into(), "7".into(), "39".into())
    );
    assert!(named.text("detail").contains("`seatNumber`"), "{}", named.body);
    create(new(TEMPLATE).replace("approvalTitle", "aprovalTitle")).is(400, "unknown_member");
    create(TEMPLATE.to_owned()).is(409, "key_taken");
    // The version is the server's, whatever the text says.
    let odd = create(new(TEMPLATE).replacen('{', r#"{"templateVersion":"9","#, 1));
    assert_eq!(odd.is(400, "wrong_type").text("field"), "templateVersion");
    let given = create(new(TEMPLATE).replacen('{', r#"{"templateVersion":9,"#, 1));
    assert_eq!(
        (given.is(201, "").text("version"), given.text("template.templateVersion")),
        ("1".into(), "1".into())
    );
    assert_eq!(given.header("location"), Some("/nl3/api/v1/templates/NEW"));
    let other = shop.replace_template("\"1\"", &new(TEMPLATE));
    assert_eq!(other.is(400, "unexpected_form").text("field"), "approvalKey");
}

#[test]
fn templates_are_listed_by_key() {
    let shop = Shop::open();
    let rival = shop.rival();
    for key in ["REFUND", "PAYMENT", "PAYOUT"] {
        shop.template(key, &[]);
    }
    shop.admin.send(&Call::post("/templates/PAYOUT/archive")).is(200, "");
    let list = |query: &str| shop.admin.list(&format!("/templates{query}"), "key");
    assert_eq!(list(""), ["PAYMENT", "PURCHASE_APPROVAL", "REFUND"]);
    assert_eq!(list("?search=PAY"), ["PAYMENT"]);
    assert_eq!(list("?archived=true"), ["PAYOUT"]);
    // A list has one row for a template, however many versions there are.
    shop.replace_template("\"1\"", TEMPLATE).is(200, "");
    let page = shop.admin.send(&Call::get("/templates?limit=1&after=PAYMENT"));
    let key = "PURCHASE_APPROVAL".to_owned();
    assert_eq!((items(&page, "key"), page.text("next")), (vec![key.clone()], key));
    assert_eq!(list("?after=PURCHASE_APPROVAL"), ["REFUND"]);
    assert!(rival.list("/templates", "key").is_empty());
    // A key is the company's own.
    rival.send(&Call::post("/templates").json(TEMPLATE)).is(201, "");
    rival.replace(PATH, &TEMPLATE.replace("Ticket", "Rival")).is(200, "");
    assert_eq!(shop.purchase().text("templateVersion"), "2");
}
