//! The surface: what each language shows of its API by reflection, under the same names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use jit_approvals::json::{Json, Object};

use super::agents::Agent;
use crate::Outcome;
use crate::process::root;

/// The differences that have a reason: `NAME<TAB>LANGUAGES<TAB>REASON`, where the languages are those that lack the name.
const REASONS: &str = "tests/interop/surface.tsv";

pub(super) fn check(agents: &mut [Agent]) -> Outcome {
    let mut names: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    // Rust has no reflection. Its API is what the others are made of.
    let languages: BTreeSet<&str> =
        agents.iter().map(|agent| agent.language).filter(|name| *name != "Rust").collect();
    for agent in agents.iter_mut().filter(|agent| agent.language != "Rust") {
        let surface = agent.value("surface", &Object::new())?;
        for name in surface.as_array().unwrap_or_default().iter().filter_map(Json::as_str) {
            names.entry(snake(name)).or_default().insert(agent.language);
        }
    }
    let path = root().join(REASONS);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut reasons: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(name), Some(lacking), Some(_reason)) = (cells.next(), cells.next(), cells.next()) else {
            return Err(format!("{REASONS}: `{line}` has no name, languages and reason"));
        };
        reasons.insert(name.to_owned(), lacking.split(", ").collect());
    }
    let mut wrong = Vec::new();
    for (name, having) in &names {
        let lacking: BTreeSet<&str> = languages.difference(having).copied().collect();
        let known: BTreeSet<&str> = reasons
            .remove(name)
            .into_iter()
            .flatten()
            .filter(|language| languages.contains(language))
            .collect();
        if lacking != known {
            let lacking: Vec<&str> = lacking.into_iter().collect();
            wrong.push(format!("{name}\t{}", lacking.join(", ")));
        }
    }
    if languages.len() == 4 {
        wrong.extend(reasons.keys().map(|name| format!("{name}: no language has it")));
    }
    if !wrong.is_empty() {
        return Err(format!("the languages that lack a name differ from {REASONS}:\n{}", wrong.join("\n")));
    }
    let everywhere = names.values().filter(|having| having.len() == languages.len()).count();
    eprintln!(
        "surface: {} names, {everywhere} of them in every language, the others with a reason",
        names.len()
    );
    Ok(())
}

/// `SigningKey.fromBase64`, `SigningKey.FromBase64` and `SigningKey.from_base64` as `signing_key.from_base64`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut before = '.';
    for character in name.chars() {
        if character.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
        before = character;
    }
    // A record as JSON has each language's own name.
    snake.replace(".to_dict", ".to_json").replace(".json_serialize", ".to_json")
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_of_all_languages_are_the_same() {
        for name in ["SigningKey.fromBase64", "SigningKey.FromBase64", "SigningKey.from_base64"] {
            assert_eq!(super::snake(name), "signing_key.from_base64");
        }
        for name in ["Template.toJSON", "Template.to_dict", "Template.jsonSerialize"] {
            assert_eq!(super::snake(name), "template.to_json");
        }
    }
}
