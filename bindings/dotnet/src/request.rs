//! Approval requests.

use std::sync::Mutex;

use jit_approvals::bindings::at;
use jit_approvals::event::Actor;
use jit_approvals::json::{Json, Object};
use jit_approvals::{Act, ApprovalRequest, Decision, Directory, Result};

use crate::abi::{JitBuffer, JitSlice, call, create, free, get, lock, time, write};
use crate::event;
use crate::key::JitSigningKey;
use crate::template::needs_text;

/// A request and its events. Commands from several threads run one after the other.
#[derive(Debug)]
pub struct JitApprovalRequest(Mutex<ApprovalRequest>);

impl JitApprovalRequest {
    pub(crate) fn new(request: ApprovalRequest) -> Self {
        Self(Mutex::new(request))
    }
}

/// Restores a request from the texts of its events. The other arguments are those of `jit_verify_chain`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_restore(
    events: *const JitSlice,
    count: usize,
    any_spelling: u8,
    head_count: i64,
    head_hash: JitSlice,
    request: *mut *mut JitApprovalRequest,
    out: *mut JitBuffer,
) -> u32 {
    create(request, out, || {
        let events = event::read(events, count, any_spelling)?;
        let request = match event::head(head_count, head_hash)? {
            Some(head) => ApprovalRequest::restore_with_head(events, head),
            None => ApprovalRequest::restore(events),
        };
        request.map(JitApprovalRequest::new)
    })
}

/// Returns the record at the given time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_record(
    request: *const JitApprovalRequest,
    now: i64,
    out: *mut JitBuffer,
) -> u32 {
    read(request, out, |request| Ok(request.to_json(time(now)).to_string()))
}

/// Returns what the record does not show: `{company, claims, people}`. `people` is `everyone` or `listed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_details(
    request: *const JitApprovalRequest,
    out: *mut JitBuffer,
) -> u32 {
    read(request, out, |request| {
        let object = Object::new()
            .with("company", request.company())
            .with("claims", request.claims().collect::<Object>())
            .with("people", request.people().as_str());
        Ok(Json::from(object).to_string())
    })
}

/// Returns the status at the given time, such as `pending`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_status(
    request: *const JitApprovalRequest,
    now: i64,
    out: *mut JitBuffer,
) -> u32 {
    read(request, out, |request| Ok(request.status(time(now)).as_str()))
}

/// Returns the head: `{count, hash}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_head(
    request: *const JitApprovalRequest,
    out: *mut JitBuffer,
) -> u32 {
    read(request, out, |request| {
        let head = request.head();
        Ok(Object::new().with("count", head.count).with("hash", head.hash.to_string()).to_string())
    })
}

/// Returns the texts of the events after the given sequence number, one on each line.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_events_since(
    request: *const JitApprovalRequest,
    sequence: u64,
    out: *mut JitBuffer,
) -> u32 {
    read(request, out, |request| Ok(event::lines(request.events_since(sequence))))
}

/// Returns what a directory must contain for a decision of this approver: `{emails, groups}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_needs_of(
    request: *const JitApprovalRequest,
    approver: JitSlice,
    out: *mut JitBuffer,
) -> u32 {
    read(request, out, |request| Ok(needs_text(request.needs_of(approver.text("approver")?))))
}

/// Returns no value if this person may decide, otherwise the record of the error that says why not. `directory` is
/// optional, as in `jit_approval_request_decide`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_may_decide(
    request: *const JitApprovalRequest,
    approver: JitSlice,
    directory: JitSlice,
    now: i64,
    out: *mut JitBuffer,
) -> u32 {
    read(request, out, |request| {
        let directory = optional_directory(directory)?;
        let reason = request.may_decide(approver.text("approver")?, directory.as_ref(), time(now))?;
        Ok(reason.map(|reason| reason.to_json().to_string()))
    })
}

