//! The settings of `serve`: from flags, variables or a file.

use std::path::Path;
use std::process::{Command, Output};

use jit_approvals::json::Json;

use crate::server::{command, ends};

/// Checks settings: a file, variables and flags.
fn check(folder: &Path, file: &str, variables: &[(&str, &str)], flags: &[&str]) -> Output {
    std::fs::write(folder.join("approvals.toml"), file).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_jit-approvals"));
    command.args(["serve", "--check", "--config", "approvals.toml"]).args(flags).current_dir(folder);
    command.envs(variables.iter().copied()).output().unwrap()
}

fn mistakes(output: &Output) -> Vec<String> {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(i32::from(!text.is_empty())), "{output:?}");
    text.lines().map(|line| line.trim_start_matches("error: ").to_owned()).collect()
}

#[test]
fn a_flag_comes_before_a_variable_and_a_variable_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = "listen = \"file\"\nwaits = 10\n";
    let (variable, flag) = ([("JIT_LISTEN", "variable")], ["--listen", "flag"]);
    let told =
        |variables: &[(&str, &str)], flags: &[&str]| mistakes(&check(folder.path(), file, variables, flags));
    let named = |value: &str| vec![format!("listen: `{value}` must be an address and a port")];
    assert_eq!(told(&[], &[]), named("file"));
    assert_eq!(told(&variable, &[]), named("variable"));
    assert_eq!(told(&variable, &flag), named("flag"));
    let valid =
        check(folder.path(), "listen = \"127.0.0.1:1\"\ntrustedProxies = [\"10.0.0.0/8\"]\n", &[], &[]);
    assert_eq!((valid.status.code(), &*valid.stdout), (Some(0), &b"the settings are valid\n"[..]));
}

#[test]
fn everything_that_is_wrong_is_reported_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file =
        "lisen = \"127.0.0.1:1\"\nwaits = 0\nconnections = true\ntrustedProxies = \"10.0.0.0/8, there\"\n";
    let flags = ["--listen", "0.0.0.0:80", "--metrics-listen", "0.0.0.0:81", "--log", "xml"];
    let output = check(folder.path(), file, &[], &flags);
    let mut told = mistakes(&output);
    told.sort();
    let expected = [
        "config: unknown setting `lisen`; did you mean `listen`?",
        "connections: it must be a text or a number, not a boolean",
        "log: it must be `json` or `text`",
        "metricsListen: it must be a loopback address",
        "publicUrl: it is required, because the listener is not on loopback",
        "trustedProxies: `there` must be a network, such as `10.0.0.0/8`",
        "waits: it must be between 1 and 100000",
    ];
    assert_eq!(told, expected);
    let json = check(folder.path(), file, &[], &[&flags[..], &["--json"]].concat());
    assert_eq!((json.status.code(), json.stderr.is_empty()), (Some(1), true));
    let document = Json::parse(std::str::from_utf8(&json.stdout).unwrap()).unwrap();
    assert_eq!(document.get("mistakes").unwrap().as_array().unwrap().len(), expected.len());
    let broken = mistakes(&check(folder.path(), "listen = \n", &[], &["--log", "xml"]));
    assert!(broken.len() == 2 && broken[0].starts_with("config: "), "{broken:?}");
    let missing = command(&["serve", "--check", "--config", "none.toml"], folder.path());
    assert!(mistakes(&missing)[0].starts_with("config: none.toml"), "{missing:?}");
    assert!(!folder.path().join("jit-approvals-data").exists(), "a check has made something");
}

#[test]
fn a_listener_that_is_not_loopback_needs_tls_in_front_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let told = |url: &[&str]| {
        mistakes(&command(&[&["serve", "--check", "--listen", "0.0.0.0:80"], url].concat(), folder.path()))
    };
    assert_eq!(told(&["--public-url", "https://approvals.example.com"]), Vec::<String>::new());
    let plain = told(&["--public-url", "http://approvals.example.com"]);
    assert_eq!(
        plain,
        ["publicUrl: it must start with `https://`, unless it and the listener are on loopback"]
    );
    assert_eq!(
        told(&["--public-url", "https://approvals.example.com/base"]),
        ["publicUrl: `https://approvals.example.com/base` must have no path and no query"]
    );
    // Without the check, it does not start either.
    let refused = ends(&["serve", "--listen", "0.0.0.0:0"], folder.path());
    assert_eq!(mistakes(&refused), told(&[]));
    assert!(!folder.path().join("jit-approvals-data").exists());
}
