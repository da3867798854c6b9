//! Secrets that were planted are found nowhere: not in the files of the store, a backup, the log, the metrics, what is
//! printed, the environment and arguments of the process, or what others are answered.

use std::path::Path;

use crate::http::{Answer, Call, raw};
use crate::server::{ADMIN, PASSWORD, PURCHASE, STEVE, Server, Session, Shop, decision, own_address, redeem};

/// What is searched: a name, and what is there.
type Place = (String, Vec<u8>);

/// The files in a folder, with what they hold, but for one.
fn files(folder: &Path, but: &str) -> Vec<Place> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path(), but));
        } else if entry.file_name() != but {
            found.push((entry.path().display().to_string(), std::fs::read(entry.path()).unwrap()));
        }
    }
    found
}

/// Everything that a running server keeps and tells, but for one file.
fn places(server: &Server, but: &str) -> Vec<Place> {
    let metrics = b"GET /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    let metrics = raw(server.metrics.unwrap(), metrics).unwrap();
    let mut places = files(server.folder.path(), but);
    for name in ["store.sqlite", "log", "printed"] {
        assert!(places.iter().any(|(place, _)| place.ends_with(name)), "{name}");
    }
    places.push(("the metrics".to_owned(), metrics.body.into_bytes()));
    #[cfg(target_os = "linux")]
    for name in ["environ", "cmdline"] {
        let place = format!("/proc/{}/{name}", server.id());
        let bytes = std::fs::read(&place).unwrap();
        assert!(bytes.windows(4).any(|part| part == b"127."), "{place} is the server's");
        places.push((place, bytes));
    }
    places
}

/// The bytes that a text stands for, in either alphabet of base64. Empty if it is something else.
fn decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return Vec::new(),
        };
        (bits, count) = (bits << 6 | u32::from(value), count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}

/// No secret is anywhere, neither as a text nor as the bytes that it stands for.
#[track_caller]
fn are_nowhere(secrets: &[&str], places: &[Place]) {
    for secret in secrets {
        assert!(secret.len() > 15, "`{secret}` could be anywhere");
        let bytes = decoded(secret.trim_start_matches("jitp_"));
        for form in [secret.as_bytes(), &bytes].into_iter().filter(|form| !form.is_empty()) {
            for (place, held) in places {
                let found = held.windows(form.len()).any(|part| part == form);
                assert!(!found, "`{secret}` is in {place}, as {form:?}");
            }
        }
    }
}

