//! `cargo xtask bench core`: measures templates, JSON and approval requests.
#![allow(missing_docs, reason = "a program")]

use std::hint::black_box;

use jit_approvals::event::{At, Event};
use jit_approvals::json::{Json, Object};
use jit_approvals::{Act, ApprovalRequest, Decision, Directory, Id, Origin, RequestBody, Template, UnixTime};
use jit_approvals_tests::bench::Bench;
use sha2::{Digest as _, Sha256};

fn main() {
    let mut bench = Bench::new("core");
    let purchase = Purchase::new();
    render(&mut bench, &purchase);
    parse(&mut bench);
    json(&mut bench);
    restore(&mut bench);
    let hashed = purchase.hashed();
    let bytes: usize = hashed.iter().map(Vec::len).sum();
    bench.above_floor(
        &format!("open, approve, consume the purchase ({bytes} bytes hashed)"),
        &mut || {
            black_box(purchase.play());
        },
        ("SHA-256 of these bytes", &mut || {
            for text in &hashed {
                black_box(Sha256::digest(text));
            }
        }),
    );
    bench.finish();
}

/// Compares rendering. The peer renders the text only. Ours also checks the values and renders the title and the parts.
fn render(bench: &mut Bench, purchase: &Purchase) {
    let id = purchase.at.id;
    let mut ours = || {
        let rendered =
            purchase.template.render(purchase.body.meta_data(), &purchase.origin, id).expect("renders");
        black_box(rendered.parts().map(|part| part.text.len()).sum::<usize>());
        black_box(rendered.text());
    };
    let mut environment = minijinja::Environment::new();
    let source = jinja();
    environment.add_template("purchase", &source).expect("a template");
    let theirs = environment.get_template("purchase").expect("it is there");
    let mut peer = || {
        let text = theirs.render(minijinja::context! {
            seatNumber => "43D", purchaseItem => "Metallica Ticket", purchasePrice => "$1,654", requestor => "kevin",
            ticketType => "Floor", companyName => "msonline.nextlevel3.com",
        });
        black_box(text.expect("renders"));
    };
    let text = purchase.template.render(purchase.body.meta_data(), &purchase.origin, id).expect("renders");
    let peers = theirs.render(minijinja::context! {
        seatNumber => "43D", purchaseItem => "Metallica Ticket", purchasePrice => "$1,654", requestor => "kevin",
        ticketType => "Floor", companyName => "msonline.nextlevel3.com",
    });
    assert_eq!(peers.expect("renders"), text.text());
    bench.faster_than(
        "render the purchase, checked, with parts",
        &mut ours,
        ("minijinja, the text", &mut peer),
    );
}

fn parse(bench: &mut Bench) {
    let source = jinja();
    let mut ours = || {
        black_box(Template::parse(black_box(TEMPLATE)).expect("a template"));
    };
    let mut peer = || {
        let mut environment = minijinja::Environment::new();
        environment.add_template("purchase", black_box(&source)).expect("a template");
        black_box(serde_json::from_str::<Fields>(black_box(TEMPLATE)).expect("a record"));
        black_box(environment);
    };
    let peer_name = "minijinja's parse and serde of the same JSON";
    bench.faster_than("parse and check the template", &mut ours, (peer_name, &mut peer));
}

