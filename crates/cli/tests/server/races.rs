//! Several things at once: one of them happens, or all of them do, and nothing rests on what was taken back before.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jit_approvals::SigningKey;
use jit_approvals::json::Json;

use crate::crowd::user;
use crate::http::{Answer, Call};
use crate::server::{ACT, PURCHASE, STEVE, Shop, decision, until};

/// Does several things at once.
pub(crate) fn at_once<T: Send>(works: Vec<Box<dyn FnOnce() -> T + Send + '_>>) -> Vec<T> {
    let barrier = Barrier::new(works.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = works
            .into_iter()
            .map(|work| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    work()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Sets a flag at the end, also when the test fails: others work until then.
pub(crate) struct Ends<'a>(pub(crate) &'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Shop {
    /// Opens a request of a template and approves it. Returns the record that the application reads.
    fn approved(&self, template: &str) -> Answer {
        let opened = self.ask(template);
        self.server.session(STEVE).send(&decision(&opened, "approve")).is(200, "");
        self.read(&opened.text("id"))
    }

    /// Makes a group of many people, who are written to the file without the API.
    fn crowd(&self, count: u32) {
        let store = rusqlite::Connection::open(self.server.data().join("store.sqlite")).unwrap();
        let sql = "with recursive n(i) as (select 1 union all select i + 1 from n where i < $1)
                   insert into person select 'p' || i || '@acme.example', company.id, 'p' || i || '@acme.example',
                   'P', 'approver', 1, null, 1 from n, company";
        store.execute(sql, [count]).unwrap();
        let people: Vec<String> = (1..=count).map(|number| format!("p{number}@acme.example")).collect();
        self.group("crowd", &people.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// The number of events that a condition holds for.
    fn number_of_events(&self, condition: &str) -> usize {
        let sql = format!("select cast(count(*) as text) from event where {condition}");
        self.server.texts(&sql)[0].parse().unwrap()
    }
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    answers.iter().map(|answer| answer.status).collect()
}

/// Does something while administrators write without pause. The work gets the number of their writes so far.
fn while_administrators_write(shop: &Shop, work: impl FnOnce(&AtomicUsize)) {
    let (ended, written) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let _ends = Ends(&ended);
        for administrator in 0..2 {
            let (ended, written) = (&ended, &written);
            scope.spawn(move || {
                let mut number = 0;
                while !ended.load(Ordering::SeqCst) {
                    let body = format!(r#"{{"key":"g-{administrator}-{number}","name":"G","members":[]}}"#);
                    shop.admin.send(&Call::post("/groups").json(body)).is(201, "");
                    written.fetch_add(1, Ordering::SeqCst);
                    number += 1;
                }
            });
        }
        work(&written);
    });
}

#[test]
fn while_administrators_write_without_pause_every_open_succeeds() {
    let shop = Shop::open();
    // Such an open takes longer than several writes: while others may write, it is never in time.
    shop.crowd(300);
    shop.template(
        "CROWD",
        &[("defaultApprovers", Json::Null), ("defaultApproverGroups", vec!["crowd"].into())],
    );
    while_administrators_write(&shop, |written| {
        for _ in 0..6 {
            let before = written.load(Ordering::SeqCst);
            shop.ask("CROWD");
            // The administrators do not wait for ever either.
            until(|| (written.load(Ordering::SeqCst) > before).then_some(()));
        }
    });
    assert_eq!(shop.server.event_types(), ["requested"; 6]);
}

#[test]
fn while_administrators_write_without_pause_a_password_is_hashed_once() {
    let shop = Shop::open_with(&["--metrics-listen", "127.0.0.1:0"]);
    let before = shop.server.metric("jit_password_hashes_total");
    while_administrators_write(&shop, |_| {
        for _ in 0..4 {
            shop.server.session(STEVE);
        }
    });
    assert_eq!(shop.server.metric("jit_password_hashes_total"), before + 4);
}

#[test]
fn nothing_rests_on_a_key_that_was_retired_before() {
    let shop = Shop::open();
    let keys = format!("/applications/{}/signingKeys", shop.application);
    for round in 0..4 {
        let created = shop.admin.send(&Call::post(&keys));
        let key = SigningKey::from_base64(&created.is(201, "").text("secret")).unwrap();
        let (opened, subject) = (AtomicUsize::new(0), format!("subject-{round}"));
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    loop {
                        let token = shop.token_with(&key, &subject);
                        let call = Call::post("/approvalRequest").with("X-Nl3-Authorization-Token", token);
                        let answer = call.json(PURCHASE).send(shop.server.address);
                        if answer.status != 201 {
                            answer.is(401, "invalid_signature");
                            break;
                        }
                        opened.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            until(|| (opened.load(Ordering::SeqCst) >= 5).then_some(()));
            shop.admin.send(&Call::post(&format!("{keys}/{}/retire", created.text("id")))).is(200, "");
        });
        let of = format!(r#"kind = 'requested' and text like '%"subject":"{subject}"%'"#);
        let retired = r#"(select max(position) from event where text like '%"action":"retire"%')"#;
        assert_eq!(shop.number_of_events(&of), opened.load(Ordering::SeqCst));
        assert_eq!(shop.number_of_events(&format!("{of} and position > {retired}")), 0);
    }
}

#[test]
fn an_approver_decides_before_they_are_deactivated_or_not_at_all() {
    let shop = Shop::open();
    for _ in 0..6 {
        let opened = shop.purchase();
        let steve = shop.server.session(STEVE);
        let answers = at_once(vec![
            Box::new(|| steve.send(&decision(&opened, "approve"))),
            Box::new(|| shop.admin.send(&Call::post(&format!("{}/archive", user(STEVE))))),
        ]);
        answers[1].is(200, "");
        let of = format!(r#"kind = 'decided' and text like '%"requestId":"{}"%'"#, opened.text("id"));
        let archived = r#"(select max(position) from event where text like '%"action":"archive"%')"#;
        let counted = shop.number_of_events(&format!("{of} and position < {archived}"));
        assert_eq!(shop.number_of_events(&of), counted, "a decision of someone who had left");
        assert_eq!(counted, usize::from(answers[0].status == 200), "{:?}", answers[0]);
        if counted == 0 {
            answers[0].is(401, "authentication_required");
        }
        shop.admin.send(&Call::post(&format!("{}/restore", user(STEVE)))).is(200, "");
    }
}

/// Decides with something while it is taken back: a decision counts only if it is before that in the log.
fn decided_before(
    shop: &Shop,
    action: &str,
    decide: &(dyn Fn(Call) -> Answer + Sync),
    end: &(dyn Fn() + Sync),
) {
    let opened: Vec<_> = (0..4).map(|_| shop.purchase()).collect();
    let mut works: Vec<Box<dyn FnOnce() -> Option<Answer> + Send + '_>> = vec![Box::new(|| {
        end();
        None
    })];
    for request in &opened {
        works.push(Box::new(|| Some(decide(decision(request, "approve")))));
    }
    let answers = at_once(works);
    let ended = format!(r#"(select max(position) from event where text like '%"action":"{action}"%')"#);
    for (request, answer) in opened.iter().zip(answers.into_iter().flatten()) {
        let of = format!(r#"kind = 'decided' and text like '%"requestId":"{}"%'"#, request.text("id"));
        let counted = shop.number_of_events(&format!("{of} and position < {ended}"));
        assert_eq!(shop.number_of_events(&of), counted, "decided with what had ended");
        assert_eq!(counted, usize::from(answer.status == 200), "{answer:?}");
        if counted == 0 {
            answer.is(401, "authentication_required");
        }
    }
}

#[test]
fn nothing_rests_on_a_session_or_a_token_that_has_ended_before() {
    let shop = Shop::open();
    for _ in 0..4 {
        let steve = shop.server.session(STEVE);
        decided_before(&shop, "end", &|call| steve.send(&call), &|| {
            steve.send(&Call::new("DELETE", "/session")).is(204, "");
        });
        let steve = shop.server.session(STEVE);
        let token = steve.send(&Call::post("/tokens").json(r#"{"name":"bot","scopes":["decide"]}"#));
        let bearer = format!("Bearer {}", token.is(201, "").text("secret"));
        let decide = |call: Call| call.with("Authorization", bearer.as_str()).send(shop.server.address);
        decided_before(&shop, "revoke", &decide, &|| {
            steve.send(&Call::post(&format!("/tokens/{}/revoke", token.text("id")))).is(204, "");
        });
    }
}

#[test]
fn of_consume_revoke_and_expiry_one_happens() {
    let shop = Shop::open();
    shop.template("BRIEF", &[("grantTtlSeconds", Json::from(5))]);
    let mut clock = 0;
    for round in 0..8 {
        let approved = shop.approved("BRIEF");
        let (id, grant) = (approved.text("id"), approved.text("grant.id"));
        let revoke = Call::post(&format!("/grant/{grant}/revoke"));
        let mut works: Vec<Box<dyn FnOnce() -> Option<Answer> + Send + '_>> =
            vec![Box::new(|| Some(shop.consume(&grant, ACT))), Box::new(|| Some(shop.kevin(revoke)))];
        // In every other round the grant expires, too.
        clock += if round % 2 == 1 { 30 } else { 0 };
        works.push(Box::new(|| {
            shop.server.set_clock(clock);
            None
        }));
        let answers: Vec<Answer> = at_once(works).into_iter().flatten().collect();
        let status = match statuses(&answers)[..] {
            [200, 409 | 410] => "consumed",
            [409 | 410, 200] => "revoked",
            [410, 410] if round % 2 == 1 => "expired",
            _ => panic!("{answers:?}"),
        };
        assert_eq!(shop.read(&id).text("grant.status"), status, "{answers:?}");
        let ends = format!(r#"kind in ('consumed', 'revoked') and text like '%"requestId":"{id}"%'"#);
        assert_eq!(shop.number_of_events(&ends), usize::from(status != "expired"));
    }
}

#[test]
fn two_approvals_at_once_both_count() {
    let shop = Shop::open();
    let sue = shop.hire("sue@acme.example", "approver");
    let both = Json::Array(vec![STEVE.into(), "sue@acme.example".into()]);
    shop.template("BOTH", &[("requiredApprovals", Json::from(2)), ("defaultApprovers", both)]);
    let steve = shop.server.session(STEVE);
    for _ in 0..5 {
        let opened = shop.ask("BOTH");
        let answers = at_once(vec![
            Box::new(|| steve.send(&decision(&opened, "approve"))),
            Box::new(|| sue.send(&decision(&opened, "approve"))),
        ]);
        assert_eq!(statuses(&answers), [200, 200], "{answers:?}");
        assert_eq!(shop.read(&opened.text("id")).text("status"), "approved");
    }
    assert_eq!(shop.number_of_events("kind = 'decided'"), 10);
}

#[test]
fn of_many_consumes_at_once_one_succeeds() {
    let shop = Shop::open();
    for _ in 0..4 {
        let approved = shop.approved("PURCHASE_APPROVAL");
        let grant = approved.text("grant.id");
        let consume =
            || -> Box<dyn FnOnce() -> Answer + Send + '_> { Box::new(|| shop.consume(&grant, ACT)) };
        let mut answers = at_once((0..6).map(|_| consume()).collect());
        answers.sort_by_key(|answer| answer.status);
        assert_eq!(answers[0].is(200, "").text("status"), "consumed");
        for answer in &answers[1..] {
            answer.is(409, "grant_consumed");
        }
    }
    assert_eq!(shop.number_of_events("kind = 'consumed'"), 4);
}

#[test]
fn of_cancel_and_approve_one_happens() {
    let shop = Shop::open();
    let steve = shop.server.session(STEVE);
    for _ in 0..6 {
        let opened = shop.purchase();
        let cancel = Call::post(&format!("/approvalRequest/{}/cancel", opened.text("id")));
        let answers = at_once(vec![
            Box::new(|| steve.send(&decision(&opened, "approve"))),
            Box::new(|| shop.kevin(cancel)),
        ]);
        let status = match statuses(&answers)[..] {
            [200, 409] => "approved",
            [409, 200] => "cancelled",
            _ => panic!("{answers:?}"),
        };
        let loser = answers.iter().find(|answer| answer.status == 409).unwrap();
        assert_eq!(loser.text("approvalRequest.status"), status);
        assert_eq!(shop.read(&opened.text("id")).text("status"), status);
    }
}
