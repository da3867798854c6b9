//! Reads an event from its text. Every member must be known, and every value must be one that the writer writes.

use std::sync::Arc;

use jit_approvals_base::errors::unknown_choice;
use jit_approvals_base::{Id, Json, Limits, Members, Plain};

use super::super::{Actor, Administered, Decision, Hash, IssuedGrant, Requested};
use super::{Body, Event};
use crate::{Result, errors};

/// A request within the limits of a template never produces a longer event.
const LIMITS: Limits = Limits { bytes: 8 << 20, depth: 16 };

impl Event {
    /// Reads an event from exactly the text that [`to_text`](Event::to_text) wrote, and checks that its hash matches
    /// its content.
    ///
    /// # Errors
    ///
    /// Those of [`Json::parse`]; `wrong_type`, `missing_member`, `unknown_member`; `event_altered` if the hash does
    /// not match the content; `event_not_canonical` if it matches but the text is not exactly the one that was
    /// written.
    pub fn parse(text: &str) -> Result<Self> {
        let event = Self::from_json(&Json::parse_within(text.as_bytes(), LIMITS)?)?;
        if event.to_text() == text { Ok(event) } else { Err(errors::event_not_canonical(event.sequence)) }
    }

    /// Reads an event from a text that may be formatted differently, for example by a database that stores JSON.
    /// Checks that the hash matches the content.
    ///
    /// # Errors
    ///
    /// Those of [`Event::parse`], except `event_not_canonical`.
    #[doc(hidden)]
    pub fn parse_any(text: &str) -> Result<Self> {
        Self::from_json(&Json::parse_within(text.as_bytes(), LIMITS)?)
    }

    /// Reads an event from a JSON value, for example one from a database. Checks that the hash matches the content.
    /// The text of the value may have been formatted differently.
    ///
    /// # Errors
    ///
    /// Those of [`Event::parse`], except `event_not_canonical`.
    pub fn from_json(value: &Json) -> Result<Self> {
        const MEMBERS: &[&str] =
            &["actor", "at", "body", "company", "hash", "previous", "requestId", "sequence", "v"];
        let members = Members::of(value, "", MEMBERS)?;
        members.required("v", members.integer("v", 1, 1)?)?;
        let sequence = members.required("sequence", members.integer("sequence", 1, 1 << 53)?)?;
        let request_id = members.required_parsed("requestId")?;
        let company = members.required_text("company")?.to_owned();
        let body = members.required("body", members.optional("body"))?;
        let event = Self {
            sequence: sequence.unsigned_abs(),
            at: members.required("at", members.time("at")?)?,
            actor: Actor::from_json(members.required("actor", members.optional("actor"))?)?,
            body: Body::from_json(body, request_id, &company)?,
            previous: members.parsed("previous")?,
            hash: members.required_parsed("hash")?,
            request_id,
            company,
        };
        if Hash::of(&event.write(None)) != event.hash {
            return Err(errors::event_altered(event.sequence));
        }
        match &event.body {
            Body::Requested(requested) if requested.content.hash() != requested.content_hash => {
                let reason = Plain("its content hash does not match its content".to_owned());
                Err(errors::event_impossible(event.sequence, reason).with_field("body.contentHash"))
            }
            _ => Ok(event),
        }
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
            "consumed" => {
                Self::Consumed { grant_id: members(&["grantId", "type"])?.required_parsed("grantId")? }
            }
            "revoked" => {
                let members = members(&["grantId", "reason", "type"])?;
                let reason = members.text("reason")?.map(str::to_owned);
                Self::Revoked { grant_id: members.required_parsed("grantId")?, reason }
            }
            "administered" => Self::Administered(Administered::read(&members(&[
                "action", "after", "before", "key", "object", "type",
            ])?)?),
            other => {
                let kinds =
                    "`requested`, `decided`, `cancelled`, `expired`, `consumed`, `revoked`, `administered`";
                let error = unknown_choice(other, Plain(kinds.to_owned()));
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
            let expires_at = grant.required("expiresAt", grant.time("expiresAt")?)?;
            Some(IssuedGrant { id: grant.required_parsed("id")?, expires_at })
        }
        None => None,
    };
    let stage = members.required("stage", members.count("stage", 0, 1000)?)?;
    Ok(Body::Decided { stage: stage as usize, decision: Decision::from_event(&members)?, grant })
}
