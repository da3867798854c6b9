//! Reads the body of the first event. [`Requested::check`] then checks its meaning.

use jit_approvals_base::errors::wrong_type;
use jit_approvals_base::{Id, Json, Members, Path, Plain};

use super::super::{Attachment, Content, Eligible, StageState};
use super::{OwnedPart, Requested};
use crate::limits;
use crate::shown_text::Source;
use crate::template::is_key;
use crate::{Device, Result, errors};

impl Requested {
    pub(in super::super) fn from_json(value: &Json, request_id: Id, company: &str) -> Result<Self> {
        const MEMBERS: &[&str] = &[
            "allowSelfApproval",
            "application",
            "approvalType",
            "attachments",
            "claims",
            "contentHash",
            "defaults",
            "device",
            "expiresAt",
            "grantTtlSeconds",
            "grantUse",
            "metaData",
            "parts",
            "people",
            "stages",
            "subject",
            "templateId",
            "templateVersion",
            "titleParts",
            "type",
        ];
        let members = Members::of(value, "body", MEMBERS)?;
        let (title_parts, parts) = (parts(&members, "titleParts")?, parts(&members, "parts")?);
        let joined = |parts: &[OwnedPart]| parts.iter().map(|part| part.text.as_str()).collect();
        let device = members.optional("device").map(|device| Device::read(device, Source::Stored));
        Ok(Self {
            content: Content {
                company: company.to_owned(),
                request_id,
                application: members.required_text("application")?.to_owned(),
                subject: members.required_text("subject")?.to_owned(),
                claims: texts(&members, "claims")?,
                template_id: members.required_text("templateId")?.to_owned(),
                template_version: count(&members, "templateVersion")?,
                approval_type: members.required_parsed("approvalType")?,
                title: joined(&title_parts),
                text: joined(&parts),
                meta_data: texts(&members, "metaData")?,
                attachments: members.required(
                    "attachments",
                    members
                        .optional("attachments")
                        .map(|_| Attachment::all(&members, Source::Stored))
                        .transpose()?,
                )?,
            },
            content_hash: members.required_parsed("contentHash")?,
            title_parts,
            parts,
            defaults: texts(&members, "defaults")?,
            // An empty device is never written. Without it the text differs, so that the event counts as altered.
            device: device.transpose()?.filter(|device| !device.is_empty()),
            people: members.required_parsed("people")?,
            expires_at: members.required("expiresAt", members.time("expiresAt")?)?,
            grant_ttl: count(&members, "grantTtlSeconds")?,
            grant_use: members.required_parsed("grantUse")?,
            allow_self_approval: members
                .required("allowSelfApproval", members.boolean("allowSelfApproval")?)?,
            stages: members
                .elements("stages")?
                .map(|(path, value)| stage(value, path))
                .collect::<Result<_>>()?,
        })
    }
}

fn parts(members: &Members<'_>, name: &str) -> Result<Vec<OwnedPart>> {
    let part = |(path, part): (Path<'_>, &Json)| {
        let part = Members::of(part, path, &["key", "text"])?;
        Ok(OwnedPart {
            text: part.required_text("text")?.to_owned(),
            key: part.text("key")?.map(str::to_owned),
        })
    };
    members.elements(name)?.map(part).collect()
}

fn stage(value: &Json, path: Path<'_>) -> Result<StageState> {
    let stage = Members::of(value, path, &["eligible", "name", "required"])?;
    let eligible = |(path, value): (Path<'_>, &Json)| {
        let person = Members::of(value, path, &["email", "group"])?;
        Ok(Eligible {
            email: person.required_text("email")?.to_owned(),
            group: person.text("group")?.map(str::to_owned),
        })
    };
    Ok(StageState {
        name: stage.text("name")?.map(str::to_owned),
        required: count(&stage, "required")?,
        eligible: stage.elements("eligible")?.map(eligible).collect::<Result<_>>()?,
        decisions: Vec::new(),
    })
}

fn count(members: &Members<'_>, name: &str) -> Result<u32> {
    members.required(name, members.count(name, 1, u32::MAX)?)
}

/// Reads an object of texts and sorts it by key. It has at most as many members as a template has fields.
fn texts(members: &Members<'_>, name: &str) -> Result<Vec<(String, String)>> {
    let object = members.required(name, members.object(name)?)?;
    if object.len() > limits::FIELDS {
        return Err(errors::too_many_fields(object.len(), limits::FIELDS).with_field(members.path_of(name)));
    }
    let mut texts = Vec::with_capacity(object.len());
    for (key, value) in object.iter() {
        let path = || format!("{}.{key}", members.path_of(name));
        // The writer relies on this, and it runs before any other check.
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
