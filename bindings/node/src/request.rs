//! Approval requests.

use jit_approvals::bindings::at;
use jit_approvals::event::{Actor, Event, Head};
use jit_approvals::json::{Json, Object};
use jit_approvals::template::Needs;
use jit_approvals::{Act, ApprovalRequest, Decision, Directory, Result, verify_chain as verify};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, ObjectFinalize};
use napi_derive::napi;

use crate::call::{call, id, record, time, time_or_now};
use crate::key::Key;
use crate::weight;

/// A request and its events.
#[napi(custom_finalize)]
pub struct Request {
    request: ApprovalRequest,
    weight: i64,
}

impl ObjectFinalize for Request {
    fn finalize(self, env: Env) -> napi::Result<()> {
        weight::remove(env, self.weight)
    }
}

impl Request {
    pub(crate) fn weighing(env: Env, request: ApprovalRequest, weight: i64) -> napi::Result<Self> {
        weight::add(env, weight)?;
        Ok(Self { request, weight })
    }
}

#[napi]
impl Request {
    /// The request with these events: texts as they were written, or in any spelling; up to the head of this count and
    /// hash, if they are given.
    #[napi(factory)]
    pub fn restore(
        env: Env,
        texts: Vec<String>,
        any_spelling: bool,
        count: Option<u32>,
        hash: Option<String>,
    ) -> napi::Result<Self> {
        let request = call(|| {
            let events = events(&texts, any_spelling)?;
            match head(count, hash)? {
                Some(head) => ApprovalRequest::restore_with_head(events, head),
                None => ApprovalRequest::restore(events),
            }
        })?;
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

    /// Whom it belongs to.
    #[napi]
    pub fn company(&self) -> napi::Result<String> {
        call(|| Ok(self.request.company().to_owned()))
    }

    /// The claims that the template lists: an object of texts.
    #[napi]
    pub fn claims(&self) -> napi::Result<String> {
        call(|| Ok(self.request.claims().collect::<Object>().to_string()))
    }

    /// Which people the directory knew when it was opened.
    #[napi]
    pub fn people(&self) -> napi::Result<&'static str> {
        call(|| Ok(self.request.people().as_str()))
    }

    /// What a directory must contain for a decision of this approver: `{emails, groups}`.
    #[napi]
    pub fn needs_of(&self, approver: String) -> napi::Result<String> {
        call(|| Ok(needs_text(self.request.needs_of(&approver))))
    }

    /// Why this person may not decide: the record of an error; none if they may.
    #[napi]
    pub fn may_decide(
        &self,
        approver: String,
        directory: Option<String>,
        now: Option<i64>,
    ) -> napi::Result<Option<String>> {
        call(|| {
            let directory = record(directory.as_deref(), Directory::from_json)?;
            match self.request.may_decide(&approver, directory.as_ref(), time_or_now(now)) {
                Ok(()) => Ok(None),
                // It says nothing about the approver: the call lacks the directory, or has the wrong kind of one.
                Err(error) if error.field() == Some("directory") => Err(error),
                Err(error) => Ok(Some(error.to_json().to_string())),
            }
        })
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
    pub fn decide(
        &mut self,
        decision: String,
        directory: Option<String>,
        now: Option<i64>,
        grant_id: Option<String>,
    ) -> napi::Result<bool> {
        call(|| {
            let decision = Decision::from_json(&Json::parse(&decision)?)?;
            let directory = record(directory.as_deref(), Directory::from_json)?;
            let at = at(time(now), id(grant_id.as_deref())?)?;
            self.request.decide_at(&decision, directory.as_ref(), at)
        })
    }

    /// Withdraws the request.
    #[napi]
    pub fn cancel(&mut self, actor: String, reason: Option<String>, now: Option<i64>) -> napi::Result<()> {
        call(|| {
            let actor = Actor::from_json(&Json::parse(&actor)?)?;
            self.request.cancel_at(actor, reason.as_deref(), time_or_now(now))
        })
    }

    /// Uses the grant.
    #[napi]
    pub fn consume(&mut self, act: String, now: Option<i64>) -> napi::Result<()> {
        call(|| self.request.consume_at(&Act::from_json(&Json::parse(&act)?)?, time_or_now(now)))
    }

    /// Revokes the grant.
    #[napi]
    pub fn revoke(&mut self, actor: String, reason: Option<String>, now: Option<i64>) -> napi::Result<()> {
        call(|| {
            let actor = Actor::from_json(&Json::parse(&actor)?)?;
            self.request.revoke_at(actor, reason.as_deref(), time_or_now(now))
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
        let report = verify(&events(&texts, any_spelling)?, head(count, hash)?)?;
        let object = Object::new().with("count", report.head.count);
        Ok(object.with("complete", report.complete).to_string())
    })
}

/// `{emails, groups}`
pub(crate) fn needs_text(needs: Needs) -> String {
    Object::new().with("emails", needs.emails).with("groups", needs.groups).to_string()
}

fn head(count: Option<u32>, hash: Option<String>) -> Result<Option<Head>> {
    match (count, hash) {
        (Some(count), Some(hash)) => Ok(Some(Head { count: count.into(), hash: hash.parse()? })),
        _ => Ok(None),
    }
}

fn events(texts: &[String], any_spelling: bool) -> Result<Vec<Event>> {
    texts.iter().map(|text| event(text, any_spelling)).collect()
}

fn event(text: &str, any_spelling: bool) -> Result<Event> {
    if any_spelling { Event::parse_any(text) } else { Event::parse(text) }
}