/// Uses a secret where it is wrong, in every way that a credential is sent, by every call with a body.
fn misuse(server: &Server, person: &Session, secret: &str) -> Vec<Answer> {
    let in_url = secret.replace([' ', '+', '/'], "_");
    let mut calls = vec![
        Call::get("/session").with("Authorization", format!("Bearer {secret}")),
        Call::get("/session").with("Authorization", format!("Basic {secret}")),
        Call::get("/session").with("X-Nl3-Authorization-Token", secret),
        Call::get("/session").with("Cookie", format!("jit-session={secret}")),
        Call::get(&format!("/session?token={in_url}")),
        Call::get(&format!("/approvalRequest/{in_url}")).with("X-Nl3-Authorization-Token", secret),
        person.sign(&Call::get(&format!("/applications/{in_url}"))),
        person.sign(&Call::post(&format!("/tokens/{in_url}/revoke"))),
    ];
    let bodies = [
        format!(r#"{{"secret":"{secret}","email":"x@acme.example","password":"{secret}"}}"#),
        format!(r#"{{"email":"x@acme.example","password":"{secret}"}}"#),
        format!(r#"{{"secret":"{secret}","newPassword":"{secret}","password":"{secret}"}}"#),
        format!(r#"{{"secret":["{secret}"]}}"#),
        format!(r#"{{"password":["{secret}"]}}"#),
        format!(r#"{{"password":"{secret}""#),
        format!(r#"{{"password":"{secret}","password":"{secret}"}}"#),
        format!(r#""{secret}""#),
    ];
    for (method, path) in jit_approvals_server::endpoints() {
        for body in bodies.iter().filter(|_| ["POST", "PUT"].contains(&&*method)) {
            let call =
                Call::new(&method, &path.replace("{email}", "x").replace("{id}", "x")).json(body.as_str());
            calls.extend([call.clone(), person.sign(&call)]);
        }
    }
    let send = |call: &Call| call.clone().with("X-Forwarded-For", own_address()).send(server.address);
    calls.iter().map(send).collect()
}

#[test]
fn a_secret_is_nowhere_but_with_its_owner() {
    let mut shop = Shop::open_with(&["--metrics-listen", "127.0.0.1:0"]);
    shop.add_user("eve@acme.example", "Eve");
    let steve = shop.server.session(STEVE);
    let link = shop.admin.link("eve@acme.example");
    let personal = steve.send(&Call::post("/tokens").json(r#"{"name":"bot","scopes":["read"]}"#));
    let keys = format!("/applications/{}/signingKeys", shop.application);
    let key = shop.admin.send(&Call::post(&keys));
    let auth = shop.token("kevin");
    let open = Call::post("/approvalRequest").json(PURCHASE).with("X-Nl3-Authorization-Token", auth.as_str());
    let opened = open.send(shop.server.address);
    steve.send(&decision(opened.is(201, ""), "approve")).is(200, "");
    let access = shop.read(&opened.text("id")).text("grant.accessToken");
    let cookie = steve.cookie.split('=').nth(1).unwrap().to_owned();
    let (personal, key) = (personal.is(201, "").text("secret"), key.is(201, "").text("secret"));
    let wrong = "a password that is wrong";
    let secrets = [PASSWORD, wrong, &link, &personal, &key, &auth, &access, &cookie];
    for secret in [&link, personal.trim_start_matches("jitp_"), &key, &cookie] {
        assert_eq!(decoded(secret).len(), 32, "{secret}");
    }

    // Each is used where it is right, and where it is wrong.
    redeem(shop.server.address, &link, "eve@acme.example").is(200, "");
    shop.server.sign_in(ADMIN, wrong).is(401, "sign_in_failed");
    let mut answers = vec![shop.admin.send(&Call::get(&keys))];
    for secret in secrets {
        let person = shop.admin_again();
        answers.extend(misuse(&shop.server, &person, secret));
    }
    let copy = shop.server.folder.path().join("copy.sqlite");
    assert!(shop.server.operate(&["backup", copy.to_str().unwrap()]).status.success());
    let mut places = places(&shop.server, "server.key");
    // A secret that is right, or becomes a password, is the caller's own. A new secret is shown to who has asked for it.
    answers.retain(|answer| answer.status >= 400);
    let codes: std::collections::BTreeSet<_> = answers.iter().map(Answer::code).collect();
    assert!(codes.len() > 10, "{codes:?}");
    places.extend(answers.iter().map(|answer| (format!("{answer:?}"), answer.body.clone().into_bytes())));
    are_nowhere(&secrets, &places);
}

#[test]
fn the_first_link_is_in_its_file_until_there_is_a_company_and_nowhere_else() {
    let mut server = Server::start(&["--metrics-listen", "127.0.0.1:0"]);
    server.printed("curl");
    let secret = std::fs::read_to_string(server.data().join("first-link")).unwrap().trim().to_owned();
    are_nowhere(&[&secret], &places(&server, "first-link"));
    let body = format!(r#"{{"secret":"{secret}","email":"{ADMIN}","name":"Ada","password":"{PASSWORD}"}}"#);
    let redeemed = Call::post("/link").json(&*body).send(server.address).is(201, "").clone();
    are_nowhere(&[&secret], &[("the answer".to_owned(), redeemed.body.into_bytes())]);
    Call::post("/link").json(body).send(server.address).is(401, "invalid_link");
    server.kill_and_restart();
    server.session(ADMIN);
    are_nowhere(&[&secret, PASSWORD], &places(&server, "none"));
}

#[test]
fn a_server_key_is_in_its_file_alone_before_and_after_a_rotation() {
    let mut shop = Shop::open_with(&["--metrics-listen", "127.0.0.1:0"]);
    let file = shop.server.data().join("server.key");
    let read = || std::fs::read_to_string(&file).unwrap().trim().to_owned();
    shop.purchase();
    let old = read();
    assert_eq!(decoded(&old).len(), 32);
    are_nowhere(&[&old], &places(&shop.server, "server.key"));
    assert_eq!(shop.server.stop(), Some(0));
    let rotated = shop.server.operate(&["server-key", "rotate"]);
    assert!(rotated.status.success(), "{rotated:?}");
    let new = read();
    assert_ne!(new, old);
    shop.server.kill_and_restart();
    let copy = shop.server.folder.path().join("copy.sqlite");
    let backup = shop.server.operate(&["backup", copy.to_str().unwrap()]);
    assert!(backup.status.success(), "{backup:?}");
    let mut places = places(&shop.server, "server.key");
    for told in [rotated, backup] {
        places
            .extend([("what is printed".to_owned(), told.stdout), ("what is told".to_owned(), told.stderr)]);
    }
    are_nowhere(&[&old, &new], &places);
    are_nowhere(&[&old], &files(shop.server.folder.path(), "none"));
}
