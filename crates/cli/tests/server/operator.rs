//! What an operator does on the machine.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use jit_approvals::json::Json;
use rusqlite::Connection;

use crate::http::Call;
use crate::server::{ADMIN, PASSWORD, STEVE, Server, Shop, command, decision, ends, redeem};

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a command says that fails.
pub(crate) fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Starts a server in a folder, which must not start. Returns what it says.
pub(crate) fn does_not_start(folder: &Path) -> String {
    refused(&ends(&["serve", "--data", "data", "--listen", "127.0.0.1:0", "--metrics-listen", "off"], folder))
}

#[test]
fn companies_are_made_and_listed_beside_a_running_server() {
    let shop = Shop::open();
    let made =
        shop.server.operate(&["company", "new", "Rival", "rita@rival.example", "--administrator", "Rita"]);
    let secret = printed(&made);
    let redeemed = redeem(shop.server.address, secret.trim(), "rita@rival.example");
    assert_eq!(redeemed.is(200, "").text("name"), "Rita");
    let rita = shop.server.session("rita@rival.example");
    assert_eq!(rita.send(&Call::get("/company")).text("name"), "Rival");
    let listed = printed(&shop.server.operate(&["company", "list", "--json"]));
    let listed = Json::parse(&listed).unwrap();
    let companies = listed.get("items").unwrap().as_array().unwrap();
    let names: Vec<_> =
        companies.iter().map(|company| company.get("name").unwrap().as_str().unwrap()).collect();
    assert_eq!(names, ["ACME", "Rival"]);
    let lines = printed(&shop.server.operate(&["company", "list"]));
    assert!(lines.lines().last().unwrap().ends_with("  Rival  3 events"), "{lines}");
    let id = companies[1].get("id").unwrap().as_str().unwrap();
    let event = shop.server.change("company", id);
    assert_eq!(event, r#"system operator create: - > {"administrator":"rita@rival.example","name":"Rival"}"#);
    let taken = refused(&shop.server.operate(&["company", "new", "Third", "RITA@rival.example"]));
    assert_eq!(taken, "error: the email exists in this installation [io]\n");
    let hidden = refused(&shop.server.operate(&["company", "new", "A\u{202e}B", "a@b.example"]));
    assert!(hidden.contains("`name`: `U+202E`"), "{hidden}");
    assert_eq!(printed(&shop.server.operate(&["company", "list"])), lines);
}

#[test]
fn a_company_can_be_made_before_a_server_has_run() {
    let folder = tempfile::tempdir().unwrap();
    // A folder that exists, such as one that was mounted, is as good as one that does not.
    std::fs::create_dir(folder.path().join("data")).unwrap();
    let missing = refused(&command(&["company", "list", "--data", "data"], folder.path()));
    assert!(missing.contains("there is no store"), "{missing}");
    let secret = printed(&command(&["company", "new", "ACME", ADMIN, "--data", "data"], folder.path()));
    let server = Server::start_in(folder, &[]);
    redeem(server.address, secret.trim(), ADMIN).is(200, "");
    assert!(!server.data().join("first-link").exists());
}

#[test]
fn a_lost_administrator_gets_a_link() {
    let shop = Shop::open();
    let secret = printed(&shop.server.operate(&["user", "link", "ADA@acme.example"]));
    let event = shop.server.change("link", ADMIN);
    assert!(event.starts_with("system operator issue: - > {\"expiresAt\":"), "{event}");
    // The server goes on where the operator has stopped.
    shop.hire("eve@acme.example", "approver");
    shop.admin.send(&Call::get("/session")).is(200, "");
    redeem(shop.server.address, secret.trim(), ADMIN).is(200, "");
    shop.admin.send(&Call::get("/session")).is(401, "authentication_required");
    let event = shop.server.change("link", ADMIN);
    assert!(event.contains("redeem: - > {\"issuedBy\":\"operator\"}"), "{event}");
    let unknown = refused(&shop.server.operate(&["user", "link", "nobody@acme.example"]));
    assert!(unknown.contains("no active person has the email `nobody@acme.example`"), "{unknown}");
}

#[test]
fn the_check_finds_what_is_not_in_the_log() {
    let shop = Shop::open();
    let request = shop.purchase();
    shop.server.session(STEVE).send(&decision(&request, "approve")).is(200, "");
    let clean = printed(&shop.server.operate(&["store", "check"]));
    assert_eq!(clean, "no difference between the tables and the log of events\n");
    let spoil = |sql: &str| {
        let store = Connection::open(shop.server.data().join("store.sqlite")).unwrap();
        store.busy_timeout(Duration::from_secs(5)).unwrap();
        assert_eq!(store.execute(sql, []).unwrap(), 1, "{sql}");
    };
    let found = |about: &str| {
        let output = shop.server.operate(&["store", "check", "--json"]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let json = Json::parse(std::str::from_utf8(&output.stdout).unwrap()).unwrap();
        let differences = json.get("differences").unwrap().as_array().unwrap();
        assert_eq!(differences.len(), 1, "{json}");
        assert!(json.to_string().contains(about), "{json}");
    };
    spoil("update request set status = 'rejected'");
    found("request");
    spoil("update request set status = 'approved'");
    spoil("update signing_key set sealed = zeroblob(60)");
    found("does not open");
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let mut server = Server::start(&[]);
    let told = does_not_start(server.folder.path());
    assert!(told.contains("another server uses data"), "{told}");
    assert_eq!(server.stop(), Some(0));
    server.kill_and_restart();
}

#[test]
fn a_store_of_another_version_is_refused() {
    let mut shop = Shop::open();
    assert_eq!(shop.server.stop(), Some(0));
    let folder = shop.server.folder.path();
    let set = |schema: i64| {
        let store = Connection::open(shop.server.data().join("store.sqlite")).unwrap();
        let sql = "update meta set value = $1 where name = 'schema'";
        assert_eq!(store.execute(sql, [schema.to_be_bytes()]).unwrap(), 1);
    };
    set(2);
    assert!(does_not_start(folder).contains("its schema is 2, this version knows 1"));
    for command in [["store", "check"], ["company", "list"]] {
        assert!(refused(&shop.server.operate(&command)).contains("its schema is 2, this version knows 1"));
    }
    // An operator's command never migrates.
    set(0);
    assert!(
        refused(&shop.server.operate(&["company", "list"])).contains("its schema is 0, this version knows 1")
    );
    set(1);
    let store = Connection::open(shop.server.data().join("store.sqlite")).unwrap();
    store.pragma_update(None, "application_id", 7).unwrap();
    assert!(does_not_start(folder).contains("it is the file of another program"));
}

#[test]
fn without_its_key_a_store_does_not_open() {
    let mut shop = Shop::open();
    assert_eq!(shop.server.stop(), Some(0));
    let key = shop.server.data().join("server.key");
    let kept = std::fs::read(&key).unwrap();
    for (text, told) in [
        (None, "data/server.key"),
        (
            Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"),
            "data/server.key is not the key of this store",
        ),
        (Some("short\n"), "data/server.key does not hold 32 bytes in base64"),
    ] {
        std::fs::remove_file(&key).unwrap();
        if let Some(text) = text {
            std::fs::write(&key, text).unwrap();
        }
        let refusals =
            [does_not_start(shop.server.folder.path()), refused(&shop.server.operate(&["company", "list"]))];
        for refusal in refusals {
            assert!(refusal.contains(told), "{refusal}");
            assert!(!refusal.contains("AAAA"), "{refusal}");
        }
        assert_eq!(std::fs::read_to_string(&key).ok().as_deref(), text, "it has made a key");
        std::fs::write(&key, &kept).unwrap();
    }
    shop.server.kill_and_restart();
    assert_eq!(shop.server.sign_in(ADMIN, PASSWORD).status, 201);
}
