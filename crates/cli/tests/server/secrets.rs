//! Secrets that were planted are found nowhere: not in the files of the store, a backup, the log, the metrics, what is
//! printed, or what others are answered.

use std::path::Path;

use crate::http::{Call, raw};
use crate::server::{ADMIN, PASSWORD, PURCHASE, STEVE, Shop, decision, redeem};

/// The files in a folder, with what they hold.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else if entry.file_name() != "server.key" {
            found.push((entry.path().display().to_string(), std::fs::read(entry.path()).unwrap()));
        }
    }
    found
}

#[test]
fn a_secret_is_nowhere_but_with_its_owner() {
    let mut shop = Shop::open_with(&["--metrics-listen", "127.0.0.1:0"]);
    shop.add_user("eve@acme.example", "Eve");
    let steve = shop.server.session(STEVE);
    let link = shop.admin.send(&Call::post("/users/eve%40acme.example/link")).is(201, "").text("secret");
    let personal = steve.send(&Call::post("/tokens").json(r#"{"name":"bot","scopes":["read"]}"#));
    let key = shop.admin.send(&Call::post(&format!("/applications/{}/signingKeys", shop.application)));
    let auth = shop.token("kevin");
    let open = Call::post("/approvalRequest").json(PURCHASE).with("X-Nl3-Authorization-Token", auth.as_str());
    let opened = open.send(shop.server.address);
    steve.send(&decision(opened.is(201, ""), "approve")).is(200, "");
    let access = shop.read(&opened.text("id")).text("grant.accessToken");
    let cookie = steve.cookie.split('=').nth(1).unwrap().to_owned();
    let (personal, key) = (personal.is(201, "").text("secret"), key.is(201, "").text("secret"));
    let wrong = "a password that is wrong";
    let secrets = [PASSWORD, wrong, &link, &personal, &key, &auth, &access, &cookie];
    assert!(secrets.iter().all(|secret| secret.len() > 15), "{secrets:?}");

    // Each is used where it is right, and where it is wrong.
    redeem(shop.server.address, &link, "eve@acme.example").is(200, "");
    shop.server.sign_in(ADMIN, wrong).is(401, "sign_in_failed");
    let mut answers =
        vec![shop.admin.send(&Call::get(&format!("/applications/{}/signingKeys", shop.application)))];
    for secret in secrets {
        for call in [
            Call::get("/session").with("Authorization", format!("Bearer {secret}")),
            Call::get("/session").with("X-Nl3-Authorization-Token", secret),
            Call::post("/link")
                .json(format!(r#"{{"secret":"{secret}","email":"x@acme.example","password":"{secret}"}}"#)),
            Call::get(&format!("/session?token={}", secret.replace([' ', '+', '/'], "_"))),
        ] {
            answers
                .push(call.with("X-Forwarded-For", crate::server::own_address()).send(shop.server.address));
        }
    }
    let copy = shop.server.folder.path().join("copy.sqlite");
    assert!(shop.server.operate(&["backup", copy.to_str().unwrap()]).status.success());
    let metrics = b"GET /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    let metrics = raw(shop.server.metrics.unwrap(), metrics).unwrap();

    let mut places = files(shop.server.folder.path());
    assert!(
        places.iter().any(|(name, _)| name.ends_with("store.sqlite")) && places.len() >= 4,
        "{}",
        places.len()
    );
    places.push(("the metrics".to_owned(), metrics.body.into_bytes()));
    let own = |answer: &crate::http::Answer| answer.status < 300 && answer.body.contains(r#""email":"#);
    for answer in answers.iter().filter(|answer| !own(answer)) {
        places.push((format!("{answer:?}"), answer.body.clone().into_bytes()));
    }
    for (place, bytes) in &places {
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "`{secret}` is in {place}");
        }
    }
}
