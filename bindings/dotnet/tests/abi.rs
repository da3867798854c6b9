//! Calls of the C ABI, as a careless or hostile caller makes them. They also run under a memory checker.

#![allow(unsafe_code, missing_docs, reason = "the tests call the C ABI as C does")]

use std::ptr::{null, null_mut};

use jit_approvals_c::abi::{JIT_NOW, JitBuffer, JitSlice, jit_buffer_free};
use jit_approvals_c::{access, event, jws, jwt, key, minter, record, request, template, text, verifier};

const NONE: JitSlice = JitSlice { data: null(), length: 0 };

const TEMPLATE: &str = r#"{
    "approvalType": "approve", "templateName": "Refund", "approvalKey": "REFUND",
    "approvalTitle": "Refund $(amount)?", "approvalData": "Refund $(amount) to $(subject).",
    "defaultApprovers": ["ann@example.com"], "metadata": [{"key": "amount"}]
}"#;
const BODY: &str = r#"{"templateId": "REFUND", "metaData": {"amount": "$5"}}"#;
const ORIGIN: &str = r#"{"application": "shop.example.com", "subject": "kevin"}"#;
const EVERYONE: &str = r#"{"people": "everyone"}"#;
const ACT: &str = r#"{"metaData": {"amount": "$5"}}"#;
const OPTIONS: &str = r#"{"issuer": "shop.example.com", "audience": "approvals.example.com"}"#;

fn slice(text: &str) -> JitSlice {
    JitSlice { data: text.as_ptr(), length: text.len() }
}

/// Makes a call with a buffer, and returns the status and what the buffer held.
fn called(call: impl FnOnce(*mut JitBuffer) -> u32) -> (u32, Option<String>) {
    let mut out = JitBuffer::NONE;
    let status = call(&raw mut out);
    (status, taken(out))
}

fn taken(buffer: JitBuffer) -> Option<String> {
    if buffer.data.is_null() {
        return None;
    }
    // SAFETY: the library made the buffer.
    let bytes = unsafe { std::slice::from_raw_parts(buffer.data, buffer.length) }.to_vec();
    // SAFETY: the library made the buffer, and it is freed once.
    unsafe { jit_buffer_free(buffer) };
    Some(String::from_utf8(bytes).unwrap())
}

/// Makes a call that must succeed, and returns its text.
fn ok(call: impl FnOnce(*mut JitBuffer) -> u32) -> String {
    let (status, text) = called(call);
    assert_eq!(status, 0, "{text:?}");
    text.unwrap_or_default()
}

/// Creates a handle.
fn made<T>(create: impl FnOnce(*mut *mut T, *mut JitBuffer) -> u32) -> *mut T {
    let mut handle = null_mut();
    ok(|out| create(&raw mut handle, out));
    assert!(!handle.is_null());
    handle
}

fn new_key() -> *mut key::JitSigningKey {
    let bytes = [7; 32];
    let bytes = JitSlice { data: bytes.as_ptr(), length: bytes.len() };
    // SAFETY: all pointers are valid.
    made(|handle, out| unsafe { key::jit_signing_key_from_bytes(bytes, -1, NONE, handle, out) })
}

fn new_template() -> *mut template::JitTemplate {
    // SAFETY: all pointers are valid.
    made(|handle, out| unsafe { template::jit_template_parse(slice(TEMPLATE), handle, out) })
}

fn opened(template: *const template::JitTemplate) -> *mut request::JitApprovalRequest {
    let (body, origin, people) = (slice(BODY), slice(ORIGIN), slice(EVERYONE));
    // SAFETY: all pointers are valid.
    made(|handle, out| unsafe {
        template::jit_template_open(template, body, origin, people, JIT_NOW, NONE, handle, out)
    })
}