/// The template's record as an application would declare it for serde.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only the time of reading matters")]
struct Fields {
    approval_type: String,
    template_name: String,
    approval_title: String,
    approval_key: String,
    approval_data: String,
    default_approvers: Vec<String>,
    default_approver_groups: Vec<String>,
    metadata: Vec<Field>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only the time of reading matters")]
struct Field {
    key: String,
    default_value: String,
}

/// Returns the template's text in the syntax of minijinja.
fn jinja() -> String {
    let template = Json::parse(TEMPLATE).expect("JSON");
    let text = template.get("approvalData").and_then(Json::as_str).expect("a text");
    text.replace("${", "{{ ").replace('}', " }}")
}

/// Compares reading the template's record into a tree.
fn json(bench: &mut Bench) {
    let mut ours = || drop(black_box(Json::parse(TEMPLATE).expect("JSON")));
    let mut peer = || drop(black_box(serde_json::from_str::<serde_json::Value>(TEMPLATE).expect("JSON")));
    bench.faster_than("strict JSON from text", &mut ours, ("serde_json's Value, in order", &mut peer));
}

/// Checks that the time to restore a request grows linearly: compares 10, 100 and 1,000 events of a grant that can be
/// consumed repeatedly.
fn restore(bench: &mut Bench) {
    let purchase = Purchase::until_expiry();
    let events = |count: usize| {
        let mut request = purchase.approved();
        while request.events().len() < count {
            request
                .consume_at(&Act::new(purchase.body.meta_data().clone()), purchase.at.now)
                .expect("consumes");
        }
        let texts: Vec<String> = request.events().iter().map(Event::to_text).collect();
        move || {
            let events = texts.iter().map(|text| Event::parse(text).expect("an event"));
            black_box(ApprovalRequest::restore(events).expect("a request"));
        }
    };
    let (ten, mut hundred, mut thousand) = (events(10), events(100), events(1000));
    let mut ten_times = || (0..10).for_each(|_| ten());
    bench.above_floor("restore 100 events", &mut hundred, ("10 events, ten times", &mut ten_times));
    let mut ten_times = || (0..10).for_each(|_| hundred());
    bench.above_floor("restore 1,000 events", &mut thousand, ("100 events, ten times", &mut ten_times));
}

const TEMPLATE: &str = include_str!("../../examples/purchase/approve.template.json");

/// The published purchase example.
struct Purchase {
    template: Template,
    body: RequestBody,
    origin: Origin,
    people: Directory,
    at: At,
}

impl Purchase {
    fn new() -> Self {
        Self::by(TEMPLATE)
    }

    fn until_expiry() -> Self {
        Self::by(&TEMPLATE.replacen('{', r#"{"grantUse": "untilExpiry","#, 1))
    }

    fn by(template: &str) -> Self {
        let body = include_str!("../../examples/purchase/approve.request.json");
        let id: Id = "018bcfe5-6800-7000-8000-000000000001".parse().expect("an id");
        Self {
            template: Template::parse(template).expect("a template"),
            body: RequestBody::parse(body).expect("a body"),
            origin: Origin::new("msonline.nextlevel3.com", "kevin").expect("an origin"),
            people: Directory::everyone(),
            at: At { now: UnixTime::from_seconds(1_700_000_000), id },
        }
    }

    fn play(&self) -> ApprovalRequest {
        let mut request = self.approved();
        request.consume_at(&Act::new(self.body.meta_data().clone()), self.at.now).expect("consumes");
        request
    }

    fn approved(&self) -> ApprovalRequest {
        let opened =
            ApprovalRequest::open_at(&self.template, &self.body, &self.origin, &self.people, self.at);
        let mut request = opened.expect("opens");
        let decision = Decision::approve("steve@nl3.com", request.content_hash());
        let grant: Id = "018bcfe5-6800-7000-8000-000000000002".parse().expect("an id");
        request.decide_at(&decision, &self.people, At { id: grant, ..self.at }).expect("decides");
        request
    }

    /// Returns the texts that the library must hash: the content at opening and again when the grant is consumed, and
    /// each event. They are built here from the request's record and compared with the library's hashes.
    fn hashed(&self) -> Vec<Vec<u8>> {
        let request = self.play();
        let record = request.to_json(self.at.now);
        let mut content = Object::new().with("v", 1).with("company", request.application());
        content.insert("requestId", request.id());
        content.insert("claims", Object::new());
        for key in [
            "application",
            "subject",
            "templateId",
            "templateVersion",
            "approvalType",
            "title",
            "text",
            "metaData",
            "attachments",
        ] {
            content.insert(key, record.get(key).expect("a member of the record").clone());
        }
        let content = Json::from(content).to_canonical();
        assert_eq!(digest(&content), request.content_hash().to_string());
        let mut texts = vec![content.clone().into_bytes(), content.into_bytes()];
        for event in request.events().iter().map(Event::to_text) {
            let Ok(Json::Object(mut members)) = Json::parse(&event) else { panic!("{event}") };
            let hash = members.remove("hash").expect("a hash");
            let text = Json::from(members).to_canonical();
            assert_eq!(hash.as_str(), Some(&*digest(&text)));
            texts.push(text.into_bytes());
        }
        texts
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
