//! A server that a test starts, and a method for each thing that callers do with it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jit_approvals::json::{Json, Object};
use jit_approvals::{Minter, SigningKey, UnixTime};

use crate::http::{Answer, Call};

/// The password of everyone.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The administrator of the company.
pub(crate) const ADMIN: &str = "ada@acme.example";

/// The approver of the purchase.
pub(crate) const STEVE: &str = "steve@nl3.com";

/// The application.
pub(crate) const ISS: &str = "msonline.nextlevel3.com";

/// The body that opens the purchase.
pub(crate) const PURCHASE: &str = r#"{"templateId":"PURCHASE_APPROVAL","metaData":{"seatNumber":"43D","purchaseItem":"Metallica Ticket","purchasePrice":"$1,654","requestor":"kevin"}}"#;

/// The act of the purchase.
pub(crate) const ACT: &str = r#"{"metaData":{"seatNumber":"43D","purchaseItem":"Metallica Ticket","purchasePrice":"$1,654","requestor":"kevin"}}"#;

/// The template of the purchase.
pub(crate) const TEMPLATE: &str = include_str!("../../src/demo/purchase/approve.template.json");

/// A server in a folder of its own.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Where the metrics are, if the arguments have `--metrics-listen`.
    pub(crate) metrics: Option<SocketAddr>,
    pub(crate) folder: tempfile::TempDir,
    commands: String,
    arguments: Vec<String>,
}

/// A server with a company, its people, an application and the purchase template.
pub(crate) struct Shop {
    pub(crate) server: Server,
    /// The id of the application.
    pub(crate) application: String,
    /// Its signing key.
    pub(crate) key: SigningKey,
    /// The session of the administrator.
    pub(crate) admin: Session,
}

/// A person who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) address: SocketAddr,
    /// `name=value`
    pub(crate) cookie: String,
}

/// Runs the command.
pub(crate) fn command(arguments: &[&str], folder: &Path) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jit-approvals"));
    command.args(arguments).current_dir(folder).env("JIT_APPROVALS_TEST_CLOCK", folder.join("clock"));
    command.output().unwrap()
}

/// Runs a command that would not end if it did not refuse to start.
pub(crate) fn ends(arguments: &[&str], folder: &Path) -> std::process::Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_jit-approvals"))
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let ended = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        child.try_wait().unwrap().is_some()
    });
    child.kill().unwrap();
    assert!(ended, "it has started");
    child.wait_with_output().unwrap()
}

/// Sends a signal to a process.
pub(crate) fn signal(process: u32, name: &str) {
    let process = process.to_string();
    assert!(Command::new("kill").args([&format!("-{name}"), &process]).status().unwrap().success());
}

