//! Approval requests.

use std::cell::RefCell;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use jit_approvals::bindings::at;
use jit_approvals::event::{Actor, Event};
use jit_approvals::json::{Json, Object};
use jit_approvals::{Act, Decision, Directory, UnixTime};

use crate::enums::{ApprovalType, GrantStatus, PeopleKnown, Status, Verdict};
use crate::event;
use crate::exception::{Result, call, engine, json_serializable, object as exception_object, run};
use crate::key::one;
use crate::results::{Attachment, DecisionState, GrantState, Head, Needs, Part, StageState, State};
use crate::values::{
    Array, DateTimeImmutable, EMPTY_ARRAY, EMPTY_TEXT, Int, Mixed, Nullable, Text, array, count, moment,
    record, record_or_text, value,
};

/// A request that someone approve one act, with all its events.
///
/// Each command adds the event that it makes. A command that throws changes nothing. To store a request, insert the new
/// events under a unique (request, sequence) key before you reply or act; `restore` makes the request from its events again.
#[php_class]
#[php(name = "JitApprovals\\ApprovalRequest")]
#[php(implements(ce = json_serializable, stub = "\\JsonSerializable"))]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct ApprovalRequest(RefCell<jit_approvals::ApprovalRequest>);

#[php_impl]
impl ApprovalRequest {
    /// Restores a request from its events, as arrays or as the texts that `eventTexts` returned. With the `$head`, which you
    /// keep apart from the events, events that are missing at the end are found, too.
    #[php(name = "restore")]
    #[php(defaults(head = false))]
    pub fn restore(events: Array<'_>, head: Mixed<'_>) -> Result<Self> {
        call(|| {
            let events = event::several(events.required())?;
            let request = match event::read_head(head)? {
                Some(head) => run(|| jit_approvals::ApprovalRequest::restore_with_head(events, head)),
                None => run(|| jit_approvals::ApprovalRequest::restore(events)),
            };
            request.map(Self::new)
        })
    }

    /// The id: a UUID as text.
    #[php(getter, name = "id")]
    pub fn id(&self) -> String {
        self.0.borrow().id().to_string()
    }

    /// The key of the template.
    #[php(getter, name = "templateId")]
    pub fn template_id(&self) -> String {
        self.0.borrow().template_id().to_owned()
    }

    /// The version of the template.
    #[php(getter, name = "templateVersion")]
    pub fn template_version(&self) -> i64 {
        self.0.borrow().template_version().into()
    }

    /// What an approver does to approve.
    #[php(getter, name = "approvalType")]
    pub fn approval_type(&self) -> ApprovalType {
        ApprovalType::of(self.0.borrow().approval_type().as_str())
    }

    /// The title as the approver sees it.
    #[php(getter, name = "title")]
    pub fn title(&self) -> String {
        self.0.borrow().title().to_owned()
    }

    /// The title in parts.
    #[php(getter, name = "titleParts")]
    pub fn title_parts(&self) -> Vec<Part> {
        self.0.borrow().title_parts().map(Part::from).collect()
    }

    /// The text as the approver sees it.
    #[php(getter, name = "text")]
    pub fn text(&self) -> String {
        self.0.borrow().text().to_owned()
    }

    /// The text in parts.
    #[php(getter, name = "parts")]
    pub fn parts(&self) -> Vec<Part> {
        self.0.borrow().parts().map(Part::from).collect()
    }

    /// The final value of every declared field, by key.
    #[php(getter, name = "metaData")]
    pub fn meta_data(&self) -> ZBox<ZendHashTable> {
        texts(self.0.borrow().meta_data())
    }

    /// What the approver may look at before deciding.
    #[php(getter, name = "attachments")]
    pub fn attachments(&self) -> Vec<Attachment> {
        let attachment = |it: &jit_approvals::Attachment| Attachment {
            title: it.title().to_owned(),
            url: it.url().to_owned(),
        };
        self.0.borrow().attachments().iter().map(attachment).collect()
    }

    /// The application that asks: `iss` of its auth token.
    #[php(getter, name = "application")]
    pub fn application(&self) -> String {
        self.0.borrow().application().to_owned()
    }

    /// The user on whose behalf it asks: `sub`.
    #[php(getter, name = "subject")]
    pub fn subject(&self) -> String {
        self.0.borrow().subject().to_owned()
    }

    /// The owner, where several companies share a server.
    #[php(getter, name = "company")]
    pub fn company(&self) -> String {
        self.0.borrow().company().to_owned()
    }

