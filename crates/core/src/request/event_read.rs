//! Reading an event from its text: every member known, every value what the writer would have written.

use std::sync::Arc;

use jit_approvals_base::errors::wrong_type;
use jit_approvals_base::{Error, Id, Json, Limits, Members, Plain};

use super::event::Requested;
use super::{
    Actor, ActorKind, Attachment, Body, Content, Decision, Eligible, Event, Hash, StageState, Verdict,
};
use crate::limits;
use crate::template::is_key;
use crate::words::word;
use crate::{ApprovalType, GrantUse, Result, errors};

/// No request within the limits of a template makes a longer event.
const LIMITS: Limits = Limits { bytes: 8 << 20, depth: 16 };

impl Event {
    /// Reads an event from the text that [`to_text`](Event::to_text) wrote, and from no other, and proves that its
    /// hash is that of what it says.
    ///
    /// # Errors
    ///
    /// Those of [`Json::parse`]; `wrong_type`, `missing_member`, `unknown_member`; `event_altered`.
    pub fn parse(text: &str) -> Result<Self> {
        let event = Self::from_json(&Json::parse_within(text.as_bytes(), LIMITS)?)?;
        if event.to_text() == text { Ok(event) } else { Err(errors::event_altered(event.sequence)) }
    }

    /// Reads an event from a text that may have been written another way, as a database that keeps JSON does; its
    /// hash is proven.
    ///
    /// # Errors
    ///
    /// As [`Event::parse`].
    pub fn parse_any(text: &str) -> Result<Self> {
        Self::from_json(&Json::parse_within(text.as_bytes(), LIMITS)?)
    }

    /// Reads an event from a value, such as one that a database keeps: its hash is proven, its text may have been
    /// written another way.
    ///
    /// # Errors
    ///
    /// As [`Event::parse`].
    pub fn from_json(value: &Json) -> Result<Self> {
        const MEMBERS: &[&str] =
            &["actor", "at", "body", "company", "hash", "previous", "requestId", "sequence", "v"];
        let members = Members::of(value, "", MEMBERS)?;
        members.required("v", members.integer("v", 1, 1)?)?;
        let sequence = members.required("sequence", members.integer("sequence", 1, 1 << 53)?)?;
        let request_id = members.required("requestId", members.id("requestId")?)?;
        let company = text(&members, "company")?;
        let body = members.required("body", members.optional("body"))?;
        let event = Self {
            sequence: sequence.unsigned_abs(),
            at: members.required("at", members.time("at")?)?,
            actor: Actor::from_json(members.required("actor", members.optional("actor"))?)?,
            body: Body::from_json(body, request_id, &company)?,
            previous: members.text("previous")?.map(|text| hash(text, "previous")).transpose()?,
            hash: hash(&text(&members, "hash")?, "hash")?,
            request_id,
            company,
        };
        if Hash::of(&event.write(None)) != event.hash {
            return Err(errors::event_altered(event.sequence));
        }
        match &event.body {
            Body::Requested(requested) if requested.content.hash() != requested.content_hash => {
                let reason = Plain("its content does not have its content hash".to_owned());
                Err(errors::event_impossible(event.sequence, reason).with_field("body.contentHash"))
            }
            _ => Ok(event),
        }
    }
}

impl Actor {
    /// Reads `{id, kind}`.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`, `unknown_choice`
    pub fn from_json(value: &Json) -> Result<Self> {
        let members = Members::of(value, "actor", &["id", "kind"])?;
        Ok(Self { kind: choice(&members, "kind", ActorKind::WORDS)?, id: text(&members, "id")? })
    }
}

impl Decision {
    /// Reads `{approver, verdict, contentHash, comment?, signature?}`.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`, `unknown_choice`; `content_mismatch` for what is no hash.
    pub fn from_json(value: &Json) -> Result<Self> {
        const MEMBERS: &[&str] = &["approver", "verdict", "contentHash", "comment", "signature"];
        let members = Members::of(value, "", MEMBERS)?;
        let content_hash = text(&members, "contentHash")?.parse();
        Ok(Self {
            approver: text(&members, "approver")?,
            verdict: choice(&members, "verdict", Verdict::WORDS)?,
            content_hash: content_hash.map_err(|error: Error| error.with_field("contentHash"))?,
            comment: members.text("comment")?.map(str::to_owned),
            signature: members.text("signature")?.map(str::to_owned),
        })
    }
}

impl Body {
    fn from_json(value: &Json, request_id: Id, company: &str) -> Result<Self> {
        let kind = value.get("type").and_then(Json::as_str).unwrap_or_default();
        let members = |known| Members::of(value, "body", known);
        Ok(match kind {
            "requested" => Self::Requested(Arc::new(Requested::from_json(value, request_id, company)?)),
            "decided" => decided(value)?,
            "cancelled" => {
                Self::Cancelled { reason: members(&["reason", "type"])?.text("reason")?.map(str::to_owned) }
            }
            "expired" => {
                members(&["type"])?;
                Self::Expired
            }
            "consumed" => Self::Consumed { grant_id: id(&members(&["grantId", "type"])?, "grantId")? },
            "revoked" => {
                let members = members(&["grantId", "reason", "type"])?;
                let reason = members.text("reason")?.map(str::to_owned);
                Self::Revoked { grant_id: id(&members, "grantId")?, reason }
            }
            other => {
                let kinds = "`requested`, `decided`, `cancelled`, `expired`, `consumed`, `revoked`";
                let error = errors::unknown_choice(other, Plain(kinds.to_owned()));
                return Err(error.with_field("body.type"));
            }
        })
    }
}

