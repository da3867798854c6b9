//! Tests forged first events. Each forgery changes one member and recomputes the hashes, as an attacker with write
//! access to the store could.

use jit_approvals::event::{At, Event};
use jit_approvals::json::{Json, Object};
use jit_approvals::{ApprovalRequest, Device, Directory, Location, Origin, RequestBody, Template};
use sha2::{Digest as _, Sha256};

use crate::play::START;

/// The members that can be forged without a contradiction to the rest of the event, and the reason.
///
/// The event does not contain the template, the directory or the auth token. With another template, directory or token,
/// opening creates exactly the forged event. The restored request is then a different one, and its content hash differs
/// whenever the approver would read something else.
const FREE: &[(&str, &str)] = &[
    ("at", "a request can be opened at any time"),
    ("company", "nothing else in the event contains the company"),
    ("body.allowSelfApproval", "it comes from the template"),
    ("body.approvalType", "it comes from the template"),
    ("body.attachments*", "it comes from the body of the call"),
    ("body.defaults*", "it comes from the template"),
    ("body.device*", "the application reports it, and it is not part of the content hash"),
    ("body.expiresAt", "the duration comes from the template or the body of the call"),
    ("body.grantTtlSeconds", "it comes from the template"),
    ("body.grantUse", "it comes from the template"),
    ("body.claims.more", "no part shows this claim"),
    ("body.metaData.unshown", "no part shows this field; the grant is valid for the value in the event"),
    ("body.people", "it comes from the directory"),
    ("body.stages*", "they come from the template and the directory"),
    ("body.templateId", "no part shows the template id"),
    ("body.templateVersion", "no part shows it"),
    ("body.parts", "the first or last part is removed: they contain the template's own words"),
    ("body.parts[#]", "the part is removed: another template shows less"),
    ("body.parts[#].key", "the key is removed: another template contains the same words"),
    (
        "body.parts[11].text",
        "nothing else in the event contains the name of the company; it is checked as shown text",
    ),
    ("body.titleParts", "the first part is removed: it contains the template's own words"),
    ("body.titleParts[#]", "the part is removed: another template shows less"),
    ("body.parts[0].text", "they are the template's own words"),
    ("body.parts[12].text", "they are the template's own words"),
    ("body.titleParts[0].text", "they are the template's own words"),
];

fn opened() -> ApprovalRequest {
    let record = r#"{"approvalType": "approve", "templateName": "T", "approvalKey": "T",
        "approvalTitle": "Pay $(amount)", "claims": ["tier"], "templateVersion": 2,
        "approvalData": "Pay $(amount)$(sep)$(to)$(sep)$(subject)$(sep)$(requestId)$(sep)$(claim.tier)$(sep)$(companyName)!",
        "stages": [{"name": "first", "approvers": ["ann@x.org", "bob@x.org"], "requiredApprovals": 2},
                   {"approvers": ["cy@x.org"], "approverGroups": ["ops"]}],
        "metadata": [{"key": "amount"}, {"key": "to"}, {"key": "sep", "defaultValue": ", "}, {"key": "unshown"}]}"#;
    let template = Template::parse(record).unwrap();
    let body = r#"{"templateId": "T", "metaData": {"amount": "$1", "to": "José", "unshown": "u"},
        "attachments": [{"title": "Invoice", "url": "https://x.org/1"}]}"#;
    let claims = Object::from([("tier", "gold")]);
    let device = Device::new()
        .with_user_agent("Mozilla/5.0")
        .with_brands("Chromium")
        .with_platform("Linux")
        .with_location(Location::new(52.5, -13.25).unwrap());
    let origin =
        Origin::new("https://shop.example.com", "kevin").unwrap().with_claims(claims).with_device(device);
    let groups = [("ops".to_owned(), vec!["dee@x.org".to_owned()])];
    let directory = Directory::everyone().with_groups(groups).unwrap();
    let at = At { now: START, id: "018bcfe5-6800-7000-8000-000000000000".parse().unwrap() };
    let body = RequestBody::parse(body).unwrap();
    ApprovalRequest::open_at(&template, &body, &origin, &directory, at).unwrap()
}

#[test]
fn no_single_forged_member_restores_another_request() {
    let request = opened();
    let original = Json::parse(&request.events()[0].to_text()).unwrap();
    let mut tried = 0;
    let mut used: Vec<&str> = Vec::new();
    let mut failures = Vec::new();
    for path in paths(&original) {
        for mutant in mutants(at(&original, &path)) {
            let forged = rehashed(replaced(&original, &path, mutant));
            tried += 1;
            let Ok(restored) = Event::from_json(&forged).and_then(|event| ApprovalRequest::restore([event]))
            else {
                continue;
            };
            let name = name(&path);
            let same = restored.to_json(START) == request.to_json(START)
                && restored.events()[0].to_text() == request.events()[0].to_text();
            match FREE.iter().find(|(free, _)| is_free(free, &name)) {
                _ if same => {}
                Some((free, _)) => used.push(free),
                None => failures.push(format!("{name}: {}", at(&forged, &path).unwrap_or(&Json::Null))),
            }
        }
    }
    assert!(tried > 500, "{tried} forgeries");
    assert!(failures.is_empty(), "these forgeries were restored:\n{}", failures.join("\n"));
    let unused: Vec<_> = FREE.iter().filter(|(free, _)| !used.contains(free)).collect();
    assert!(
        unused.is_empty(),
        "no forgery of these members is restored: remove them from `FREE`: {unused:?}"
    );
}