    /// The other claims of the auth token that the template lists, as they are shown.
    #[php(getter, name = "claims")]
    pub fn claims(&self) -> ZBox<ZendHashTable> {
        texts(self.0.borrow().claims())
    }

    /// Whether the directory accepted everyone or listed people. If it listed people, a decision needs a directory that lists
    /// them.
    #[php(getter, name = "people")]
    pub fn people(&self) -> PeopleKnown {
        PeopleKnown::of(self.0.borrow().people().as_str())
    }

    /// The device that the application reported; null if it reported none.
    #[php(getter, name = "device")]
    pub fn device(&self) -> Option<ZBox<ZendHashTable>> {
        match self.0.borrow().device()?.to_json() {
            Json::Object(device) => array(&device).ok(),
            _ => None,
        }
    }

    /// SHA-256 over all that the approver approves, in hexadecimal.
    #[php(getter, name = "contentHash")]
    pub fn content_hash(&self) -> String {
        self.0.borrow().content_hash().to_string()
    }

    /// When it was opened.
    #[php(getter, name = "requestedAt")]
    pub fn requested_at(&self) -> DateTimeImmutable {
        DateTimeImmutable(self.0.borrow().requested_at())
    }

    /// When it expires: from then on nothing can be decided.
    #[php(getter, name = "expiresAt")]
    pub fn expires_at(&self) -> DateTimeImmutable {
        DateTimeImmutable(self.0.borrow().expires_at())
    }

    /// The status now.
    #[php(getter, name = "status")]
    pub fn status(&self) -> Status {
        Status::of(self.0.borrow().status(UnixTime::now()).as_str())
    }

    /// When it was approved or rejected.
    #[php(getter, name = "decidedAt")]
    pub fn decided_at(&self) -> Option<DateTimeImmutable> {
        self.0.borrow().decided_at().map(DateTimeImmutable)
    }

    /// The stages.
    #[php(getter, name = "stages")]
    pub fn stages(&self) -> Vec<StageState> {
        self.0.borrow().stages().iter().map(StageState::from).collect()
    }

    /// The grant now; null if the request was not approved.
    #[php(getter, name = "grant")]
    pub fn grant(&self) -> Option<GrantState> {
        grant(&self.json(UnixTime::now()))
    }

    /// Every event, in order, as arrays.
    #[php(getter, name = "events")]
    pub fn events(&self) -> ZBox<ZendHashTable> {
        event::arrays(&self.texts_since(0)).unwrap_or_else(|_| ZendHashTable::new())
    }

    /// How many events there are, and the hash of the last. Keep it apart from the events: it proves that none is missing at
    /// their end.
    #[php(getter, name = "head")]
    pub fn head(&self) -> Head {
        Head(self.0.borrow().head())
    }

    /// The status of request and grant at a time, by the events up to then.
    #[php(name = "at")]
    pub fn at(&self, now: Mixed<'_>) -> Result<State> {
        call(|| {
            let then = self.json(crate::values::time(now.required(), "now")?);
            let status = then.get("status").and_then(Json::as_str).unwrap_or_default();
            Ok(State { status: Status::of(status), grant: grant(&then) })
        })
    }

    /// The events after this sequence number, as arrays: those that a store does not have yet.
    #[php(name = "eventsSince")]
    pub fn events_since(&self, sequence: Int<'_>) -> Result<ZBox<ZendHashTable>> {
        call(|| event::arrays(&self.texts_since(count(sequence.required(), "sequence")?.into())))
    }

    /// The canonical texts (RFC 8785) of the events after this sequence number.
    #[php(name = "eventTexts")]
    #[php(defaults(sequence = 0))]
    pub fn event_texts(&self, sequence: Int<'_>) -> Result<Vec<String>> {
        call(|| {
            let sequence = sequence.given().map(|value| count(value, "sequence")).transpose()?;
            Ok(self.texts_since(sequence.unwrap_or_default().into()))
        })
    }

    /// Returns what a directory must contain for a decision of this approver.
    #[php(name = "needsOf")]
    pub fn needs_of(&self, approver: Text<'_>) -> Result<Needs> {
        call(|| Ok(Needs::from(self.0.borrow().needs_of(approver.text("approver")?))))
    }

