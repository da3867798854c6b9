//! What an application sends to open a request and to use its grant.

use std::time::Duration;

use jit_approvals_base::{Error, Json, Members, Object, Plain};

use crate::host::host;
use crate::limits;
use crate::shown_text::{Source, flaw, is_visible};
use crate::{Result, errors};

/// The body that opens a request: `{templateId, metaData?, approvers?, expiresInSeconds?, attachments?}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestBody {
    pub(crate) template_id: String,
    pub(crate) meta_data: Object,
    pub(crate) approvers: Vec<String>,
    pub(crate) expires_in: Option<u32>,
    pub(crate) attachments: Vec<Attachment>,
}

/// A link that the approver may look at before deciding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    title: String,
    url: String,
}

/// What the application is about to do. Consuming a grant compares it with what was approved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Act {
    pub(crate) meta_data: Object,
    pub(crate) attachments: Vec<Attachment>,
}

impl RequestBody {
    /// Creates a body for the given template, with the template's defaults for everything else.
    pub fn new(template_id: impl Into<String>) -> Self {
        Self {
            template_id: template_id.into(),
            meta_data: Object::new(),
            approvers: Vec::new(),
            expires_in: None,
            attachments: Vec::new(),
        }
    }

    /// Returns the same body with the given values for the template's placeholders.
    #[must_use]
    pub fn with_meta_data(self, meta_data: impl Into<Object>) -> Self {
        Self { meta_data: meta_data.into(), ..self }
    }

    /// Returns the same body with the given approvers (emails and group keys) instead of the template's defaults.
    #[must_use]
    pub fn with_approvers<S: Into<String>>(self, approvers: impl IntoIterator<Item = S>) -> Self {
        Self { approvers: approvers.into_iter().map(Into::into).collect(), ..self }
    }

    /// Returns the same body with the given time until the request expires, in whole seconds. It must not be longer
    /// than the time in the template.
    #[must_use]
    pub fn with_expires_in(self, time: Duration) -> Self {
        Self { expires_in: Some(u32::try_from(time.as_secs()).unwrap_or(u32::MAX)), ..self }
    }

    /// Returns the same body with the given attachments.
    #[must_use]
    pub fn with_attachments(self, attachments: impl IntoIterator<Item = Attachment>) -> Self {
        Self { attachments: attachments.into_iter().collect(), ..self }
    }

    /// The key of the template.
    pub fn template_id(&self) -> &str {
        &self.template_id
    }

    /// The values for the template's placeholders.
    pub fn meta_data(&self) -> &Object {
        &self.meta_data
    }

    /// The approvers who decide instead of the template's defaults. Empty for the defaults.
    pub fn approvers(&self) -> &[String] {
        &self.approvers
    }

    /// The time until the request expires. `None` for the time in the template.
    pub fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(|seconds| Duration::from_secs(seconds.into()))
    }

    /// The attachments, which the approver may look at before deciding.
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// Reads the body that an application posts.
    ///
    /// # Errors
    ///
    /// Those of [`Json::parse`]; `wrong_type`, `missing_member`, `unknown_member`, `out_of_range`,
    /// `invalid_attachment`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::from_json(&Json::parse(text)?)
    }

    /// Reads the body from a JSON value.
    ///
    /// # Errors
    ///
    /// As [`RequestBody::parse`].
    pub fn from_json(value: &Json) -> Result<Self> {
        const MEMBERS: &[&str] = &["templateId", "metaData", "approvers", "expiresInSeconds", "attachments"];
        let members = Members::of(value, "", MEMBERS)?;
        let approvers = members.texts("approvers")?;
        // A host loads each of them from its directory before it opens the request.
        if approvers.len() > limits::APPROVERS as usize {
            return Err(too_many_approvers(approvers.len()));
        }
        Ok(Self {
            template_id: members.required_text("templateId")?.to_owned(),
            meta_data: members.object("metaData")?.cloned().unwrap_or_default(),
            approvers,
            expires_in: members.count("expiresInSeconds", 1, limits::MAX_TTL_SECONDS)?,
            attachments: Attachment::all(&members, Source::Given)?,
        })
    }
}

