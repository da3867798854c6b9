//! The values that are fixed when a request is opened.

mod check;
mod read;

pub(super) use check::Approvers;

use jit_approvals_base::{Canonical, UnixTime};

use super::content::{write_attachments, write_texts};
use super::{Content, Hash, StageState};
use crate::{Device, GrantUse, Part};

/// The values fixed when a request was opened: everything that approvers see, and who may decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requested {
    pub(crate) content: Content,
    pub(crate) content_hash: Hash,
    pub(crate) title_parts: Vec<OwnedPart>,
    pub(crate) parts: Vec<OwnedPart>,
    /// The default values of fields that an act leaves out, sorted by key.
    pub(crate) defaults: Vec<(String, String)>,
    pub(crate) device: Option<Device>,
    pub(crate) people: PeopleKnown,
    pub(crate) expires_at: UnixTime,
    pub(crate) grant_ttl: u32,
    pub(crate) grant_use: GrantUse,
    pub(crate) allow_self_approval: bool,
    pub(crate) stages: Vec<StageState>,
}

/// A part of the title or text, with the key of its placeholder if it is a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnedPart {
    pub(crate) text: String,
    pub(crate) key: Option<String>,
}

impl OwnedPart {
    pub(super) fn as_part(&self) -> Part<'_> {
        Part { text: &self.text, key: self.key.as_deref() }
    }
}

impl From<Part<'_>> for OwnedPart {
    fn from(part: Part<'_>) -> Self {
        Self { text: part.text.to_owned(), key: part.key.map(str::to_owned) }
    }
}

/// Whether the directory accepted everyone or listed people when the request was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PeopleKnown {
    /// The directory accepted everyone: each email stood for itself.
    Everyone,
    /// The directory listed people. The directory for a decision must list people, too.
    Listed,
}

jit_approvals_base::choices! {
    PeopleKnown { Everyone = "everyone", Listed = "listed" }
}

impl Requested {
    /// Writes the title and the text only once, as their parts.
    pub(super) fn write(&self, body: &mut Canonical, kind: &str) {
        let content = &self.content;
        body.boolean("allowSelfApproval", self.allow_self_approval);
        body.text("application", &content.application);
        body.text("approvalType", content.approval_type.as_str());
        write_attachments(body, &content.attachments);
        write_texts(body, "claims", &content.claims);
        body.text("contentHash", self.content_hash.encode(&mut [0; 64]));
        write_texts(body, "defaults", &self.defaults);
        if let Some(device) = &self.device {
            body.object_member("device", |object| device.write(object));
        }
        body.integer("expiresAt", self.expires_at.seconds());
        body.integer("grantTtlSeconds", self.grant_ttl.into());
        body.text("grantUse", self.grant_use.as_str());
        write_texts(body, "metaData", &content.meta_data);
        write_parts(body, "parts", &self.parts);
        body.text("people", self.people.as_str());
        body.objects("stages", &self.stages, |object, stage| {
            object.objects("eligible", &stage.eligible, |object, eligible| {
                object.text("email", &eligible.email);
                object.optional_text("group", eligible.group.as_deref());
            });
            object.optional_text("name", stage.name.as_deref());
            object.integer("required", stage.required.into());
        });
        body.text("subject", &content.subject);
        body.text("templateId", &content.template_id);
        body.integer("templateVersion", content.template_version.into());
        write_parts(body, "titleParts", &self.title_parts);
        body.text("type", kind);
    }
}

fn write_parts(body: &mut Canonical, key: &str, parts: &[OwnedPart]) {
    body.objects(key, parts, |object, part| {
        object.optional_text("key", part.key.as_deref());
        object.text("text", &part.text);
    });
}
