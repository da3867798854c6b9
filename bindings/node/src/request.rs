//! Approval requests.

use jit_approvals::bindings::at;
use jit_approvals::event::{Actor, Event, Head};
use jit_approvals::json::{Json, Object};
use jit_approvals::template::Needs;
use jit_approvals::{Act, ApprovalRequest, Decision, Directory, Result, UnixTime, verify_chain as verify};
use napi::bindgen_prelude::ClassInstance;
use napi_derive::napi;

use crate::call::{call, id, record};
use crate::key::Key;

/// A request and its events.
#[napi]
pub struct Request(Option<ApprovalRequest>);

impl Request {
    pub(crate) fn new(request: ApprovalRequest) -> Self {
        Self(Some(request))
    }

    fn get(&self) -> &ApprovalRequest {
        self.0.as_ref().expect("JavaScript drops a released handle")
    }

    fn get_mut(&mut self) -> &mut ApprovalRequest {
        self.0.as_mut().expect("JavaScript drops a released handle")
    }
}

#[napi]
impl Request {
    /// Restores a request from the texts of its events. The texts must be canonical, except with `any_spelling`. If
    /// `count` and `hash` are given, the events must end at this head.
    #[napi(factory)]
    pub fn restore(
        texts: Vec<String>,
        any_spelling: bool,
        count: Option<u32>,
        hash: Option<String>,
    ) -> napi::Result<Self> {
        call(|| {
            let events = events(&texts, any_spelling)?;
            let request = match head(count, hash)? {
                Some(head) => ApprovalRequest::restore_with_head(events, head),
                None => ApprovalRequest::restore(events),
            };
            request.map(Self::new)
        })
    }

    /// Frees the request and returns the texts of its events, from which `restore` makes it again. Node.js frees handles
    /// only when the event loop turns, which is too late for a loop over many requests.
    #[napi]
    pub fn release(&mut self) -> napi::Result<Vec<String>> {
        call(|| {
            let request = self.0.take();
            Ok(request.iter().flat_map(|request| request.events().iter().map(Event::to_text)).collect())
        })
    }

    /// Returns the record at the given time.
    #[napi]
    pub fn record(&self, now: i64) -> napi::Result<String> {
        call(|| Ok(self.get().to_json(UnixTime::from_seconds(now)).to_string()))
    }

    /// Returns the status at the given time.
    #[napi]
    pub fn status(&self, now: i64) -> napi::Result<&'static str> {
        call(|| Ok(self.get().status(UnixTime::from_seconds(now)).as_str()))
    }

    /// Returns the company that owns the request.
    #[napi]
    pub fn company(&self) -> napi::Result<String> {
        call(|| Ok(self.get().company().to_owned()))
    }

    /// Returns the claims that the template lists: a JSON object of strings.
    #[napi]
    pub fn claims(&self) -> napi::Result<String> {
        call(|| Ok(self.get().claims().collect::<Object>().to_string()))
    }

    /// Returns which people the directory contained when the request was opened: `everyone` or `listed`.
    #[napi]
    pub fn people(&self) -> napi::Result<&'static str> {
        call(|| Ok(self.get().people().as_str()))
    }

    /// Returns what a directory must contain for a decision of this approver: `{emails, groups}`.
    #[napi]
    pub fn needs_of(&self, approver: String) -> napi::Result<String> {
        call(|| Ok(needs_text(self.get().needs_of(&approver))))
    }

    /// Returns `None` if this person may decide, otherwise the record of the error that says why not.
    #[napi]
    pub fn may_decide(
        &self,
        approver: String,
        directory: Option<String>,
        now: i64,
    ) -> napi::Result<Option<String>> {
        call(|| {
            let directory = record(directory.as_deref(), Directory::from_json)?;
            let reason = self.get().may_decide(&approver, directory.as_ref(), UnixTime::from_seconds(now))?;
            Ok(reason.map(|reason| reason.to_json().to_string()))
        })
    }

    /// Returns the texts of the events after the given sequence number.
    #[napi]
    pub fn events_since(&self, sequence: u32) -> napi::Result<Vec<String>> {
        call(|| Ok(self.get().events_since(sequence.into()).iter().map(Event::to_text).collect()))
    }

    /// Returns the head: `{count, hash}`.
    #[napi]
    pub fn head(&self) -> napi::Result<String> {
        call(|| {
            let head = self.get().head();
            Ok(Object::new().with("count", head.count).with("hash", head.hash.to_string()).to_string())
        })
    }

    /// Records a decision. Returns false if the approver has already made the same decision.
    #[napi]
    pub fn decide(
        &mut self,
        decision: String,
        directory: Option<String>,
        now: i64,
        grant_id: Option<String>,
    ) -> napi::Result<bool> {
        call(|| {
            let decision = Decision::from_json(&Json::parse(&decision)?)?;
            let directory = record(directory.as_deref(), Directory::from_json)?;
            let at = at(Some(UnixTime::from_seconds(now)), id(grant_id.as_deref())?)?;
            self.get_mut().decide_at(&decision, directory.as_ref(), at)
        })
    }

    /// Withdraws the request.
    #[napi]
    pub fn cancel(&mut self, actor: String, reason: Option<String>, now: i64) -> napi::Result<()> {
        call(|| {
            let actor = Actor::from_json(&Json::parse(&actor)?)?;
            self.get_mut().cancel_at(actor, reason.as_deref(), UnixTime::from_seconds(now))
        })
    }

    /// Consumes the grant.
    #[napi]
    pub fn consume(&mut self, act: String, now: i64) -> napi::Result<()> {
        call(|| self.get_mut().consume_at(&Act::from_json(&Json::parse(&act)?)?, UnixTime::from_seconds(now)))
    }

    /// Revokes the grant.
    #[napi]
    pub fn revoke(&mut self, actor: String, reason: Option<String>, now: i64) -> napi::Result<()> {
        call(|| {
            let actor = Actor::from_json(&Json::parse(&actor)?)?;
            self.get_mut().revoke_at(actor, reason.as_deref(), UnixTime::from_seconds(now))
        })
    }

    /// Records the expiry if the request has expired and no event says so. Returns whether it did.
    #[napi]
    pub fn expire(&mut self, now: i64) -> napi::Result<bool> {
        call(|| self.get_mut().expire_at(UnixTime::from_seconds(now)))
    }

    /// Adds an event that another copy of the request made.
    #[napi]
    pub fn apply(&mut self, text: String, any_spelling: bool) -> napi::Result<()> {
        call(|| self.get_mut().apply(event(&text, any_spelling)?))
    }

    /// Returns the signed text that carries the grant.
    #[napi]
    pub fn access_token(
        &self,
        issuer: String,
        key: ClassInstance<'_, Key>,
        now: i64,
    ) -> napi::Result<String> {
        call(|| self.get().access_token_at(&issuer, &key.0, UnixTime::from_seconds(now)))
    }
}

/// Verifies a chain of events. Returns the number of events and whether the end is proven: `{count, complete}`.
/// `count` and `hash` are the head.
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

/// Writes `{emails, groups}` as JSON text.
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
