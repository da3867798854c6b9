//! Tests the nine invariants of the design with random histories.

use std::collections::HashSet;

use jit_approvals::event::{Body, Event, GrantStatus, Verdict};
use jit_approvals::json::{Json, Object};
use jit_approvals::{ApprovalRequest, Id, Origin, Status, Template, UnixTime, verify_chain};
use jit_approvals_tests::values;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

use crate::play::{
    ACTS, GRANT_TTL, PEOPLE, REQUEST_TTL, START, Setting, Step, When, attempt, history, open, setting,
};

/// Returns a key that is equal for the spellings of one person's email. An implementation independent of the library's.
fn folded(email: &str) -> String {
    email.nfc().collect::<String>().to_lowercase()
}

fn is_final(status: Status) -> bool {
    status != Status::Pending
}

fn leaves_pending(event: &Event) -> bool {
    match event.body() {
        Body::Decided { decision, grant, .. } => decision.verdict() == Verdict::Reject || grant.is_some(),
        Body::Cancelled { .. } | Body::Expired => true,
        _ => false,
    }
}

/// Plays a history and calls `look` with the request after each step.
fn play(
    setting: &Setting,
    history: &[(When, Step)],
    mut look: impl FnMut(&ApprovalRequest, &Step, UnixTime, bool) -> Result<(), TestCaseError>,
) -> Result<Option<ApprovalRequest>, TestCaseError> {
    let Some(mut request) = open(setting) else { return Ok(None) };
    let mut now = START;
    for (when, step) in history {
        now = when.after(now, &request);
        let succeeded = attempt(&mut request, step, now);
        look(&request, step, now, succeeded)?;
    }
    Ok(Some(request))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn final_states_never_change(setting in setting(), history in history()) {
        let mut last: Option<Status> = None;
        play(&setting, &history, |request, _, _, _| {
            // Uses the time of the last event, which is the latest so far even if a clock was set back.
            let status = request.status(request.events().last().unwrap().at());
            prop_assert!(last.is_none_or(|last| !is_final(last) || last == status), "{:?} {:?}", last, status);
            last = Some(status);
            Ok(())
        })?;
    }

    #[test]
    fn exactly_one_transition_leaves_pending(setting in setting(), history in history()) {
        if let Some(request) = play(&setting, &history, |_, _, _, _| Ok(()))? {
            let leaving = request.events().iter().filter(|event| leaves_pending(event)).count();
            let last = request.events().last().unwrap().at();
            // A pending request past its expiry is expired, even if no event records it.
            let unrecorded = request.status(last) == Status::Expired && leaving == 0;
            prop_assert_eq!(leaving, usize::from(is_final(request.status(last)) && !unrecorded));
        }
    }

    #[test]
    fn approved_means_that_every_stage_has_its_people(setting in setting(), history in history()) {
        if let Some(request) = play(&setting, &history, |_, _, _, _| Ok(()))?
            && request.grant().is_some()
        {
            let mut all = HashSet::new();
            for stage in request.stages() {
                let approvals: Vec<_> = stage.decisions.iter().map(|decided| &decided.decision).collect();
                prop_assert!(approvals.iter().all(|decision| decision.verdict() == Verdict::Approve));
                prop_assert!(approvals.iter().all(|decision| decision.signature().is_some() || !setting.signed));
                prop_assert!(approvals.len() >= stage.required as usize);
                for decision in approvals {
                    prop_assert!(stage.eligible.iter().any(|person| person.email == decision.approver()));
                    prop_assert!(all.insert(folded(decision.approver())), "a person counts twice");
                }
            }
        }
    }

    #[test]
    fn the_subject_never_counts(setting in setting(), history in history()) {
        if let Some(request) = play(&setting, &history, |_, _, _, _| Ok(()))? {
            let decided = request.stages().iter().flat_map(|stage| &stage.decisions);
            for decision in decided.map(|decided| &decided.decision) {
                prop_assert!(setting.self_approval || folded(decision.approver()) != folded(&setting.subject));
            }
        }
    }

    #[test]
    fn nothing_is_approved_at_or_after_expiry(setting in setting(), history in history()) {
        if let Some(request) = play(&setting, &history, |_, _, _, _| Ok(()))? {
            let expires_at = START.plus(REQUEST_TTL);
            let times: Vec<UnixTime> = request.events().iter().map(Event::at).collect();
            prop_assert!(times.is_sorted(), "an event has an earlier time than the one before it: {:?}", times);
            for event in request.events() {
                match event.body() {
                    Body::Decided { .. } | Body::Cancelled { .. } => prop_assert!(event.at() < expires_at),
                    Body::Expired => prop_assert_eq!(event.at(), expires_at),
                    Body::Consumed { .. } | Body::Revoked { .. } => {
                        prop_assert!(event.at() < request.grant().unwrap().issued_at().plus(GRANT_TTL));
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn a_grant_is_used_once(setting in setting(), history in history()) {
        let mut revoked = false;
        let request = play(&setting, &history, |_, step, _, succeeded| {
            prop_assert!(!(revoked && succeeded && matches!(step, Step::Consume { .. })), "consumed after revocation");
            revoked |= succeeded && matches!(step, Step::Revoke);
            Ok(())
        })?;
        if let Some(grant) = request.as_ref().and_then(|request| request.grant()) {
            prop_assert!(!setting.once || grant.consumed_at().len() <= 1);
            prop_assert!(!setting.once || grant.consumed_at().is_empty()
                || grant.status(grant.issued_at()) == GrantStatus::Consumed);
        }
    }

    #[test]
    fn one_content_hash_and_no_other_act(setting in setting(), history in history()) {
        if let Some(request) = play(&setting, &history, |_, step, _, succeeded| {
            prop_assert!(!matches!(step, Step::Consume { act } if succeeded && *act != 0), "{:?} consumed the grant", step);
            Ok(())
        })? {
            let decided = request.stages().iter().flat_map(|stage| &stage.decisions);
            for decision in decided.map(|decided| &decided.decision) {
                prop_assert_eq!(decision.content_hash(), request.content_hash());
            }
        }
    }

    #[test]
    fn replaying_events_gives_the_request(setting in setting(), history in history(), change in any::<(u16, u8)>()) {
        if let Some(request) = play(&setting, &history, |_, _, _, _| Ok(()))? {
            let texts: Vec<String> = request.events().iter().map(Event::to_text).collect();
            let read = |texts: &[String]| {
                let events = texts.iter().map(|text| Event::parse(text)).collect::<Result<Vec<_>, _>>()?;
                verify_chain(&events, Some(request.head()))?;
                ApprovalRequest::restore(events)
            };
            let restored = read(&texts).unwrap();
            for seconds in [0, REQUEST_TTL - 1, REQUEST_TTL, 1000] {
                let now = START.plus(seconds);
                prop_assert_eq!(restored.to_json(now), request.to_json(now));
            }
            prop_assert_eq!(restored.events(), request.events());
            // Any changed byte breaks the chain, and so does a removed or moved event.
            let (index, byte) = change;
            let which = usize::from(index) % texts.len();
            let mut changed = texts.clone();
            let mut bytes = changed[which].clone().into_bytes();
            let at = usize::from(index) % bytes.len();
            if bytes[at] != byte {
                bytes[at] = byte;
                if let Ok(text) = String::from_utf8(bytes) {
                    changed[which] = text;
                    prop_assert!(read(&changed).is_err());
                }
            }
            let mut shorter = texts.clone();
            shorter.remove(which);
            prop_assert!(read(&shorter).is_err());
            let mut swapped = texts.clone();
            swapped.swap(which, texts.len() - 1);
            prop_assert!(which == texts.len() - 1 || read(&swapped).is_err());
        }
    }

    #[test]
    fn two_histories_of_one_request_do_not_mix(
        setting in setting(), one in history(), two in history(), index in any::<u16>(),
    ) {
        let (one, two) = (play(&setting, &one, |_, _, _, _| Ok(()))?, play(&setting, &two, |_, _, _, _| Ok(()))?);
        if let (Some(one), Some(two)) = (one, two) {
            let mut mixed = one.events().to_vec();
            // Replaces an event, which is not the last, with the event of the other history.
            let most = mixed.len().saturating_sub(1).min(two.events().len());
            if most > 0 {
                let index = usize::from(index) % most;
                mixed[index] = two.events()[index].clone();
                let whole = one.events()[index] == two.events()[index];
                prop_assert_eq!(verify_chain(&mixed, None).is_ok(), whole);
                prop_assert_eq!(ApprovalRequest::restore(mixed).is_ok(), whole);
            }
        }
    }

    #[test]
    fn rendering_is_one_pass_and_its_parts_are_the_text(
        words in prop::collection::vec("[a-z $\\\\\n.é]{0,6}", 4), a in value(), b in value(),
    ) {
        let escape = |words: &str| words.replace('\\', r"\\");
        let words: Vec<String> = words.iter().map(|words| escape(words)).collect();
        // The bars keep the words apart from the placeholders, because words can end with a dollar sign.
        let text = format!("{}|$(a)|{}|${{b}}|{}|$(a)|{}.", words[0], words[1], words[2], words[3]);
        let record = Object::new()
            .with("approvalType", "approve")
            .with("templateName", "T")
            .with("approvalKey", "T")
            .with("approvalTitle", "T")
            .with("approvalData", text)
            .with("defaultApprovers", vec![PEOPLE[0]])
            .with("metadata", vec![Object::from([("key", "a")]), Object::from([("key", "b")])]);
        let template = Template::from_json(&Json::from(record)).unwrap();
        let values = Object::from([("a", a.as_str()), ("b", b.as_str())]);
        let origin = Origin::new("shop", "kevin").unwrap();
        let rendered = template.render(&values, &origin, Id::v7().unwrap());
        // Some letters combine with the character before them.
        prop_assume!(!rendered.as_ref().is_err_and(|error| error.code() == "merging_value"));
        let rendered = rendered.unwrap();
        let own = |words: &String| words.replace(r"\\", "\\");
        let expected = format!(
            "{}|{a}|{}|{b}|{}|{a}|{}.", own(&words[0]), own(&words[1]), own(&words[2]), own(&words[3])
        );
        prop_assert_eq!(rendered.text(), expected);
        let joined: String = rendered.parts().map(|part| part.text).collect();
        prop_assert_eq!(rendered.text(), joined);
        for part in rendered.parts().filter(|part| part.key.is_some()) {
            prop_assert_eq!(part.text, if part.key == Some("a") { &a } else { &b });
        }
    }
}

/// Generates values that look like placeholders and escapes.
fn value() -> impl Strategy<Value = String> {
    let plain = values::text().prop_filter("shown", |text| {
        text.chars().all(|character| character.is_alphanumeric() || " $(){}".contains(character))
    });
    prop_oneof![
        Just("$(a)".to_owned()),
        Just("${b}$(subject)".to_owned()),
        Just("\\$(a)\\\\ $1,654".to_owned()),
        plain,
    ]
}

#[test]
fn histories_reach_every_state() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut reached = HashSet::new();
    for _ in 0..3000 {
        let setting = setting().new_tree(&mut runner).unwrap().current();
        let history = history().new_tree(&mut runner).unwrap().current();
        let request = play(&setting, &history, |_, _, _, _| Ok(())).unwrap();
        let Some(request) = request else {
            reached.insert("rejected at opening".to_owned());
            continue;
        };
        let last = request.events().last().unwrap().at();
        reached.insert(request.status(last).as_str().to_owned());
        if let Some(grant) = request.grant() {
            reached.insert(format!("grant {}", grant.status(last).as_str()));
            reached.insert(format!("{} stages", request.stages().len()));
        }
    }
    for state in [
        "rejected at opening",
        "pending",
        "approved",
        "rejected",
        "cancelled",
        "expired",
        "grant issued",
        "grant consumed",
    ]
    .into_iter()
    .chain(["grant revoked", "1 stages", "2 stages"])
    {
        assert!(reached.contains(state), "no history reaches {state}: {reached:?}");
    }
    assert_eq!(ACTS.len(), 3);
}
