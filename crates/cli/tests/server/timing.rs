//! What does not exist costs as much as what does. How long both take is printed, and not asserted:
//! `cargo nextest run -p jit-approvals-cli --test server --no-capture timing`

use std::time::{Duration, Instant};

use jit_approvals::SigningKey;

use crate::client::Client;
use crate::counts::warm;
use crate::crowd::user;
use crate::http::{Answer, Call};
use crate::server::{ISS, STEVE, Server};

/// A kind of call: what it is about, and how it is made.
type Kind<'a> = (&'a str, &'a dyn Fn() -> Answer);

/// Makes two kinds of calls in turns, and prints how long the second takes, measured by the first. Both must have the
/// same answer, and cost the same.
fn same(server: &Server, rounds: usize, one: Kind<'_>, other: Kind<'_>) {
    compare(server, rounds, one, other, true);
}

fn compare(server: &Server, rounds: usize, one: Kind<'_>, other: Kind<'_>, are_same: bool) {
    let hashes = || server.metric("jit_password_hashes_total");
    // After a change of the company, the keys of an application are opened again.
    for (_, call) in [one, other] {
        call();
    }
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        let mut found = [None, None];
        // They take turns in going first, too.
        for index in [round % 2, 1 - round % 2] {
            let before = hashes();
            let begun = Instant::now();
            let answer = [one.1, other.1][index]();
            times[index].push(begun.elapsed());
            found[index] = Some((answer.unnamed(), server.counts(&answer), hashes() - before));
        }
        assert!(!are_same || found[0] == found[1], "{} and {}: {found:#?}", one.0, other.0);
    }
    let [one_time, other_time] = times.map(median);
    let ratio = other_time.as_secs_f64() / one_time.as_secs_f64();
    println!(
        "{} against {}: {ratio:.3} ({other_time:.2?} against {one_time:.2?}, {rounds} rounds)",
        other.0, one.0
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[test]
fn an_account_that_does_not_exist_costs_as_much_as_one_that_does() {
    let (shop, _) = warm();
    shop.hire("gone@acme.example", "approver");
    shop.admin.send(&Call::post(&format!("{}/archive", user("gone@acme.example")))).is(200, "");
    let new = r#"{"email":"new@acme.example","name":"New"}"#;
    shop.admin.send(&Call::post("/users").json(new)).is(201, "");
    let wrong = |email: &'static str| {
        let server = &shop.server;
        move || server.sign_in(email, "a wrong password").is(401, "sign_in_failed").clone()
    };
    let before = shop.server.metric("jit_password_hashes_total");
    let known: Kind<'_> = ("a known account", &wrong(STEVE));
    same(&shop.server, 15, known, ("an unknown account", &wrong("nobody@acme.example")));
    same(&shop.server, 15, known, ("a deactivated account", &wrong("gone@acme.example")));
    same(&shop.server, 15, known, ("an account without a password", &wrong("new@acme.example")));
    assert_eq!(shop.server.metric("jit_password_hashes_total") - before, 96);
}

#[test]
fn an_application_that_does_not_exist_costs_as_much_as_one_that_does() {
    let (shop, _) = warm();
    let path = format!("/approvalRequest/{}", shop.purchase().text("id"));
    let gone = shop.new_client("gone.example.com", "");
    shop.admin.send(&Call::post(&format!("/applications/{}/archive", gone.id))).is(200, "");
    let forged = SigningKey::generate().unwrap();
    let read = |iss: &str, key: &SigningKey| {
        let client = Client { iss: iss.to_owned(), key: key.clone(), ..shop.client() };
        let call = Call::get(&path);
        move || client.send(&call).is(401, "invalid_signature").clone()
    };
    let known: Kind<'_> = ("a known application with a wrong key", &read(ISS, &forged));
    same(&shop.server, 100, known, ("an unknown application", &read("unknown.example.com", &forged)));
    same(&shop.server, 100, known, ("a deactivated application with a wrong key", &read(&gone.iss, &forged)));
    same(&shop.server, 100, known, ("a deactivated application with its key", &read(&gone.iss, &gone.key)));
}

#[test]
fn a_request_that_does_not_exist_costs_as_much_as_one_of_somebody_else() {
    let (shop, _) = warm();
    let path = format!("/approvalRequest/{}", shop.purchase().text("id"));
    let never = format!("/approvalRequest/{}", jit_approvals::Id::v7().unwrap());
    let (kevin, tom) = (shop.client(), shop.client().for_subject("tom"));
    let sue = shop.hire("sue@acme.example", "approver");
    let rival = Client::create(&shop.server, &shop.rival(), "rival.example.com", "");
    let status = |answer: Answer, status: u16| {
        assert_eq!(answer.status, status, "{answer:?}");
        answer
    };
    let by = |client: &Client<'_>, path: &str| status(client.send(&Call::get(path)), 404);
    let unknown: Kind<'_> = ("an unknown request", &|| by(&tom, &never));
    same(&shop.server, 100, unknown, ("one of another subject", &|| by(&tom, &path)));
    let of_rival: Kind<'_> = ("an unknown request", &|| by(&rival, &never));
    same(&shop.server, 100, of_rival, ("one of another company", &|| by(&rival, &path)));
    let of_sue: Kind<'_> = ("an unknown request", &|| status(sue.send(&Call::get(&never)), 404));
    same(&shop.server, 100, of_sue, ("one of other approvers", &|| status(sue.send(&Call::get(&path)), 404)));
    // To read one's own takes what it takes.
    let own: Kind<'_> = ("the own request", &|| status(kevin.send(&Call::get(&path)), 200));
    compare(&shop.server, 100, unknown, own, false);
}