    /// Returns null if this person may decide, otherwise the exception that says why not, which is not thrown.
    #[php(name = "mayDecide")]
    #[php(defaults(directory = EMPTY_ARRAY))]
    pub fn may_decide(
        &self,
        approver: Text<'_>,
        now: Nullable<'_, Mixed<'_>>,
        directory: Mixed<'_>,
    ) -> Result<Option<Zval>> {
        call(|| {
            let approver = approver.text("approver")?;
            let directory = read_directory(directory)?;
            let now = moment(now)?;
            let reason = run(|| {
                let directory = directory.as_ref().map(Directory::from_json).transpose()?;
                self.0.borrow().may_decide(approver, directory.as_ref(), now)
            })?;
            reason.map(|reason| exception_object(&reason).map_err(engine)).transpose()
        })
    }

    /// Approves. Returns false if the approver has made the same decision before, word for word.
    ///
    /// `$contentHash` is the one that was shown to the approver. `$directory` may be left out only if the request was opened
    /// with everyone and the approver was named directly. `$id` is the id of the grant, a UUID.
    #[php(name = "approve")]
    #[php(defaults(directory = EMPTY_ARRAY, signature = EMPTY_TEXT))]
    #[expect(clippy::too_many_arguments, reason = "named arguments")]
    pub fn approve(
        &self,
        approver: Text<'_>,
        contentHash: Text<'_>,
        comment: Nullable<'_, Text<'_>>,
        now: Nullable<'_, Mixed<'_>>,
        id: Nullable<'_, Text<'_>>,
        directory: Mixed<'_>,
        signature: Text<'_>,
    ) -> Result<bool> {
        let given =
            GivenDecision { approver, content_hash: contentHash, comment, now, id, signature, directory };
        call(|| self.decide("approve", given))
    }

    /// Rejects. One rejection is enough. The arguments are those of `approve`.
    #[php(name = "reject")]
    #[php(defaults(directory = EMPTY_ARRAY, signature = EMPTY_TEXT))]
    #[expect(clippy::too_many_arguments, reason = "named arguments")]
    pub fn reject(
        &self,
        approver: Text<'_>,
        contentHash: Text<'_>,
        comment: Nullable<'_, Text<'_>>,
        now: Nullable<'_, Mixed<'_>>,
        id: Nullable<'_, Text<'_>>,
        directory: Mixed<'_>,
        signature: Text<'_>,
    ) -> Result<bool> {
        let given =
            GivenDecision { approver, content_hash: contentHash, comment, now, id, signature, directory };
        call(|| self.decide("reject", given))
    }

    /// Withdraws the request while it is pending. `$actor` is `['kind' => ..., 'id' => ...]`.
    #[php(name = "cancel")]
    pub fn cancel(
        &self,
        actor: Mixed<'_>,
        reason: Nullable<'_, Text<'_>>,
        now: Nullable<'_, Mixed<'_>>,
    ) -> Result<()> {
        call(|| {
            let (actor, reason) = (record(actor.required(), "actor")?, reason.text("reason")?);
            let now = moment(now)?;
            run(|| self.0.borrow_mut().cancel_at(Actor::from_json(&actor)?, reason, now))
        })
    }

    /// Uses the grant for this act: `['metaData' => ..., 'attachments' => ...]`, the values that the application is about to
    /// act on.
    #[php(name = "consume")]
    pub fn consume(&self, act: Mixed<'_>, now: Nullable<'_, Mixed<'_>>) -> Result<()> {
        call(|| {
            let (act, now) = (record_or_text(act.required(), "act")?, moment(now)?);
            run(|| self.0.borrow_mut().consume_at(&Act::from_json(&act)?, now))
        })
    }

    /// Revokes the grant. `$actor` is `['kind' => ..., 'id' => ...]`.
    #[php(name = "revoke")]
    pub fn revoke(
        &self,
        actor: Mixed<'_>,
        reason: Nullable<'_, Text<'_>>,
        now: Nullable<'_, Mixed<'_>>,
    ) -> Result<()> {
        call(|| {
            let (actor, reason) = (record(actor.required(), "actor")?, reason.text("reason")?);
            let now = moment(now)?;
            run(|| self.0.borrow_mut().revoke_at(Actor::from_json(&actor)?, reason, now))
        })
    }

    /// Records the expiry if the request has expired and no event says so. Returns true if it did.
    #[php(name = "expire")]
    pub fn expire(&self, now: Nullable<'_, Mixed<'_>>) -> Result<bool> {
        call(|| {
            let now = moment(now)?;
            run(|| self.0.borrow_mut().expire_at(now))
        })
    }

    /// Adds an event that another copy of the request made, as an array or as text.
    #[php(name = "apply")]
    pub fn apply(&self, event: Mixed<'_>) -> Result<()> {
        call(|| {
            let event = event::one(event.required(), "event")?;
            run(|| self.0.borrow_mut().apply(event))
        })
    }

