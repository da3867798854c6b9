//! Bodies, ids and queries that are not what they should be.

use crate::http::{Answer, Call};
use crate::server::{ACT, PASSWORD, PURCHASE, STEVE, Shop};

/// Occurs in what a test sends, and must not be in the log.
const SECRET: &str = "swordfish-4711";

/// Bodies that no endpoint accepts, with the code that each gets, and the place if it has one.
fn bodies() -> Vec<(Vec<u8>, u16, &'static str, &'static str)> {
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        (text(""), 400, "malformed_json", "1:1"),
        (text("  \n"), 400, "malformed_json", "2:1"),
        (text("{"), 400, "malformed_json", "1:2"),
        (text("{\"a\":\n1,}"), 400, "malformed_json", "2:3"),
        (text("{'a':1}"), 400, "malformed_json", "1:2"),
        (text("{\"a\":1} x"), 400, "malformed_json", "1:9"),
        (text("{\"a\":NaN}"), 400, "malformed_json", "1:6"),
        (text("{\"a\":01}"), 400, "malformed_json", "1:7"),
        (text("{\"a\":1e999}"), 400, "malformed_json", "1:10"),
        (text("{\"a\":\"\\ud800\"}"), 400, "malformed_json", "1:13"),
        (text("{\"a\":\"\t\"}"), 400, "malformed_json", "1:7"),
        (text("{\"a\":\"\0\"}"), 400, "malformed_json", "1:7"),
        (text("{\"a\":1}\0"), 400, "malformed_json", "1:8"),
        (text("\u{feff}{}"), 400, "malformed_json", "1:1"),
        (b"{\"a\":\"\xff\"}".to_vec(), 400, "malformed_json", "1:7"),
        (b"{\"a\":\"\xc0\xaf\"}".to_vec(), 400, "malformed_json", "1:7"),
        (b"\xff\xfe{\0}\0".to_vec(), 400, "malformed_json", "1:1"),
        (text("{\"a\":1,\n \"a\":2}"), 400, "duplicate_key", "2:2"),
        (text("{\"a\":1,\"\\u0061\":2}"), 400, "duplicate_key", "1:8"),
        (text(&"[".repeat(33)), 400, "too_deep", "1:33"),
        (text(&"{\"a\":".repeat(33)), 400, "too_deep", "1:161"),
        (vec![b'['; 200_000], 400, "too_deep", "1:33"),
        (vec![b' '; (256 << 10) + 1], 413, "too_large", ""),
        (text("[]"), 400, "wrong_type", ""),
        (text("null"), 400, "wrong_type", ""),
        (text("\"x\""), 400, "wrong_type", ""),
        (text("7"), 400, "wrong_type", ""),
    ]
}

/// The calls with a body, each with the nearest member of a misspelt one. Who calls is the application or somebody who
/// is signed in.
fn calls(shop: &Shop) -> Vec<(Call, &'static str, &'static str)> {
    let never = "01890000-0000-7000-8000-000000000000";
    let opened = shop.purchase().text("id");
    let steve = shop.server.session(STEVE);
    let of_kevin = |path: &str| shop.as_kevin(Call::post(path));
    vec![
        (of_kevin("/approvalRequest"), "templateld", "templateId"),
        (of_kevin(&format!("/approvalRequest/{opened}/cancel")), "raeson", "reason"),
        (steve.sign(&Call::post(&format!("/approvalRequest/{opened}/decision"))), "verdikt", "verdict"),
        (steve.sign(&Call::post("/password")), "newPasword", "newPassword"),
        (Call::post("/session"), "emial", "email"),
        (Call::post("/link"), "secrte", "secret"),
        (shop.admin.sign(&Call::post("/session/proof")), "passwrod", "password"),
        (shop.admin.sign(&Call::post("/users")), "nmae", "name"),
        (shop.admin.sign(&Call::post("/groups")), "kye", "key"),
        (shop.admin.sign(&Call::post("/applications")), "identifers", "identifiers"),
        (shop.admin.sign(&Call::post("/templates")), "approvalKy", "approvalKey"),
        (
            shop.admin.sign(&Call::post(&format!("/applications/{}/signingKeys", shop.application))),
            "secrt",
            "secret",
        ),
        (shop.admin.sign(&Call::new("PUT", &format!("/applications/{never}"))), "nam", "name"),
    ]
}

fn place(answer: &Answer) -> String {
    let place = format!("{}:{}", answer.text("line"), answer.text("column"));
    if place == ":" { String::new() } else { place }
}

