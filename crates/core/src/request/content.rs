//! The content that an approver approves, and its hash.

use std::fmt;
use std::str::FromStr;

use jit_approvals_base::{Canonical, Error, Id};
use sha2::{Digest as _, Sha256};

use super::Attachment;
use crate::{ApprovalType, errors};

/// A SHA-256 hash, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    pub(crate) fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Returns the 32 bytes of the hash.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0
    }

    /// Writes the 64 digits into the buffer and returns them.
    pub(crate) fn encode(self, buffer: &mut [u8; 64]) -> &str {
        base16ct::lower::encode_str(&self.0, buffer).expect("two digits for each byte")
    }
}

impl FromStr for Hash {
    type Err = Error;

    /// Reads 64 lower-case hexadecimal digits. Any other text is the error `invalid_hash`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut bytes = [0; 32];
        match base16ct::lower::decode(text, &mut bytes) {
            Ok(whole) if whole.len() == 32 => Ok(Self(bytes)),
            _ => Err(errors::invalid_hash(text)),
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.encode(&mut [0; 64]))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Hash({self})")
    }
}

/// Everything that the content hash covers. `claims` and `meta_data` are sorted by their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) company: String,
    pub(crate) request_id: Id,
    pub(crate) application: String,
    pub(crate) subject: String,
    pub(crate) claims: Vec<(String, String)>,
    pub(crate) template_id: String,
    pub(crate) template_version: u32,
    pub(crate) approval_type: ApprovalType,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) meta_data: Vec<(String, String)>,
    pub(crate) attachments: Vec<Attachment>,
}

impl Content {
    pub(crate) fn hash(&self) -> Hash {
        self.hash_with(&self.meta_data, &self.attachments)
    }

    /// Returns the hash of this content with the given values and attachments instead of its own.
    pub(crate) fn hash_with(&self, meta_data: &[(String, String)], attachments: &[Attachment]) -> Hash {
        let mut id = [0; 36];
        let bytes = self.title.len() + self.text.len() + 1024;
        Hash::of(&Canonical::object(bytes, |content| {
            content.text("application", &self.application);
            content.text("approvalType", self.approval_type.as_str());
            write_attachments(content, attachments);
            write_texts(content, "claims", &self.claims);
            content.text("company", &self.company);
            write_texts(content, "metaData", meta_data);
            content.text("requestId", self.request_id.encode(&mut id));
            content.text("subject", &self.subject);
            content.text("templateId", &self.template_id);
            content.integer("templateVersion", self.template_version.into());
            content.text("text", &self.text);
            content.text("title", &self.title);
            content.integer("v", 1);
        }))
    }
}

pub(crate) fn write_texts(writer: &mut Canonical, key: &str, texts: &[(String, String)]) {
    writer.object_member(key, |object| {
        for (key, value) in texts {
            object.text(key, value);
        }
    });
}

pub(crate) fn write_attachments(writer: &mut Canonical, attachments: &[Attachment]) {
    writer.objects("attachments", attachments, |object, attachment| {
        object.text("title", attachment.title());
        object.text("url", attachment.url());
    });
}
