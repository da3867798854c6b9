//! The first start on an empty folder, and `company new`: the schema is created, and the server key.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use super::every::each_of_threads;
use super::server_key::{PROGRAM, copied, of};
use super::strace::{self, Kill};
use super::table::{Harm, Table};
use super::trace::Trace;
use crate::chaos::whole::{count, is_whole};
use crate::http::Call;
use crate::server::{ADMIN, PASSWORD, Server, command, own_address, redeem};

/// The company's first administrator can sign in, and nothing is there twice.
fn has_one_company(server: &Server) -> Harm {
    let signed_in = server.sign_in(ADMIN, PASSWORD);
    let companies = count(&server.data(), "select count(*) from company");
    is_whole(server);
    Harm { lost: signed_in.status != 201 || companies < 1, twice: companies > 1 }
}

/// Ends what a process has started.
fn end(id: u32) {
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    for child in children.split_whitespace() {
        // It may have ended by itself meanwhile: it was to be killed a moment later.
        let _ = std::process::Command::new("kill").args(["-KILL", child]).output();
    }
}

/// Starts a server in a folder until it has printed everything, or is killed.
fn start(folder: &Path, kill: Option<&Kill>) -> Trace {
    let serve = of(&["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off"], folder);
    let traces = tempfile::tempdir().unwrap();
    let mut strace = strace::launcher(&serve, folder, kill, traces.path());
    let mut child = strace.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let has_started = lines.any(|line| line.starts_with("then sign in with"));
    if has_started {
        end(child.id());
    }
    child.wait().unwrap();
    Trace::read(traces.path(), kill.filter(|_| !has_started))
}

/// The first start in an empty folder, and then a second one. The first company is made with the secret of the last start.
fn first_start(kill: Option<&Kill>) -> (Trace, Harm) {
    let folder = tempfile::tempdir().unwrap();
    let trace = start(folder.path(), kill);
    let server = Server::start_in(folder, &[]);
    server.printed("then sign in with");
    let secret = std::fs::read_to_string(server.data().join("first-link")).unwrap();
    let body = format!(
        r#"{{"secret":"{}","email":"{ADMIN}","name":"Ada","companyName":"ACME","password":"{PASSWORD}"}}"#,
        secret.trim()
    );
    let made = Call::post("/link").with("X-Forwarded-For", own_address()).json(body);
    made.send(server.address).is(201, "");
    (trace, has_one_company(&server))
}

/// Makes a company in a folder, and then makes it again where it is not there.
fn new_company(folder: tempfile::TempDir, kill: Option<&Kill>) -> (Trace, Harm) {
    let new = ["company", "new", "ACME", ADMIN];
    let (output, trace) = strace::run(&mut of(&new, folder.path()), folder.path(), kill);
    let mut output = if trace.killed.is_none() { output } else { of(&new, folder.path()).output().unwrap() };
    let told = String::from_utf8(output.stderr.clone()).unwrap();
    if told.contains("the email exists in this installation") {
        // It was made before it could be told.
        output = command(&["user", "link", ADMIN, "--data", "data"], folder.path());
    }
    assert!(output.status.success(), "{kill:?} {output:?}");
    let secret = String::from_utf8(output.stdout).unwrap();
    let server = Server::start_in(folder, &[]);
    redeem(server.address, secret.trim(), ADMIN).is(200, "");
    (trace, has_one_company(&server))
}

/// Kills the work at each of its points.
fn kill_in(name: &str, mut work: impl FnMut(Option<&Kill>) -> (Trace, Harm)) {
    if !strace::is_there() {
        return;
    }
    let mut table = Table::new();
    let (whole, _) = work(None);
    each_of_threads(name, &whole, 2, |kill| {
        let (trace, harm) = work(Some(kill));
        let killed = trace.killed?;
        table.add(name, &killed.1, harm);
        Some(killed)
    });
    table.end();
}

#[test]
fn a_first_start_that_is_killed_is_finished_by_the_next_one() {
    kill_in("first start", first_start);
}

#[test]
fn a_company_that_was_not_made_in_an_empty_folder_is_made_by_the_next_command() {
    kill_in("company new", |kill| new_company(tempfile::tempdir().unwrap(), kill));
}

#[test]
fn a_company_that_was_not_made_in_a_store_is_made_by_the_next_command() {
    let mut server = Server::start(&[]);
    server.signal("KILL");
    server.ended();
    kill_in("company new in a store", |kill| new_company(copied(&server.data()), kill));
}

#[test]
fn whoever_reads_that_a_server_listens_may_stop_it() {
    if !strace::is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let mut strace = std::process::Command::new("strace");
    strace.args(["-f", "-o", trace.to_str().unwrap(), "-e", "trace=rt_sigaction,write", PROGRAM]);
    strace.args(["serve", "--data", "data", "--listen", "127.0.0.1:0", "--metrics-listen", "off"]);
    let mut child =
        strace.current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("listening on"));
    end(child.id());
    child.wait().unwrap();
    let trace = std::fs::read_to_string(trace).unwrap();
    let line = |text: &str| trace.lines().position(|line| line.contains(text));
    let (handled, told) = (line("rt_sigaction(SIGTERM, {"), line("\"listening on"));
    assert!(handled.is_some() && handled < told, "{handled:?} {told:?}");
}
