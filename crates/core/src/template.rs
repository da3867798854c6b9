//! Approval templates: what an administrator writes once.

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
pub(crate) use values::{GivenValue, PlaceholderTexts, ValueText, given_values, unknown, value_text};

use crate::{Origin, Result, limits};
pub use pattern::Pattern;
use placeholder::{Segment, TextPattern};

/// A checked template: its placeholders are declared, its constraints can be met. A cheap handle.
///
/// Immutable; a change is a new version under the same key.
#[derive(Clone)]
pub struct Template(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) key: String,
    pub(crate) version: u32,
    pub(crate) name: String,
    pub(crate) approval_type: ApprovalType,
    pub(crate) title: TextPattern,
    pub(crate) text: TextPattern,
    /// Whether the request's id is among the placeholders.
    pub(crate) shows_id: bool,
    pub(crate) fields: Vec<MetadataField>,
    /// The custom claims of the auth token that the template shows.
    pub(crate) claims: Vec<String>,
    pub(crate) stages: Vec<Stage>,
    /// Whether the stages stand in the template, or are its one unnamed default.
    pub(crate) staged: bool,
    pub(crate) request_ttl: u32,
    pub(crate) grant_ttl: u32,
    pub(crate) grant_use: GrantUse,
    pub(crate) allow_self_approval: bool,
    pub(crate) approver_override: ApproverOverride,
    /// The applications that may use it; any, if there are none.
    pub(crate) applications: Vec<String>,
    source: Json,
}

/// What an approver does to approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApprovalType {
    /// Presses the button.
    Approve,
    /// Signs first.
    SignAndApprove,
}

/// How often a grant can be consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantUse {
    /// Once.
    Once,
    /// Any number of times until it expires, each checked and recorded.
    UntilExpiry,
}

/// What a request may do to the template's default approvers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApproverOverride {
    /// Name any others instead.
    Any,
    /// Name some of them.
    Defaults,
    /// Nothing.
    None,
}

/// One of the steps of an approval that takes several.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stage {
    /// What the step is called.
    pub name: Option<String>,
    /// Emails of those who may decide in it.
    pub approvers: Vec<String>,
    /// Groups whose members may decide in it.
    pub groups: Vec<String>,
    /// How many different people must approve: at least 1.
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

    /// Reads and checks a template. An error's field is the path to the member; in a text, line and column are
    /// those within the text.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`, `out_of_range`; the family `template`;
    /// `invalid_email`; those of the family `metadata` for a default that its own constraints refuse.
    pub fn from_json(value: &Json) -> Result<Self> {
        Self::read(value.clone())
    }

    fn read(value: Json) -> Result<Self> {
        let read = read::read(value, 1).map_err(|mistakes| mistakes.into_iter().next());
        read.map(|inner| Self(Arc::new(inner))).map_err(|first| first.expect("at least one"))
    }

    /// All that is wrong with a record, up to 100 mistakes: what [`from_json`](Self::from_json) refuses it for is the
    /// first. None if it is a template.
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
    /// assert_eq!(codes, ["unknown_choice", "empty_text", "unknown_member", "unknown_placeholder", "unknown_placeholder"]);
    /// # Ok::<(), jit_approvals_base::Error>(())
    /// ```
    pub fn mistakes(value: &Json) -> Vec<Error> {
        read::read(value.clone(), limits::MISTAKES).err().unwrap_or_default()
    }

    /// The record that it was read from.
    pub fn to_json(&self) -> &Json {
        &self.0.source
    }

    /// `approvalKey`: what a request names as its `templateId`.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// `templateVersion`: counted from 1.
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

    /// The declared metadata fields, in their order.
    pub fn fields(&self) -> &[MetadataField] {
        &self.0.fields
    }

    /// The stages; one without a name where the template names none.
    pub fn stages(&self) -> &[Stage] {
        &self.0.stages
    }

    /// The parts of the title before it is filled: those of placeholders are empty.
    pub fn title_parts(&self) -> impl Iterator<Item = Part<'_>> {
        unfilled(&self.0.title)
    }

    /// The parts of the text before it is filled: those of placeholders are empty.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        unfilled(&self.0.text)
    }

    /// What an approver would see: title and text, filled with these values on behalf of this origin.
    ///
    /// # Errors
    ///
    /// The family `metadata`.
    pub fn render(&self, meta_data: &Object, origin: &Origin, request_id: Id) -> Result<Rendered<'_>> {
        let mut id = [0; 36];
        let request_id = self.shown_id(request_id, &mut id);
        Rendered::new(&self.0, &PlaceholderTexts::new(self, given_values(meta_data), origin, request_id)?)
    }

    /// The same, with values that are texts, by their keys; of two with one key the later stands.
    ///
    /// # Errors
    ///
    /// The family `metadata`.
    #[doc(hidden)]
    pub fn render_texts<'a>(
        &self,
        meta_data: impl IntoIterator<Item = (&'a str, &'a str)>,
        origin: &Origin,
        request_id: Id,
    ) -> Result<Rendered<'_>> {
        let mut id = [0; 36];
        let request_id = self.shown_id(request_id, &mut id);
        let given = meta_data.into_iter().map(|(key, text)| (key, GivenValue::Text(text)));
        Rendered::new(&self.0, &PlaceholderTexts::new(self, given, origin, request_id)?)
    }

    /// The id's text, if the template shows it.
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
