//! Calls of the API, killed while they write their commit, between commit and answer, and while they answer.

use jit_approvals::json::{Json, Object};

use super::every::each;
use super::strace::{self, ANSWER, Kill, Strace, WRITES};
use super::table::{Harm, Table};
use super::trace::{Point, Trace};
use crate::chaos::whole::{events, is_whole, twice};
use crate::crowd::user;
use crate::http::Call;
use crate::server::{ACT, STEVE, Session, Shop, decision};

/// Up to how many pages the server's own write of each start has: it tries once whether it can write.
const OWN_PAGES: usize = 3;

/// A shop whose server is killed and started again.
struct Bench {
    shop: Shop,
    steve: Session,
    /// How often something was done.
    number: usize,
}

/// Makes a call anew each time, signed for the server that runs.
type Repeated = Box<dyn Fn(&Bench) -> Call>;

/// A call that changes something once, however often it is sent.
struct Work {
    name: &'static str,
    /// The status of the answer to the first call.
    first: u16,
    /// Makes what the call is about, and returns the call.
    prepare: fn(&Bench, &str) -> Repeated,
}

/// What is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The thread that writes to the store.
    Commit,
    /// The threads that answer.
    Answer,
}

impl Part {
    fn follow(self, bench: &Bench, kill: Option<&Kill>) -> Strace {
        let process = bench.shop.server.id();
        match self {
            Self::Commit => Strace::thread(process, "store", &WRITES, kill),
            Self::Answer => Strace::process(process, &ANSWER, kill),
        }
    }
}

impl Bench {
    fn open() -> Self {
        let shop = Shop::open();
        let steve = shop.server.session(STEVE);
        Self { shop, steve, number: 0 }
    }

    fn restart(&mut self) {
        self.shop.server.kill_and_restart();
        let address = self.shop.server.address;
        self.steve.address = address;
        self.shop.admin.address = address;
    }

    fn events(&self) -> i64 {
        events(&self.shop.server.data())
    }

    /// Does the work, and checks what is there afterwards. The process is killed meanwhile if that is asked for.
    fn work(&mut self, work: &Work, part: Part, kill: Option<&Kill>) -> (Trace, Harm) {
        self.number += 1;
        let call = (work.prepare)(self, &format!("key-{}", self.number));
        let before = self.events();
        let strace = part.follow(self, kill);
        let answer = call(self).try_send(self.shop.server.address);
        // Who gets an answer has no reason to think that the process was killed.
        let trace = match &answer {
            Some(answer) => {
                answer.is(work.first, "");
                strace.detach()
            }
            None => strace.killed(),
        };
        if trace.killed.is_some() {
            self.restart();
        }
        let there = self.events() - before;
        if let (Some((_, point)), None) = (&trace.killed, &answer) {
            let is_durable = trace.batch() > OWN_PAGES;
            match point.call.as_str() {
                "pwrite64" => assert_eq!(there, 0, "it is there before its commit: {kill:?} {trace:?}"),
                "fsync" | "fdatasync" if is_durable => {
                    assert_eq!(there, 1, "it is not there after its commit: {kill:?} {trace:?}");
                }
                "sendto" | "sendmsg" | "writev" => assert_eq!(there, 1, "it is answered before its commit"),
                _ => {}
            }
        }
        if there != 1 && answer.is_some() {
            return (trace, Harm { lost: true, twice: false });
        }
        let again = [(); 2].map(|()| call(self).send(self.shop.server.address));
        again[0].is(if there == 1 { 200 } else { work.first }, "");
        again[1].is(200, "");
        let name = |answer: &crate::http::Answer| ["id", "email"].map(|member| answer.text(member));
        assert_eq!(name(&again[0]), name(&again[1]));
        let lost = answer.as_ref().is_some_and(|answer| name(answer) != name(&again[0]));
        let twice = self.events() != before + 1 || twice(&self.shop.server.data()) > 0;
        if trace.killed.is_some() {
            is_whole(&self.shop.server);
        }
        (trace, Harm { lost, twice })
    }
}

/// Kills the work at each of its points.
fn kill_in(work: &Work) {
    if !strace::is_there() {
        return;
    }
    let (mut bench, mut table) = (Bench::open(), Table::new());
    for (part, most) in [(Part::Commit, 2), (Part::Answer, 1)] {
        let (whole, harm) = bench.work(work, part, None);
        assert!(!harm.lost && !harm.twice && !whole.points.is_empty(), "{harm:?} {whole:?}");
        each(&whole, most, |kill| {
            let (trace, harm) = bench.work(work, part, Some(kill));
            let killed = trace.killed?;
            table.add(work.name, &killed.1, harm);
            Some(killed)
        });
    }
    table.end();
}