/// Returns whether an entry of `FREE` matches a member. A trailing `*` matches any rest, and `#` matches any index.
fn is_free(free: &str, name: &str) -> bool {
    let any_index = name.replace(|character: char| character.is_ascii_digit(), "").replace("[]", "[#]");
    free.strip_suffix('*').map_or(free == name || free == any_index, |prefix| name.starts_with(prefix))
}

#[derive(Debug, Clone)]
enum Step {
    Key(String),
    Index(usize),
}

/// Returns the path of every value in a document, and for each object the path of a member that it does not have.
fn paths(value: &Json) -> Vec<Vec<Step>> {
    let mut found = vec![Vec::new()];
    let mut inner = |step: Step, value: &Json| {
        found.extend(paths(value).into_iter().map(|rest| [vec![step.clone()], rest].concat()));
    };
    match value {
        Json::Object(object) => {
            object.iter().for_each(|(key, value)| inner(Step::Key(key.to_owned()), value));
            found.push(vec![Step::Key("more".to_owned())]);
        }
        Json::Array(array) => {
            array.iter().enumerate().for_each(|(index, value)| inner(Step::Index(index), value));
        }
        _ => {}
    }
    found
}

fn at<'a>(value: &'a Json, path: &[Step]) -> Option<&'a Json> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.as_array()?.get(*index),
    })
}

fn name(path: &[Step]) -> String {
    path.iter().fold(String::new(), |name, step| match step {
        Step::Key(key) if name.is_empty() => key.clone(),
        Step::Key(key) => format!("{name}.{key}"),
        Step::Index(index) => format!("{name}[{index}]"),
    })
}

/// Returns values to replace a value with. `None` removes the value.
fn mutants(value: Option<&Json>) -> Vec<Option<Json>> {
    let mut mutants = vec![None, Some(Json::Null), Some(Json::from("x")), Some(Json::from(7))];
    let mut add = |json: Json| mutants.push(Some(json));
    match value {
        Some(Json::String(text)) => {
            for other in [
                "",
                " ",
                "$2",
                "x@y.org",
                "018bcfe5-6800-7000-8000-000000000009",
                "subject",
                "unshown",
                "sep",
                "signAndApprove",
                "untilExpiry",
                "listed",
            ] {
                add(other.into());
            }
            for (before, after) in
                [("\u{202e}", ""), ("", "x"), (" ", ""), ("", "\u{200b}"), ("", "\n"), ("", "\u{301}")]
            {
                add(format!("{before}{text}{after}").into());
            }
            add(text.repeat(5000).into());
        }
        Some(Json::Number(number)) => {
            let number = number.as_f64();
            for other in [number + 1.0, number - 1.0, 0.0, -1.0, 1e12, 1.5] {
                add(jit_approvals::json::Number::from_f64(other).unwrap().into());
            }
        }
        Some(Json::Bool(value)) => add((!value).into()),
        Some(Json::Array(array)) => {
            add(Json::Array(Vec::new()));
            add(array[1..].to_vec().into());
            add(array[..array.len() - 1].to_vec().into());
            add([array.clone(), array.clone()].concat().into());
            add(array.iter().rev().cloned().collect::<Vec<_>>().into());
        }
        Some(Json::Object(_)) => add(Object::new().into()),
        _ => {}
    }
    mutants
}

/// Returns the document with another value at this path, or without a value if `new` is `None`.
fn replaced(value: &Json, path: &[Step], new: Option<Json>) -> Json {
    let Some((step, rest)) = path.split_first() else { return new.unwrap_or(Json::Null) };
    match (value, step) {
        (Json::Object(object), Step::Key(key)) => {
            let mut object = object.clone();
            if rest.is_empty() && new.is_none() {
                object.remove(key);
            } else {
                let inner = replaced(object.get(key).unwrap_or(&Json::Null), rest, new);
                object.insert(key, inner);
            }
            object.into()
        }
        (Json::Array(array), Step::Index(index)) => {
            let mut array = array.clone();
            if rest.is_empty() && new.is_none() {
                array.remove(*index);
            } else {
                array[*index] = replaced(&array[*index], rest, new);
            }
            array.into()
        }
        _ => unreachable!("a path of this document"),
    }
}

/// Returns the event with a matching content hash and hash, if it still has the form of an event.
fn rehashed(event: Json) -> Json {
    let Json::Object(mut event) = event else { return event };
    if let Some(Json::Object(body)) = event.get("body") {
        let mut body = body.clone();
        let content = content(&event, &body);
        if body.contains_key("contentHash") {
            body.insert("contentHash", digest(&content));
        }
        event.insert("body", body);
    }
    event.remove("hash");
    let hash = digest(&event.clone().into());
    event.with("hash", hash).into()
}

/// Returns the content that the content hash covers. An implementation independent of the library's.
fn content(event: &Object, body: &Object) -> Json {
    let joined = |parts: Option<&Json>| -> String {
        let parts = parts.and_then(Json::as_array).unwrap_or_default();
        parts.iter().filter_map(|part| part.get("text")?.as_str()).collect()
    };
    let names = [
        "application",
        "subject",
        "claims",
        "templateId",
        "templateVersion",
        "approvalType",
        "metaData",
        "attachments",
    ];
    let members = names.into_iter().filter_map(|name| Some((name, body.get(name)?.clone())));
    let mut content: Object = members.collect();
    for name in ["company", "requestId"] {
        content.insert(name, event.get(name).cloned().unwrap_or(Json::Null));
    }
    content
        .with("v", 1)
        .with("title", joined(body.get("titleParts")))
        .with("text", joined(body.get("parts")))
        .into()
}

fn digest(value: &Json) -> String {
    let digest = Sha256::digest(value.to_canonical());
    digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
