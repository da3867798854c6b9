//! Answers the questions of the interop tests with the Rust library: one JSON line for each, see
//! `tests/interop/README.md`.

use std::io::{BufRead, Write};
use std::time::Duration;

use jit_approvals::event::{Actor, Event};
use jit_approvals::json::{Json, Object};
use jit_approvals::{
    AccessTokenVerifier, Act, ApprovalRequest, Decision, Directory, Error, Id, Minter, Origin, RequestBody,
    Result, SigningKey, Template, UnixTime, Verifier, origin, plain_text, verify_chain,
};

const TEMPLATE: &str = r#"{
    "approvalType": "approve", "templateName": "Refund", "approvalKey": "REFUND", "approvalTitle": "Refund?",
    "approvalData": "Refund $(amount).", "defaultApprovers": ["ann@example.com"],
    "metadata": [{"key": "amount", "type": "number"}]
}"#;

/// A question of the tests.
struct Given(Json);

impl Given {
    fn text(&self, name: &str) -> &str {
        self.optional(name).unwrap_or_else(|| panic!("`{name}` is missing"))
    }

    fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Json::as_str)
    }

    fn now(&self) -> UnixTime {
        let Some(Json::Number(number)) = self.0.get("now") else { panic!("`now` is missing") };
        UnixTime::from_seconds(number.as_i64().expect("an integer"))
    }

    fn key(&self) -> Result<SigningKey> {
        SigningKey::from_base64(self.text("key"))
    }

    fn verifier(&self) -> Result<Verifier> {
        Verifier::builder(&self.key()?).issuer(self.text("issuer")).audience(self.text("audience")).build()
    }

    fn at(&self) -> Result<jit_approvals::event::At> {
        let id = self.optional("id").map_or_else(Id::v7, str::parse)?;
        Ok(jit_approvals::event::At { now: self.now(), id })
    }

    fn events(&self) -> Result<Vec<Event>> {
        let Some(Json::Array(events)) = self.0.get("events") else { panic!("`events` is missing") };
        events.iter().map(|event| Event::parse(event.as_str().expect("a text"))).collect()
    }

    fn request(&self) -> Result<ApprovalRequest> {
        ApprovalRequest::restore(self.events()?)
    }

    fn directory(&self) -> Result<Option<Directory>> {
        self.optional("directory").map(|text| Directory::from_json(&Json::parse(text)?)).transpose()
    }
}

fn main() {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let given = Given(Json::parse(&line.expect("a line")).expect("JSON"));
        let answer = match answer(&given) {
            Ok(value) => Object::new().with("ok", value),
            Err(error) => Object::new().with("error", error.to_json()),
        };
        writeln!(out, "{answer}").and_then(|()| out.flush()).expect("the tests read the answer");
    }
}

fn answer(given: &Given) -> Result<Json> {
    let text = |value: Json| Json::from(value.to_string());
    Ok(match given.text("operation") {
        "mint" => {
            let minter = Minter::builder(&given.key()?);
            let minter = minter.issuer(given.text("issuer")).audience(given.text("audience")).build()?;
            let claims = Object::parse(given.text("claims"))?;
            minter.mint_at(given.text("subject"), &claims, given.now(), given.text("jti"))?.into()
        }
        "verify" => {
            let claims = given.verifier()?.verify_at(given.text("token"), given.now())?;
            text(claims.into_object().into())
        }
        "origin" => text(origin(&given.verifier()?.verify_at(given.text("token"), given.now())?)?.to_json()),
        "open" => {
            let template = Template::parse(given.text("template"))?;
            let body = RequestBody::parse(given.text("body"))?;
            let from = Json::parse(given.text("origin"))?;
            let member = |name: &str| from.get(name).and_then(Json::as_str).unwrap_or_default();
            let mut origin = Origin::new(member("application"), member("subject"))?;
            if let Some(Json::Object(claims)) = from.get("claims") {
                origin = origin.with_claims(claims.clone());
            }
            let directory = given.directory()?.expect("`directory` is given");
            let request = ApprovalRequest::open_at(&template, &body, &origin, &directory, given.at()?)?;
            Object::new()
                .with("events", texts(&request))
                .with("contentHash", request.content_hash().to_string())
                .with("text", request.text())
                .into()
        }
        "decide" => {
            let mut request = given.request()?;
            let decision = match given.text("verdict") {
                "approve" => Decision::approve(given.text("approver"), request.content_hash()),
                _ => Decision::reject(given.text("approver"), request.content_hash()),
            };
            let decision = match given.optional("comment") {
                Some(comment) => decision.with_comment(comment),
                None => decision,
            };
            request.decide_at(&decision, given.directory()?.as_ref(), given.at()?)?;
            texts(&request)
        }
        "consume" => {
            let mut request = given.request()?;
            request.consume_at(&Act::from_json(&Json::parse(given.text("act"))?)?, given.now())?;
            texts(&request)
        }
        "accessToken" => {
            given.request()?.access_token_at(given.text("issuer"), &given.key()?, given.now())?.into()
        }
        "verifyAccess" => {
            let access = AccessTokenVerifier::builder(&given.key()?)
                .issuer(given.text("issuer"))
                .application(given.text("application"))
                .build()?;
            text(access.verify_at(given.text("token"), given.now())?.to_json())
        }
        "verifyChain" => {
            let report = verify_chain(&given.events()?, None)?;
            Object::new().with("count", report.head.count).with("complete", report.complete).into()
        }
        "plainText" => plain_text(given.text("text")).into(),
        "mistake" => mistake(given.text("name"))?,
        other => panic!("unknown operation {other}"),
    })
}

