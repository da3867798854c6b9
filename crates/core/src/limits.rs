//! The bounds of what is stored and shown.

/// Metadata fields of a template.
pub const FIELDS: usize = 64;
/// Bytes of a metadata value.
pub const VALUE_BYTES: u32 = 4096;
/// Bytes of a template's `approvalData`, and of the text rendered from it.
pub const TEXT_BYTES: usize = 65_536;
/// Characters of a title, in the template and rendered.
pub const TITLE_CHARACTERS: usize = 200;
/// Bytes of a comment.
pub const COMMENT_BYTES: usize = 4096;
/// Characters of a typed signature.
pub const SIGNATURE_CHARACTERS: usize = 200;
/// Bytes of each text that a device reports.
pub const DEVICE_BYTES: usize = 512;
/// Applications that a template names.
pub const APPLICATIONS: usize = 1000;
/// Attachments of a request.
pub const ATTACHMENTS: usize = 20;
/// Bytes of an attachment's URL.
pub const URL_BYTES: usize = 2048;
/// Stages of a template.
pub const STAGES: usize = 20;
/// People who may decide, in all stages together.
pub const APPROVERS: u32 = 1000;
/// Bytes of all compiled patterns of a template together.
pub const PATTERN_BYTES: usize = 4 << 20;
/// Choices of a metadata field.
pub const CHOICES: usize = 1000;
/// Mistakes of a template that are told at once.
pub const MISTAKES: usize = 100;
/// Seconds until a request expires, unless the template says otherwise.
pub const REQUEST_TTL_SECONDS: u32 = 900;
/// Seconds from the decision until a grant expires, unless the template says otherwise.
pub const GRANT_TTL_SECONDS: u32 = 300;
/// The most seconds either may live: 30 days.
pub const MAX_TTL_SECONDS: u32 = 2_592_000;