fn approve(request: *const request::JitApprovalRequest) {
    // SAFETY: all pointers are valid.
    let record = ok(|out| unsafe { request::jit_approval_request_record(request, JIT_NOW, out) });
    let (_, rest) = record.split_once(r#""contentHash":""#).unwrap();
    let hash = &rest[..64];
    let decision =
        format!(r#"{{"verdict": "approve", "approver": "ann@example.com", "contentHash": "{hash}"}}"#);
    let mut recorded = 0;
    // SAFETY: all pointers are valid.
    ok(|out| unsafe {
        request::jit_approval_request_decide(
            request,
            slice(&decision),
            NONE,
            JIT_NOW,
            NONE,
            &raw mut recorded,
            out,
        )
    });
    assert_eq!(recorded, 1);
}

#[test]
fn null_is_an_error_everywhere() {
    let calls: Vec<fn(*mut JitBuffer) -> u32> = vec![
        // SAFETY: null is allowed everywhere.
        |out| unsafe { key::jit_signing_key_from_base64(NONE, -1, NONE, &mut null_mut(), out) },
        |out| unsafe { key::jit_signing_key_from_bytes(NONE, -1, NONE, &mut null_mut(), out) },
        |out| unsafe { key::jit_signing_key_generate(NONE, null_mut(), out) },
        |out| unsafe { key::jit_signing_key_id(null(), out) },
        |out| unsafe { minter::jit_minter_new(null(), slice(OPTIONS), &mut null_mut(), out) },
        |out| unsafe { minter::jit_minter_mint(null(), slice("kevin"), NONE, 0, NONE, out) },
        |out| unsafe { minter::jit_minter_mint_many(null(), slice("[]"), NONE, 0, out) },
        |out| unsafe { verifier::jit_verifier_new(null(), 1, slice(OPTIONS), &mut null_mut(), out) },
        |out| unsafe {
            let keys = [null()];
            verifier::jit_verifier_new(keys.as_ptr(), 1, slice(OPTIONS), &mut null_mut(), out)
        },
        |out| unsafe { verifier::jit_verifier_verify(null(), slice("a"), 0, null_mut(), null_mut(), out) },
        |out| unsafe { verifier::jit_verifier_origin(null(), slice("a"), 0, out) },
        |out| unsafe { verifier::jit_unverified_token(NONE, out) },
        |out| unsafe { access::jit_access_token_sign(NONE, null(), out) },
        |out| unsafe { access::jit_access_token_verifier_new(null(), 0, NONE, &mut null_mut(), out) },
        |out| unsafe { access::jit_access_token_verifier_verify(null(), slice("a"), 0, out) },
        |out| unsafe { jws::jit_jws_sign(null(), NONE, NONE, out) },
        |out| unsafe { jws::jit_jws_verify(null(), 0, NONE, null_mut(), out) },
        |out| unsafe { jwt::jit_jwt_new(NONE, 0, NONE, null_mut(), out) },
        |out| unsafe { jwt::jit_jwt_set_claim(null(), slice("a"), slice("1"), out) },
        |out| unsafe { jwt::jit_jwt_set_header(null(), slice("a"), slice("1"), out) },
        |out| unsafe { jwt::jit_jwt_set_expiration(null(), 0, out) },
        |out| unsafe { jwt::jit_jwt_set_not_before(null(), 0, out) },
        |out| unsafe { jwt::jit_jwt_header(null(), out) },
        |out| unsafe { jwt::jit_jwt_claims(null(), out) },
        |out| unsafe { jwt::jit_jwt_compact(null(), null(), out) },
        |out| unsafe { template::jit_template_parse(NONE, &mut null_mut(), out) },
        |out| unsafe { template::jit_template_parse(slice(TEMPLATE), null_mut(), out) },
        |out| unsafe { template::jit_template_mistakes(NONE, out) },
        |out| unsafe { template::jit_template_record(null(), out) },
        |out| unsafe { template::jit_template_key(null(), out) },
        |out| unsafe { template::jit_template_render(null(), NONE, NONE, NONE, out) },
        |out| unsafe { template::jit_template_needs(null(), NONE, out) },
        |out| unsafe { template::jit_template_open(null(), NONE, NONE, NONE, 0, NONE, &mut null_mut(), out) },
        |out| unsafe { request::jit_approval_request_restore(null(), 1, 0, -1, NONE, &mut null_mut(), out) },
        |out| unsafe { request::jit_approval_request_record(null(), 0, out) },
        |out| unsafe { request::jit_approval_request_details(null(), out) },
        |out| unsafe { request::jit_approval_request_status(null(), 0, out) },
        |out| unsafe { request::jit_approval_request_head(null(), out) },
        |out| unsafe { request::jit_approval_request_events_since(null(), 0, out) },
        |out| unsafe { request::jit_approval_request_needs_of(null(), NONE, out) },
        |out| unsafe { request::jit_approval_request_may_decide(null(), NONE, NONE, 0, out) },
        |out| unsafe { request::jit_approval_request_decide(null(), NONE, NONE, 0, NONE, null_mut(), out) },
        |out| unsafe { request::jit_approval_request_cancel(null(), NONE, NONE, 0, out) },
        |out| unsafe { request::jit_approval_request_consume(null(), NONE, 0, out) },
        |out| unsafe { request::jit_approval_request_revoke(null(), NONE, NONE, 0, out) },
        |out| unsafe { request::jit_approval_request_expire(null(), 0, null_mut(), out) },
        |out| unsafe { request::jit_approval_request_apply(null(), NONE, 0, out) },
        |out| unsafe { request::jit_approval_request_access_token(null(), NONE, null(), 0, out) },
        |out| unsafe { event::jit_verify_chain(null(), 0, 0, -1, NONE, out) },
        |out| unsafe { record::jit_request_body_check(NONE, out) },
        |out| unsafe { record::jit_act_check(NONE, out) },
        |out| unsafe { record::jit_directory_check(NONE, out) },
        |out| unsafe { text::jit_plain_text(NONE, out) },
        |out| unsafe { text::jit_identity(NONE, out) },
        |out| unsafe { text::jit_harmless_field(NONE, out) },
    ];
    for (index, call) in calls.into_iter().enumerate() {
        let (status, record) = called(call);
        assert_eq!(status, 1006, "call {index}: {record:?}");
        // Without a buffer, the status tells the same.
        assert_eq!(call(null_mut()), 1006, "call {index}");
    }
}

#[test]
fn nothing_is_freed_for_null() {
    // SAFETY: null is allowed.
    unsafe { jit_buffer_free(JitBuffer::NONE) };
    // SAFETY: null is allowed.
    unsafe { key::jit_signing_key_free(null_mut()) };
    // SAFETY: null is allowed.
    unsafe { template::jit_template_free(null_mut()) };
    // SAFETY: null is allowed.
    unsafe { request::jit_approval_request_free(null_mut()) };
}

#[test]
fn a_length_that_no_memory_has_is_an_error() {
    let huge = JitSlice { data: TEMPLATE.as_ptr(), length: usize::MAX };
    // SAFETY: the library checks the length before it reads.
    let (status, _) = called(|out| unsafe { text::jit_plain_text(huge, out) });
    assert_eq!(status, 1008);
    let slices = [slice("a")];
    // SAFETY: the library checks the count before it reads.
    let (status, _) =
        called(|out| unsafe { event::jit_verify_chain(slices.as_ptr(), usize::MAX, 0, -1, NONE, out) });
    assert_eq!(status, 1008);
    let keys = [null()];
    let (token, header) = (slice("a"), null_mut());
    // SAFETY: the library checks the count before it reads.
    let (status, _) =
        called(|out| unsafe { jws::jit_jws_verify(keys.as_ptr(), usize::MAX, token, header, out) });
    assert_eq!(status, 1008);
}

#[test]
fn text_that_is_not_utf_8_is_an_error() {
    let bytes = [0xff, 0xfe];
    let slice = JitSlice { data: bytes.as_ptr(), length: bytes.len() };
    // SAFETY: all pointers are valid.
    let (status, record) = called(|out| unsafe { text::jit_identity(slice, out) });
    assert_eq!(status, 1005);
    assert!(record.unwrap().contains("`name` must be text in UTF-8"));
}

#[test]
fn an_empty_slice_is_a_value() {
    let empty = JitSlice { data: TEMPLATE.as_ptr(), length: 0 };
    // SAFETY: all pointers are valid.
    assert_eq!(ok(|out| unsafe { text::jit_plain_text(empty, out) }), "");
    let key = new_key();
    // SAFETY: all pointers are valid.
    let minter = made(|handle, out| unsafe { minter::jit_minter_new(key, slice(OPTIONS), handle, out) });
    // SAFETY: all pointers are valid.
    let (status, _) = called(|out| unsafe { minter::jit_minter_mint(minter, empty, NONE, 0, NONE, out) });
    assert_ne!(status, 0, "an empty subject is not a missing one, and not allowed");
    // SAFETY: it is freed once.
    unsafe { minter::jit_minter_free(minter) };
    // SAFETY: it is freed once.
    unsafe { key::jit_signing_key_free(key) };
}

#[test]
fn a_handle_is_null_after_an_error() {
    let mut handle = std::ptr::dangling_mut();
    // SAFETY: the library writes the handle, and does not read it.
    let (status, _) = called(|out| unsafe { template::jit_template_parse(slice("{"), &raw mut handle, out) });
    assert_ne!(status, 0);
    assert!(handle.is_null());
}

#[test]
fn two_threads_in_one_request_consume_it_once() {
    /// A pointer that several threads use.
    #[derive(Clone, Copy)]
    struct Shared(*const request::JitApprovalRequest);
    // SAFETY: handles may be used from several threads.
    unsafe impl Send for Shared {}
    impl Shared {
        fn consume(self) -> u32 {
            // SAFETY: the request is freed after the threads have ended.
            called(|out| unsafe { request::jit_approval_request_consume(self.0, slice(ACT), JIT_NOW, out) }).0
        }
    }

    let template = new_template();
    for _ in 0..20 {
        let request = opened(template);
        approve(request);
        let shared = Shared(request);
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(move || shared.consume())).collect();
        let statuses: Vec<u32> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 0).count(), 1, "{statuses:?}");
        // SAFETY: it is freed once.
        unsafe { request::jit_approval_request_free(request) };
    }
    // SAFETY: it is freed once.
    unsafe { template::jit_template_free(template) };
}

