//! `POST /approvalRequest`

use jit_approvals::event::At;
use jit_approvals::{ApprovalRequest, Device, Location, RequestBody};
use jit_approvals_api::{errors, headers, paths};
use jit_approvals_base::Id;
use jit_approvals_store::directory;

use crate::answer::{Answer, Computed, Written};
use crate::call::{Call, invalid_header};
use crate::caller::Application;
use crate::idempotency::Repeatable;
use crate::refusal::Result;
use crate::request::Stored;
use crate::state::Attempt;

/// Opens a request.
pub(crate) fn run(attempt: &mut Attempt<'_>, caller: Application) -> Result<Computed> {
    let json = attempt.call.json()?;
    let (repeatable, earlier) = Repeatable::find(attempt, &caller, &json)?;
    if let Some(id) = earlier {
        let stored = Stored::load_own(attempt, &caller, id)?;
        return Ok(Answer::ok(stored.record_for(attempt, &caller)?).into());
    }
    let jti = caller.jti(attempt)?;
    caller.check_subject(attempt)?;
    attempt.state.pending.check(attempt.reader, &caller, &attempt.state.limits)?;
    let body = RequestBody::from_json(&json)?;
    let key = body.template_id();
    let templates = &attempt.state.templates;
    let template = templates.newest(attempt.reader, caller.company, caller.revision, key)?;
    let template = template.ok_or_else(|| errors::unknown_template(key).with_field("templateId"))?;
    let origin = caller.origin()?.with_device(device(attempt.call)?);
    let application = Some(caller.row().id);
    let people = directory(attempt.reader, caller.company, application, &template.needs(&body))?;
    let at = At { now: attempt.now(), id: Id::v7()? };
    let request = ApprovalRequest::open_at(&template, &body, &origin, &people, at)?;
    let stored = Stored::new(caller.company, request);
    let (id, until) = (stored.request.id(), stored.kept_until());
    let claims = repeatable.map(|repeatable| repeatable.claim(id, until)).into_iter().chain(jti);
    let change = stored.first_change(attempt, &caller, claims.collect());
    // Perhaps it is not: then one more is counted until they are counted again.
    attempt.state.pending.opened(&caller);
    let location = paths::under_base(&paths::REQUEST.replace("{id}", &stored.request.id().to_string()));
    let answer = Answer::created(stored.record_for(attempt, &caller)?, &location);
    Ok(Written { change, answer }.into())
}

/// What the application reported of the device. A text that cannot be shown is left out.
fn device(call: &Call) -> Result<Device> {
    let text =
        |name: &str| call.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let mut device = Device::new();
    if let Some(agent) = text("user-agent") {
        device = device.with_user_agent(agent);
    }
    if let Some(brands) = text(headers::BRANDS) {
        device = device.with_brands(brands);
    }
    if let Some(platform) = text(headers::PLATFORM) {
        device = device.with_platform(platform);
    }
    match call.header(headers::DEVICE_LOCATION)? {
        Some(text) => Ok(device.with_location(location(text)?)),
        None => Ok(device),
    }
}

/// Reads `lat,lon`.
fn location(text: &str) -> Result<Location> {
    let degrees = |text: &str| {
        let text = text.trim();
        // `nan`, `inf` and exponents are numbers for the parser, but not decimal degrees.
        let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
        text.parse::<f64>().ok().filter(|_| is_decimal)
    };
    let pair = text.split_once(',').and_then(|(lat, lon)| degrees(lat).zip(degrees(lon)));
    pair.and_then(|(lat, lon)| Location::new(lat, lon).ok()).ok_or_else(|| {
        let expected = "`lat,lon` in decimal degrees, such as `40.7128,-74.0060`";
        invalid_header(headers::DEVICE_LOCATION, expected).into()
    })
}