impl Server {
    /// Starts a server on an empty folder.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start_in(folder, arguments)
    }

    /// Starts a server on a folder. Addresses in `X-Forwarded-For` are believed, so that tests do not use up each
    /// other's budgets.
    pub(crate) fn start_in(folder: tempfile::TempDir, arguments: &[&str]) -> Self {
        Self::start_after("", folder, arguments)
    }

    /// Starts a server after the shell has run commands, such as `ulimit -n 160`.
    pub(crate) fn start_after(commands: &str, folder: tempfile::TempDir, arguments: &[&str]) -> Self {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let (child, address, metrics) = launch(commands, folder.path(), &arguments);
        Self { child, address, metrics, folder, commands: commands.to_owned(), arguments }
    }

    /// Ends the process at once, and starts a new one on the same folder. The address changes.
    pub(crate) fn kill_and_restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        (self.child, self.address, self.metrics) =
            launch(&self.commands, self.folder.path(), &self.arguments);
    }

    /// Asks the process to stop, and returns its exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().unwrap().code()
    }

    /// Sends a signal to the process: `STOP` halts it until `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    /// Waits until the process has ended by itself, and returns its exit code.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        until(|| self.child.try_wait().unwrap()).code()
    }

    /// Sets a limit of the process, such as `--nofile=64:`.
    #[cfg(target_os = "linux")]
    pub(crate) fn limit(&self, limit: &str) {
        let status = Command::new("prlimit").args(["--pid", &self.id().to_string(), limit]).status();
        assert!(status.unwrap().success(), "{limit}");
    }

    /// The `aud` of its callers: the host of its public URL, or where it listens.
    fn audience(&self) -> String {
        let mut arguments = self.arguments.iter().skip_while(|argument| *argument != "--public-url");
        let url = arguments.nth(1).and_then(|url| url.strip_prefix("https://"));
        url.map_or_else(|| self.address.to_string(), str::to_owned)
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The folder of the store.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What was logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// The lines that were printed after the address, as soon as there is one with a text.
    pub(crate) fn printed(&self, text: &str) -> String {
        let path = self.folder.path().join("printed");
        until(|| Some(std::fs::read_to_string(&path).unwrap()).filter(|printed| printed.contains(text)))
    }

    /// The page of the metrics.
    pub(crate) fn metrics_page(&self) -> String {
        let call = b"GET /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
        crate::http::raw(self.metrics.unwrap(), call).unwrap().body
    }

    /// A number on the page of the metrics.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let page = self.metrics_page();
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in {page}")).parse().unwrap()
    }

    /// Sets the clock of the server forward by a number of seconds from the real time.
    pub(crate) fn set_clock(&self, seconds: i64) {
        let path = self.folder.path().join("clock");
        let next = self.folder.path().join("clock.next");
        std::fs::write(&next, seconds.to_string()).unwrap();
        std::fs::rename(next, path).unwrap();
    }

    /// The time of the server.
    pub(crate) fn now(&self) -> UnixTime {
        time(&self.folder.path().join("clock"))
    }

    /// Runs an operator's command on the folder of the store.
    pub(crate) fn operate(&self, arguments: &[&str]) -> std::process::Output {
        let data = self.data();
        command(&[arguments, &["--data", data.to_str().unwrap()]].concat(), self.folder.path())
    }

    /// Signs in from an address of its own.
    pub(crate) fn sign_in(&self, email: &str, password: &str) -> Answer {
        sign_in(self.address, email, password)
    }

    /// Signs in, which must work.
    pub(crate) fn session(&self, email: &str) -> Session {
        let answer = self.sign_in(email, PASSWORD);
        answer.is(201, "");
        Session::of(self.address, &answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn launch(commands: &str, folder: &Path, arguments: &[String]) -> (Child, SocketAddr, Option<SocketAddr>) {
    let has_metrics = arguments.iter().any(|argument| argument == "--metrics-listen");
    let log = std::fs::File::options().append(true).create(true).open(folder.join("log")).unwrap();
    let mut child = Command::new("sh")
        .args(["-c", &format!("{commands}\nexec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_jit-approvals")])
        .args(["serve", "--data", "data", "--listen", "127.0.0.1:0"])
        .args(if has_metrics { &[][..] } else { &["--metrics-listen", "off"] })
        .args(arguments)
        .current_dir(folder)
        .env("JIT_APPROVALS_TEST_CLOCK", folder.join("clock"))
        // A test of something else does not meet the limits. An argument overrides them.
        .env("JIT_TRUSTED_PROXIES", "127.0.0.0/8")
        .env("JIT_CALLS_PER_SECOND", "100000")
        .env("JIT_SUBJECT_PENDING", "100000")
        .env("JIT_REFUSALS_PER_MINUTE", "100000")
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().map(Result::unwrap);
    let Some(address) = first.as_deref().and_then(|line| line.strip_prefix("listening on ")) else {
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("the server did not start: {first:?} {log}");
    };
    let address = address.parse().unwrap();
    let metrics = has_metrics.then(|| {
        let line = lines.next().unwrap().unwrap();
        let address = line.strip_prefix("metrics on http://").and_then(|line| line.strip_suffix("/metrics"));
        address.unwrap_or_else(|| panic!("{line}")).parse().unwrap()
    });
    // The rest is read at once, so that the server does not wait for it.
    let mut printed = std::fs::File::create(folder.join("printed")).unwrap();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            writeln!(printed, "{line}").unwrap();
        }
    });
    (child, address, metrics)
}

fn sign_in(address: SocketAddr, email: &str, password: &str) -> Answer {
    let body = Object::new().with("email", email).with("password", password);
    Call::post("/session")
        .with("X-Forwarded-For", own_address())
        .json(Json::from(body).to_string())
        .send(address)
}