    /// Returns the signed text that carries the grant to the application, from the host `$issuer`.
    #[php(name = "accessToken")]
    pub fn access_token(
        &self,
        issuer: Text<'_>,
        key: Mixed<'_>,
        now: Nullable<'_, Mixed<'_>>,
    ) -> Result<String> {
        call(|| {
            let (issuer, key) = (issuer.text("issuer")?, one(key.required(), "key")?);
            let now = moment(now)?;
            run(|| self.0.borrow().access_token_at(issuer, &key, now))
        })
    }

    /// Returns the record of the HTTP API, in which times are Unix seconds.
    #[php(name = "jsonSerialize")]
    pub fn json_serialize(&self, now: Nullable<'_, Mixed<'_>>) -> Result<Zval> {
        call(|| value(&self.json(moment(now)?)))
    }
}

/// The arguments of a decision.
struct GivenDecision<'a> {
    approver: Text<'a>,
    content_hash: Text<'a>,
    comment: Nullable<'a, Text<'a>>,
    now: Nullable<'a, Mixed<'a>>,
    id: Nullable<'a, Text<'a>>,
    directory: Mixed<'a>,
    signature: Text<'a>,
}

impl ApprovalRequest {
    pub(crate) fn new(request: jit_approvals::ApprovalRequest) -> Self {
        Self(RefCell::new(request))
    }

    fn json(&self, now: UnixTime) -> Json {
        self.0.borrow().to_json(now)
    }

    fn texts_since(&self, sequence: u64) -> Vec<String> {
        self.0.borrow().events_since(sequence).iter().map(Event::to_text).collect()
    }

    fn decide(&self, verdict: &str, given: GivenDecision<'_>) -> Result<bool> {
        let mut decision = Object::new()
            .with("approver", given.approver.text("approver")?)
            .with("verdict", verdict)
            .with("contentHash", given.content_hash.text("contentHash")?);
        if let Some(comment) = given.comment.text("comment")? {
            decision.insert("comment", comment);
        }
        if given.signature.given().is_some() {
            decision.insert("signature", given.signature.text("signature")?);
        }
        let directory = read_directory(given.directory)?;
        let (now, id) = (moment(given.now)?, given.id.id()?);
        run(|| {
            let decision = Decision::from_json(&decision.into())?;
            let directory = directory.as_ref().map(Directory::from_json).transpose()?;
            self.0.borrow_mut().decide_at(&decision, directory.as_ref(), at(Some(now), id)?)
        })
    }
}

impl From<&jit_approvals::event::StageState> for StageState {
    fn from(stage: &jit_approvals::event::StageState) -> Self {
        let decision = |decided: &jit_approvals::event::Decided| DecisionState {
            approver: decided.decision.approver().to_owned(),
            verdict: Verdict::of(decided.decision.verdict().as_str()),
            comment: decided.decision.comment().map(str::to_owned),
            signature: decided.decision.signature().map(str::to_owned),
            decided_at: DateTimeImmutable(decided.at),
        };
        Self {
            name: stage.name.clone(),
            required: stage.required.into(),
            approvers: stage.eligible.iter().map(|person| person.email.clone()).collect(),
            decisions: stage.decisions.iter().map(decision).collect(),
        }
    }
}

/// The directory of a decision, if it is given. `[]` is its default.
fn read_directory(directory: Mixed<'_>) -> Result<Option<Json>> {
    let given = directory.given().filter(|value| !value.array().is_some_and(ZendHashTable::is_empty));
    given.map(|value| record(value, "directory")).transpose()
}

/// The grant of a request's record.
fn grant(record: &Json) -> Option<GrantState> {
    let grant = record.get("grant")?;
    let text = |name| grant.get(name).and_then(Json::as_str).unwrap_or_default();
    let time = |name| {
        let seconds = grant.get(name)?.as_number()?.as_i64()?;
        Some(DateTimeImmutable(UnixTime::from_seconds(seconds)))
    };
    Some(GrantState {
        id: text("id").to_owned(),
        status: GrantStatus::of(text("status")),
        issued_at: time("issuedAt")?,
        expires_at: time("expiresAt")?,
        consumed_at: time("consumedAt"),
    })
}

fn texts<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> ZBox<ZendHashTable> {
    array(&pairs.collect::<Object>()).unwrap_or_else(|_| ZendHashTable::new())
}