fn of_kevin(bench: &Bench, call: &Call) -> Call {
    bench.shop.as_kevin(call.clone())
}

/// A call of the administrator, signed in just now: some calls need that.
fn of_admin(session: Session, call: Call) -> Repeated {
    Box::new(move |_| session.sign(&call))
}

fn keyed(path: &str, key: &str) -> Call {
    Call::post(path).with("Idempotency-Key", key)
}

#[test]
fn open() {
    kill_in(&Work {
        name: "open",
        first: 201,
        prepare: |_, key| {
            let key = key.to_owned();
            Box::new(move |bench| bench.shop.keyed(&key))
        },
    });
}

#[test]
fn decide() {
    kill_in(&Work {
        name: "decide",
        first: 200,
        prepare: |bench, _| {
            let call = decision(&bench.shop.purchase(), "approve");
            Box::new(move |bench| bench.steve.sign(&call))
        },
    });
}

#[test]
fn consume() {
    kill_in(&Work {
        name: "consume",
        first: 200,
        prepare: |bench, key| {
            let (_, grant) = bench.shop.granted(&bench.steve);
            let call = keyed(&format!("/grant/{grant}/consume"), key).json(ACT);
            Box::new(move |bench| of_kevin(bench, &call))
        },
    });
}

#[test]
fn cancel() {
    kill_in(&Work {
        name: "cancel",
        first: 200,
        prepare: |bench, key| {
            let id = bench.shop.purchase().text("id");
            let call = keyed(&format!("/approvalRequest/{id}/cancel"), key).json(r#"{"reason":"sold out"}"#);
            Box::new(move |bench| of_kevin(bench, &call))
        },
    });
}

#[test]
fn revoke() {
    kill_in(&Work {
        name: "revoke",
        first: 200,
        prepare: |bench, key| {
            let (_, grant) = bench.shop.granted(&bench.steve);
            let call = keyed(&format!("/grant/{grant}/revoke"), key);
            Box::new(move |bench| of_kevin(bench, &call))
        },
    });
}

#[test]
fn retire_a_signing_key() {
    kill_in(&Work {
        name: "retire a key",
        first: 200,
        prepare: |bench, _| {
            let admin = bench.shop.admin_again();
            let keys = format!("/applications/{}/signingKeys", bench.shop.application);
            let id = admin.send(&Call::post(&keys)).is(201, "").text("id");
            of_admin(admin, Call::post(&format!("{keys}/{id}/retire")))
        },
    });
}

#[test]
fn archive_a_user() {
    kill_in(&Work {
        name: "archive a user",
        first: 200,
        prepare: |bench, key| {
            let admin = bench.shop.admin_again();
            let email = format!("{key}@acme.example");
            let body = Object::new().with("email", email.as_str()).with("name", "Somebody");
            admin.send(&Call::post("/users").json(Json::from(body).to_string())).is(201, "");
            of_admin(admin, Call::post(&format!("{}/archive", user(&email))))
        },
    });
}

#[test]
fn an_answer_comes_after_the_log_of_the_store_is_durable() {
    if !strace::is_there() {
        return;
    }
    let bench = Bench::open();
    let calls = [&WRITES[..], &ANSWER].concat();
    // The server's own write of its start comes before.
    let strace = Strace::process(bench.shop.server.id(), &calls, None);
    bench.shop.keyed("key").send(bench.shop.server.address).is(201, "");
    let trace = strace.detach();
    let position = |calls: &[&str], file: &str| {
        let is_it = |(_, point): &(String, Point)| calls.contains(&&*point.call) && point.file == file;
        trace.points.iter().position(is_it).unwrap_or_else(|| panic!("{calls:?} {file}: {trace:?}"))
    };
    let of_store = |calls: &[&str]| {
        let mut own = trace.points.iter().enumerate();
        let last =
            own.rfind(|(_, (thread, point))| thread.contains("<store>") && calls.contains(&&*point.call));
        last.unwrap_or_else(|| panic!("{calls:?}: {trace:?}")).0
    };
    let (written, durable) = (of_store(&["pwrite64"]), of_store(&["fsync", "fdatasync"]));
    let answered = position(&["sendto", "sendmsg", "writev"], "the client");
    assert!(written < durable && durable < answered, "{trace:?}");
}
