//! The description of the API, as the server answers it.

use std::process::Command;

use jit_approvals::json::{Json, Limits};
use jit_approvals_api::{OPENAPI, paths};

use crate::http::{Answer, Call};
use crate::server::{Server, Shop};

/// A value in the description, by a path such as `paths./healthz.get`.
fn described(path: &[&str]) -> Json {
    let limits = Limits { bytes: 1 << 20, depth: 64 };
    let document = Json::parse_within(OPENAPI.as_bytes(), limits).unwrap();
    path.iter().fold(document, |value, step| match value.as_array() {
        Some(items) => items[step.parse::<usize>().unwrap()].clone(),
        None => value.get(step).unwrap_or_else(|| panic!("no {step}")).clone(),
    })
}

#[test]
fn everyone_gets_the_description_at_once() {
    let server = Server::start(&[]);
    let answer = Call::get(paths::OPENAPI).send(server.address);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert!(answer.body == OPENAPI, "it is another document");
    let call = answer.header("x-request-id").unwrap();
    let log = server.log();
    let line = log.lines().find(|line| line.contains(call)).unwrap();
    assert!(line.contains(r#""statements":0"#), "{line}");
    Call::new("POST", paths::OPENAPI).send(server.address).is(405, "method_not_allowed");
    assert_eq!(Call::new("HEAD", paths::OPENAPI).send(server.address).body, "");
}

#[test]
fn the_first_example_is_the_published_command_and_works_as_it_is_written() {
    let shop = Shop::open();
    let operation = ["paths", paths::REQUESTS, "post"];
    let sample = described(&[&operation[..], &["x-codeSamples", "0", "source"]].concat());
    let sample = sample.as_str().unwrap();
    let command = sample
        .replace("https://HOST", "http://HOST")
        .replace("HOST", &shop.server.address.to_string())
        .replace("TOKEN", &shop.token("kevin"));
    let output = Command::new("bash").args(["-c", &format!("{command} -si")]).output().unwrap();
    let answer = Answer::parse(&output.stdout).unwrap_or_else(|| panic!("{output:?}"));
    assert_eq!(answer.is(201, "").text("device.location.lat"), "40.7128");
    // The example of the body is that of the command.
    let content = ["requestBody", "content", "application/json", "examples", "published", "value"];
    let body = described(&[&operation[..], &content].concat()).to_string();
    assert!(sample.contains(&format!("--data-raw '{body}'")), "{body}");
    shop.kevin(Call::post(paths::REQUESTS).json(body)).is(201, "");
}
