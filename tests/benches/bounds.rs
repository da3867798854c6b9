//! `cargo xtask bench bounds`: measures the cost of hostile input.
//!
//! For each call, inputs that are made to be slow, within the limits, are compared with an ordinary input of the same
//! size. The benchmark fails if one of them takes more than 10 times as long, or more memory than 64 bytes for each
//! byte of input plus 1 MiB. Patterns are in a separate table without bounds, because the author of a template chooses
//! how long matching takes.
//!
//! Long file: nearly all of it is inputs.

#![expect(clippy::cast_precision_loss, reason = "sizes, used in ratios")]

use std::hint::black_box;
use std::time::Instant;

use jit_approvals::event::{At, Event};
use jit_approvals::json::{Json, Object};
use jit_approvals::token::jws;
use jit_approvals::{
    Act, ApprovalRequest, Decision, Directory, Minter, Origin, RequestBody, SigningKey, Template, UnixTime,
    UnverifiedToken, Verifier, identity, plain_text,
};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

const RUNS: usize = 7;
const MOST_TIMES: f64 = 10.0;
const MOST_BYTES: usize = 64;
const FREE_BYTES: usize = 1 << 20;

/// An input, and the call to measure with it.
struct Work {
    name: String,
    bytes: usize,
    run: Box<dyn Fn()>,
}

fn work(name: &str, bytes: usize, run: impl Fn() + 'static) -> Work {
    Work { name: name.to_owned(), bytes, run: Box::new(run) }
}

fn main() {
    println!("| call | input | bytes | ms | ordinary: ms | times | bytes of memory per byte |");
    println!("|---|---|--:|--:|--:|--:|--:|");
    let mut exceeded = Vec::new();
    for (call, ordinary, hostile) in calls() {
        for work in hostile {
            let (ours, theirs) = times(&work, &ordinary);
            // Scaled to the same size.
            let times = ours / theirs * ordinary.bytes as f64 / work.bytes as f64;
            let memory = memory(&work);
            let most = memory.saturating_sub(FREE_BYTES) / work.bytes.max(1);
            println!(
                "| {call} | {} | {} | {ours:.2} | {theirs:.2} | {times:.1} | {:.1} |",
                work.name,
                work.bytes,
                memory as f64 / work.bytes.max(1) as f64
            );
            if times > MOST_TIMES || most > MOST_BYTES {
                exceeded.push(format!("{call}, {}", work.name));
            }
        }
    }
    patterns();
    assert!(exceeded.is_empty(), "these inputs exceed the bounds: {exceeded:?}");
}

/// Returns the median milliseconds of both. Their runs alternate.
fn times(one: &Work, other: &Work) -> (f64, f64) {
    let time = |work: &Work| {
        let start = Instant::now();
        // Repeats the call until the time is long enough for the resolution of the clock.
        let mut count = 0;
        while count == 0 || start.elapsed().as_micros() < 500 {
            (work.run)();
            count += 1;
        }
        start.elapsed().as_secs_f64() * 1e3 / f64::from(count)
    };
    let (mut ours, mut theirs): (Vec<f64>, Vec<f64>) = (0..RUNS).map(|_| (time(one), time(other))).unzip();
    ours.sort_by(f64::total_cmp);
    theirs.sort_by(f64::total_cmp);
    (ours[RUNS / 2], theirs[RUNS / 2])
}

/// Returns the peak of the allocated bytes during a run, minus the bytes that were allocated before it.
fn memory(work: &Work) -> usize {
    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    (work.run)();
    ALLOCATED.peak_usage().saturating_sub(before)
}

type Call = (&'static str, Work, Vec<Work>);

fn calls() -> Vec<Call> {
    let mut calls = vec![json(), template(), mistakes(), render(), body(), directory(), open(), decide()];
    calls.extend([
        restore(),
        consume(),
        verify(),
        unverified(),
        sign(),
        key(),
        text(),
        same_person(),
        object(),
    ]);
    calls
}

/// Joins pieces to a text of up to this number of bytes.
fn repeated(piece: impl Fn(usize) -> String, separator: &str, bytes: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        let next = piece(number);
        if text.len() + next.len() + separator.len() > bytes {
            break;
        }
        if number > 0 {
            text += separator;
        }
        text += &next;
    }
    text
}

