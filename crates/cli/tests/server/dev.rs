//! `jit-approvals dev`: what a newcomer sees and pastes.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use jit_approvals::json::Json;

use crate::server::{command, ends, until};

/// A server to try everything on.
struct Dev {
    child: Child,
    printed: String,
}

impl Dev {
    /// Starts it, and waits for all that it prints.
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jit-approvals"))
            .arg("dev")
            .args(arguments)
            .current_dir(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (mut stdout, read) = (child.stdout.take().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let all = read.clone();
        std::thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(length @ 1..) = stdout.read(&mut part) {
                all.lock().unwrap().extend(&part[..length]);
            }
        });
        let printed = until(|| {
            let text = String::from_utf8(read.lock().unwrap().clone()).unwrap();
            text.split_once("# 8. ").is_some_and(|(_, last)| last.ends_with("'\n")).then_some(text)
        });
        Self { child, printed }
    }

    fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        std::mem::take(&mut self.printed)
    }

    /// The commands of each step.
    fn steps(&self) -> Vec<&str> {
        self.printed.split("\n# ").skip(1).map(|step| step.split_once('\n').unwrap().1).collect()
    }

    fn address(&self) -> &str {
        self.printed.split_once("http://").unwrap().1.lines().next().unwrap()
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Pastes commands into one shell. Returns what each prints.
fn paste(folder: &Path, commands: &[&str]) -> Vec<String> {
    let mut bash = Command::new("bash")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let separator = "\necho \"--- $?\"\n";
    bash.stdin.take().unwrap().write_all((commands.join(separator) + separator).as_bytes()).unwrap();
    let output = String::from_utf8(bash.wait_with_output().unwrap().stdout).unwrap();
    let printed: Vec<String> = output.split("--- 0\n").map(str::to_owned).collect();
    assert_eq!((printed.len(), printed.last().unwrap().as_str()), (commands.len() + 1, ""), "{output}");
    printed
}

/// A member of what a command prints, by a path such as `grant.status`.
fn text(printed: &str, path: &str) -> String {
    let json = Json::parse(printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    let value = path.split('.').try_fold(&json, |value, step| value.get(step));
    value.map_or_else(String::new, |value| value.as_str().map_or(value.to_string(), str::to_owned))
}

fn data(folder: &Path) -> PathBuf {
    folder.join(".jit-approvals/dev")
}

#[test]
fn every_printed_command_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &[]);
    let printed = paste(folder.path(), &dev.steps());
    let [asked, none, signed_in, read, approved, waited, used, again, _] = &*printed else {
        panic!("{printed:?}")
    };
    assert_eq!(text(asked, "status"), "pending");
    assert_eq!(text(asked, "device.location"), r#"{"lat":40.7128,"lon":-74.006}"#);
    assert_eq!(none, "");
    assert_eq!(
        (text(signed_in, "email"), text(signed_in, "role")),
        ("steve@nl3.com".into(), "approver".into())
    );
    for member in ["id", "title", "text", "contentHash"] {
        assert_eq!(text(read, member), text(asked, member));
    }
    assert!(text(read, "text").contains("Metallica Ticket"));
    assert_eq!(
        (text(approved, "status"), text(approved, "grant.status")),
        ("approved".into(), "issued".into())
    );
    assert_eq!(
        (text(waited, "status"), text(waited, "grant.accessToken").is_empty()),
        ("approved".into(), false)
    );
    assert_eq!(text(used, "status"), "consumed");
    assert_eq!((text(again, "code"), text(again, "status")), ("grant_consumed".into(), "409".into()));
    // What was pasted is all that a newcomer needs: a second round works as well.
    let printed = paste(folder.path(), &dev.steps());
    assert_eq!(text(&printed[6], "status"), "consumed");
    assert_ne!(text(&printed[0], "id"), text(asked, "id"));
}

#[test]
fn a_second_start_keeps_everything_and_fresh_discards_it() {
    let folder = tempfile::tempdir().unwrap();
    let dev = Dev::start(folder.path(), &[]);
    let address = dev.address().to_owned();
    let (_, people) = dev.printed.split_once("steve@nl3.com approves, with the password ").unwrap();
    let password = people.lines().next().unwrap().to_owned();
    assert_eq!(password.len(), 24);
    assert!(dev.printed.contains("admin@nl3.com administers, with the password "));
    paste(folder.path(), &dev.steps()[..3]);
    // While it runs, nobody else may use its data, and least of all remove it.
    for arguments in [&["dev"][..], &["dev", "--fresh"]] {
        let refused = ends(arguments, folder.path());
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && told.contains("another server uses"), "{told}");
    }
    let who = format!("curl -s http://{address}/nl3/api/v1/session -b .jit-approvals/dev/steve.cookies");
    assert_eq!(text(&paste(folder.path(), &[&who])[0], "email"), "steve@nl3.com");
    dev.stop();
    let second = Dev::start(folder.path(), &[]);
    assert_eq!(second.address(), address);
    assert!(!second.printed.contains(&password) && !second.printed.contains("with the password"));
    assert_eq!(text(&paste(folder.path(), &[&who])[0], "email"), "steve@nl3.com");
    // The steps work once the password is filled in.
    let steps: Vec<String> = second
        .steps()
        .iter()
        .map(|step| step.replace("THE PASSWORD THAT THE FIRST START HAS PRINTED", &password))
        .collect();
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    assert_eq!(text(&paste(folder.path(), &steps)[6], "status"), "consumed");
    second.stop();
    let fresh = Dev::start(folder.path(), &["--fresh"]);
    assert!(
        fresh.printed.contains("steve@nl3.com approves, with the password ")
            && !fresh.printed.contains(&password)
    );
    let printed = paste(folder.path(), &fresh.steps());
    assert_eq!(text(&printed[6], "status"), "consumed");
}

