//! Approval requests.

use jit_approvals::{Act, Actor, Decision, Directory, Event, Head, Json, Object, verify_chain as verify};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, ObjectFinalize};
use napi_derive::napi;

use crate::call::{call, id, record, time, time_or_now};
use crate::key::Key;
use crate::weight;

/// A request and its events.
#[napi(custom_finalize)]
pub struct Request {
    request: jit_approvals::ApprovalRequest,
    weight: i64,
}

impl ObjectFinalize for Request {
    fn finalize(self, env: Env) -> napi::Result<()> {
        weight::remove(env, self.weight)
    }
}

impl Request {
    pub(crate) fn weighing(
        env: Env,
        request: jit_approvals::ApprovalRequest,
        weight: i64,
    ) -> napi::Result<Self> {
        weight::add(env, weight)?;
        Ok(Self { request, weight })
    }
}

/// When a command runs, and the id for what it creates; by default the system's.
#[napi(object)]
pub struct At {
    /// Unix seconds.
    pub now: Option<i64>,
    /// A UUID.
    pub id: Option<String>,
}

impl At {
    fn read(&self) -> jit_approvals::Result<jit_approvals::At> {
        jit_approvals::at(time(self.now), id(self.id.as_deref())?)
    }
}

#[napi]
impl Request {
    /// The request with these events: texts as they were written, or in any spelling.
    #[napi(factory)]
    pub fn restore(env: Env, texts: Vec<String>, any_spelling: bool) -> napi::Result<Self> {
        let request = call(|| jit_approvals::ApprovalRequest::restore(events(&texts, any_spelling)?))?;
        Self::weighing(env, request, weight::of(texts.iter().map(String::len).sum()))
    }

    /// The record at this time.
    #[napi]
    pub fn record(&self, now: Option<i64>) -> napi::Result<String> {
        call(|| Ok(self.request.to_json(time_or_now(now)).to_string()))
    }

    /// The status at this time.
    #[napi]
    pub fn status(&self, now: Option<i64>) -> napi::Result<&'static str> {
        call(|| Ok(self.request.status(time_or_now(now)).as_str()))
    }

    /// The texts of the events after this sequence number.
    #[napi]
    pub fn events_since(&self, sequence: u32) -> napi::Result<Vec<String>> {
        call(|| Ok(self.request.events_since(sequence.into()).iter().map(Event::to_text).collect()))
    }

    /// `{count, hash}`
    #[napi]
    pub fn head(&self) -> napi::Result<String> {
        call(|| {
            let head = self.request.head();
            Ok(Object::new().with("count", head.count).with("hash", head.hash.to_string()).to_string())
        })
    }

    /// Decides; false if the approver has decided the same before.
    #[napi]
    pub fn decide(&mut self, decision: String, directory: Option<String>, at: At) -> napi::Result<bool> {
        call(|| {
            let decision = Decision::from_json(&Json::parse(&decision)?)?;
            let directory = record(directory.as_deref(), Directory::from_json)?;
            self.request.decide_at(&decision, directory.as_ref(), at.read()?)
        })
    }

    /// Withdraws the request.
    #[napi]
    pub fn cancel(&mut self, actor: String, reason: Option<String>, at: At) -> napi::Result<()> {
        call(|| {
            let actor = Actor::from_json(&Json::parse(&actor)?)?;
            self.request.cancel_at(actor, reason.as_deref(), at.read()?)
        })
    }

    /// Uses the grant.
    #[napi]
    pub fn consume(&mut self, act: String, at: At) -> napi::Result<()> {
        call(|| self.request.consume_at(&Act::from_json(&Json::parse(&act)?)?, at.read()?))
    }

    /// Revokes the grant.
    #[napi]
    pub fn revoke(&mut self, actor: String, reason: Option<String>, at: At) -> napi::Result<()> {
        call(|| {
            let actor = Actor::from_json(&Json::parse(&actor)?)?;
            self.request.revoke_at(actor, reason.as_deref(), at.read()?)
        })
    }

    /// Records the expiry if the request has expired and no event says so.
    #[napi]
    pub fn expire(&mut self, now: Option<i64>) -> napi::Result<bool> {
        call(|| self.request.expire_at(time_or_now(now)))
    }

    /// Adds an event that another copy of the request made.
    #[napi]
    pub fn apply(&mut self, text: String, any_spelling: bool) -> napi::Result<()> {
        call(|| self.request.apply(event(&text, any_spelling)?))
    }

    /// The signed text that carries the grant.
    #[napi]
    pub fn access_token(
        &self,
        issuer: String,
        key: ClassInstance<'_, Key>,
        now: Option<i64>,
    ) -> napi::Result<String> {
        call(|| self.request.access_token_at(&issuer, &key.0, time_or_now(now)))
    }
}

/// How many events there are and whether the last is proven: `{count, complete}`. The head is `{count, hash}`.
#[napi]
pub fn verify_chain(
    texts: Vec<String>,
    any_spelling: bool,
    count: Option<u32>,
    hash: Option<String>,
) -> napi::Result<String> {
    call(|| {
        let head = match (count, hash) {
            (Some(count), Some(hash)) => Some(Head { count: count.into(), hash: hash.parse()? }),
            _ => None,
        };
        let report = verify(&events(&texts, any_spelling)?, head)?;
        let object = Object::new().with("count", report.head.count);
        Ok(object.with("complete", report.complete).to_string())
    })
}

fn events(texts: &[String], any_spelling: bool) -> jit_approvals::Result<Vec<Event>> {
    texts.iter().map(|text| event(text, any_spelling)).collect()
}

fn event(text: &str, any_spelling: bool) -> jit_approvals::Result<Event> {
    if any_spelling { Event::parse_any(text) } else { Event::parse(text) }
}
