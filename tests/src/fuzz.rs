//! The fuzz targets: the functions that the fuzzers in `tests/fuzz/` call with an input. An ordinary test calls them
//! with the kept inputs, too.

use std::sync::LazyLock;

use jit_approvals::event::{At, Event};
use jit_approvals::json::{Json, Limits, Object};
use jit_approvals::token::jws;
use jit_approvals::{
    AccessTokenVerifier, Act, ApprovalRequest, Decision, Directory, ErrorCode, Id, Minter, Origin,
    RequestBody, SigningKey, Template, UnixTime, UnverifiedToken, Verifier, limits, verify_chain,
};
use sha2::{Digest as _, Sha256};

/// A fuzz target: it panics if an assertion about the input fails.
pub type Target = fn(&[u8]);

/// All fuzz targets, with their names.
pub const TARGETS: &[(&str, Target)] =
    &[("json", json), ("token", token), ("template", template), ("request", request), ("events", events)];

const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_bytes(&(0..32).collect::<Vec<u8>>()).expect("a key"));

/// Reads the input as JSON and compares the result with that of `serde_json`.
///
/// Both accept and reject the same inputs, except that ours also rejects duplicate keys and inputs beyond its limits.
/// An accepted input has the same value, and a rejected input has its error in the same line.
///
/// # Panics
///
/// If an assertion fails.
pub fn json(input: &[u8]) {
    let ours = Json::parse_within(input, Limits::default());
    let theirs = serde_json::from_slice::<serde_json::Value>(input);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(Json::from_serialize(&theirs).expect("JSON").to_canonical(), ours.to_canonical());
            let read: Json = serde_json::from_slice(input).expect("it has no duplicate keys");
            assert_eq!(read.to_string(), ours.to_string());
            let serialized = serde_json::to_vec(&ours).expect("JSON");
            assert_eq!(Json::parse_within(&serialized, Limits::default()).expect("JSON"), ours);
        }
        (Err(ours), theirs) => match ours.code() {
            ErrorCode::DuplicateKey => assert!(serde_json::from_slice::<Json>(input).is_err()),
            ErrorCode::TooDeep | ErrorCode::TooLarge => {}
            _ => {
                let theirs = theirs.expect_err("we rejected its syntax");
                let line = ours.place().expect("a syntax error has a place").line() as usize;
                // `serde_json` counts an unexpected line feed to the next line. It reads all four digits of an escape
                // before it checks them, and it checks UTF-8 at the end of a string.
                let (message, escape) = (ours.message(), theirs.to_string().contains("escape"));
                let late = match theirs.column() {
                    _ if message.contains("UTF-8") => usize::MAX - line,
                    _ if escape || message.contains("hexadecimal digits") => 4,
                    0 => 1,
                    _ => 0,
                };
                assert!((line..=line + late).contains(&theirs.line()), "{ours:?} {theirs:?}");
            }
        },
        (Ok(_), Err(theirs)) => panic!("rejected by serde_json only: {theirs}"),
    }
}

/// Reads the input as a token and as a key, signs it as a payload, and mints it as claims.
///
/// # Panics
///
/// If an assertion fails.
pub fn token(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        read(text);
    }
    let signed = jws::sign(&KEY, r#"{"typ":"JWT","alg":"HS256"}"#, input).expect("any bytes can be signed");
    if signed.len() > jws::MAX_LENGTH {
        return;
    }
    assert_eq!(jws::verify(&*KEY, &signed).expect("our own").payload, input);
    if let Ok(claims) = verifier().verify_at(&signed, NOW) {
        let again = Json::parse(&claims.as_object().to_string()).expect("our own text");
        assert_eq!(again.to_canonical(), Json::from(claims.into_object()).to_canonical());
    }
    let value = Json::parse_within(input, Limits { depth: jws::MAX_DEPTH, ..Limits::default() });
    if let Ok(Json::Object(claims)) = value {
        mint(&claims);
    }
}

/// Reads the input as the record of a template. An accepted template is written and read again, and rendered.
///
/// # Panics
///
/// If an assertion fails.
pub fn template(input: &[u8]) {
    let Some(value) = std::str::from_utf8(input).ok().and_then(|text| Json::parse(text).ok()) else { return };
    let mistakes = Template::mistakes(&value);
    let template = match Template::from_json(&value) {
        Ok(template) => template,
        Err(first) => return assert_eq!(mistakes.first(), Some(&first)),
    };
    assert_eq!(mistakes, []);
    let again = Template::from_json(template.to_json()).expect("our own record");
    assert_eq!((again.key(), again.fields().len()), (template.key(), template.fields().len()));
    let values: Object =
        template.fields().iter().map(|field| (field.key.as_str(), field.default_value.as_str())).collect();
    let origin = Origin::new("shop", "kevin").expect("an origin");
    if let Ok(rendered) = template.render(&values, &origin, id(0)) {
        let joined: String = rendered.parts().map(|part| part.text).collect();
        assert_eq!(rendered.text(), joined);
        assert!(!rendered.title().contains('\n') && rendered.text().len() <= limits::TEXT_BYTES);
    }
}

