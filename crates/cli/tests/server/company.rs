//! The company itself.

use crate::http::Call;
use crate::server::{ADMIN, Shop};

#[test]
fn a_company_is_read_and_renamed() {
    let shop = Shop::open();
    let read = || shop.admin.send(&Call::get("/company"));
    let first = read();
    assert_eq!((first.is(200, "").text("name"), first.header("etag")), ("ACME".into(), Some("\"1\"")));
    let put = |version: &str| {
        let call = Call::new("PUT", "/company").with("If-Match", version);
        shop.admin.send(&call.json(r#"{"name":"ACME & Sons"}"#))
    };
    shop.admin.send(&Call::new("PUT", "/company").json(r#"{"name":"A"}"#)).is(428, "version_required");
    let renamed = put("\"1\"");
    assert_eq!(
        (renamed.is(200, "").text("name"), renamed.header("etag")),
        ("ACME & Sons".into(), Some("\"2\""))
    );
    assert_eq!(put("\"1\"").is(412, "version_moved").text("present.name"), "ACME & Sons");
    assert_eq!(
        shop.server.change("company", &first.text("id")),
        format!(r#"administrator {ADMIN} replace: {{"name":"ACME"}} > {{"name":"ACME & Sons"}}"#)
    );
    assert_eq!(shop.admin.send(&Call::get("/session")).text("company.name"), "ACME & Sons");
    let empty = Call::new("PUT", "/company").with("If-Match", "\"2\"").json(r#"{"name":" "}"#);
    assert_eq!(shop.admin.send(&empty).is(422, "missing_metadata").text("field"), "name");
    // The record can be sent back as it was read, although its log has gone on.
    let read = read();
    let back = |body: &str| {
        let call = Call::new("PUT", "/company").with("If-Match", "\"2\"").json(body);
        shop.admin.send(&call)
    };
    assert_eq!(back(r#"{"name":"ACME","log":1}"#).is(400, "wrong_type").text("field"), "log");
    shop.purchase();
    back(&read.body).is(200, "");
}

#[test]
fn a_company_says_where_its_log_ends() {
    let shop = Shop::open();
    let log = || {
        let read = shop.admin.send(&Call::get("/company"));
        (read.text("log.position").parse::<i64>().unwrap(), read.text("log.head"))
    };
    let before = log();
    assert_eq!(before.1.len(), 64);
    shop.rival();
    assert_eq!(log(), before, "the log of another company is another log");
    shop.purchase();
    let after = log();
    assert_eq!(after.0, before.0 + 1);
    assert_ne!(after.1, before.1);
}
