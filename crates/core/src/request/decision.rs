//! The decision of an approver.

use jit_approvals_base::{Json, Members, Plain};

use super::Hash;
use crate::limits;
use crate::shown_text::{Source, flaw, is_visible, name_flaw};
use crate::{Result, errors};

/// The decision of an approver about the content that they saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub(crate) approver: String,
    pub(crate) verdict: Verdict,
    pub(crate) content_hash: Hash,
    pub(crate) comment: Option<String>,
    pub(crate) signature: Option<String>,
}

/// The verdict of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The act may happen.
    Approve,
    /// The act must not happen. One rejection is enough to reject the request.
    Reject,
}

jit_approvals_base::choices! {
    Verdict { Approve = "approve", Reject = "reject" }
}

impl Decision {
    /// Creates the decision of an approver to approve the content with the given hash.
    pub fn approve(approver: impl Into<String>, content_hash: Hash) -> Self {
        let (approver, verdict) = (approver.into(), Verdict::Approve);
        Self { approver, verdict, content_hash, comment: None, signature: None }
    }

    /// Creates the decision of an approver to reject the content with the given hash.
    pub fn reject(approver: impl Into<String>, content_hash: Hash) -> Self {
        Self { verdict: Verdict::Reject, ..Self::approve(approver, content_hash) }
    }

    /// Reads the decision that an approver sends as a body: `{verdict, contentHash, comment?, signature?}`. The host
    /// must have authenticated the approver. The signature is a text, or `{kind: "typed", text}`.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`, `unknown_choice`, `invalid_hash`
    pub fn from_body(approver: impl Into<String>, body: &Json) -> Result<Self> {
        let members = Members::of(body, "", &["verdict", "contentHash", "comment", "signature"])?;
        Self::read(approver.into(), &members)
    }

    /// Reads `{approver, verdict, contentHash, comment?, signature?}`. This is for the bindings: the host itself must
    /// have set the approver.
    ///
    /// # Errors
    ///
    /// As [`Decision::from_body`].
    #[doc(hidden)]
    pub fn from_json(value: &Json) -> Result<Self> {
        let members =
            Members::of(value, "", &["approver", "verdict", "contentHash", "comment", "signature"])?;
        Self::read(members.required_text("approver")?.to_owned(), &members)
    }

    fn read(approver: String, members: &Members<'_>) -> Result<Self> {
        let signature = match members.optional("signature") {
            Some(typed @ Json::Object(_)) => Some(typed_signature(typed, &members.path_of("signature"))?),
            _ => members.text("signature")?.map(str::to_owned),
        };
        Self::with_signature_of(approver, signature, members)
    }

    /// Reads a decision from the members of an event's body.
    pub(super) fn from_event(members: &Members<'_>) -> Result<Self> {
        let approver = members.required_text("approver")?.to_owned();
        let signature = members.optional("signature");
        let signature =
            signature.map(|typed| typed_signature(typed, &members.path_of("signature"))).transpose()?;
        Self::with_signature_of(approver, signature, members)
    }

    fn with_signature_of(approver: String, signature: Option<String>, members: &Members<'_>) -> Result<Self> {
        Ok(Self {
            approver,
            verdict: members.required_parsed("verdict")?,
            content_hash: members.required_parsed("contentHash")?,
            comment: members.text("comment")?.map(str::to_owned),
            signature,
        })
    }

    /// Returns the same decision with the given comment: one or more lines, up to 4 KiB.
    #[must_use]
    pub fn with_comment(self, comment: impl Into<String>) -> Self {
        Self { comment: Some(comment.into()), ..self }
    }

    /// Returns the same decision, signed with the given name: up to 200 characters. A signature is required to
    /// approve a request of type `signAndApprove`.
    #[must_use]
    pub fn with_signature(self, name: impl Into<String>) -> Self {
        Self { signature: Some(name.into()), ..self }
    }

    /// The email of the approver.
    pub fn approver(&self) -> &str {
        &self.approver
    }

    /// The verdict: approve or reject.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The hash of the content that the approver saw.
    pub fn content_hash(&self) -> Hash {
        self.content_hash
    }

    /// The comment, if the approver wrote one.
    pub fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// The name that the approver signed with.
    pub fn signature(&self) -> Option<&str> {
        self.signature.as_deref()
    }

    /// Rejects a comment or signature that could mislead a reader.
    pub(super) fn check_texts(&self, source: Source) -> Result<()> {
        if let Some(comment) = &self.comment {
            let error = if comment.len() > limits::COMMENT_BYTES {
                Some(errors::comment_too_long(comment.len(), limits::COMMENT_BYTES))
            } else {
                flaw(comment, true, source).map(|flaw| errors::comment_character(Plain(flaw.to_string())))
            };
            error.map_or(Ok(()), |error| Err(error.with_field("comment")))?;
        }
        let Some(signature) = &self.signature else {
            return Ok(());
        };
        let size = signature.chars().count();
        let error = if size > limits::SIGNATURE_CHARACTERS {
            errors::signature_too_long(size, limits::SIGNATURE_CHARACTERS)
        } else {
            match name_flaw(signature, source) {
                None => return Ok(()),
                Some(_) if !is_visible(signature) => errors::signature_required(),
                Some(flaw) => errors::signature_character(Plain(flaw.to_string())),
            }
        };
        Err(error.with_field("signature"))
    }
}

/// How the approver signed.
#[derive(Clone, Copy)]
enum SignatureKind {
    /// By typing their name.
    Typed,
}

jit_approvals_base::choices! {
    SignatureKind { Typed = "typed" }
}

/// Reads the name from `{kind: "typed", text}`.
fn typed_signature(value: &Json, path: &str) -> Result<String> {
    let signature = Members::of(value, path, &["kind", "text"])?;
    signature.required_parsed::<SignatureKind>("kind")?;
    signature.required_text("text").map(str::to_owned)
}
