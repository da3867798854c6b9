//! Backups: made beside a running server, and put to use in a new folder.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};

use jit_approvals::json::Json;
use jit_approvals::{SigningKey, UnixTime};

use crate::crowd::{items, user};
use crate::http::Call;
use crate::races::Ends;
use crate::server::{ACT, ADMIN, PASSWORD, STEVE, Server, Session, Shop, decision, redeem};

/// What everyone who restores a backup has to know.
pub(crate) const TOLD: [&str; 3] = [
    "this store was restored from a backup: all changes since ",
    "signing keys that were retired and people who were deactivated since then are active again: \
     retire and deactivate them now",
    "all sessions, tokens and links have ended, and all grants that could still be consumed are revoked",
];

/// Where the revoked grants are, and how they were revoked.
pub(crate) const REVOKED: &str = "select text from event where kind = 'revoked' order by company, position";

impl Server {
    /// Copies the store to a file of this name beside its folder.
    pub(crate) fn backup(&self, name: &str) -> Output {
        self.operate(&["backup", name])
    }

    /// A new folder with a backup as the store, and the server key.
    pub(crate) fn restored(&self, backup: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::fs::copy(self.folder.path().join(backup), data.join("store.sqlite")).unwrap();
        std::fs::copy(self.data().join("server.key"), data.join("server.key")).unwrap();
        folder
    }
}

impl Shop {
    /// Opens the purchase and approves it. Returns the id of the request and that of its grant.
    pub(crate) fn granted(&self, steve: &Session) -> (String, String) {
        let opened = self.purchase();
        let decided = steve.send(&decision(&opened, "approve"));
        (opened.text("id"), decided.is(200, "").text("grant.id"))
    }
}

/// What a backup prints that succeeds.
pub(crate) fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The names of the files in a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Makes a backup while an application opens requests. Returns what it prints, and the keys of the requests that were
/// acknowledged before.
fn under_load(shop: &Shop, file: &str) -> (String, Vec<String>) {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let open = |thread: usize| {
            for number in 0.. {
                if done.load(Ordering::SeqCst) {
                    return;
                }
                shop.keyed(&format!("load-{thread}-{number}")).send(shop.server.address).is(201, "");
            }
        };
        for thread in 0..2 {
            scope.spawn(move || open(thread));
        }
        let stopping = Ends(&done);
        let keys: Vec<String> = (0..20).map(|number| format!("before-{number}")).collect();
        for key in &keys {
            shop.keyed(key).send(shop.server.address).is(201, "");
        }
        let output = shop.server.backup(file);
        drop(stopping);
        (printed(&output), keys)
    })
}

/// A person and a key that are there when the backup is made, and no longer afterwards.
struct Gone {
    email: &'static str,
    key: SigningKey,
    id: String,
}

impl Gone {
    fn of(shop: &Shop) -> Self {
        let keys = shop.admin.send(&Call::get(&format!("/applications/{}/signingKeys", shop.application)));
        let email = "eve@acme.example";
        shop.hire(email, "approver");
        Self { email, key: shop.key.clone(), id: items(&keys, "id").remove(0) }
    }

    /// Retires the key and deactivates the person.
    fn remove(&self, shop: &mut Shop) {
        let keys = format!("/applications/{}/signingKeys", shop.application);
        let new = shop.admin.send(&Call::post(&keys));
        shop.key = SigningKey::from_base64(&new.is(201, "").text("secret")).unwrap();
        shop.admin.send(&Call::post(&format!("{keys}/{}/retire", self.id))).is(200, "");
        shop.admin.send(&Call::post(&format!("{}/archive", user(self.email)))).is(200, "");
        assert_eq!(shop.server.sign_in(self.email, PASSWORD).status, 401);
        let key = std::mem::replace(&mut shop.key, self.key.clone());
        shop.kevin(Call::get("/approvalRequest")).is(401, "invalid_signature");
        shop.key = key;
    }
}