/// The texts of all events.
fn texts(request: &ApprovalRequest) -> Json {
    request.events().iter().map(Event::to_text).collect::<Vec<_>>().into()
}

/// Makes a mistake of a user. A mistake that Rust's types do not allow returns `not expressible`.
fn mistake(name: &str) -> Result<Json> {
    let key = || SigningKey::from_base64(&"A".repeat(44));
    let minter = || Minter::builder(&key()?).issuer("shop").audience("host").build();
    let verifier = || Ok::<_, Error>(Verifier::builder(&key()?));
    let template = |from: &str, to: &str| Template::parse(&TEMPLATE.replace(from, to));
    let render = |name: &str, value: Json| {
        let values = Object::new().with(name, value);
        Template::parse(TEMPLATE)?.render(&values, &Origin::new("shop", "kevin")?, Id::NIL)
    };
    let opened = || {
        let body = RequestBody::new("REFUND").with_meta_data([("amount", "5")]);
        let origin = Origin::new("shop", "kevin")?;
        ApprovalRequest::open(&Template::parse(TEMPLATE)?, &body, &origin, &Directory::everyone())
    };
    let directory = |text: &str| Directory::from_json(&Json::parse(text)?);
    match name {
        "keyTooShort" => SigningKey::from_base64("AAAA").map(drop)?,
        "keyNotBase64" => SigningKey::from_base64(&"*".repeat(44)).map(drop)?,
        "keyMissing" | "issuerOfAnotherType" | "subjectNull" | "claimNotFinite" | "issuerAndAny" => {
            return Ok("not expressible".into());
        }
        "issuerEmpty" => Minter::builder(&key()?).issuer("").audience("host").build().map(drop)?,
        "lifetimeTooLong" => {
            let minter = Minter::builder(&key()?).issuer("shop").audience("host");
            minter.lifetime(Duration::from_secs(90_000)).build().map(drop)?;
        }
        "reservedClaim" => minter()?.mint("kevin", &Object::new().with("sub", "eve")).map(drop)?,
        "issuerLeftOut" => verifier()?.audience("host").build().map(drop)?,
        "audiencesEmpty" => verifier()?.issuer("shop").audiences(Vec::<String>::new()).build().map(drop)?,
        "tokenMalformed" => {
            verifier()?.issuer("shop").audience("host").build()?.verify("no token").map(drop)?;
        }
        "templateUnknownMember" => {
            template("\"templateName\"", "\"approvalTittle\": \"x\", \"templateName\"").map(drop)?;
        }
        "templateUndeclared" => template("Refund $(amount).", "$(price)").map(drop)?,
        "amountAsFloat" => render("amount", Json::parse("12.5")?).map(drop)?,
        "amountNull" => render("amount", Json::Null).map(drop)?,
        "unknownField" => render("amuont", "5".into()).map(drop)?,
        "hiddenCharacter" => render("amount", "5\u{202e}".into()).map(drop)?,
        "directoryWithoutPeople" => directory("{}").map(drop)?,
        "personWithoutActive" => directory(r#"{"people": [{"email": "ann@example.com"}]}"#).map(drop)?,
        "notEligible" => {
            let mut request = opened()?;
            request.decide(&Decision::approve("bob@example.com", request.content_hash()), None).map(drop)?;
        }
        "otherHash" => {
            opened()?
                .decide(&Decision::approve("ann@example.com", "0".repeat(64).parse()?), None)
                .map(drop)?;
        }
        "hashMalformed" => {
            opened()?.decide(&Decision::approve("ann@example.com", "abc".parse()?), None).map(drop)?;
        }
        "noGrant" => opened()?.consume(&Act::new([("amount", "5")]))?,
        "actorNotAllowed" => opened()?.cancel(Actor::application("other"), None)?,
        "noEvents" => ApprovalRequest::restore(Vec::new()).map(drop)?,
        "eventNotCanonical" => {
            let request = opened()?;
            let events = request.events().iter().map(|event| Event::parse(&format!(" {}", event.to_text())));
            events.collect::<Result<Vec<_>>>().map(drop)?;
        }
        other => panic!("unknown mistake {other}"),
    }
    Ok(Json::Null)
}
