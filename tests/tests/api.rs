//! Properties of the types of the public API.

use std::fmt::Debug;

use jit_approvals::error::Row;
use jit_approvals::event::{
    Actor, ActorKind, Administered, At, Body, ChainReport, Decided, Eligible, Event, Grant, GrantStatus,
    Hash, Head, IssuedGrant, PeopleKnown, Requested, StageState, Verdict,
};
use jit_approvals::json::{Json, Limits, Number, Object, Place};
use jit_approvals::template::{
    ApprovalType, ApproverOverride, GrantUse, MetadataField, Needs, Part, Pattern, Stage, ValueType,
};
use jit_approvals::token::{
    AccessToken, AccessTokenVerifierBuilder, KeyRing, MinterBuilder, VerifierBuilder, jws::Jws,
};
use jit_approvals::{
    AccessTokenVerifier, Act, ApprovalRequest, Attachment, Claims, Decision, Device, Directory, Error,
    ErrorCode, Id, Jwt, Location, Minter, Origin, Person, Rendered, RequestBody, SigningKey, Status,
    Template, UnixTime, UnverifiedToken, Verifier,
};

macro_rules! shared {
    ($($kind:ty),* $(,)?) => {
        $(const _: fn() = || {
            fn shared<T: Send + Sync + Unpin + Debug>() {}
            shared::<$kind>();
        };)*
    };
}

// A server shares all of these types between threads and logs them. The test is that this compiles.
shared! {
    AccessToken, AccessTokenVerifier, AccessTokenVerifierBuilder, Act, Actor, ActorKind, Administered, ApprovalRequest,
    ApprovalType, ApproverOverride, At, Attachment, Body, ChainReport, Claims, Decided, Decision, Device, Directory,
    Eligible, Error, ErrorCode, Event, Grant, GrantStatus, GrantUse, Hash, Head, Id, IssuedGrant, Json, Jwt, KeyRing,
    Limits, Location, MetadataField, Minter, MinterBuilder, Needs, Number, Object, Origin, Part<'static>, Pattern,
    PeopleKnown, Person, Place, Rendered, RequestBody, Requested, Row, SigningKey, Stage, StageState, Status, Template,
    UnixTime, UnverifiedToken, ValueType, Verdict, Jws, Verifier, VerifierBuilder,
}

#[test]
fn every_choice_can_be_parsed_from_its_text() {
    macro_rules! choices {
        ($($kind:ident),*) => {
            $(for choice in $kind::ALL {
                assert_eq!(choice.as_str().parse::<$kind>().unwrap(), *choice);
                assert_eq!(choice.to_string(), choice.as_str());
                assert_eq!("no such word".parse::<$kind>().unwrap_err().code(), ErrorCode::UnknownChoice);
            })*
        };
    }
    choices!(ActorKind, ApprovalType, ApproverOverride, GrantStatus, GrantUse, Status, ValueType, Verdict);
}

#[test]
fn an_error_is_matched_by_its_code() {
    let error = Template::parse("{").unwrap_err();
    assert!(matches!(error.code(), ErrorCode::MalformedJson));
    assert_eq!(error.code(), "malformed_json");
    assert_eq!((error.code().number(), error.code().status()), (1001, 400));
    assert_eq!(error.place().map(|place| (place.line(), place.column())), Some((1, 2)));
}

/// Administrative changes form their own chain, which is verified like the chain of a request.
#[test]
fn administrative_changes_form_a_chain() {
    let now = UnixTime::from_seconds(1_700_000_000);
    let stream: Id = "018bcfe5-6800-7000-8000-000000000006".parse().unwrap();
    let eve = || Actor::administrator("eve@example.com");
    let change = |action| Administered::new("template", "REFUND", action).unwrap();
    let after = Object::new().with("templateVersion", 1);
    let first =
        Event::administered("Shop", stream, None, eve(), change("create").with_after(after.clone()), now)
            .unwrap();
    let head = Head { count: 1, hash: first.hash() };
    let second =
        Event::administered("Shop", stream, Some(head), eve(), change("delete").with_before(after), now)
            .unwrap();
    let chain = [first.clone(), second];
    assert_eq!(jit_approvals::verify_chain(&chain, None).unwrap().head.count, 2);
    assert_eq!(Event::parse(&chain[1].to_text()).unwrap(), chain[1]);
    assert_eq!(ApprovalRequest::restore(chain).unwrap_err().code(), ErrorCode::EventImpossible);
    let deep = (0..20).fold(Json::from(1), |value, _| Json::from(vec![value]));
    let error = Event::administered("Shop", stream, None, eve(), change("create").with_after(deep), now);
    assert_eq!(error.unwrap_err().code(), ErrorCode::TooDeep);
}