/// The time of a server, whose clock is shifted by the number of seconds in a file.
pub(crate) fn time(clock: &Path) -> UnixTime {
    let shift = std::fs::read_to_string(clock).ok();
    UnixTime::now().plus(shift.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Tries until something is there.
#[track_caller]
pub(crate) fn until<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    for _ in 0..1000 {
        if let Some(value) = attempt() {
            return value;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not happen within 10 seconds");
}

/// An address that no other call has.
pub(crate) fn own_address() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("10.{}.{}.{}", next >> 16 & 255, next >> 8 & 255, next & 255)
}

impl Shop {
    /// Starts a server and fills it over the API.
    pub(crate) fn open() -> Self {
        Self::open_with(&[])
    }

    pub(crate) fn open_with(arguments: &[&str]) -> Self {
        Self::open_after("", arguments)
    }

    /// Starts a server after the shell has run commands, and fills it.
    pub(crate) fn open_after(commands: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = command(&["company", "new", "ACME", ADMIN, "--data", "data"], folder.path());
        assert!(made.status.success(), "{made:?}");
        let secret = String::from_utf8(made.stdout).unwrap().trim().to_owned();
        let server = Server::start_after(commands, folder, arguments);
        redeem(server.address, &secret, ADMIN).is(200, "");
        let admin = server.session(ADMIN);
        let application = admin.send(
            &Call::post("/applications").json(format!(r#"{{"name":"{ISS}","identifiers":["{ISS}"]}}"#)),
        );
        let application = application.is(201, "").text("id");
        let key = admin.send(&Call::post(&format!("/applications/{application}/signingKeys")));
        let key = SigningKey::from_base64(&key.is(201, "").text("secret")).unwrap();
        let mut shop = Self { server, application, key, admin };
        shop.add_user(STEVE, "Steve");
        shop.admin.send(&Call::post("/templates").json(TEMPLATE)).is(201, "");
        shop
    }

    /// Creates a user with the password of everyone.
    pub(crate) fn add_user(&mut self, email: &str, name: &str) {
        let body = Object::new().with("email", email).with("name", name);
        self.admin.send(&Call::post("/users").json(Json::from(body).to_string())).is(201, "");
        let path = format!("/users/{}/link", email.replace('@', "%40"));
        let secret = self.admin.send(&Call::post(&path)).is(201, "").text("secret");
        redeem(self.server.address, &secret, email).is(200, "");
    }

    /// Mints an auth token of the application.
    pub(crate) fn token(&self, subject: &str) -> String {
        self.token_with(&self.key, subject)
    }

    pub(crate) fn token_with(&self, key: &SigningKey, subject: &str) -> String {
        self.token_of(key, ISS, subject)
    }

    /// Mints an auth token of any application.
    pub(crate) fn token_of(&self, key: &SigningKey, iss: &str, subject: &str) -> String {
        let minter = Minter::builder(key).issuer(iss).audience(self.server.audience());
        let minter = minter.lifetime(Duration::from_secs(300)).build().unwrap();
        minter.mint_at(subject, &Object::new(), self.server.now(), &jti()).unwrap()
    }

    /// Adds the auth token of the application for kevin.
    pub(crate) fn as_kevin(&self, call: Call) -> Call {
        call.with("X-Nl3-Authorization-Token", self.token("kevin"))
    }

    /// Sends a call of the application for kevin.
    pub(crate) fn kevin(&self, call: Call) -> Answer {
        self.as_kevin(call).send(self.server.address)
    }

    /// Opens the purchase, which must work.
    pub(crate) fn purchase(&self) -> Answer {
        let answer = self.kevin(Call::post("/approvalRequest").json(PURCHASE));
        answer.is(201, "").clone()
    }

    /// Reads a request for the application.
    pub(crate) fn read(&self, id: &str) -> Answer {
        self.kevin(Call::get(&format!("/approvalRequest/{id}")))
    }

    /// Consumes a grant with an act.
    pub(crate) fn consume(&self, grant: &str, act: &str) -> Answer {
        self.kevin(Call::post(&format!("/grant/{grant}/consume")).json(act))
    }
}

/// Decides a request: `verdict` is `approve` or `reject`.
pub(crate) fn decision(request: &Answer, verdict: &str) -> Call {
    let (id, hash) = (request.text("id"), request.text("contentHash"));
    let body = format!(r#"{{"verdict":"{verdict}","contentHash":"{hash}"}}"#);
    Call::post(&format!("/approvalRequest/{id}/decision")).json(body)
}

/// Redeems a one-time link, and sets the password of everyone.
pub(crate) fn redeem(address: SocketAddr, secret: &str, email: &str) -> Answer {
    let body = Object::new().with("secret", secret).with("email", email).with("password", PASSWORD);
    Call::post("/link")
        .with("X-Forwarded-For", own_address())
        .json(Json::from(body).to_string())
        .send(address)
}

fn jti() -> String {
    jit_approvals::Id::v4().unwrap().to_string()
}

impl Session {
    pub(crate) fn of(address: SocketAddr, answer: &Answer) -> Self {
        let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Self { address, cookie }
    }

    /// Adds the cookie, and says that the call comes from the server's own page.
    pub(crate) fn sign(&self, call: &Call) -> Call {
        call.clone().with("Cookie", self.cookie.as_str()).with("Sec-Fetch-Site", "same-origin")
    }

    /// Sends a call of this person.
    pub(crate) fn send(&self, call: &Call) -> Answer {
        self.sign(call).send(self.address)
    }
}