/// Reads the lines of the input as the body of a request, a directory and an act. If the request opens, every eligible
/// person tries to approve it, and the act tries to consume the grant.
///
/// # Panics
///
/// If an assertion fails.
pub fn request(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut lines = text.splitn(3, '\n');
    let Ok(body) = RequestBody::parse(lines.next().unwrap_or_default()) else { return };
    let json = |line: Option<&str>| Json::parse(line.unwrap_or("{}")).unwrap_or_default();
    let people = Directory::from_json(&json(lines.next())).unwrap_or_else(|_| Directory::everyone());
    let act = Act::from_json(&json(lines.next()));
    let origin = Origin::new("shop", "kevin").expect("an origin");
    let at = |number| At { now: NOW, id: id(number) };
    let Ok(mut request) = ApprovalRequest::open_at(&TEMPLATE, &body, &origin, &people, at(0)) else { return };
    let everyone: Vec<String> = request
        .stages()
        .iter()
        .flat_map(|stage| &stage.eligible)
        .map(|person| person.email.clone())
        .collect();
    for (number, approver) in everyone.into_iter().enumerate() {
        let decision = Decision::approve(approver, request.content_hash());
        let _ = request.decide_at(&decision, &people, at(number as u64 + 1));
    }
    if let Ok(act) = act {
        let consumed = request.consume_at(&act, NOW).is_ok();
        assert!(!consumed || request.consume_at(&act, NOW).is_err(), "a grant can be used only once");
    }
    let texts: Vec<String> = request.events().iter().map(Event::to_text).collect();
    let again = texts.iter().map(|text| Event::parse(text).expect("our own text"));
    assert_eq!(ApprovalRequest::restore(again).expect("our own events").to_json(NOW), request.to_json(NOW));
}

/// Reads the input as the lines of an event file. Replaces the hashes of each event with matching ones, so that the
/// fuzzer reaches the checks after the hashes.
///
/// # Panics
///
/// If an assertion fails.
pub fn events(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut previous: Option<String> = None;
    let mut events = Vec::new();
    for line in text.lines() {
        if let Ok(event) = Event::parse(line) {
            assert_eq!(event.to_text(), line);
        }
        let Ok(Json::Object(mut members)) = Json::parse(line) else { return };
        members.remove("hash");
        members.remove("previous");
        if let Some(previous) = &previous {
            members.insert("previous", previous.as_str());
        }
        let hash = digest(&Json::from(members.clone()).to_canonical());
        let Ok(event) = Event::from_json(&members.with("hash", hash.as_str()).into()) else { return };
        previous = Some(hash);
        events.push(event);
    }
    let Ok(request) = ApprovalRequest::restore(events.clone()) else { return };
    let report =
        verify_chain(&events, Some(request.head())).expect("the events of a restored request are a chain");
    assert!(report.complete);
    assert_eq!(request.events(), events);
    for now in [i64::MIN, 0, i64::MAX] {
        let _ = request.to_json(UnixTime::from_seconds(now));
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn id(number: u64) -> Id {
    format!("018bcfe5-6800-7000-8000-{number:012}").parse().expect("an id")
}

static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
    let record = r#"{"approvalType": "approve", "templateName": "T", "approvalKey": "T", "approvalTitle": "T $(n)",
        "approvalData": "$(n) $(c)\n$(m) for $(subject)", "defaultApprovers": ["ann@x.org"], "metadata": [
        {"key": "n", "type": "number", "min": -5, "max": 1000.5}, {"key": "c", "oneOf": ["a", "b"], "defaultValue": "a"},
        {"key": "m", "multiline": true, "pattern": "(?s)[^x]*", "maxLength": 40}]}"#;
    Template::parse(record).expect("a template")
});

fn read(text: &str) {
    let unverified = UnverifiedToken::parse(text);
    if let Ok(verified) = verifier().verify_at(text, NOW) {
        assert_eq!(unverified.expect("verified").claims(), verified.as_object());
    }
    let _ = AccessTokenVerifier::builder(&*KEY)
        .issuer("host")
        .application("shop")
        .build()
        .unwrap()
        .verify_at(text, NOW);
    if let Ok(key) = SigningKey::from_base64(text) {
        let signed = jws::sign(&key, r#"{"alg":"HS256"}"#, b"").expect("signs");
        assert!(jws::verify(&key, &signed).is_ok() && !format!("{key:?}").contains(text));
    }
}

fn mint(claims: &jit_approvals::json::Object) {
    let minter = Minter::builder(&KEY).issuer("shop").audience("host").build().expect("a minter");
    let Ok(token) = minter.mint_at("kevin", claims, NOW, "id") else { return };
    if token.len() <= jws::MAX_LENGTH {
        let read = Verifier::builder(&*KEY)
            .issuer("shop")
            .audience("host")
            .build()
            .unwrap()
            .verify_at(&token, NOW)
            .expect("our own");
        assert!(claims.iter().all(|(name, value)| read.get(name) == Some(value)));
    }
}

fn verifier() -> Verifier {
    Verifier::builder(&*KEY).any_issuer().any_audience().build().expect("a verifier")
}
