//! A proxy that ends TLS in front of the server, set up as OPERATING.md says.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::http::Answer;
use crate::server::{PASSWORD, PURCHASE, STEVE, Shop};
use crate::stored::eventually;

const CADDY: &str = include_str!("../../../server/deploy/Caddyfile");
const NGINX: &str = include_str!("../../../server/deploy/nginx.conf");

/// The name in both files.
const HOST: &str = "approvals.example.com";

/// A proxy that runs.
struct Proxy {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
    /// The certificate that clients trust, in the folder.
    certificate: &'static str,
}

/// Replaces a text, which must be there.
fn replaced(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old}");
    text.replace(old, new)
}

/// Whether programs are installed. Where everything is tested, they must be. Each call prints a version.
fn are_there(calls: &[[&str; 2]]) -> bool {
    calls.iter().all(|[program, version]| {
        let output = Command::new(program).arg(version).output();
        let is_there = output.is_ok_and(|output| output.status.success());
        assert!(is_there || std::env::var_os("CI").is_none(), "run `apt-get install {program}`");
        if !is_there {
            println!("skipped: {program} is not installed");
        }
        is_there
    })
}

impl Proxy {
    /// Starts a command whose configuration is in its folder.
    fn start(command: &mut Command, folder: tempfile::TempDir, port: u16, certificate: &'static str) -> Self {
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        command.current_dir(folder.path()).env("HOME", folder.path());
        command.env("XDG_DATA_HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
        let child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut proxy = Self { child, port, folder, certificate };
        eventually("the proxy answers", || {
            if let Some(status) = proxy.child.try_wait().unwrap() {
                panic!("{status}: {}", std::fs::read_to_string(proxy.folder.path().join("log")).unwrap());
            }
            proxy.client("127.0.0.1").call("/healthz", &[], &[]).is_some_and(|answer| answer.status == 200)
        });
        proxy
    }

    fn caddy(server: SocketAddr) -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        // A certificate of its own instead of a public one, and no port that only root may use.
        let global = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tdefault_bind 127.0.0.1\n}\n";
        let site = replaced(CADDY, &format!("{HOST} {{"), &format!("{HOST}:{port} {{\n\ttls internal"));
        let site = replaced(&site, "127.0.0.1:8080", &server.to_string());
        std::fs::write(folder.path().join("Caddyfile"), format!("{global}{site}")).unwrap();
        let mut command = Command::new("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config", "Caddyfile"]);
        Self::start(&mut command, folder, port, "caddy/pki/authorities/local/root.crt")
    }

    fn nginx(server: SocketAddr) -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        certificate(folder.path());
        let here = folder.path().to_str().unwrap();
        let mut site = NGINX.to_owned();
        for (old, new) in [
            ("listen 443 ", format!("listen 127.0.0.1:{port} ")),
            ("127.0.0.1:8080", server.to_string()),
            ("/etc/ssl/approvals.example.com", format!("{here}/certificate")),
        ] {
            site = replaced(&site, old, &new);
        }
        std::fs::write(folder.path().join("site.conf"), site).unwrap();
        let parts = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let paths = parts.map(|part| format!("{part}_temp_path {here}/{part};\n")).concat();
        let main = format!(
            "daemon off;\npid {here}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}include {here}/site.conf;\n}}\n"
        );
        std::fs::write(folder.path().join("nginx.conf"), main).unwrap();
        let mut command = Command::new("nginx");
        command.args(["-p", here, "-e", "stderr", "-c", &format!("{here}/nginx.conf")]);
        Self::start(&mut command, folder, port, "certificate.crt")
    }

    /// A client without cookies, at an address of this machine.
    fn client<'a>(&'a self, from: &'a str) -> Client<'a> {
        Client { proxy: self, from, cookies: &[] }
    }

    /// A browser, which keeps the cookies that it gets.
    fn browser(&self) -> Client<'_> {
        Client { cookies: &["-b", "cookies", "-c", "cookies"], ..self.client("127.0.0.1") }
    }
}

/// Who calls through a proxy.
#[derive(Clone, Copy)]
struct Client<'a> {
    proxy: &'a Proxy,
    from: &'a str,
    cookies: &'a [&'a str],
}

