//! Every language mints, every language verifies.

use jit_approvals::json::{Json, Object};

use super::agents::Agent;
use crate::Outcome;

pub(super) const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
pub(super) const NOW: i64 = 1_700_000_000;
const JTI: &str = "00000000-0000-4000-8000-000000000001";

/// Claims that stress a language's JSON.
const CLAIMS: &[&str] = &[
    "{}",
    r#"{"plan": "gold", "level": 3, "active": true, "manager": null}"#,
    r#"{"nested": {"deep": {"deeper": [{"x": [[], {}, [{}]]}]}, "empty": {}, "none": []}}"#,
    r#"{"max": 9007199254740991, "min": -9007199254740991, "two53": 9007199254740992, "zero": 0}"#,
    r#"{"tenth": 0.1, "half": 0.5, "tiny": 1e-7, "huge": 1e+21, "third": 0.3333333333333333, "neg": -12.25}"#,
    r#"{"escapes": "\" \\ \/ \b \f \n \r \t \u0000 \u001f \u007f \u2028 \u2029"}"#,
    r#"{"text": "é € ש 中 😀 👩‍👩‍👧 e\u0301 <>&'", "é": 1, "😀": 2, "x\u0000": 3}"#,
    r#"{"10": "ten", "2": "two", "a": "a", "1": {"b": 1, "9": 9, "0": 0}, "01": "text", "-1": "text"}"#,
    r#"{"__proto__": {"polluted": true}, "constructor": 1, "toString": 2, "": 3, "a.b": 4, "a b": 5}"#,
];

pub(super) fn check(agents: &mut [Agent]) -> Outcome {
    let mut verified = 0;
    for claims in CLAIMS {
        let mut tokens = Vec::new();
        for agent in agents.iter_mut() {
            let given = verifying()
                .with("subject", "kevin")
                .with("claims", *claims)
                .with("now", NOW)
                .with("jti", JTI);
            tokens.push((agent.language, agent.text("mint", &given)?));
        }
        // The same claims, clock and id are the same token in every language.
        let (first, expected) = &tokens[0];
        for (language, token) in &tokens[1..] {
            if token != expected {
                return Err(format!("{claims}: {language} mints\n{token}\nand {first}\n{expected}"));
            }
        }
        for (minter, token) in &tokens {
            for agent in agents.iter_mut() {
                let given = verifying().with("token", &**token).with("now", NOW);
                let text = agent.text("verify", &given)?;
                let problem = |what: &str| format!("{}: {what} {minter}'s {claims}: {text}", agent.language);
                let found = Json::parse(&text).map_err(|error| problem(&error.to_string()))?;
                for (name, value) in Object::parse(claims).map_err(|error| error.to_string())?.iter() {
                    let (found, value) = (found.get(name).map(Json::to_canonical), value.to_canonical());
                    // A PHP array does not tell an empty object from an empty list.
                    let value = if agent.language == "PHP" { value.replace("{}", "[]") } else { value };
                    if found != Some(value) {
                        return Err(problem(&format!("changes `{name}` of")));
                    }
                }
                verified += 1;
            }
        }
    }
    eprintln!("tokens: {verified} verified, {} languages by {0}", agents.len());
    Ok(())
}

/// What a verifier needs.
pub(super) fn verifying() -> Object {
    Object::new()
        .with("key", KEY)
        .with("issuer", "https://msonline.nextlevel3.com")
        .with("audience", "api.nextlevel3.com")
}