#[test]
fn another_token_can_be_printed() {
    let folder = tempfile::tempdir().unwrap();
    let none = command(&["dev", "token"], folder.path());
    assert!(!none.status.success() && !data(folder.path()).exists(), "{none:?}");
    let dev = Dev::start(folder.path(), &[]);
    let printed = command(&["dev", "token"], folder.path());
    let token = String::from_utf8(printed.stdout).unwrap().trim().to_owned();
    assert_eq!(token.split('.').count(), 3);
    let published = dev.steps()[0];
    let (_, old) = published.split_once("X-Nl3-Authorization-Token: ").unwrap();
    let old = old.split_once('\'').unwrap().0;
    assert_ne!(token, old);
    let asked = paste(folder.path(), &[&published.replace(old, &token)]).remove(0);
    assert_eq!((text(&asked, "status"), text(&asked, "subject")), ("pending".into(), "kevin".into()));
    let signature = old.rsplit_once('.').unwrap().1;
    let other = format!("{}.{signature}", token.rsplit_once('.').unwrap().0);
    let wrong = paste(folder.path(), &[&published.replace(old, &other)]).remove(0);
    assert_eq!(text(&wrong, "code"), "invalid_signature");
}

#[test]
fn the_data_is_not_part_of_the_project_that_it_is_in() {
    let folder = tempfile::tempdir().unwrap();
    Dev::start(folder.path(), &[]).stop();
    let ignore = std::fs::read_to_string(folder.path().join(".jit-approvals/.gitignore")).unwrap();
    assert_eq!(ignore, "*\n");
    let mode = |path: &Path| {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(path).unwrap().permissions().mode() & 0o077
    };
    let data = data(folder.path());
    assert_eq!(mode(&data), 0);
    for file in ["dev.json", "server.key", "store.sqlite"] {
        assert_eq!(mode(&data.join(file)), 0, "{file}");
    }
    // A start that was interrupted before everything was there says how to go on.
    std::fs::remove_file(data.join("dev.json")).unwrap();
    let refused = ends(&["dev"], folder.path());
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && told.contains("`jit-approvals dev --fresh` starts over"), "{told}");
    Dev::start(folder.path(), &["--fresh"]);
}
