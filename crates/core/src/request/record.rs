//! The JSON record that the application and the portal read.

use jit_approvals_base::{Json, Object, UnixTime};

use super::{ApprovalRequest, Decision, Grant, StageState};

impl ApprovalRequest {
    /// Returns the request at the given time: `{id, status, templateId, templateVersion, approvalType, title,
    /// titleParts, text, parts, metaData, application, subject, device?, attachments, contentHash, requestedAt,
    /// expiresAt, stages, decidedAt?, grant?}`.
    pub fn to_json(&self, now: UnixTime) -> Json {
        if self.count_until(now) < self.events.len() {
            return self.at(now).to_json(now);
        }
        let content = &self.fixed.content;
        let texts = |texts: &[(String, String)]| -> Object {
            texts.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
        };
        let attachment = |attachment: &super::Attachment| {
            Object::new().with("title", attachment.title()).with("url", attachment.url())
        };
        let mut record = Object::new()
            .with("id", self.id())
            .with("status", self.status(now).as_str())
            .with("templateId", &*content.template_id)
            .with("templateVersion", content.template_version)
            .with("approvalType", content.approval_type.as_str())
            .with("title", &*content.title)
            .with("titleParts", self.title_parts().map(Object::from).collect::<Vec<_>>())
            .with("text", &*content.text)
            .with("parts", self.parts().map(Object::from).collect::<Vec<_>>())
            .with("metaData", texts(&content.meta_data))
            .with("application", &*content.application)
            .with("subject", &*content.subject)
            .with("attachments", content.attachments.iter().map(attachment).collect::<Vec<_>>())
            .with("contentHash", self.fixed.content_hash.to_string())
            .with("requestedAt", self.requested_at)
            .with("expiresAt", self.fixed.expires_at)
            .with("stages", self.stages.iter().map(stage).collect::<Vec<_>>());
        if let Some(device) = self.device() {
            record.insert("device", device.to_json());
        }
        if let Some(at) = self.decided_at() {
            record.insert("decidedAt", at);
        }
        if let Some(grant) = &self.grant {
            record.insert("grant", grant.to_json(now));
        }
        record.into()
    }
}

impl Grant {
    /// Returns the grant at the given time: `{id, status, issuedAt, expiresAt, consumedAt?}`.
    pub fn to_json(&self, now: UnixTime) -> Json {
        let mut record = Object::new()
            .with("id", self.id)
            .with("status", self.status(now).as_str())
            .with("issuedAt", self.issued_at)
            .with("expiresAt", self.expires_at);
        if let Some(first) = self.consumed.first() {
            record.insert("consumedAt", *first);
        }
        record.into()
    }
}

impl Decision {
    fn to_object(&self, at: UnixTime) -> Object {
        let mut object =
            Object::new().with("approver", &*self.approver).with("verdict", self.verdict.as_str());
        if let Some(comment) = &self.comment {
            object.insert("comment", comment.as_str());
        }
        if let Some(signature) = &self.signature {
            object.insert("signature", Object::from([("kind", "typed"), ("text", signature)]));
        }
        object.with("decidedAt", at)
    }
}

fn stage(stage: &StageState) -> Object {
    let mut object = Object::new();
    if let Some(name) = &stage.name {
        object.insert("name", name.as_str());
    }
    let approvers: Vec<&str> = stage.eligible.iter().map(|person| &*person.email).collect();
    let decisions: Vec<Object> =
        stage.decisions.iter().map(|decided| decided.decision.to_object(decided.at)).collect();
    object.with("required", stage.required).with("approvers", approvers).with("decisions", decisions)
}
