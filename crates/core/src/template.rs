//! Approval templates. An administrator writes a template once, and every request fills it with values.

mod decimal;
mod field;
mod mistakes;
mod pattern;
mod placeholder;
mod read;
mod render;
mod values;

use std::fmt;
use std::sync::Arc;

use jit_approvals_base::{Error, Id, Json, Object};

pub use field::{MetadataField, ValueType};
pub(crate) use placeholder::{BUILT_IN, is_key};
pub(crate) use read::{check_name, check_template_key};
pub(crate) use render::merging_part;
pub use render::{Part, Rendered};
pub(crate) use values::{PlaceholderTexts, ValueText, unknown, value_text};

use crate::{Origin, Result, limits};
pub use pattern::Pattern;
use placeholder::{Segment, TextPattern};

/// A checked template: all its placeholders are declared, and its constraints can be met.
///
/// Cloning a template is cheap. A template is immutable: a change is a new version with the same key.
#[derive(Clone)]
pub struct Template(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) key: String,
    pub(crate) version: u32,
    pub(crate) name: String,
    pub(crate) approval_type: ApprovalType,
    pub(crate) title: TextPattern,
    pub(crate) text: TextPattern,
    /// Whether the title or the text shows the id of the request.
    pub(crate) shows_id: bool,
    pub(crate) fields: Vec<MetadataField>,
    /// The custom claims of the auth token that the template may show.
    pub(crate) claims: Vec<String>,
    pub(crate) stages: Vec<Stage>,
    /// Whether the template lists the stages. Otherwise there is one default stage without a name.
    pub(crate) staged: bool,
    pub(crate) request_ttl: u32,
    pub(crate) grant_ttl: u32,
    pub(crate) grant_use: GrantUse,
    pub(crate) allow_self_approval: bool,
    pub(crate) approver_override: ApproverOverride,
    /// The applications that may use the template. If the list is empty, every application may use it.
    pub(crate) applications: Vec<String>,
    source: Json,
}

/// What an approver does to approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApprovalType {
    /// Presses the button.
    Approve,
    /// Signs first, then presses the button.
    SignAndApprove,
}

/// How often a grant can be consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantUse {
    /// Once.
    Once,
    /// Any number of times until the grant expires. Every use is checked and recorded.
    UntilExpiry,
}

/// How a request may change the template's default approvers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApproverOverride {
    /// The request may name any other approvers instead.
    Any,
    /// The request may name some of the default approvers.
    Defaults,
    /// The request must not name approvers.
    None,
}

/// One stage of an approval. If there are several, they are decided one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stage {
    /// The name of the stage.
    pub name: Option<String>,
    /// The emails of the people who may decide in this stage.
    pub approvers: Vec<String>,
    /// The keys of the groups. All their members may decide in this stage.
    pub groups: Vec<String>,
    /// The number of different people who must approve, at least 1.
    pub required: u32,
}

impl Template {
    /// Reads and checks a template from its JSON text.
    ///
    /// # Errors
    ///
    /// Those of [`Json::parse`] and [`Template::from_json`].
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(Json::parse(text)?)
    }

    /// Reads and checks a template.
    ///
    /// The field of an error is the path of the member. If the mistake is inside a text, the error also has the
    /// line and the column in that text.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`, `out_of_range`; the family `template`;
    /// `invalid_email`; the family `metadata` for a default that violates the constraints of its own field.
    pub fn from_json(value: &Json) -> Result<Self> {
        Self::read(value.clone())
    }

    fn read(value: Json) -> Result<Self> {
        let read = read::read(value, 1).map_err(|mistakes| mistakes.into_iter().next());
        read.map(|inner| Self(Arc::new(inner))).map_err(|first| first.expect("at least one"))
    }

    /// Returns all mistakes in a record, at most 100. The list is empty if the record is a valid template.
    ///
    /// The first mistake is the error that [`from_json`](Self::from_json) returns.
    ///
    /// ```
    /// # mod jit_approvals { pub use jit_approvals_core::*; pub use jit_approvals_base as json; }
    /// use jit_approvals::Template;
    /// use jit_approvals::json::Json;
    ///
    /// let record = r#"{"approvalType": "aprove", "templateName": "", "approvalKey": "REFUND",
    ///     "approvalTitle": "Refund $(amuont)?", "approvalData": "To $(sbject), $(amount)",
    ///     "metadata": [{"key": "amount", "requird": true}]}"#;
    /// let mistakes = Template::mistakes(&Json::parse(record)?);
    /// let codes: Vec<_> = mistakes.iter().map(|mistake| mistake.code()).collect();
    /// assert_eq!(codes[..3], ["unknown_choice", "empty_text", "unknown_member"]);
    /// assert_eq!(codes[3..], ["unknown_placeholder", "unknown_placeholder"]);
    /// # Ok::<(), jit_approvals_base::Error>(())
    /// ```
    pub fn mistakes(value: &Json) -> Vec<Error> {
        read::read(value.clone(), limits::MISTAKES).err().unwrap_or_default()
    }

    /// The record that the template was read from.
    pub fn to_json(&self) -> &Json {
        &self.0.source
    }

    /// `approvalKey`: a request gives this key as its `templateId`.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// `templateVersion`, starting at 1.
    pub fn version(&self) -> u32 {
        self.0.version
    }

    /// `templateName`
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// `approvalType`
    pub fn approval_type(&self) -> ApprovalType {
        self.0.approval_type
    }

    /// The declared metadata fields, in the order of the record.
    pub fn fields(&self) -> &[MetadataField] {
        &self.0.fields
    }

    /// The stages. A template that lists no stages has one stage without a name.
    pub fn stages(&self) -> &[Stage] {
        &self.0.stages
    }

    /// The parts of the title before it is filled. Parts of placeholders have an empty text.
    pub fn title_parts(&self) -> impl Iterator<Item = Part<'_>> {
        unfilled(&self.0.title)
    }

    /// The parts of the text before it is filled. Parts of placeholders have an empty text.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        unfilled(&self.0.text)
    }

    /// Returns what an approver would see: the title and the text, filled with the given values and origin.
    ///
    /// # Errors
    ///
    /// The family `metadata`.
    pub fn render(&self, meta_data: &Object, origin: &Origin, request_id: Id) -> Result<Rendered> {
        let mut id = [0; 36];
        let request_id = self.shown_id(request_id, &mut id);
        Rendered::new(self, &PlaceholderTexts::new(self, meta_data, origin, request_id)?)
    }

    /// Returns the text of the id if the template shows it, otherwise an empty text.
    pub(crate) fn shown_id<'a>(&self, id: Id, buffer: &'a mut [u8; 36]) -> &'a str {
        if self.0.shows_id { id.encode(buffer) } else { "" }
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Template").field("key", &self.0.key).field("version", &self.0.version).finish()
    }
}

fn unfilled(pattern: &TextPattern) -> impl Iterator<Item = Part<'_>> {
    pattern.segments.iter().map(|segment| match segment {
        Segment::Literal(text) => Part { text, key: None },
        Segment::Placeholder { key, .. } => Part { text: "", key: Some(key) },
    })
}

jit_approvals_base::choices! {
    ApprovalType { Approve = "approve", SignAndApprove = "signAndApprove" }
    GrantUse { Once = "once", UntilExpiry = "untilExpiry" }
    ApproverOverride { Any = "any", Defaults = "defaults", None = "none" }
}