#[test]
fn a_backup_made_beside_a_server_is_put_to_use_in_a_new_folder() {
    let mut shop = Shop::open();
    let rival = shop.rival();
    let gone = Gone::of(&shop);
    let steve = shop.server.session(STEVE);
    let token = steve.send(&Call::post("/tokens").json(r#"{"name":"inbox","scopes":["read"]}"#));
    let token = token.is(201, "").text("secret");
    let link = shop.admin.link(STEVE);
    let (request, grant) = shop.granted(&steve);
    let (used, used_grant) = shop.granted(&steve);
    shop.consume(&used_grant, ACT).is(200, "");
    let pending = shop.purchase();

    let begun = shop.server.now();
    let (output, keys) = under_load(&shop, "approvals.backup");
    let file = shop.server.folder.path().join("approvals.backup");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!names(shop.server.folder.path()).iter().any(|name| name.starts_with("approvals.backup.")));

    // What was acknowledged before is in it; what happens from now on is not.
    gone.remove(&mut shop);
    shop.consume(&grant, ACT).is(200, "");
    let lost = shop.purchase();
    let late = shop.server.session(STEVE);
    assert_eq!(shop.server.stop(), Some(0));
    assert_eq!(revoked(&shop.server), [""; 0], "the store itself was changed");

    let folder = shop.server.restored("approvals.backup");
    let old = std::mem::replace(&mut shop.server, Server::start_in(folder, &[]));
    let address = shop.server.address;
    shop.key = gone.key.clone();
    let since = told(&shop.server.printed(TOLD[2]));
    assert!(begun <= since && since <= shop.server.now(), "{since}");
    let log = shop.server.log();
    let warning = log.lines().find(|entry| entry.contains(TOLD[0])).unwrap_or_else(|| panic!("{log}"));
    let warning = Json::parse(warning).unwrap();
    assert_eq!(warning.get("backup_at").and_then(Json::as_str), Some(since.to_string().as_str()));
    assert_eq!(warning.get("active").and_then(Json::as_str), Some(TOLD[1]));

    // Nobody is signed in, and nothing that was handed out works.
    for session in [&shop.admin, &steve, &late, &rival] {
        let session = Session { address, ..session.clone() };
        session.send(&Call::get("/session")).is(401, "authentication_required");
    }
    let bearer = Call::get("/notifications").with("Authorization", format!("Bearer {token}"));
    bearer.send(address).is(401, "authentication_required");
    let redeemed = redeem(address, &link, STEVE);
    assert!((400..500).contains(&redeemed.status), "{redeemed:?}");
    assert_eq!(shop.server.count("select count(*) from credential"), 0);

    // A grant may have been used since: it cannot be used. The one that was used before stays as it is.
    let read = shop.read(&request);
    assert_eq!((read.text("status"), read.text("grant.status")), ("approved".into(), "revoked".into()));
    shop.consume(&grant, ACT).is(410, "grant_revoked");
    assert_eq!(shop.read(&used).text("grant.status"), "consumed");
    let reason = format!("restored from a backup of {since}: it may have been consumed since then");
    assert_eq!(revoked(&shop.server), [format!("{grant} system restore {reason}")]);

    // Everything else is as it was, and goes on: what was done since then is lost.
    assert_eq!(shop.read(&pending.text("id")).text("status"), "pending");
    shop.read(&lost.text("id")).is(404, "not_found");
    for key in &keys {
        shop.keyed(key).send(shop.server.address).is(200, "");
    }
    shop.server.session(gone.email);
    let steve = shop.server.session(STEVE);
    let (_, next) = shop.granted(&steve);
    shop.consume(&next, ACT).is(200, "");

    // Each company has an event that says where its log ended, as the backup has printed it. Until there, it is the log
    // of the old store.
    for hex in shop.server.texts("select lower(hex(id)) from company order by id") {
        let company = dashed(&hex);
        let position = position(&output, &company);
        let event = shop.server.change("company", &company);
        let after = format!(r#"{{"backupAt":{},"position":{position}}}"#, since.seconds());
        assert_eq!(event, format!("system restore restore: - > {after}"));
        let sql = format!(
            "select text from event where company = x'{hex}' and position <= {position} order by position"
        );
        let log = shop.server.texts(&sql);
        assert_eq!((log.len().to_string(), &log), (position, &old.texts(&sql)));
    }
    assert!(shop.server.operate(&["store", "check"]).status.success());

    // A second start is as any other one.
    shop.server.kill_and_restart();
    Session { address: shop.server.address, ..steve }.send(&Call::get("/session")).is(200, "");
    assert_eq!(shop.server.log().matches(TOLD[0]).count(), 1);
    assert_eq!(revoked(&shop.server).len(), 1);
}

/// The grants that were revoked: the id, who and why.
pub(crate) fn revoked(server: &Server) -> Vec<String> {
    let events = server.texts(REVOKED).into_iter().map(|text| Json::parse(&text).unwrap());
    let text = |event: &Json, path: [&str; 2]| {
        let value = event.get(path[0]).and_then(|object| object.get(path[1]));
        value.and_then(Json::as_str).unwrap_or_else(|| panic!("{event}")).to_owned()
    };
    let paths = [["body", "grantId"], ["actor", "kind"], ["actor", "id"], ["body", "reason"]];
    events.map(|event| paths.map(|path| text(&event, path)).join(" ")).collect()
}

/// Since when changes are lost, from what was printed.
pub(crate) fn told(printed: &str) -> UnixTime {
    let lines: Vec<&str> = printed.lines().collect();
    let [lost, active, ended] = lines[..3] else { panic!("{printed}") };
    assert_eq!([active, ended], [TOLD[1], TOLD[2]]);
    let time = lost.strip_prefix(TOLD[0]).and_then(|rest| rest.strip_suffix(" are lost"));
    let time = time.unwrap_or_else(|| panic!("{printed}"));
    // The backup is not older than a minute: the time is found by its text.
    let now = UnixTime::now();
    (-60..=60).map(|second| now.plus(second)).find(|one| one.to_string() == time).unwrap()
}

/// The position of a company, from what a backup has printed.
fn position(printed: &str, company: &str) -> String {
    let line = printed.lines().find(|line| line.starts_with(company)).unwrap_or_else(|| panic!("{printed}"));
    let (_, rest) = line.rsplit_once("  position ").unwrap();
    rest.split_once("  head ").unwrap().0.to_owned()
}

/// An id from its hexadecimal digits.
fn dashed(hex: &str) -> String {
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[test]
fn what_a_backup_prints_names_the_key_that_is_not_in_it() {
    let shop = Shop::open();
    let output = printed(&shop.server.backup("one.backup"));
    let lines: Vec<&str> = output.lines().collect();
    let [first, company, key, why] = lines[..] else { panic!("{output}") };
    assert!(first.starts_with("the backup is in one.backup, with all changes before 20"), "{first}");
    assert!(company.contains("  ACME  position "), "{company}");
    let key_file = shop.server.data().join("server.key");
    assert_eq!(
        key,
        format!("the server key is not in it: keep a copy of {} in another place", key_file.display())
    );
    assert_eq!(
        why,
        "without that key no server starts on the backup; whoever has both can act as every application"
    );
    // Neither the key itself nor a signing key can be read in it.
    let bytes = std::fs::read(shop.server.folder.path().join("one.backup")).unwrap();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let key = std::fs::read_to_string(key_file).unwrap();
    assert!(holds(ADMIN.as_bytes()) && !holds(key.trim().as_bytes()));

    let json = printed(&shop.server.operate(&["backup", "two.backup", "--json"]));
    let json = Json::parse(&json).unwrap();
    assert_eq!(json.get("file").and_then(Json::as_str), Some("two.backup"));
    assert_eq!(json.get("hasServerKey"), Some(&false.into()));
    let companies = json.get("companies").and_then(Json::as_array).unwrap();
    assert_eq!(companies[0].get("name").and_then(Json::as_str), Some("ACME"));
    let log = shop.admin.send(&Call::get("/company")).json();
    let log = log.get("log").unwrap();
    for member in ["position", "head"] {
        assert_eq!(companies[0].get(member), log.get(member));
    }
    assert!(company.ends_with(log.get("head").and_then(Json::as_str).unwrap()));
}