#[test]
fn every_call_rejects_every_hostile_body_with_its_code_and_place() {
    let shop = Shop::open();
    let before = shop.server.count("select sum(position) from company");
    let mut wrong = Vec::new();
    for (call, misspelt, nearest) in calls(&shop) {
        // Each call from an address of its own, so that no budget is used up.
        let send = |body: Vec<u8>| {
            let call = call.clone().with("X-Forwarded-For", crate::server::own_address());
            call.json("").bytes(body).send(shop.server.address)
        };
        for (body, status, code, expected) in bodies() {
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            // Some bodies may be left out: then they are an empty object.
            if body.is_empty() && ["raeson", "secrt"].contains(&misspelt) {
                continue;
            }
            let answer = send(body);
            let found = (answer.status, answer.code(), place(&answer));
            if found != (status, code.to_owned(), expected.to_owned()) {
                wrong.push(format!("{shown:?} to {misspelt}: expected {expected}, got {}", answer.body));
            }
        }
        let unknown = send(format!(r#"{{"{misspelt}":"{SECRET}"}}"#).into());
        assert_eq!(unknown.is(400, "unknown_member").text("field"), misspelt);
        let detail = unknown.text("detail");
        assert!(detail.contains(&format!("`{nearest}`")), "{detail}");
        assert!(
            !unknown.body.contains(SECRET),
            "a value of an unknown member is not repeated: {}",
            unknown.body
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let after = shop.server.count("select sum(position) from company");
    assert_eq!(after, before + 1, "only the purchase was written");
    let log = shop.server.log();
    assert!(!log.contains(SECRET) && !log.contains(PASSWORD) && !log.contains(&shop.admin.cookie), "{log}");
}

#[test]
fn the_largest_body_and_the_deepest_one_are_accepted() {
    let shop = Shop::open();
    let padded = format!("{PURCHASE}{}", " ".repeat((256 << 10) - PURCHASE.len()));
    shop.kevin(Call::post("/approvalRequest").json(padded)).is(201, "");
    let deepest = format!(r#"{{"templateId":{}{}}}"#, "[".repeat(31), "]".repeat(31));
    shop.kevin(Call::post("/approvalRequest").json(deepest)).is(400, "wrong_type");
}

#[test]
fn the_content_type_is_json_in_utf8() {
    let shop = Shop::open();
    let send = |kind: &str| {
        let call = Call::post("/approvalRequest").bytes(PURCHASE);
        shop.kevin(if kind.is_empty() { call } else { call.with("Content-Type", kind) })
    };
    for sound in [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
    ] {
        send(sound).is(201, "");
    }
    let wrong = [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/json",
        "application/json; charset=latin1",
        "application/json; charset=utf-16",
        "application/jsonx",
        "json",
        "*/*",
        "application/json, text/plain",
    ];
    for wrong in wrong {
        let rejected = send(wrong);
        assert_eq!(rejected.is(415, "unsupported_media_type").text("field"), "Content-Type", "{wrong}");
        assert!(rejected.text("detail").contains("application/json"));
    }
    let twice = Call::post("/approvalRequest").json(PURCHASE).with("Content-Type", "application/json");
    assert_eq!(shop.kevin(twice).is(400, "invalid_header").text("field"), "Content-Type");
}

#[test]
fn an_id_that_is_none_is_not_found_and_a_cursor_that_is_none_is_named() {
    let shop = Shop::open();
    let id = shop.purchase().text("id");
    let long = "a".repeat(8000);
    let ids = [
        "x",
        "%00",
        "%FF",
        "%C0%AF",
        "..",
        "%2e%2e",
        "a%2Fb",
        "1",
        "-1",
        "{id}",
        "null",
        "%F0%9F%98%80",
        "'--",
        "01890000-0000-7000-8000-00000000000",
        "01890000-0000-7000-8000-0000000000000",
        "01890000000070008000000000000000",
        &long,
    ];
    let near =
        [format!("{id}%00"), format!("{id}%20"), format!("%20{id}"), format!("{id}/"), format!("{{{id}}}")];
    let never = shop.read("01890000-0000-7000-8000-000000000000");
    let expected = never.is(404, "not_found").unnamed();
    for id in ids.into_iter().chain(near.iter().map(String::as_str)) {
        assert_eq!(shop.read(id).unnamed(), expected, "{id}");
        for (path, body) in [("cancel", "{}"), ("consume", ACT), ("revoke", "{}")] {
            let noun = if path == "cancel" { "approvalRequest" } else { "grant" };
            let answer = shop.kevin(Call::post(&format!("/{noun}/{id}/{path}")).json(body));
            assert_eq!(answer.is(404, "not_found").unnamed(), expected, "{id}/{path}");
        }
    }
    for path in ["/users/%FF", "/users/%00", "/groups/%FF", "/templates/%FF", "/applications/%FF"] {
        shop.admin.send(&Call::get(path)).is(404, "not_found");
    }
    let queries = [
        ("after=x", "invalid_id", "after"),
        ("after=%00", "invalid_id", "after"),
        ("limit=0", "out_of_range", "limit"),
        ("limit=101", "out_of_range", "limit"),
        ("limit=-1", "out_of_range", "limit"),
        ("limit=1e1", "out_of_range", "limit"),
        ("limit=%2B1", "out_of_range", "limit"),
        ("limit=", "out_of_range", "limit"),
        ("archived=yes", "wrong_type", "archived"),
        ("limit=1&limit=2", "duplicate_key", "limit"),
        ("limt=1", "unknown_member", "limt"),
        ("limit=%FF", "wrong_type", "query"),
    ];
    for (query, code, field) in queries {
        let answer = shop.admin.send(&Call::get(&format!("/applications?{query}")));
        assert_eq!(answer.is(400, code).text("field"), field, "{query}");
    }
    let answer = shop.admin.send(&Call::get("/applications?limt=1"));
    assert!(answer.text("detail").contains("`limit`"), "{}", answer.body);
}