#[test]
fn events_come_one_on_each_line_and_go_back() {
    let template = new_template();
    let request = opened(template);
    approve(request);
    // SAFETY: all pointers are valid.
    let lines = ok(|out| unsafe { request::jit_approval_request_events_since(request, 0, out) });
    let slices: Vec<JitSlice> = lines.lines().map(slice).collect();
    assert_eq!(slices.len(), 2);
    // SAFETY: all pointers are valid.
    let restored = made(|handle, out| unsafe {
        request::jit_approval_request_restore(slices.as_ptr(), slices.len(), 0, -1, NONE, handle, out)
    });
    // SAFETY: all pointers are valid.
    let again = ok(|out| unsafe { request::jit_approval_request_events_since(restored, 0, out) });
    assert_eq!(again, lines);
    for request in [request, restored] {
        // SAFETY: each is freed once.
        unsafe { request::jit_approval_request_free(request) };
    }
    // SAFETY: it is freed once.
    unsafe { template::jit_template_free(template) };
}

#[cfg(feature = "panicking")]
#[test]
fn a_panic_is_an_error() {
    jit_approvals_c::panicking::jit_panic_in_every_call(1);
    // SAFETY: all pointers are valid.
    let (status, record) = called(|out| unsafe { text::jit_version(out) });
    jit_approvals_c::panicking::jit_panic_in_every_call(0);
    assert_eq!(status, 9001);
    assert!(!record.unwrap().contains("this text must not reach the caller"));
}