/// The error for more approvers than a request may have.
pub(super) fn too_many_approvers(count: usize) -> Error {
    errors::too_many(Plain("approvers"), count, limits::APPROVERS as usize).with_field("approvers")
}

impl Act {
    /// Creates an act with the given values. A field that is left out has its default value.
    pub fn new(meta_data: impl Into<Object>) -> Self {
        Self { meta_data: meta_data.into(), attachments: Vec::new() }
    }

    /// Returns the same act with the attachments of the request.
    #[must_use]
    pub fn with_attachments(self, attachments: impl IntoIterator<Item = Attachment>) -> Self {
        Self { attachments: attachments.into_iter().collect(), ..self }
    }

    /// The values that the application is about to act on.
    pub fn meta_data(&self) -> &Object {
        &self.meta_data
    }

    /// The attachments of the request.
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// Reads `{metaData, attachments?}`.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`, `invalid_attachment`
    pub fn from_json(value: &Json) -> Result<Self> {
        let members = Members::of(value, "", &["metaData", "attachments"])?;
        let meta_data = members.required("metaData", members.object("metaData")?)?;
        Ok(Self { meta_data: meta_data.clone(), attachments: Attachment::all(&members, Source::Given)? })
    }
}

impl Attachment {
    /// Creates an attachment, after it has checked the title and the URL.
    ///
    /// # Errors
    ///
    /// `invalid_attachment`
    pub fn new(title: &str, url: &str) -> Result<Self> {
        Self::read(title, url, Source::Given)
    }

    fn read(title: &str, url: &str, source: Source) -> Result<Self> {
        // Browsers escape these characters or read them as different ones.
        let odd = |byte: u8| !byte.is_ascii_graphic() || br#""<>\^`{|}"#.contains(&byte);
        let reason = if title.chars().count() > limits::TITLE_CHARACTERS || !is_visible(title) {
            "the title must have 1 to 200 characters, at least one of them visible".to_owned()
        } else if let Some(flaw) = flaw(title, false, source) {
            format!("the title cannot be shown: {flaw}")
        } else if !url.starts_with("https://") {
            "the URL must start with `https://`".to_owned()
        } else if url.len() > limits::URL_BYTES || url.bytes().any(odd) {
            "the URL must have at most 2048 ASCII characters, without spaces and without any of \"<>\\^`{|}"
                .to_owned()
        } else if host(url).is_none() {
            "the URL must have a well-formed host, in ASCII and without user information".to_owned()
        } else {
            return Ok(Self { title: title.to_owned(), url: url.to_owned() });
        };
        Err(errors::invalid_attachment(Plain(reason)))
    }

    /// The title: one line of up to 200 characters.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The URL: `https`, in ASCII.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The host in the URL, in lower case and ASCII (other alphabets as punycode), with the port if the URL has one.
    /// A page shows it next to the title.
    pub fn host(&self) -> String {
        host(&self.url).expect("checked when it was made")
    }

    pub(crate) fn check_count(count: usize) -> Result<()> {
        if count <= limits::ATTACHMENTS {
            return Ok(());
        }
        Err(errors::too_many(Plain("attachments"), count, limits::ATTACHMENTS).with_field("attachments"))
    }

    pub(crate) fn all(members: &Members<'_>, source: Source) -> Result<Vec<Self>> {
        let mut attachments = Vec::new();
        Self::check_count(members.count_elements("attachments")?)?;
        for (path, value) in members.elements("attachments")? {
            let row = Members::of(value, path, &["title", "url"])?;
            let title = row.required("title", row.text("title")?)?;
            let url = row.required("url", row.text("url")?)?;
            attachments
                .push(Self::read(title, url, source).map_err(|error| error.with_field(path.to_string()))?);
        }
        Ok(attachments)
    }
}
