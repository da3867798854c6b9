//! Runs the operations of templates, requests and events.

use jit_approvals::event::{Actor, At, Event, Head};
use jit_approvals::json::{Json, Object};
use jit_approvals::{
    Act, ApprovalRequest, Decision, Directory, Origin, RequestBody, Result, Template, UnixTime,
};

use crate::given::Given;

/// The id for steps that do not give one.
const ANY_ID: &str = "018bcfe5-6800-7000-8000-999999999999";

pub(crate) fn parse_body(given: &Given<'_>) -> Result<Json> {
    let text = match given.optional("repeat") {
        Some(_) => given.text("repeat").repeat(usize::try_from(given.integer("times")).unwrap()),
        None => given.text("text").to_owned(),
    };
    let body = RequestBody::parse(&text)?;
    let mut object = Object::new();
    if !body.approvers().is_empty() {
        object.insert("approvers", body.approvers().to_vec());
    }
    if !body.meta_data().is_empty() {
        object.insert("metaData", body.meta_data().clone());
    }
    Ok(object.with("templateId", body.template_id()).into())
}

pub(crate) fn parse_template(given: &Given<'_>) -> Result<Json> {
    let template = Template::from_json(given.value("template"))?;
    let fields: Vec<&str> = template.fields().iter().map(|field| field.key.as_str()).collect();
    let object = Object::new().with("key", template.key()).with("version", template.version());
    Ok(object.with("fields", fields).into())
}

pub(crate) fn render(given: &Given<'_>) -> Result<Json> {
    let template = Template::from_json(given.value("template"))?;
    let id = given.text("requestId").parse()?;
    let members = ["application", "subject", "companyName", "claims"].into_iter();
    let origin: Object = members.filter_map(|name| Some((name, given.optional(name)?.clone()))).collect();
    let origin = Origin::from_json(&origin.into())?;
    Ok(template.render(given.object("metaData"), &origin, id)?.to_json())
}

pub(crate) fn open(given: &Given<'_>) -> Result<Json> {
    let request = opened(given)?;
    let event = request.events()[0].to_text();
    Ok(Object::new().with("event", event).with("contentHash", request.content_hash().to_string()).into())
}

pub(crate) fn play(given: &Given<'_>) -> Result<Json> {
    let opening = given.inner("opening");
    let mut request = opened(&opening)?;
    let steps = given.array("steps");
    for (index, step) in steps.iter().enumerate() {
        let before = request.events().to_vec();
        let outcome = run_step(&mut request, &Given(step), &opening);
        if let Some(code) = step.get("fails").and_then(Json::as_str) {
            assert_eq!(outcome.unwrap_err().code(), code, "step {index} of {}", given.0);
            assert_eq!(request.events(), before, "a command that fails changes nothing");
        } else if index + 1 == steps.len() {
            outcome?;
        } else {
            outcome.unwrap_or_else(|error| panic!("step {index} of {}: {error}", given.0));
        }
    }
    let events: Vec<String> = request.events().iter().map(Event::to_text).collect();
    Ok(state(&request).with("events", events).into())
}

pub(crate) fn may_decide(given: &Given<'_>) -> Result<Json> {
    let opening = given.inner("opening");
    let mut request = opened(&opening)?;
    for step in given.array("steps") {
        run_step(&mut request, &Given(step), &opening).unwrap();
    }
    let (approver, now) = (given.text("approver"), given.time("now"));
    if given.optional("withoutDirectory").is_some() {
        request.may_decide(approver, None, now)?.map_or(Ok(()), Err)?;
    } else {
        let directory = directory(if given.optional("directory").is_some() { given } else { &opening })?;
        request.may_decide(approver, &directory, now)?.map_or(Ok(()), Err)?;
    }
    let needs = request.needs_of(approver);
    let needs = Object::new().with("emails", needs.emails).with("groups", needs.groups);
    Ok(Object::new().with("needs", needs).into())
}

pub(crate) fn at(given: &Given<'_>) -> Result<Json> {
    let now = given.time("now");
    let whole = ApprovalRequest::restore(events(given)?)?;
    let then = whole.at(now);
    assert_eq!(whole.to_json(now), then.to_json(now));
    assert_eq!(whole.status(now), then.status(now));
    assert!(then.events().iter().skip(1).all(|event| event.at() <= now));
    Ok(state_at(&then, now).into())
}

