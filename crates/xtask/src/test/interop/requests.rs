//! A request goes from language to language.

use std::fs;

use jit_approvals::json::{Json, Object};

use super::agents::{Agent, Answer};
use super::tokens::{KEY, NOW, verifying};
use crate::Outcome;
use crate::process::root;

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
const GRANT: &str = "01890a5d-ac96-774b-bcce-b302099a8058";
const HOST: &str = "api.nextlevel3.com";

pub(super) fn check(agents: &mut [Agent]) -> Outcome {
    let read = |name: &str| {
        let path = root().join("examples/purchase").join(name);
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let (template, body) = (read("approve.template.json")?, read("approve.request.json")?);
    let mut ends = Vec::new();
    for start in 0..agents.len() {
        // Each step is taken by the next language.
        let mut step = start;
        let mut next = || {
            step += 1;
            (step - 1) % agents.len()
        };
        let order: Vec<usize> = (0..6).map(|_| next()).collect();

        let token =
            verifying().with("subject", "kevin").with("claims", "{}").with("now", NOW).with("jti", ID);
        let token = agents[order[0]].text("mint", &token)?;
        let origin = agents[order[1]].text("origin", &verifying().with("token", token).with("now", NOW))?;
        let opening = Object::new()
            .with("template", &*template)
            .with("body", &*body)
            .with("origin", origin)
            .with("directory", r#"{"people": "everyone"}"#)
            .with("now", NOW)
            .with("id", ID);
        let opened = agents[order[1]].value("open", &opening)?;
        let events = opened.get("events").cloned().unwrap_or_default();

        let decision = Object::new()
            .with("events", events)
            .with("verdict", "approve")
            .with("approver", "steve@nl3.com")
            .with("comment", "Enjoy it 😀")
            .with("now", NOW + 10)
            .with("id", GRANT);
        let events = agents[order[2]].value("decide", &decision)?;

        let values = Object::parse(&body).map_err(|error| error.to_string())?;
        let values = values.get("metaData").and_then(Json::as_object).cloned().unwrap_or_default();
        let act = |price: &str| Object::new().with("metaData", values.clone().with("purchasePrice", price));
        let consume = |events: &Json, price: &str, now: i64| {
            let act = act(price).to_string();
            Object::new().with("events", events.clone()).with("act", act).with("now", now)
        };
        expect(&mut agents[order[3]], &consume(&events, "$1,655", NOW + 20), "content_mismatch")?;

        let access = Object::new()
            .with("events", events.clone())
            .with("issuer", HOST)
            .with("key", KEY)
            .with("now", NOW + 20);
        let token = agents[order[4]].text("accessToken", &access)?;
        let access = Object::new()
            .with("key", KEY)
            .with("issuer", HOST)
            .with("application", "https://msonline.nextlevel3.com")
            .with("token", token)
            .with("now", NOW + 20);
        let record = agents[order[5]].text("verifyAccess", &access)?;
        if !record.contains(GRANT) {
            return Err(format!(
                "{}: the access token is not for the grant: {record}",
                agents[order[5]].language
            ));
        }

        let events = agents[order[4]].value("consume", &consume(&events, "$1,654", NOW + 30))?;
        expect(&mut agents[order[5]], &consume(&events, "$1,654", NOW + 31), "grant_consumed")?;
        for agent in agents.iter_mut() {
            let report = agent.value("verifyChain", &Object::new().with("events", events.clone()))?;
            if report.to_canonical() != r#"{"complete":false,"count":3}"# {
                return Err(format!("{}: the chain is {report}", agent.language));
            }
        }
        ends.push((agents[start].language, opened.get("contentHash").cloned(), events));
    }
    let (_, hash, events) = &ends[0];
    for (language, other_hash, other) in &ends[1..] {
        if (other_hash, other) != (hash, events) {
            return Err(format!("the events that begin with {language} differ:\n{other}\n{events}"));
        }
    }
    eprintln!("requests: {} ways around, with the same events byte for byte", ends.len());
    Ok(())
}

fn expect(agent: &mut Agent, act: &Object, code: &str) -> Outcome {
    match agent.ask("consume", act)? {
        Answer::Error(problem) if problem.code == code => Ok(()),
        other => Err(format!("{}: consume: {other:?}, not {code}", agent.language)),
    }
}