/// Records a decision: `{approver, verdict, contentHash, comment?, signature?}`.
///
/// `directory` may be left out only if the request was opened with everyone and the approver was named directly. `id` is
/// optional: the id of the grant, if this decision completes the approval. `recorded` receives 0 if the approver has
/// already made the same decision, otherwise 1; it may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_decide(
    request: *const JitApprovalRequest,
    decision: JitSlice,
    directory: JitSlice,
    now: i64,
    id: JitSlice,
    recorded: *mut u8,
    out: *mut JitBuffer,
) -> u32 {
    change(request, out, |request| {
        let decision = decision.record("decision", Decision::from_json)?;
        let directory = optional_directory(directory)?;
        let at = at(Some(time(now)), id.id("id")?)?;
        write(recorded, request.decide_at(&decision, directory.as_ref(), at)?.into());
        Ok(())
    })
}

/// Withdraws the request while it is pending. `actor` is `{kind, id}`, `reason` is optional.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_cancel(
    request: *const JitApprovalRequest,
    actor: JitSlice,
    reason: JitSlice,
    now: i64,
    out: *mut JitBuffer,
) -> u32 {
    change(request, out, |request| {
        let actor = actor.record("actor", Actor::from_json)?;
        request.cancel_at(actor, reason.optional("reason")?, time(now))
    })
}

/// Uses the grant for this act: `{metaData, attachments?}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_consume(
    request: *const JitApprovalRequest,
    act: JitSlice,
    now: i64,
    out: *mut JitBuffer,
) -> u32 {
    change(request, out, |request| request.consume_at(&act.record("act", Act::from_json)?, time(now)))
}

/// Revokes the grant. `actor` is `{kind, id}`, `reason` is optional.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_revoke(
    request: *const JitApprovalRequest,
    actor: JitSlice,
    reason: JitSlice,
    now: i64,
    out: *mut JitBuffer,
) -> u32 {
    change(request, out, |request| {
        let actor = actor.record("actor", Actor::from_json)?;
        request.revoke_at(actor, reason.optional("reason")?, time(now))
    })
}

/// Records the expiry if the request has expired and no event says so. `recorded` receives 1 if it did, otherwise 0; it
/// may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_expire(
    request: *const JitApprovalRequest,
    now: i64,
    recorded: *mut u8,
    out: *mut JitBuffer,
) -> u32 {
    change(request, out, |request| {
        write(recorded, request.expire_at(time(now))?.into());
        Ok(())
    })
}

/// Adds an event that another copy of the request made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_apply(
    request: *const JitApprovalRequest,
    event: JitSlice,
    any_spelling: u8,
    out: *mut JitBuffer,
) -> u32 {
    change(request, out, |request| request.apply(event::read_one(event, any_spelling)?))
}

/// Returns the signed text that carries the grant from the host `issuer` to the application.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_access_token(
    request: *const JitApprovalRequest,
    issuer: JitSlice,
    key: *const JitSigningKey,
    now: i64,
    out: *mut JitBuffer,
) -> u32 {
    read(request, out, |request| {
        request.access_token_at(issuer.text("issuer")?, &get(key, "key")?.0, time(now))
    })
}

/// Frees a request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_approval_request_free(request: *mut JitApprovalRequest) {
    free(request);
}

unsafe fn read<T: crate::abi::IntoBuffer>(
    request: *const JitApprovalRequest,
    out: *mut JitBuffer,
    body: impl FnOnce(&ApprovalRequest) -> Result<T>,
) -> u32 {
    call(out, || body(&lock(&get(request, "request")?.0)))
}

unsafe fn change(
    request: *const JitApprovalRequest,
    out: *mut JitBuffer,
    body: impl FnOnce(&mut ApprovalRequest) -> Result<()>,
) -> u32 {
    call(out, || body(&mut lock(&get(request, "request")?.0)))
}

unsafe fn optional_directory(directory: JitSlice) -> Result<Option<Directory>> {
    let given = directory.optional("directory")?;
    given.map(|text| Directory::from_json(&Json::parse(text)?)).transpose()
}
