//! One-time links: how people get their first password, and an installation its first company.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use jit_approvals::json::{Json, Object};

use crate::http::{Answer, Call};
use crate::server::{ADMIN, PASSWORD, STEVE, Server, Shop, own_address, redeem};

const HOUR: i64 = 3600;

/// Redeems a link with any members besides the secret.
fn send(server: &Server, secret: &str, members: &[(&str, &str)]) -> Answer {
    let mut body = Object::new().with("secret", secret);
    for (name, value) in members {
        body.insert(*name, *value);
    }
    let call = Call::post("/link").with("X-Forwarded-For", own_address());
    call.json(Json::from(body).to_string()).send(server.address)
}

#[test]
fn a_link_is_redeemed_once_and_a_refusal_does_not_use_it_up() {
    let shop = Shop::open();
    let server = &shop.server;
    let steve = server.session(STEVE);
    let secret = shop.admin.link(STEVE);
    let new = "a new horse battery";
    send(server, &secret, &[("email", STEVE), ("password", "short")]).is(422, "weak_password");
    send(server, &secret, &[("email", ADMIN), ("password", new)]).is(401, "invalid_link");
    let named = [("email", STEVE), ("password", new), ("name", "Stephen")];
    assert_eq!(send(server, &secret, &named).is(400, "unexpected_form").text("field"), "name");
    send(server, &secret, &[("email", STEVE), ("passwort", new)]).is(400, "unknown_member");
    send(server, "another secret", &[("email", STEVE), ("password", new)]).is(401, "invalid_link");
    steve.send(&Call::get("/session")).is(200, "");
    let redeemed = send(server, &secret, &[("email", "STEVE@nl3.com"), ("password", new)]);
    assert_eq!(redeemed.is(200, "").text("email"), STEVE);
    assert!(redeemed.header("set-cookie").is_none());
    send(server, &secret, &[("email", STEVE), ("password", new)]).is(401, "invalid_link");
    // Everything that the person was signed in with has ended.
    steve.send(&Call::get("/session")).is(401, "authentication_required");
    server.sign_in(STEVE, PASSWORD).is(401, "sign_in_failed");
    server.sign_in(STEVE, new).is(201, "");
    let event = server.last_event("link", STEVE);
    let by = |event: &Json| event.get("actor").unwrap().get("id").unwrap().as_str().unwrap().to_owned();
    let after = event.get("body").unwrap().get("after").unwrap();
    assert_eq!((by(&event).as_str(), after.get("issuedBy").unwrap().as_str()), (STEVE, Some(ADMIN)));
    let texts = server.texts("select text from event").concat() + &server.log();
    assert!(!texts.contains(&secret) && !texts.contains("horse battery"));
}

#[test]
fn a_link_of_somebody_else_or_of_yesterday_is_none() {
    let shop = Shop::open();
    let (old, secret) = (shop.admin.link(STEVE), shop.admin.link(STEVE));
    let session = shop.admin.cookie.trim_start_matches("jit-session=");
    redeem(shop.server.address, session, ADMIN).is(401, "invalid_link");
    let call = Call::get("/session").with("Cookie", format!("jit-session={secret}"));
    call.send(shop.server.address).is(401, "authentication_required");
    shop.server.set_clock(24 * HOUR - 60);
    redeem(shop.server.address, &secret, STEVE).is(200, "");
    // A link that was issued before this password was set does not set another.
    redeem(shop.server.address, &old, STEVE).is(401, "invalid_link");
    let late = shop.admin_again().link(STEVE);
    shop.server.set_clock(48 * HOUR);
    redeem(shop.server.address, &late, STEVE).is(401, "invalid_link");
}

#[test]
fn of_two_redemptions_at_once_one_wins() {
    let shop = Shop::open();
    for _ in 0..5 {
        let secret = shop.admin.link(STEVE);
        let both = both(|password| send(&shop.server, &secret, &[("email", STEVE), ("password", password)]));
        let won: Vec<_> = both.iter().filter(|(_, answer)| answer.status == 200).collect();
        let lost = both.iter().find(|(_, answer)| answer.status != 200);
        lost.expect("one loses").1.is(401, "invalid_link");
        shop.server.sign_in(STEVE, won[0].0).is(201, "");
    }
}

/// Does the same with two passwords at once.
fn both(work: impl Fn(&'static str) -> Answer + Sync) -> [(&'static str, Answer); 2] {
    std::thread::scope(|scope| {
        let other = scope.spawn(|| work("the other battery"));
        [("the one battery", work("the one battery")), ("the other battery", other.join().unwrap())]
    })
}

