//! Hostile input has the same error in every language: the same code, field and place.

use std::fs;

use jit_approvals::json::{Json, Object};

use super::agents::{Agent, Answer};
use super::tokens::{NOW, verifying};
use crate::Outcome;
use crate::process::root;

/// How many changes of a token or a chain are tried.
const CHANGES: usize = 100;

const EVERYONE: &str = r#"{"people": "everyone"}"#;

pub(super) fn check(agents: &mut [Agent]) -> Outcome {
    let mut questions = tokens(agents)?;
    questions.extend(token_vectors()?);
    questions.extend(texts()?);
    questions.extend(chains()?);
    let (mut differences, mut errors) = (Vec::new(), 0);
    for (name, operation, given) in &questions {
        let expected = agents[0].ask(operation, given)?;
        errors += usize::from(matches!(expected, Answer::Error(_)));
        for agent in &mut agents[1..] {
            let answer = agent.ask(operation, given)?;
            let is_same = match (&answer, &expected) {
                (Answer::Error(one), Answer::Error(other)) => {
                    one.is_same(other) && one.message == other.message
                }
                // Values are compared by the other tests.
                (Answer::Ok(_), Answer::Ok(_)) => true,
                _ => false,
            };
            if !is_same {
                differences.push(format!("{name}: {}: {answer:?}, not {expected:?}", agent.language));
            }
        }
    }
    if !differences.is_empty() {
        return Err(format!("{} differences:\n{}", differences.len(), differences.join("\n")));
    }
    eprintln!(
        "hostile input: {} questions, {errors} of them errors, the same in every language",
        questions.len()
    );
    Ok(())
}

/// A question: its name, its operation and its arguments.
type Question = (String, &'static str, Object);

/// A token, each time with another byte of it changed, removed or repeated.
fn tokens(agents: &mut [Agent]) -> Outcome<Vec<Question>> {
    let mint = verifying()
        .with("subject", "kevin")
        .with("claims", r#"{"plan": "gold", "roles": ["a", "b"]}"#)
        .with("now", NOW)
        .with("jti", "1");
    let token = agents[0].text("mint", &mint)?;
    let question = |index: usize| {
        let given = verifying().with("token", changed(&token, index)).with("now", NOW);
        (format!("token, change {index}"), "verify", given)
    };
    Ok((0..CHANGES).map(question).collect())
}

/// The vectors whose token is rejected, with one key, one issuer and one audience.
fn token_vectors() -> Outcome<Vec<Question>> {
    let mut questions = Vec::new();
    for (id, given) in cases("token.verify")? {
        let (Some([key]), Some(issuer), Some(audience)) = (
            given.get("keys").and_then(Json::as_array),
            given.get("issuer").and_then(Json::as_str),
            given.get("audience").and_then(Json::as_str),
        ) else {
            continue;
        };
        let question = Object::new()
            .with("key", key.get("key").cloned().unwrap_or_default())
            .with("issuer", issuer)
            .with("audience", audience)
            .with("token", given.get("token").cloned().unwrap_or_default())
            .with("now", given.get("now").cloned().unwrap_or_default());
        questions.push((format!("token.verify {id}"), "verify", question));
    }
    Ok(questions)
}

/// The vectors with texts: values that a template shows, and templates that cannot be read.
fn texts() -> Outcome<Vec<Question>> {
    let mut questions = Vec::new();
    for (id, given) in cases("template.render")? {
        let name = |member: &str| given.get(member).cloned().unwrap_or_else(|| "shop".into());
        let template = match given.get("template") {
            Some(Json::String(text)) => text.clone(),
            Some(template) => template.to_string(),
            None => continue,
        };
        let body = Object::new()
            .with("templateId", "REFUND")
            .with("metaData", given.get("metaData").cloned().unwrap_or_default());
        let origin = Object::new().with("application", name("application")).with("subject", name("subject"));
        let question = Object::new()
            .with("template", template)
            .with("body", body.to_string())
            .with("origin", origin.to_string())
            .with("directory", EVERYONE)
            .with("now", NOW)
            .with("id", "01890a5d-ac96-774b-bcce-b302099a8057");
        questions.push((format!("template.render {id}"), "open", question));
    }
    for (id, given) in cases("text.plain")? {
        let text = given.get("text").cloned().unwrap_or_default();
        questions.push((format!("text.plain {id}"), "plainText", Object::new().with("text", text)));
    }
    Ok(questions)
}

/// The vectors of chains, and a chain with a byte of an event changed, removed or repeated.
fn chains() -> Outcome<Vec<Question>> {
    let mut questions = Vec::new();
    for (id, given) in cases("events.verify")? {
        let events = given.get("events").and_then(Json::as_array).unwrap_or_default();
        if events.iter().any(|event| event.as_str().is_none()) {
            continue;
        }
        let question = Object::new().with("events", events.to_vec());
        questions.push((format!("events.verify {id}"), "verifyChain", question));
        if id == "whole" {
            questions.extend((0..CHANGES).map(|index| {
                let mut events = events.to_vec();
                let at = index % events.len();
                events[at] = changed(events[at].as_str().unwrap_or_default(), index).into();
                (format!("event, change {index}"), "verifyChain", Object::new().with("events", events))
            }));
        }
    }
    Ok(questions)
}

/// The cases of a file of vectors: the id and what is given.
fn cases(operation: &str) -> Outcome<Vec<(String, Json)>> {
    let path = root().join(format!("tests/vectors/{operation}.json"));
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let limits = jit_approvals::json::Limits { bytes: 64 << 20, ..Default::default() };
    let file =
        Json::parse_within(text.as_bytes(), limits).map_err(|error| format!("{operation}: {error}"))?;
    let cases = file.get("cases").and_then(Json::as_array).unwrap_or_default();
    let expressible = |case: &&Json| case.get("scope").is_none();
    let case = |case: &Json| {
        let id = case.get("id").and_then(Json::as_str).unwrap_or_default().to_owned();
        (id, case.get("given").cloned().unwrap_or_default())
    };
    Ok(cases.iter().filter(expressible).map(case).collect())
}

/// A text with one character changed. The same index makes the same change.
fn changed(text: &str, index: usize) -> String {
    const OTHERS: [char; 10] = ['A', '.', '-', '=', ' ', '"', '{', '\u{0}', 'é', '9'];
    let characters: Vec<char> = text.chars().collect();
    // Steps of a prime visit the whole text.
    let at = (index * 7919) % characters.len();
    let other = OTHERS[index % OTHERS.len()];
    let mut changed = characters.clone();
    match index % 4 {
        0 => changed[at] = other,
        1 => _ = changed.remove(at),
        2 => changed.insert(at, other),
        _ => changed.insert(at, characters[at]),
    }
    changed.into_iter().collect()
}
