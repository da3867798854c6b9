//! The call of the published API, with all headers that its browser has sent.

use crate::http::Call;
use crate::server::{STEVE, Shop};

const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/111.0.0.0 Safari/537.36";

const BRANDS: &str = r#""Google Chrome";v="111", "Not(A:Brand";v="8", "Chromium";v="111""#;

const BODY: &str = r#"{
  "approvers": [ "steve@nl3.com" ],
  "metaData": {
    "seatNumber": "43D",
    "purchaseItem": "Metallica Ticket",
    "purchasePrice": "$1,654",
    "requestor": "kevin"
  },
  "templateId": "PURCHASE_APPROVAL"
}"#;

fn published() -> Call {
    Call::post("/approvalRequest")
        .with("Authority", "api.nextlevel3.com")
        .with("Accept", "application/json, text/plain, */*")
        .with("Accept-Encoding", "deflate, gzip, br")
        .with("Accept-Language", "en-US,en;q=0.9")
        .with("Origin", "https://company.nextlevel3.com")
        .with("Referer", "https://company.nextlevel3.com/")
        .with("Sec-Ch-Ua", BRANDS)
        .with("Sec-Ch-Ua-Mobile", "?0")
        .with("Sec-Ch-Ua-Platform", r#""Windows""#)
        .with("Sec-Fetch-Dest", "empty")
        .with("Sec-Fetch-Mode", "cors")
        .with("Sec-Fetch-Site", "same-site")
        .with("User-Agent", AGENT)
        .with("X-nl3-device-location", "40.7128,-74.0060")
        .json(BODY)
}

#[test]
fn the_published_call_opens_a_request_and_its_device_is_kept() {
    let shop = Shop::open();
    let opened = shop.kevin(published());
    assert_eq!(opened.is(201, "").text("status"), "pending");
    // What is read later, by the approver, too, is the device as it was reported.
    let path = format!("/approvalRequest/{}", opened.text("id"));
    let seen = shop.server.session(STEVE).send(&Call::get(&path));
    for answer in [opened, shop.kevin(Call::get(&path)), seen] {
        assert_eq!(answer.text("device.userAgent"), AGENT);
        assert_eq!(answer.text("device.brands"), BRANDS);
        assert_eq!(answer.text("device.platform"), r#""Windows""#);
        assert_eq!(
            (answer.text("device.location.lat"), answer.text("device.location.lon")),
            ("40.7128".to_owned(), "-74.006".to_owned())
        );
    }
    // The device is not part of what is approved.
    let plain = shop.kevin(Call::post("/approvalRequest").json(BODY));
    assert_eq!((plain.status, plain.text("device")), (201, String::new()));
}

#[test]
fn the_backslash_that_the_page_prints_is_explained() {
    let shop = Shop::open();
    let rejected = shop.kevin(published().bytes(BODY.replace('@', "\\@")));
    rejected.is(400, "malformed_json");
    assert_eq!((rejected.text("line"), rejected.text("column")), ("2".to_owned(), "25".to_owned()));
    let detail = rejected.text("detail");
    assert!(detail.contains("`@` needs no backslash") && detail.contains("line 2 column 25"), "{detail}");
}

#[test]
fn a_device_that_cannot_be_shown_is_left_out_and_a_location_that_is_none_is_rejected() {
    let shop = Shop::open();
    let open = |name: &str, value: &str| {
        let call = published().without(name);
        shop.kevin(if value.is_empty() { call } else { call.with(name, value) })
    };
    // Left out: too long, or with characters that hide or reorder text.
    let long = "x".repeat(513);
    for odd in ["", "a\u{202e}b", "a\u{200b}b", "a\tb", long.as_str()] {
        let opened = open("User-Agent", odd);
        assert_eq!((opened.status, opened.text("device.userAgent")), (201, String::new()), "{odd:?}");
        assert_eq!(opened.text("device.platform"), r#""Windows""#);
    }
    assert_eq!(open("User-Agent", &long[1..]).text("device.userAgent").len(), 512);
    assert_eq!(open("Sec-Ch-Ua", "a\u{2066}b").is(201, "").text("device.brands"), "");
    assert_eq!(open("Sec-Ch-Ua-Platform", "a\u{ad}b").is(201, "").text("device.platform"), "");

    for sound in ["90,180", "-90,-180", "0,0", " 1.5 , -2.25 ", "+1,.5"] {
        open("X-nl3-device-location", sound).is(201, "");
    }
    let wrong = [
        "40.7128",
        "40.7128,",
        ",",
        "1,2,3",
        "90.01,0",
        "0,180.5",
        "-91,0",
        "x,y",
        "nan,nan",
        "inf,0",
        "1e1,2",
        "0x1,2",
        "40,7128,-74,0060",
        "1;2",
        "N40,W74",
    ];
    for wrong in wrong {
        let rejected = open("X-nl3-device-location", wrong);
        assert_eq!(rejected.is(400, "invalid_header").text("field"), "X-nl3-device-location", "{wrong}");
    }
    let twice = shop.kevin(published().with("X-nl3-device-location", "1,2"));
    assert_eq!(twice.is(400, "invalid_header").text("field"), "X-nl3-device-location");
}
