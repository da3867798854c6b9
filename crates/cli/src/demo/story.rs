//! The steps of the demo.

use jit_approvals::Minter;
use jit_approvals::event::{ChainReport, Event};
use jit_approvals::json::Object;
use jit_approvals::template::ApprovalType;
use jit_approvals::token::AccessToken;
use jit_approvals::{
    AccessTokenVerifier, Act, ApprovalRequest, Claims, Decision, Directory, Error, RequestBody, Result,
    SigningKey, Template, UnixTime, Verifier, origin, verify_chain,
};

use super::{Arguments, Kind};

/// The application: the `iss` of its auth tokens.
pub(super) const APPLICATION: &str = "msonline.nextlevel3.com";
/// The host that receives its requests.
pub(super) const HOST: &str = "api.nextlevel3.com";
/// The user on whose behalf the application asks.
const SUBJECT: &str = "kevin";

/// All results of the demo.
pub(super) struct Story {
    pub(super) auth_token: String,
    pub(super) claims: Claims,
    pub(super) template: Template,
    pub(super) template_file: &'static str,
    pub(super) request: ApprovalRequest,
    pub(super) decision: Decision,
    pub(super) access: Option<(String, AccessToken)>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) chain: ChainReport,
    pub(super) now: UnixTime,
}

/// One attempt of the application to act.
pub(super) struct Attempt {
    pub(super) about: &'static str,
    pub(super) act: Act,
    pub(super) error: Option<Error>,
}

/// A published example from `examples/purchase/`.
struct Example {
    file: &'static str,
    template: &'static str,
    request: &'static str,
    approver: &'static str,
}

const APPROVE: Example = Example {
    file: "examples/purchase/approve.template.json",
    template: include_str!("purchase/approve.template.json"),
    request: include_str!("purchase/approve.request.json"),
    approver: "steve@nl3.com",
};

const SIGN: Example = Example {
    file: "examples/purchase/sign.template.json",
    template: include_str!("purchase/sign.template.json"),
    request: include_str!("purchase/sign.request.json"),
    approver: "kevin@nextlevel3.com",
};

impl Story {
    pub(super) fn play(arguments: &Arguments) -> Result<Self> {
        let example = match arguments.kind {
            Kind::Approve => APPROVE,
            Kind::Sign => SIGN,
        };
        let key = SigningKey::generate()?.with_id("demo");
        let auth_token = Minter::builder(&key)
            .issuer(APPLICATION)
            .audience(HOST)
            .build()?
            .mint(SUBJECT, &Object::new())?;
        let claims = Verifier::builder(&key)
            .issuer(APPLICATION)
            .audience(HOST)
            .require_subject()
            .build()?
            .verify(&auth_token)?;

        let template = Template::parse(example.template)?;
        let body = RequestBody::parse(example.request)?;
        let people = Directory::everyone();
        let mut request = ApprovalRequest::open(&template, &body, &origin(&claims)?, &people)?;

        let decision = decision(arguments, &template, &request, example.approver);
        request.decide(&decision, &people)?;

        let access = match request.grant() {
            Some(_) => {
                let token = request.access_token(HOST, &key)?;
                let verified = AccessTokenVerifier::builder(&key)
                    .issuer(HOST)
                    .application(APPLICATION)
                    .build()?
                    .verify(&token)?;
                Some((token, verified))
            }
            None => None,
        };
        let attempts = attempts(&mut request, &body);

        // Do what a store does: save the events as text, read them again, and keep the head separately.
        let (head, texts) = (request.head(), request.events().iter().map(Event::to_text));
        let events = texts.map(|text| Event::parse(&text)).collect::<Result<Vec<_>>>()?;
        let chain = verify_chain(&events, Some(head))?;
        let request = ApprovalRequest::restore(events)?;
        Ok(Self {
            auth_token,
            claims,
            template,
            template_file: example.file,
            request,
            decision,
            access,
            attempts,
            chain,
            now: UnixTime::now(),
        })
    }
}

fn decision(
    arguments: &Arguments,
    template: &Template,
    request: &ApprovalRequest,
    approver: &str,
) -> Decision {
    let seen = request.content_hash();
    let mut decision =
        if arguments.reject { Decision::reject(approver, seen) } else { Decision::approve(approver, seen) };
    let unsigned = template.approval_type() == ApprovalType::SignAndApprove && !arguments.reject;
    if let Some(name) = arguments.sign.as_deref().or(unsigned.then_some("Kevin")) {
        decision = decision.with_signature(name);
    }
    if let Some(comment) = &arguments.comment {
        decision = decision.with_comment(comment);
    }
    decision
}

/// Tries to act with another price, then with the approved values, then with the approved values again.
fn attempts(request: &mut ApprovalRequest, body: &RequestBody) -> Vec<Attempt> {
    let act = Act::new(body.meta_data().clone());
    let other = Act::new(body.meta_data().clone().with("purchasePrice", "$1,655"));
    [("another price", other), ("as approved", act.clone()), ("once more", act)]
        .into_iter()
        .map(|(about, act)| Attempt { error: request.consume(&act).err(), about, act })
        .collect()
}