fn decided(value: &Json) -> Result<Body> {
    const MEMBERS: &[&str] =
        &["approver", "comment", "contentHash", "grant", "signature", "stage", "type", "verdict"];
    let members = Members::of(value, "body", MEMBERS)?;
    let grant = match members.optional("grant") {
        Some(grant) => {
            let grant = Members::of(grant, "body.grant", &["expiresAt", "id"])?;
            Some((id(&grant, "id")?, grant.required("expiresAt", grant.time("expiresAt")?)?))
        }
        None => None,
    };
    let signature = match members.optional("signature") {
        Some(signature) => {
            let signature = Members::of(signature, "body.signature", &["kind", "text"])?;
            choice(&signature, "kind", &[("typed", ())])?;
            Some(text(&signature, "text")?)
        }
        None => None,
    };
    let stage = members.required("stage", members.count("stage", 0, 1000)?)?;
    Ok(Body::Decided {
        stage: stage as usize,
        decision: Decision {
            approver: text(&members, "approver")?,
            verdict: choice(&members, "verdict", Verdict::WORDS)?,
            content_hash: hash(&text(&members, "contentHash")?, "body.contentHash")?,
            comment: members.text("comment")?.map(str::to_owned),
            signature,
        },
        grant,
    })
}

impl Requested {
    fn from_json(value: &Json, request_id: Id, company: &str) -> Result<Self> {
        const MEMBERS: &[&str] = &[
            "allowSelfApproval",
            "application",
            "approvalType",
            "attachments",
            "claims",
            "contentHash",
            "defaults",
            "expiresAt",
            "grantTtlSeconds",
            "grantUse",
            "metaData",
            "parts",
            "stages",
            "subject",
            "templateId",
            "templateVersion",
            "title",
            "type",
        ];
        let members = Members::of(value, "body", MEMBERS)?;
        let mut parts = Vec::new();
        for (path, part) in members.elements("parts")? {
            let part = Members::of(part, path, &["key", "text"])?;
            parts.push((text(&part, "text")?, part.text("key")?.map(str::to_owned)));
        }
        let mut stages = Vec::new();
        for (path, value) in members.elements("stages")? {
            stages.push(stage(value, path)?);
        }
        let allow_self_approval = members.boolean("allowSelfApproval")?;
        Ok(Self {
            content: Content {
                company: company.to_owned(),
                request_id,
                application: text(&members, "application")?,
                subject: text(&members, "subject")?,
                claims: texts(&members, "claims")?,
                template_id: text(&members, "templateId")?,
                template_version: count(&members, "templateVersion")?,
                approval_type: choice(&members, "approvalType", ApprovalType::WORDS)?,
                title: text(&members, "title")?,
                text: parts.iter().map(|(text, _)| text.as_str()).collect(),
                meta_data: texts(&members, "metaData")?,
                attachments: Attachment::all(&members)?,
            },
            content_hash: hash(&text(&members, "contentHash")?, "body.contentHash")?,
            parts,
            defaults: texts(&members, "defaults")?,
            expires_at: members.required("expiresAt", members.time("expiresAt")?)?,
            grant_ttl: count(&members, "grantTtlSeconds")?,
            grant_use: choice(&members, "grantUse", GrantUse::WORDS)?,
            allow_self_approval: members.required("allowSelfApproval", allow_self_approval)?,
            stages,
        })
    }
}

fn stage(value: &Json, path: String) -> Result<StageState> {
    let stage = Members::of(value, path, &["eligible", "name", "required"])?;
    let mut eligible = Vec::new();
    for (path, value) in stage.elements("eligible")? {
        let person = Members::of(value, path, &["email", "group"])?;
        let group = person.text("group")?.map(str::to_owned);
        eligible.push(Eligible { email: text(&person, "email")?, group });
    }
    Ok(StageState {
        name: stage.text("name")?.map(str::to_owned),
        required: count(&stage, "required")?,
        eligible,
        decisions: Vec::new(),
    })
}

fn text(members: &Members<'_>, name: &str) -> Result<String> {
    Ok(members.required(name, members.text(name)?)?.to_owned())
}

fn id(members: &Members<'_>, name: &str) -> Result<Id> {
    members.required(name, members.id(name)?)
}

fn count(members: &Members<'_>, name: &str) -> Result<u32> {
    members.required(name, members.count(name, 1, u32::MAX)?)
}

fn hash(text: &str, field: &str) -> Result<Hash> {
    text.parse().map_err(|_| errors::invalid_hash(text).with_field(field))
}

/// An object of texts, no more than a template has fields, sorted by its keys.
fn texts(members: &Members<'_>, name: &str) -> Result<Vec<(String, String)>> {
    let object = members.required(name, members.object(name)?)?;
    if object.len() > limits::FIELDS {
        return Err(errors::too_many_fields(object.len(), limits::FIELDS).with_field(members.path_of(name)));
    }
    let mut texts = Vec::with_capacity(object.len());
    for (key, value) in object.iter() {
        let path = || format!("{}.{key}", members.path_of(name));
        if !is_key(key) {
            return Err(errors::invalid_key(key).with_field(path()));
        }
        let Json::String(text) = value else {
            return Err(wrong_type(&path(), Plain("a string"), Plain(value.kind())).with_field(path()));
        };
        texts.push((key.to_owned(), text.clone()));
    }
    texts.sort();
    Ok(texts)
}

fn choice<T: Copy>(members: &Members<'_>, name: &str, words: &[(&str, T)]) -> Result<T> {
    let text = members.required(name, members.text(name)?)?;
    word(text, words).map_err(|error| error.with_field(members.path_of(name)))
}
