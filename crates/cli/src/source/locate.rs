//! Where in a JSON text a member stands.

use jit_approvals::json::Json;

/// A step of a path such as `metadata[2].key`.
pub(super) enum Step<'a> {
    Key(&'a str),
    Place(usize),
}

/// The steps of a path.
pub(super) fn steps(path: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let (key, places) = part.split_at(part.find('[').unwrap_or(part.len()));
        steps.push(Step::Key(key));
        for place in places.split(['[', ']']).filter_map(|place| place.parse().ok()) {
            steps.push(Step::Place(place));
        }
    }
    steps
}

/// The offset of what a path leads to: a value, or, where the last step leads nowhere, of the last thing on the
/// way. The text is known to be JSON.
pub(super) fn json(text: &str, path: &str) -> usize {
    walk(text, path).1
}

/// The offset of the key of the member that a path leads to.
pub(super) fn json_key(text: &str, path: &str) -> usize {
    walk(text, path).0
}

/// The offsets of the last key on the way and of the value.
fn walk(text: &str, path: &str) -> (usize, usize) {
    let start = skip_space(text, 0);
    let (mut name, mut place) = (start, start);
    for step in steps(path) {
        let found = match step {
            Step::Key(key) => member(text, place, key),
            Step::Place(count) => element(text, place, count).map(|element| (name, element)),
        };
        let Some(found) = found else { break };
        (name, place) = found;
    }
    (name, place)
}

/// Where a member's key and its value begin.
fn member(text: &str, object: usize, key: &str) -> Option<(usize, usize)> {
    let mut place = text[object..].starts_with('{').then(|| skip_space(text, object + 1))?;
    while text[place..].starts_with('"') {
        let end = skip_value(text, place);
        let name = Json::parse(&text[place..end]).ok()?;
        let value = skip_space(text, skip_space(text, end) + 1);
        if name.as_str() == Some(key) {
            return Some((place, value));
        }
        place = skip_separator(text, skip_value(text, value));
    }
    None
}

fn element(text: &str, array: usize, count: usize) -> Option<usize> {
    let mut place = text[array..].starts_with('[').then(|| skip_space(text, array + 1))?;
    for _ in 0..count {
        place = skip_separator(text, skip_value(text, place));
    }
    Some(place).filter(|place| !text[*place..].starts_with(']'))
}

fn skip_space(text: &str, place: usize) -> usize {
    text.len() - text[place..].trim_start().len()
}

fn skip_separator(text: &str, place: usize) -> usize {
    let place = skip_space(text, place);
    if text[place..].starts_with(',') { skip_space(text, place + 1) } else { place }
}

/// Behind the value that begins here.
fn skip_value(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut place, mut depth) = (start, 0_usize);
    while place < bytes.len() {
        match bytes[place] {
            b'"' => place = skip_string(bytes, place),
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' | b':' if depth == 0 => return place,
            b'}' | b']' => depth -= 1,
            byte if depth == 0 && byte.is_ascii_whitespace() => return place,
            _ => {}
        }
        let last = bytes[place];
        place += 1;
        if depth == 0 && matches!(last, b'"' | b'}' | b']') {
            return place;
        }
    }
    place
}

/// At the closing quote of the string that begins here.
fn skip_string(bytes: &[u8], start: usize) -> usize {
    let mut place = start + 1;
    while bytes.get(place).is_some_and(|byte| *byte != b'"') {
        place += if bytes[place] == b'\\' { 2 } else { 1 };
    }
    place.min(bytes.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::{json, json_key};

    #[test]
    fn paths_lead_to_their_values() {
        let text = r#" {"a": [1, {"b": "x\"]", "c" : true}, []], "d": {"e": null}}"#;
        for (path, found) in [
            ("a", "[1,"),
            ("a[0]", "1,"),
            ("a[1].b", r#""x\"]""#),
            ("a[1].c", "true"),
            ("a[2]", "[]]"),
            ("d.e", "null"),
            ("d.missing", "{\"e\""),
            ("a[9]", "[1,"),
            ("", "{\"a\""),
        ] {
            assert!(text[json(text, path)..].starts_with(found), "{path}");
        }
        assert!(text[json_key(text, "a[1].c")..].starts_with(r#""c" :"#));
    }
}
