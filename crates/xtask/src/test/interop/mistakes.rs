//! The same mistakes of a user, made in each language in its own way, have the same code.

use std::collections::BTreeMap;

use jit_approvals::json::{Json, Object};

use super::agents::{Agent, Answer};
use crate::Outcome;

/// The mistakes and their codes.
const MISTAKES: [(&str, &str); 28] = [
    ("keyTooShort", "key_too_short"),
    ("keyNotBase64", "malformed_key"),
    ("keyMissing", "wrong_type"),
    ("issuerOfAnotherType", "wrong_type"),
    ("issuerEmpty", "invalid_claim"),
    ("lifetimeTooLong", "out_of_range"),
    ("subjectNull", "wrong_type"),
    ("reservedClaim", "reserved_claim"),
    ("claimNotFinite", "wrong_type"),
    ("issuerAndAny", "wrong_type"),
    ("issuerLeftOut", "missing_member"),
    ("audiencesEmpty", "invalid_claim"),
    ("tokenMalformed", "malformed_token"),
    ("templateUnknownMember", "unknown_member"),
    ("templateUndeclared", "unknown_placeholder"),
    ("amountAsFloat", "metadata_type"),
    ("amountNull", "metadata_type"),
    ("unknownField", "unknown_metadata"),
    ("hiddenCharacter", "hidden_character"),
    ("directoryWithoutPeople", "missing_member"),
    ("personWithoutActive", "missing_member"),
    ("notEligible", "not_eligible"),
    ("otherHash", "content_mismatch"),
    ("hashMalformed", "invalid_hash"),
    ("noGrant", "no_grant"),
    ("actorNotAllowed", "actor_not_allowed"),
    ("noEvents", "no_events"),
    ("eventNotCanonical", "event_not_canonical"),
];

/// Where a language differs: the code there, or none if it is no error, and why.
const DIFFERENCES: [(&str, &str, &str, &str); 1] =
    [("Node.js", "claimNotFinite", "", "`JSON.stringify` writes NaN as null, as njwt did")];

/// In Rust a hash is parsed before it is a member of anything.
const WITHOUT_FIELD: (&str, &str) = ("Rust", "hashMalformed");

pub(super) fn check(agents: &mut [Agent]) -> Outcome {
    let mut wrong = Vec::new();
    eprintln!("mistakes and their messages:");
    for (name, code) in MISTAKES {
        let mut fields: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for agent in agents.iter_mut() {
            let differs = DIFFERENCES
                .iter()
                .find(|(language, mistake, ..)| (*language, *mistake) == (agent.language, name));
            let expected = differs.map_or(code, |(_, _, code, _)| code);
            match agent.ask("mistake", &Object::new().with("name", name))? {
                Answer::Error(problem) if problem.code == expected => {
                    if (agent.language, name) != WITHOUT_FIELD {
                        fields.entry(problem.field.unwrap_or_default()).or_default().push(agent.language);
                    }
                    eprintln!("  {name} {} {}: {}", problem.code, agent.language, problem.message);
                }
                Answer::Ok(_) if expected.is_empty() => {
                    eprintln!("  {name} {}: no error", agent.language);
                }
                Answer::Ok(value) if value == Json::from("not expressible") => {
                    eprintln!("  {name} {}: not expressible", agent.language);
                }
                other => wrong.push(format!("{}: {name}: {other:?}, not {expected}", agent.language)),
            }
        }
        // Only casing and the unit of a duration follow the language.
        if fields.len() > 1 {
            wrong.push(format!("{name}: the fields differ: {fields:?}"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}