pub(crate) fn restore(given: &Given<'_>) -> Result<Json> {
    let request = match head(given) {
        Some(head) => ApprovalRequest::restore_with_head(events(given)?, head)?,
        None => ApprovalRequest::restore(events(given)?)?,
    };
    Ok(state(&request).with("events", request.events().len() as u64).into())
}

pub(crate) fn verify_chain(given: &Given<'_>) -> Result<Json> {
    let report = jit_approvals::verify_chain(&events(given)?, head(given))?;
    Ok(Object::new().with("count", report.head.count).with("complete", report.complete).into())
}

fn head(given: &Given<'_>) -> Option<Head> {
    let head = Given(given.optional("head")?);
    Some(Head { count: head.integer("count").unsigned_abs(), hash: head.text("hash").parse().unwrap() })
}

pub(crate) fn plain_text(given: &Given<'_>) -> Json {
    let plain = jit_approvals::plain_text(given.text("text"));
    assert_eq!(jit_approvals::plain_text(&plain), plain, "a second pass changes nothing");
    Object::new().with("text", plain).into()
}

pub(crate) fn same_person(given: &Given<'_>) -> Json {
    let mut keys = given.array("names").iter().map(|name| jit_approvals::identity(name.as_str().unwrap()));
    Object::new().with("same", keys.next() == keys.next()).into()
}

fn events(given: &Given<'_>) -> Result<Vec<Event>> {
    given.array("events").iter().map(|text| Event::parse(text.as_str().unwrap())).collect()
}

fn opened(given: &Given<'_>) -> Result<ApprovalRequest> {
    let template = Template::from_json(given.value("template"))?;
    let body = RequestBody::from_json(given.value("body"))?;
    let origin = Origin::from_json(given.value("origin"))?;
    let at = At { now: given.time("now"), id: given.text("id").parse()? };
    ApprovalRequest::open_at(&template, &body, &origin, &directory(given)?, at)
}

fn directory(given: &Given<'_>) -> Result<Directory> {
    Directory::from_json(given.value("directory"))
}

fn run_step(request: &mut ApprovalRequest, step: &Given<'_>, opening: &Given<'_>) -> Result<()> {
    let id = if step.optional("id").is_some() { step.text("id") } else { ANY_ID };
    let at = At { now: step.time("at"), id: id.parse()? };
    let text = |name| step.optional(name).map(|_| step.text(name));
    match step.text("do") {
        "decide" => {
            let seen = text("contentHash").map_or(Ok(request.content_hash()), str::parse)?;
            let mut decision = match step.text("verdict") {
                "approve" => Decision::approve(step.text("approver"), seen),
                _ => Decision::reject(step.text("approver"), seen),
            };
            if let Some(comment) = text("comment") {
                decision = decision.with_comment(comment);
            }
            if let Some(name) = text("signature") {
                decision = decision.with_signature(name);
            }
            if step.optional("withoutDirectory").is_some() {
                return request.decide_at(&decision, None, at).map(|_| ());
            }
            let directory = directory(if step.optional("directory").is_some() { step } else { opening })?;
            request.decide_at(&decision, &directory, at).map(|_| ())
        }
        "cancel" => request.cancel_at(Actor::from_json(step.value("actor"))?, text("reason"), at.now),
        "consume" => request.consume_at(&Act::from_json(step.value("act"))?, at.now),
        "revoke" => request.revoke_at(Actor::from_json(step.value("actor"))?, text("reason"), at.now),
        "expire" => request.expire_at(at.now).map(|_| ()),
        other => panic!("unknown step `{other}`"),
    }
}

/// Returns the status of the request and of its grant, one second after the last event.
fn state(request: &ApprovalRequest) -> Object {
    state_at(request, request.events().last().unwrap().at().plus(1))
}

fn state_at(request: &ApprovalRequest, now: UnixTime) -> Object {
    let object = Object::new().with("status", request.status(now).as_str());
    match request.grant() {
        Some(grant) => object.with("grant", grant.status(now).as_str()),
        None => object,
    }
}