impl Client<'_> {
    fn curl(&self, path: &str, arguments: &[&str]) -> Command {
        let Proxy { port, folder, certificate, .. } = self.proxy;
        let mut command = Command::new("curl");
        command.args(["-s", "--max-time", "60", "--interface", self.from, "--cacert", certificate]);
        command.args(["--connect-to", &format!("{HOST}:443:127.0.0.1:{port}")]);
        command.args(self.cookies).args(arguments).current_dir(folder.path());
        command.arg(format!("https://{HOST}/nl3/api/v1{path}"));
        command
    }

    fn call(&self, path: &str, headers: &[&str], arguments: &[&str]) -> Option<Answer> {
        let mut curl = self.curl(path, arguments);
        curl.arg("-i").args(headers.iter().flat_map(|header| ["-H", header]));
        Answer::parse(&curl.output().unwrap().stdout)
    }

    fn get(&self, path: &str, headers: &[&str]) -> Answer {
        self.call(path, headers, &[]).unwrap()
    }

    /// A POST of JSON.
    fn post(&self, path: &str, headers: &[&str], body: &str) -> Answer {
        let json = ["-H", "Content-Type: application/json", "--data-binary", body];
        self.call(path, headers, &json).unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It ends its own processes.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Writes a certificate that signs itself, and its key.
fn certificate(folder: &Path) {
    let output = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"])
        .args(["-subj", &format!("/CN={HOST}"), "-addext", &format!("subjectAltName=DNS:{HOST}")])
        .args(["-days", "2", "-keyout", "certificate.key", "-out", "certificate.crt"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// A stream of events, as it arrives.
struct Events {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Events {
    fn open(client: Client<'_>) -> Self {
        let mut curl = client.curl("/notifications/events", &["-N", "-H", "Sec-Fetch-Site: same-origin"]);
        let mut child = curl.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Reads until a line has come, while the stream stays open.
    #[track_caller]
    fn expect(&mut self, line: &str) {
        let found = self.lines.by_ref().map(Result::unwrap).any(|read| read == line);
        assert!(found, "the stream has ended before `{line}`");
    }

    /// Closes the connection.
    fn close(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A server that is seen under the name in both files.
fn shop() -> Shop {
    let url = format!("https://{HOST}");
    Shop::open_with(&["--public-url", &url, "--metrics-listen", "127.0.0.1:0", "--sign-ins-per-minute", "3"])
}

/// A wait, a stream and a decision by cookie.
fn passes_everything_on(shop: &Shop, proxy: &Proxy) {
    let (steve, application) = (proxy.browser(), proxy.client("127.0.0.1"));
    let (own, foreign) = (&*format!("Origin: https://{HOST}"), "Origin: https://elsewhere.example");
    let credentials = format!(r#"{{"email":"{STEVE}","password":"{PASSWORD}"}}"#);
    let signed_in = steve.post("/session", &[own], &credentials);
    let cookie = signed_in.is(201, "").header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-") && cookie.contains("; Secure"), "{cookie}");
    let mut events = Events::open(steve);
    events.expect("retry: 2000");
    let token = &*format!("X-Nl3-Authorization-Token: {}", shop.token("kevin"));
    let open = || application.post("/approvalRequest", &[token, "Idempotency-Key: once"], PURCHASE);
    let opened = open();
    let (id, hash) = (opened.is(201, "").text("id"), opened.text("contentHash"));
    assert_eq!(open().is(200, "").text("id"), id);
    events.expect("event: requested");
    std::thread::scope(|scope| {
        let path = format!("/approvalRequest/{id}");
        let wait = format!("{path}?waitSeconds=55");
        let wait = scope.spawn(move || application.get(&wait, &[token]));
        eventually("the call waits", || shop.server.metric("jit_waits") == 1);
        let path = format!("{path}/decision");
        let body = format!(r#"{{"verdict":"approve","contentHash":"{hash}"}}"#);
        let decide = |headers: &[&str]| steve.post(&path, headers, &body);
        for headers in [&[foreign][..], &["Sec-Fetch-Site: cross-site", own], &[]] {
            decide(headers).is(403, "foreign_origin");
        }
        application.post(&path, &[own], &body).is(401, "authentication_required");
        assert_eq!(shop.server.metric("jit_waits"), 1);
        decide(&[own]).is(200, "");
        assert_eq!(wait.join().unwrap().is(200, "").text("status"), "approved");
    });
    events.expect("event: decided");
    assert_eq!(shop.server.metric("jit_streams"), 1);
    events.close();
    eventually("the stream is closed", || shop.server.metric("jit_streams") == 0);
}

/// The limits of an address are those of the client, whatever it says that it is.
fn tells_clients_apart(proxy: &Proxy) {
    // An email that nobody has: it is refused, and counted.
    let sign_in = |from: &str, number: usize, headers: &[&str]| {
        let body = format!(r#"{{"email":"nobody-{number}@acme.example","password":"{PASSWORD}"}}"#);
        proxy.client(from).post("/session", headers, &body).status
    };
    let statuses: Vec<u16> = (0..4).map(|number| sign_in("127.0.0.5", number, &[])).collect();
    assert_eq!(statuses, [401, 401, 401, 429]);
    let lie = "X-Forwarded-For: 192.0.2.1";
    assert_eq!(sign_in("127.0.0.5", 4, &[lie]), 429);
    assert_eq!(sign_in("127.0.0.6", 5, &[]), 401);
    // Nor does a liar use up the budget of somebody else.
    let statuses: Vec<u16> =
        (6..10).map(|number| sign_in("127.0.0.7", number, &["X-Forwarded-For: 127.0.0.8"])).collect();
    assert_eq!(statuses, [401, 401, 401, 429]);
    assert_eq!(sign_in("127.0.0.8", 10, &[]), 401);
}

/// What is too large is rejected by the server, which says why, and what is not too large arrives.
fn is_no_narrower_than_the_server(proxy: &Proxy) {
    let body = format!(r#"{{"email":"{}"}}"#, "x".repeat(300 << 10));
    std::fs::write(proxy.folder.path().join("body"), body).unwrap();
    let large = proxy.client("127.0.0.1").post("/session", &[], "@body");
    assert_eq!(large.header("content-type"), Some("application/problem+json"));
    large.is(413, "too_large");
    let header = format!("X-Long: {}", "x".repeat(12 << 10));
    proxy.client("127.0.0.1").get("/healthz", &[&header]).is(200, "");
}

fn works(proxy: impl Fn(SocketAddr) -> Proxy) {
    let shop = shop();
    let proxy = proxy(shop.server.address);
    passes_everything_on(&shop, &proxy);
    tells_clients_apart(&proxy);
    is_no_narrower_than_the_server(&proxy);
    assert_eq!(shop.server.event_types(), ["requested", "decided"]);
}

#[test]
fn caddy_passes_on_waits_streams_and_decisions() {
    if are_there(&[["caddy", "version"]]) {
        works(Proxy::caddy);
    }
}

#[test]
fn nginx_passes_on_waits_streams_and_decisions() {
    if are_there(&[["nginx", "-v"], ["openssl", "version"]]) {
        works(Proxy::nginx);
    }
}
