//! An administrator retires keys and removes approvers while they are used, and the process is killed meanwhile. Nothing
//! that is stored rests on what was removed before it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::RwLock;
use std::time::Duration;

use jit_approvals::SigningKey;
use jit_approvals::json::Json;

use super::kill::{Load, as_application, until_enough};
use super::whole::is_whole;
use super::{report, size};
use crate::crowd::user;
use crate::http::{Answer, Call};
use crate::server::{ACT, PURCHASE, STEVE, Server, Session, Shop, decision};

/// How many applications call at a time.
const PROGRAMS: usize = 12;

/// How many acknowledgements there are before each removal.
const BETWEEN: usize = 40;

/// What is in use at present.
struct Used {
    /// The signing key. Its id is the subject, so that each request says which key asked for it.
    key: (String, SigningKey),
    /// The session of the approver.
    session: Session,
}

/// The administrator, who repeats each call until it is answered.
struct Administrator<'a> {
    load: &'a Load,
    session: Session,
    application: String,
}

impl Administrator<'_> {
    fn send(&self, path: &str) -> Answer {
        self.load.answered(|_| self.session.sign(&Call::post(path))).0
    }

    fn new_key(&self) -> (String, SigningKey) {
        // If the answer is lost, there is one more key, which nobody uses.
        let made = self.send(&format!("/applications/{}/signingKeys", self.application));
        (made.is(201, "").text("id"), SigningKey::from_base64(&made.text("secret")).unwrap())
    }

    /// Retires a key and archives the approver.
    fn remove(&self, key: &str) {
        self.send(&format!("/applications/{}/signingKeys/{key}/retire", self.application)).is(200, "");
        self.send(&format!("{}/archive", user(STEVE))).is(200, "");
    }

    fn restore(&self) {
        self.send(&format!("{}/restore", user(STEVE))).is(200, "");
    }
}

/// Opens requests with the key of the moment, decides them as the approver, and consumes their grants with the same key.
fn work(load: &Load, used: &RwLock<Used>) {
    while !load.stops() {
        let (subject, key, session) = {
            let used = used.read().unwrap();
            (used.key.0.clone(), used.key.1.clone(), used.session.clone())
        };
        let call = Call::post("/approvalRequest").json(PURCHASE);
        let (opened, _) = load.answered(|address| as_application(&key, &subject, &call, address));
        if opened.status == 401 {
            // The key was retired meanwhile.
            opened.is(401, "invalid_signature");
            continue;
        }
        load.acknowledge();
        let (decided, _) = load.answered(|_| session.sign(&decision(opened.is(201, ""), "approve")));
        if decided.status == 401 {
            decided.is(401, "authentication_required");
            continue;
        }
        let grant = decided.is(200, "").text("grant.id");
        load.acknowledge();
        let consume = Call::post(&format!("/grant/{grant}/consume")).with("Idempotency-Key", grant).json(ACT);
        let (consumed, _) = load.answered(|address| as_application(&key, &subject, &consume, address));
        match consumed.status {
            401 => consumed.is(401, "invalid_signature"),
            // The approver was removed meanwhile, and the grant with them.
            410 => consumed.is(410, "grant_revoked"),
            _ => {
                load.acknowledge();
                consumed.is(200, "")
            }
        };
    }
}

/// Goes through the log in the order of its positions. Returns how many events rest on a key or a person, and how many of
/// these were removed before.
fn resting(server: &Server) -> (usize, usize) {
    let (mut resting, mut on_removed) = (0, 0);
    let (mut retired, mut archived) = (BTreeSet::new(), false);
    // The subject of a request is the key that asked for it.
    let mut keys = BTreeMap::new();
    for text in server.texts("select text from event order by position") {
        let event = Json::parse(&text).unwrap();
        let text = |path: &[&str]| {
            let value = path.iter().try_fold(&event, |value, step| value.get(step));
            value.and_then(Json::as_str).unwrap_or_default().to_owned()
        };
        let is_removed = match (text(&["body", "type"]).as_str(), text(&["body", "action"]).as_str()) {
            ("administered", "retire") => {
                retired.insert(text(&["body", "key"]).rsplit('/').next().unwrap().to_owned());
                continue;
            }
            ("administered", action @ ("archive" | "restore")) => {
                archived = action == "archive";
                continue;
            }
            ("requested", _) => {
                let key = text(&["body", "subject"]);
                keys.insert(text(&["requestId"]), key.clone());
                retired.contains(&key)
            }
            ("decided", _) => archived,
            ("consumed", _) => archived || retired.contains(&keys[&text(&["requestId"])]),
            _ => continue,
        };
        resting += 1;
        on_removed += usize::from(is_removed);
    }
    assert!(!retired.is_empty(), "no key was retired");
    (resting, on_removed)
}

#[test]
fn nothing_rests_on_what_an_administrator_removed_before_it() {
    let mut shop = Shop::open();
    let rounds = size(8, 20);
    let load = Load::on(&shop);
    let application = shop.application.clone();
    let mut administrator = Administrator { load: &load, session: shop.admin.clone(), application };
    let session = shop.server.session(STEVE);
    let used = RwLock::new(Used { key: administrator.new_key(), session });
    std::thread::scope(|scope| {
        let _ends = load.ends();
        let programs: Vec<_> = (0..PROGRAMS).map(|_| scope.spawn(|| work(&load, &used))).collect();
        for round in 0..rounds {
            let enough = load.acknowledged() + BETWEEN;
            until_enough(|| {
                assert!(programs.iter().all(|program| !program.is_finished()), "a program has failed");
                load.acknowledged() >= enough
            });
            // Keys need a password that was given just now.
            administrator.session = shop.admin_again();
            let key = administrator.new_key();
            let old = used.read().unwrap().key.0.clone();
            std::thread::scope(|scope| {
                let removal = scope.spawn(|| administrator.remove(&old));
                if round % 2 == 0 {
                    // At any moment of the two removals.
                    std::thread::sleep(Duration::from_millis(5 * round as u64 % 32));
                    load.kill(&mut shop);
                }
                removal.join().unwrap();
            });
            administrator.restore();
            *used.write().unwrap() = Used { key, session: shop.server.session(STEVE) };
        }
    });
    is_whole(&shop.server);
    let (resting, on_removed) = resting(&shop.server);
    assert_eq!(on_removed, 0, "of {resting}");
    assert!(resting >= load.acknowledged(), "{resting} of {}", load.acknowledged());
    report(
        "keys retired and approvers removed under load",
        &[
            ("removals", (2 * rounds).to_string()),
            ("kills", rounds.div_ceil(2).to_string()),
            ("calls acknowledged", load.acknowledged().to_string()),
            ("events that rest on a key or a person", resting.to_string()),
            ("removed before them", on_removed.to_string()),
        ],
    );
}
