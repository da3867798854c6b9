//! `cargo xtask bench core`: what an approval costs.
#![allow(missing_docs, reason = "a program")]

use std::hint::black_box;

use jit_approvals::{
    Act, ApprovalRequest, At, Decision, Directory, Event, Id, Json, Object, Origin, RequestBody, Template,
    UnixTime,
};
use jit_approvals_tests::bench::Bench;
use sha2::{Digest as _, Sha256};

fn main() {
    let mut bench = Bench::new("core");
    let purchase = Purchase::new();
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

/// The published purchase.
struct Purchase {
    template: Template,
    body: RequestBody,
    origin: Origin,
    people: Directory,
    at: At,
}

impl Purchase {
    fn new() -> Self {
        let template = include_str!("../../examples/purchase/approve.template.json");
        let body = include_str!("../../examples/purchase/approve.request.json");
        let id: Id = "018bcfe5-6800-7000-8000-000000000001".parse().expect("an id");
        Self {
            template: Template::parse(template).expect("a template"),
            body: RequestBody::parse(body).expect("a body"),
            origin: Origin::new("msonline.nextlevel3.com", "kevin").expect("an origin"),
            people: Directory::empty(),
            at: At { now: UnixTime::from_seconds(1_700_000_000), id },
        }
    }

    fn play(&self) -> ApprovalRequest {
        let opened =
            ApprovalRequest::open_at(&self.template, &self.body, &self.origin, &self.people, self.at);
        let mut request = opened.expect("opens");
        let decision = Decision::approve("steve@nl3.com", request.content_hash());
        request.decide_at(&decision, &self.people, self.at).expect("decides");
        request.consume_at(&Act::new(self.body.meta_data.clone()), self.at).expect("consumes");
        request
    }

    /// The texts that cannot but be hashed: the content when it is opened and when it is acted on, and each
    /// event. Made here without the library's own writer, and checked against its hashes.
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