#[test]
fn the_first_start_writes_a_secret_that_makes_the_first_company() {
    let mut server = Server::start(&[]);
    let path = server.data().join("first-link");
    let read = |server: &Server| {
        server.printed("curl");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::metadata(server.data()).unwrap().permissions().mode() & 0o777, 0o700);
        std::fs::read_to_string(&path).unwrap().trim().to_owned()
    };
    let old = read(&server);
    assert!(!server.printed("curl").contains(&old), "it is printed only on a terminal");
    server.kill_and_restart();
    let secret = read(&server);
    let ada = [("email", ADMIN), ("name", "Ada"), ("password", PASSWORD), ("companyName", "ACME")];
    send(&server, &old, &ada).is(401, "invalid_link");
    send(&server, &secret, &[&ada[..2], &[("password", "short")]].concat()).is(422, "weak_password");
    send(&server, &secret, &ada[1..]).is(400, "missing_member");
    let made = send(&server, &secret, &ada);
    assert_eq!(made.is(201, "").header("location"), Some("/nl3/api/v1/company"));
    assert_eq!((made.text("role"), made.text("company.name")), ("administrator".into(), "ACME".into()));
    send(&server, &secret, &ada).is(401, "invalid_link");
    let admin = server.session(ADMIN);
    assert_eq!(admin.send(&Call::get("/company")).text("name"), "ACME");
    // Now there is a company: a start makes no secret, and removes the old one.
    server.kill_and_restart();
    server.session(ADMIN);
    assert!(!path.exists());
}

#[test]
fn of_two_first_companies_at_once_one_is_made() {
    let server = Server::start(&[]);
    server.printed("curl");
    let secret = std::fs::read_to_string(server.data().join("first-link")).unwrap().trim().to_owned();
    let made = both(|password| {
        let email = if password.contains("one") { "one@acme.example" } else { "other@acme.example" };
        send(&server, &secret, &[("email", email), ("name", "Somebody"), ("password", password)])
    });
    let mut statuses = made.each_ref().map(|(_, answer)| answer.status);
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 401], "{made:?}");
    assert_eq!(server.texts("select name from company").len(), 1);
}

#[test]
fn the_printed_command_makes_the_first_company() {
    let server = Server::start(&[]);
    let printed = server.printed("curl");
    let command = printed.lines().find(|line| line.starts_with("  ")).unwrap();
    let password = r#"my "good" pass\word"#;
    let paste = |command: &str| {
        let mut bash = Command::new("bash");
        bash.args(["-c", command]).current_dir(server.folder.path());
        let mut bash = bash.stdin(std::process::Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut bash.stdin.take().unwrap(), format!("{password}\n").as_bytes())
            .unwrap();
        assert!(bash.wait().unwrap().success());
    };
    // As it is printed it makes nothing.
    paste(command);
    assert_eq!(server.texts("select name from company"), Vec::<String>::new());
    paste(&command.replace("YOUR EMAIL", "you@example.com"));
    server.sign_in("you@example.com", password).is(201, "");
}

#[test]
fn a_company_of_an_operator_makes_the_first_secret_worthless() {
    let server = Server::start(&[]);
    server.printed("curl");
    let secret = std::fs::read_to_string(server.data().join("first-link")).unwrap().trim().to_owned();
    server.company("ACME", ADMIN);
    let eve = [("email", "eve@acme.example"), ("name", "Eve"), ("password", PASSWORD)];
    send(&server, &secret, &eve).is(401, "invalid_link");
}

#[test]
fn on_a_terminal_the_first_secret_is_printed_and_written_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let terminal = nix::pty::openpty(None, None).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_jit-approvals"))
        .args([
            "serve",
            "--data",
            "data",
            "--listen",
            "127.0.0.1:0",
            "--metrics-listen",
            "off",
            "--log",
            "json",
        ])
        .current_dir(folder.path())
        .stdout(terminal.slave)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(std::fs::File::from(terminal.master)).lines().map(|line| line.unwrap());
    let mut after = |start: &str| {
        let line = lines.find(|line| line.contains(start)).unwrap();
        line.split_once(start).unwrap().1.trim().to_owned()
    };
    let (address, secret) = (after("listening on "), after("valid for 24 hours: "));
    let written = std::fs::read_dir(folder.path().join("data")).unwrap();
    let names: Vec<_> = written.map(|file| file.unwrap().file_name()).collect();
    let body = format!(r#"{{"secret":"{secret}","email":"{ADMIN}","name":"Ada","password":"{PASSWORD}"}}"#);
    let made = Call::post("/link").json(body).send(address.parse().unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(made.is(201, "").text("email"), ADMIN);
    assert!(!names.iter().any(|name| name == "first-link"), "{names:?}");
}
