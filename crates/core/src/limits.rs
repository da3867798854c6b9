//! The limits of what is stored and shown.

/// The maximum number of metadata fields in a template, and of the claims that it lists.
pub const FIELDS: usize = 64;
/// The maximum size of a metadata value, in bytes.
pub const VALUE_BYTES: u32 = 4096;
/// The maximum size of a template's `approvalData` and of the text rendered from it, in bytes.
pub const TEXT_BYTES: usize = 65_536;
/// The maximum length of a title in the template and of the rendered title, in characters.
pub const TITLE_CHARACTERS: usize = 200;
/// The maximum size of a comment, in bytes.
pub const COMMENT_BYTES: usize = 4096;
/// The maximum length of a typed signature, in characters.
pub const SIGNATURE_CHARACTERS: usize = 200;
/// The maximum size of each text that a device reports, in bytes.
pub const DEVICE_BYTES: usize = 512;
/// The maximum number of applications that a template names.
pub const APPLICATIONS: usize = 1000;
/// The maximum number of attachments of a request.
pub const ATTACHMENTS: usize = 20;
/// The maximum size of an attachment's URL, in bytes.
pub const URL_BYTES: usize = 2048;
/// The maximum number of stages in a template.
pub const STAGES: usize = 20;
/// The maximum number of people who may decide, in all stages together.
pub const APPROVERS: u32 = 1000;
/// The maximum size of all compiled patterns of a template together, in bytes.
pub const PATTERN_BYTES: usize = 4 << 20;
/// The maximum number of choices of a metadata field (`oneOf`).
pub const CHOICES: usize = 1000;
/// The maximum number of mistakes in a template that are reported at once.
pub const MISTAKES: usize = 100;
/// The default time until a request expires (`requestTtlSeconds`), in seconds.
pub const REQUEST_TTL_SECONDS: u32 = 900;
/// The default time from the decision until a grant expires (`grantTtlSeconds`), in seconds.
pub const GRANT_TTL_SECONDS: u32 = 300;
/// The maximum lifetime of a request, and of a grant, in seconds: 30 days.
pub const MAX_TTL_SECONDS: u32 = 2_592_000;