const MIB: usize = (1 << 20) - 64;

fn json() -> Call {
    let parse =
        |name: &str, text: String| work(name, text.len(), move || drop(black_box(Json::parse(&text))));
    let array = |piece: fn(usize) -> String| format!("[{}]", repeated(piece, ",", MIB));
    let ordinary =
        array(|n| format!(r#"{{"key": "field{n}", "value": "a value of some length {n}", "number": {n}}}"#));
    let hostile = vec![
        parse("many keys", format!("{{{}}}", repeated(|n| format!("\"{n:x}\":1"), ",", MIB))),
        parse(
            "long keys alike",
            format!("{{{}}}", repeated(|n| format!("\"{}{n}\":1", "k".repeat(200)), ",", MIB)),
        ),
        parse("empty arrays", array(|_| "[]".to_owned())),
        parse("empty objects", array(|_| "{}".to_owned())),
        parse("objects of one member", array(|_| r#"{"":0}"#.to_owned())),
        parse("nested to the limit", array(|_| "[".repeat(60) + &"]".repeat(60))),
        parse("digits", array(|_| "0".to_owned())),
        parse("long numbers", array(|_| format!("1.{}e-300", "7".repeat(700)))),
        parse("escapes", format!("\"{}\"", repeated(|_| r"\u00e9".to_owned(), "", MIB))),
        parse(
            "duplicate at the end",
            format!("{{{},\"0\":1}}", repeated(|n| format!("\"{n:x}\":1"), ",", MIB)),
        ),
        parse("wrong at the end", array(|_| "\n1".to_owned()) + "x"),
    ];
    ("Json::parse", parse("records", ordinary), hostile)
}

/// Returns the record of a template with these members and the required ones.
fn record(members: &str) -> String {
    format!(r#"{{"approvalType": "approve", "templateName": "T", "approvalKey": "T", {members}}}"#)
}

fn fields(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect::<Vec<_>>().join(",")
}

fn parse_template(name: &str, text: String) -> Work {
    work(name, text.len(), move || drop(black_box(Template::parse(&text))))
}

const SHOWN: &str = r#""approvalTitle": "T", "approvalData": "D""#;

fn templates() -> Vec<(&'static str, String)> {
    let text = |data: String| record(&format!(r#""approvalTitle": "T", "approvalData": "{data}""#));
    let one_of = |choices: String| fields(64, |n| format!(r#"{{"key": "f{n}", "oneOf": [{choices}]}}"#));
    let approvers = |emails: String| record(&format!(r#"{SHOWN}, "defaultApprovers": [{emails}]"#));
    vec![
        (
            "choices alike",
            record(&format!(r#"{SHOWN}, "metadata": [{}]"#, one_of(fields(700, |n| format!("\"{n:020}\""))))),
        ),
        (
            "non-ASCII choices",
            record(&format!(
                r#"{SHOWN}, "metadata": [{}]"#,
                one_of(fields(700, |n| format!("\"é{n}e\u{301}\"")))
            )),
        ),
        (
            "placeholders",
            record(&format!(
                r#""metadata": [{{"key": "a"}}], "approvalTitle": "T", "approvalData": "D{}""#,
                "$(a)".repeat(16_000)
            )),
        ),
        (
            "placeholders of the last field",
            record(&format!(
                r#""metadata": [{}], "approvalTitle": "T", "approvalData": "D{}""#,
                fields(64, |n| format!(r#"{{"key": "k{n:062}"}}"#)),
                format!("$(k{:062})", 63).repeat(970)
            )),
        ),
        ("non-ASCII text", text("é\u{301}ש".repeat(10_000))),
        ("dollars and backslashes", text("$\\\\\\\\".repeat(12_000))),
        ("unclosed placeholder", text("x".repeat(65_000) + "$(")),
        ("unknown placeholders", text("$(amuont)".repeat(7000))),
        (
            "unknown members",
            record(&format!("{SHOWN}, {}", repeated(|n| format!("\"member{n}\":0"), ",", MIB - 200))),
        ),
        ("approvers", approvers(fields(1000, |n| format!("\"ann{n}@x.org\"")))),
        ("non-ASCII approvers", approvers(fields(1000, |n| format!("\"é\u{301}ß{n}@x.org\"")))),
        (
            "claims alike",
            record(&format!(r#"{SHOWN}, "claims": [{}]"#, fields(64, |n| format!("\"k{n:062}\"")))),
        ),
        (
            "applications",
            record(&format!(
                r#"{SHOWN}, "applications": [{}]"#,
                fields(1000, |n| format!("\"é{}{n}\"", "x".repeat(900)))
            )),
        ),
    ]
}

fn ordinary_template(bytes: usize) -> String {
    let choices = fields((bytes / 64 / 24).clamp(1, 1000), |n| format!("\"choice number {n:05}\""));
    record(&format!(
        r#"{SHOWN}, "metadata": [{}]"#,
        fields(64, |n| format!(r#"{{"key": "field{n}", "oneOf": [{choices}]}}"#))
    ))
}

fn template() -> Call {
    let hostile = templates().into_iter().map(|(name, text)| parse_template(name, text)).collect();
    ("Template::parse", parse_template("fields with choices", ordinary_template(200_000)), hostile)
}

fn mistakes() -> Call {
    let find = |name: &str, text: String| {
        let value = Json::parse(&text).expect("JSON");
        work(name, text.len(), move || drop(black_box(Template::mistakes(&value))))
    };
    let mut hostile: Vec<Work> = templates().into_iter().map(|(name, text)| find(name, text)).collect();
    hostile.push(find(
        "rows of unknown members",
        record(&format!(
            r#"{SHOWN}, "metadata": [{}]"#,
            fields(64, |n| format!(
                "{{\"key\": \"f{n}\", {}}}",
                repeated(|n| format!("\"requird{n}\":0"), ",", 15_000)
            ))
        )),
    ));
    ("Template::mistakes", find("fields with choices", ordinary_template(200_000)), hostile)
}

fn origin() -> Origin {
    Origin::new("shop", "kevin").expect("an origin")
}

fn at(number: u64) -> At {
    let id = format!("018bcfe5-6800-7000-8000-{number:012}").parse().expect("an id");
    At { now: UnixTime::from_seconds(1_700_000_000), id }
}

fn template_of(text: &str) -> Template {
    let fields = fields(64, |n| format!(r#"{{"key": "f{n}"}}"#));
    let members = format!(r#""approvalTitle": "T", "approvalData": "{text}", "metadata": [{fields}]"#);
    Template::parse(&record(&members)).expect("a template")
}

fn render() -> Call {
    let render = |name: &str, text: &str, value: String| {
        let template = template_of(text);
        let values: Object = (0..64).map(|n| (format!("f{n}"), value.as_str())).collect();
        let size = text.len() + 64 * value.len();
        work(name, size, move || {
            drop(black_box(template.render(&values, &origin(), at(0).id).expect("renders")));
        })
    };
    let sixteen = (0..15).map(|n| format!("D $(f{n}) and ")).collect::<Vec<_>>().concat();
    let many = "D$(f0)".to_owned() + &"$(f1)".repeat(8000);
    let ordinary =
        render("a page of text", &sixteen, "Ein Satz, wie er vorkommt: für José, 1.654 €. ".repeat(80));
    let hostile = vec![
        render("non-ASCII values", &sixteen, "é\u{301}ש😀".repeat(300)),
        render("joints of flags", &many, "\u{1f1e9}\u{1f1ea}".to_owned()),
        render("joints of marks", &many, "e\u{301}".to_owned()),
        render("joints of emoji", &many, "👩\u{200d}💻".to_owned()[..4].to_owned()),
        render("empty values", &many, String::new()),
        render("stacked marks", &sixteen, format!("x{}", "\u{301}".repeat(8)).repeat(200)),
        render("letters and joiners", &sixteen, "क\u{94d}\u{200d}".repeat(400)),
    ];
    ("Template::render", ordinary, hostile)
}

fn body() -> Call {
    let parse =
        |name: &str, text: String| work(name, text.len(), move || drop(black_box(RequestBody::parse(&text))));
    let ordinary = format!(
        r#"{{"templateId": "T", "metaData": {{{}}}}}"#,
        repeated(|n| format!("\"field{n}\":\"a value of some length\""), ",", MIB - 100)
    );
    let hostile = vec![
        parse(
            "approvers",
            format!(
                r#"{{"templateId":"T","approvers":[{}]}}"#,
                repeated(|_| "\"\"".to_owned(), ",", MIB - 100)
            ),
        ),
        parse(
            "attachments",
            format!(
                r#"{{"templateId":"T","attachments":[{}]}}"#,
                repeated(|_| "0".to_owned(), ",", MIB - 100)
            ),
        ),
        parse(
            "unknown members",
            format!("{{{}}}", repeated(|n| format!("\"metaDat{n}\":0"), ",", MIB - 100)),
        ),
        parse(
            "attachment titles",
            format!(
                r#"{{"templateId":"T","attachments":[{}]}}"#,
                fields(20, |_| format!(
                    r#"{{"title":"{}","url":"https://x.org/{}"}}"#,
                    "é".repeat(200),
                    "x".repeat(2000)
                ))
            ),
        ),
    ];
    ("RequestBody::parse", parse("values", ordinary), hostile)
}

fn people(count: usize, name: &str) -> Json {
    let people = fields(count, |n| {
        format!(r#"{{"email": "{name}{n}@x.org", "active": true, "aliases": ["{name}{n}"]}}"#)
    });
    Json::parse_within(
        format!(r#"{{"people": [{people}]}}"#).as_bytes(),
        jit_approvals::json::Limits { bytes: 64 << 20, depth: 8 },
    )
    .expect("JSON")
}

const ASCII: &str = "someone";
const ODD: &str = "É\u{301}ßﬁ";

fn directory() -> Call {
    let read = |name: &str, value: Json| {
        let size = value.to_string().len();
        work(name, size, move || drop(black_box(Directory::from_json(&value))))
    };
    let groups = |name: &str| {
        let group = fields(30_000, |n| format!("\"{name}{n}@x.org\""));
        let text = format!(
            r#"{{"people": "everyone", "groups": {{"a": [{group}], "b": [{group}], "c": [{group}]}}}}"#
        );
        Json::parse_within(text.as_bytes(), jit_approvals::json::Limits { bytes: 64 << 20, depth: 8 })
            .expect("JSON")
    };
    let aliases = |name: &str| {
        let aliases = fields(20_000, |n| format!("\"{name}{n}\""));
        Json::parse(&format!(
            r#"{{"people": [{{"email": "a@x.org", "active": true, "aliases": [{aliases}]}}]}}"#
        ))
        .expect("JSON")
    };
    let many_groups = Json::parse(&format!(
        r#"{{"people": "everyone", "groups": {{{}}}}}"#,
        fields(20_000, |n| format!("\"g{n}\": []"))
    ));
    let hostile = vec![
        read("non-ASCII people", people(10_000, ODD)),
        read("three groups", groups(ASCII)),
        read("three non-ASCII groups", groups(ODD)),
        read("aliases", aliases(ASCII)),
        read("non-ASCII aliases", aliases(ODD)),
        read("many groups", many_groups.expect("JSON")),
    ];
    ("Directory::from_json", read("people", people(10_000, ASCII)), hostile)
}

/// Returns a template, a body that names 1,000 approvers, a directory with three groups of 30,000 people, and the size
/// of the input.
fn crowd(name: &'static str) -> (Template, RequestBody, Directory, usize) {
    let template = Template::parse(&record(&format!(
        r#"{SHOWN}, "approverOverride": "defaults", "requiredApprovals": 1000, "defaultApproverGroups": ["a", "b", "c"]"#
    )));
    let email = |n: usize| format!("{name}{n}@x.org");
    // Each approver is in the last group only, so that all groups are searched.
    let group = |from: usize| (from..from + 30_000).map(email).collect::<Vec<_>>();
    let groups = [("a", 100_000), ("b", 200_000), ("c", 0)].map(|(key, from)| (key.to_owned(), group(from)));
    let size = 90_000 * email(100_000).len();
    let directory = Directory::everyone().with_groups(groups).expect("a directory");
    let body = RequestBody::new("T").with_approvers((0..1000).map(email));
    (template.expect("a template"), body, directory, size / 90)
}

fn open() -> Call {
    let open = |label: &str, name| {
        let (template, body, directory, size) = crowd(name);
        work(label, size, move || {
            let request = ApprovalRequest::open_at(&template, &body, &origin(), &directory, at(0));
            drop(black_box(request.expect("opens")));
        })
    };
    ("open", open("a thousand approvers", ASCII), vec![open("a thousand non-ASCII approvers", ODD)])
}

fn decided(name: &'static str) -> (ApprovalRequest, Directory, usize) {
    let (template, body, directory, size) = crowd(name);
    let mut request =
        ApprovalRequest::open_at(&template, &body, &origin(), &directory, at(0)).expect("opens");
    for number in 0..999 {
        let approver = request.stages()[0].eligible[number].email.clone();
        let decision = Decision::approve(approver, request.content_hash());
        request.decide_at(&decision, &directory, at(9)).expect("decides");
    }
    (request, directory, size)
}

fn decide() -> Call {
    let decide = |label: &str, name| {
        let (request, directory, size) = decided(name);
        let approver = request.stages()[0].eligible[999].email.clone();
        let decision = Decision::approve(approver, request.content_hash());
        work(label, size, move || {
            request.clone().decide_at(&decision, &directory, at(9)).expect("decides");
        })
    };
    (
        "decide",
        decide("the last of a thousand", ASCII),
        vec![decide("the last of a thousand, non-ASCII", ODD)],
    )
}

fn restore() -> Call {
    let restore = |label: &str, texts: Vec<String>| {
        work(label, texts.iter().map(String::len).sum(), move || {
            let events = texts.iter().map(|text| Event::parse(text).expect("an event"));
            drop(black_box(ApprovalRequest::restore(events).expect("a request")));
        })
    };
    let events = |request: &ApprovalRequest| request.events().iter().map(Event::to_text).collect::<Vec<_>>();
    let used = |count: usize| {
        let text =
            record(&format!(r#"{SHOWN}, "grantUse": "untilExpiry", "defaultApprovers": ["ann@x.org"]"#));
        let template = Template::parse(&text).expect("a template");
        let (body, people) = (RequestBody::new("T"), Directory::everyone());
        let mut request =
            ApprovalRequest::open_at(&template, &body, &origin(), &people, at(0)).expect("opens");
        let decision = Decision::approve("ann@x.org", request.content_hash());
        request.decide_at(&decision, None, at(9)).expect("decides");
        (0..count).for_each(|_| request.consume_at(&Act::default(), at(9).now).expect("consumes"));
        events(&request)
    };
    let hostile = vec![
        restore("a thousand non-ASCII decisions", events(&decided(ODD).0)),
        restore("ten thousand uses", used(10_000)),
    ];
    ("restore", restore("a thousand decisions", events(&decided(ASCII).0)), hostile)
}

fn consume() -> Call {
    let consume = |name: &str, value: &str, extra: usize| {
        let fields = fields(64, |n| format!(r#"{{"key": "f{n}"}}"#));
        let text = record(&format!(
            r#"{SHOWN}, "grantUse": "untilExpiry", "defaultApprovers": ["ann@x.org"], "metadata": [{fields}]"#
        ));
        let template = Template::parse(&text).expect("a template");
        let values: Object = (0..64).map(|n| (format!("f{n}"), value)).collect();
        let body = RequestBody::new("T").with_meta_data(values.clone());
        let people = Directory::everyone();
        let mut request =
            ApprovalRequest::open_at(&template, &body, &origin(), &people, at(0)).expect("opens");
        let decision = Decision::approve("ann@x.org", request.content_hash());
        request.decide_at(&decision, None, at(9)).expect("decides");
        let more = (0..extra).map(|n| (format!("g{n}"), "x"));
        let act = Act::new(
            values
                .iter()
                .map(|(key, value)| (key.to_owned(), value.as_str().unwrap_or_default()))
                .chain(more.collect::<Vec<_>>().iter().map(|(key, value)| (key.clone(), *value)))
                .collect::<Object>(),
        );
        let size = 64 * value.len() + 20 * extra + 2000;
        work(name, size, move || drop(black_box(request.clone().consume_at(&act, at(9).now))))
    };
    let ordinary = "a value of some length, ".repeat(100);
    let hostile = vec![
        consume("quotes", &"\"".repeat(2400), 0),
        consume("non-ASCII", &"é\u{301}".repeat(600), 0),
        consume("unknown fields", "x", 10_000),
    ];
    ("consume", consume("64 values", &ordinary, 0), hostile)
}

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32]).expect("a key")
}

fn tokens() -> Vec<(&'static str, String)> {
    let sign = |rest: String| {
        let claims = format!(r#"{{"iss":"shop","aud":"host","sub":"kevin","exp":1700000300{rest}}}"#);
        jws::sign(&signing_key(), r#"{"typ":"JWT","alg":"HS256"}"#, claims.as_bytes()).expect("signs")
    };
    let claim = |value: String| sign(format!(",\"x\":{value}"));
    vec![
        ("many claims", sign(format!(",{}", repeated(|n| format!("\"{n:x}\":0"), ",", 48_000)))),
        (
            "nested claims",
            claim(format!("[{}]", repeated(|_| "[".repeat(30) + &"]".repeat(30), ",", 48_000))),
        ),
        ("empty arrays", claim(format!("[{}]", repeated(|_| "[]".to_owned(), ",", 48_000)))),
        ("escapes", claim(format!("\"{}\"", repeated(|_| r"\u00e9".to_owned(), "", 48_000)))),
        ("long text", claim(format!("\"{}\"", "é".repeat(24_000)))),
    ]
}

fn ordinary_token() -> String {
    let claims: Object = (0..1000).map(|n| (format!("claim{n}"), "a value of some length")).collect();
    let minter = Minter::builder(&signing_key()).issuer("shop").audience("host").build().expect("a minter");
    minter.mint_at("kevin", &claims, UnixTime::from_seconds(1_700_000_000), "id").expect("a token")
}

fn verify() -> Call {
    let verify = |name: &str, token: String| {
        let verifier = Verifier::builder(signing_key()).issuer("shop").audience("host").build().unwrap();
        let now = UnixTime::from_seconds(1_700_000_000);
        work(name, token.len(), move || drop(black_box(verifier.verify_at(&token, now).expect("a token"))))
    };
    let hostile = tokens().into_iter().map(|(name, token)| verify(name, token)).collect();
    ("Verifier::verify", verify("a thousand claims", ordinary_token()), hostile)
}

fn unverified() -> Call {
    let parse = |name: &str, token: String| {
        work(name, token.len(), move || drop(black_box(UnverifiedToken::parse(&token))))
    };
    let mut hostile: Vec<Work> = tokens().into_iter().map(|(name, token)| parse(name, token)).collect();
    hostile.push(parse("full stops", ".".repeat(65_536)));
    hostile.push(parse("no base64url", "a.".to_owned() + &"!".repeat(65_000) + ".a"));
    ("UnverifiedToken::parse", parse("a thousand claims", ordinary_token()), hostile)
}

fn sign() -> Call {
    let mint = |name: &str, claims: Object| {
        let minter =
            Minter::builder(&signing_key()).issuer("shop").audience("host").build().expect("a minter");
        let size = claims.to_string().len();
        work(name, size, move || drop(black_box(minter.mint("kevin", &claims).expect("mints"))))
    };
    let ordinary: Object = (0..1000).map(|n| (format!("claim{n}"), "a value of some length")).collect();
    let hostile = vec![
        mint("array indices", (0..3000).rev().map(|n| (n.to_string(), "x")).collect()),
        mint("escapes", Object::new().with("x", "\"".repeat(20_000))),
        mint("non-ASCII", Object::new().with("x", "\u{2028}é".repeat(8_000))),
        mint(
            "nested",
            Object::new().with(
                "x",
                Json::parse(&format!("[{}]", repeated(|_| "[".repeat(29) + &"]".repeat(29), ",", 40_000)))
                    .expect("JSON"),
            ),
        ),
    ];
    ("Minter::mint", mint("a thousand claims", ordinary), hostile)
}

fn key() -> Call {
    let read = |name: &str, text: String| {
        work(name, text.len(), move || drop(black_box(SigningKey::from_base64(&text))))
    };
    let hostile = vec![
        read("white space", " \n".repeat(50_000) + &"A".repeat(44)),
        read("wrong at the end", "A".repeat(100_000) + "!"),
        read("padding", "A".repeat(100_000) + &"=".repeat(1000)),
    ];
    ("SigningKey::from_base64", read("a long key", "A".repeat(100_000)), hostile)
}

fn text() -> Call {
    let plain = |name: &str, text: String| work(name, text.len(), move || drop(black_box(plain_text(&text))));
    let hostile = vec![
        plain("invisible", "\u{202e}".repeat(20_000)),
        plain("marks", "\u{301}".repeat(30_000)),
        plain("emoji and joiners", "👩\u{200d}💻".repeat(6000)),
        plain("flags", "\u{1f3f4}\u{e0067}".repeat(8000)),
    ];
    ("plain_text", plain("words", "Ein Satz, wie er vorkommt: für José, 1.654 €. ".repeat(1400)), hostile)
}

fn same_person() -> Call {
    let fold = |name: &str, text: String| work(name, text.len(), move || drop(black_box(identity(&text))));
    let hostile = vec![
        fold("expanding", "ﷺ".repeat(1300)),
        fold("marks out of order", "a\u{301}\u{323}".repeat(800)),
        fold("one long run of marks", "a".to_owned() + &"\u{301}\u{323}".repeat(1000)),
        fold("hangul", "\u{1100}\u{1161}\u{11a8}".repeat(450)),
        fold("ignorable", "\u{3164}".repeat(1300)),
    ];
    ("identity", fold("letters", "José Müller, ".repeat(280)), hostile)
}

fn object() -> Call {
    let collect = |name: &str, count: usize, key: fn(usize) -> String| {
        let pairs: Vec<(String, u64)> = (0..count).map(|n| (key(n), 0)).collect();
        let size = pairs.iter().map(|(key, _)| key.len() + 24).sum();
        work(name, size, move || {
            drop(black_box(pairs.iter().map(|(key, value)| (key, *value)).collect::<Object>()));
        })
    };
    let ordinary = collect("thirty pairs", 30, |n| format!("member{n}"));
    let hostile = vec![
        collect("80,000 pairs", 80_000, |n| format!("member{n}")),
        collect("80,000 pairs of one key", 80_000, |_| "member".to_owned()),
    ];
    ("Object of pairs", ordinary, hostile)
}

/// Prints the time of slow matches, and the cost of the largest template that still parses with such patterns.
fn patterns() {
    let parse = |patterns: &[String]| {
        let rows = fields(patterns.len(), |n| {
            format!(r#"{{"key": "f{n}", "pattern": {}}}"#, Json::from(patterns[n].as_str()))
        });
        Template::parse(&record(&format!(r#"{SHOWN}, "metadata": [{rows}]"#)))
    };
    println!("\n| patterns | ms to parse | ms to match 4 KiB | MiB of memory |\n|---|--:|--:|--:|");
    for (name, pattern) in [
        ("a word", r"\w{1,30}".to_owned()),
        ("nested repetition", r"(a?){100}a{100}".to_owned()),
        ("letters 200 times", r"[\p{L}\p{M}]{0,200}".to_owned()),
        ("alternatives", (0..2000).map(|n| format!("word{n}")).collect::<Vec<_>>().join("|")),
        ("counted dots", r"(?:.{0,40}x){0,40}".to_owned()),
    ] {
        let mut count = 1;
        while count <= 64 && parse(&vec![pattern.clone(); count]).is_ok() {
            count *= 2;
        }
        let patterns = vec![pattern; (count / 2).clamp(1, 64)];
        let before = ALLOCATED.current_usage();
        ALLOCATED.reset_peak_usage();
        let start = Instant::now();
        let template = parse(&patterns);
        let parsed = start.elapsed().as_secs_f64() * 1e3;
        let Ok(template) = template else {
            println!("| {name} | {parsed:.1}, rejected | | |");
            continue;
        };
        let value = "aé".repeat(1365);
        let start = Instant::now();
        let mut matched = 0;
        for field in template.fields() {
            matched += usize::from(field.pattern.as_ref().is_some_and(|pattern| pattern.matches(&value)));
        }
        black_box(matched);
        let time = start.elapsed().as_secs_f64() * 1e3 / patterns.len() as f64;
        let memory = ALLOCATED.peak_usage().saturating_sub(before) as f64 / f64::from(1 << 20);
        println!("| {} × {name} | {parsed:.1} | {time:.2} | {memory:.1} |", patterns.len());
    }
}
