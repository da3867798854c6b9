//! The errors of this crate: families `template`, `metadata`, `request`, `decision` and `grant`.

use jit_approvals_base::{Plain, UnixTime};

jit_approvals_base::catalogue! {
    UnknownPlaceholder unknown_placeholder(name: &str, hint: Plain<String>) "{name} is not a declared field, a built-in name or a listed claim{hint}";
    MalformedPlaceholder malformed_placeholder(opening: &str) "a placeholder that starts with {opening} needs a key and a closing bracket; write a backslash before it to show the characters themselves";
    DuplicateField duplicate_field(key: &str) "duplicate field {key}";
    InvalidKey invalid_key(key: &str) "{key} is not a valid key: a letter or `_`, then up to 63 letters, digits, `_` or `-`";
    ReservedKey reserved_key(key: &str) "{key} is a built-in name and must not be declared";
    EmptyText empty_text(member: &str) "{member} must not be empty";
    TextTooLong text_too_long(member: &str, size: usize, limit: usize) "{member} has a length of {size}, the limit is {limit}";
    TooManyFields too_many_fields(count: usize, limit: usize) "{count} fields are declared, the limit is {limit}";
    TemplateCharacter template_character(member: &str, problem: Plain<String>) "{member}: {problem}";
    InvalidPattern invalid_pattern(pattern: &str, reason: Plain<String>) "the pattern {pattern} cannot be used: {reason}";
    MisplacedConstraint misplaced_constraint(constraint: &str, kind: Plain<&str>) "{constraint} does not apply to a field of type {kind}";
    ConflictingApprovers conflicting_approvers(member: &str) "{member} must not be given together with `stages`, which name their own approvers";
    NoApprovers no_approvers() "no approvers are defined, and requests may not name any";
    InvalidBound invalid_bound(bound: &str) "the bound {bound} is not a decimal number, or `min` is greater than `max`";
    MultilineInTitle multiline_in_title(key: &str) "{key} may have several lines, but a title has only one";

    UnknownMetadata unknown_metadata(key: &str, hint: Plain<String>) "{key} is not a field of the template{hint}";
    MissingMetadata missing_metadata(key: &str) "a value for {key} is required";
    MetadataType metadata_type(key: &str, problem: Plain<String>) "{key}: {problem}";
    ValueTooLong value_too_long(key: &str, size: usize, limit: usize) "{key} has {size} bytes, the limit is {limit}";
    HiddenCharacter hidden_character(key: &str, problem: Plain<String>) "{key}: {problem}";
    NotANumber not_a_number(key: &str, value: &str) "{key} is {value}, which is not a decimal number such as `12.50`";
    NotABoolean not_a_boolean(key: &str, value: &str) "{key} is {value}; only `true` and `false` are allowed";
    NotOneOf not_one_of(key: &str, value: &str, choices: Plain<String>) "{key} is {value}; allowed are {choices}";
    PatternMismatch pattern_mismatch(key: &str, value: &str) "{key} is {value}, which does not match the field's pattern";
    BelowMinimum below_minimum(key: &str, value: &str, least: Plain<String>) "{key} is {value}, the minimum is {least}";
    AboveMaximum above_maximum(key: &str, value: &str, most: Plain<String>) "{key} is {value}, the maximum is {most}";
    TooManyCharacters too_many_characters(key: &str, size: usize, limit: usize) "{key} has {size} characters, the limit is {limit}";
    RenderedTooLong rendered_too_long(member: Plain<String>, size: Plain<String>, limit: usize) "the rendered {member} has {size}, the limit is {limit}";
    AbsentClaim absent_claim(claim: &str) "the auth token has no claim {claim}, which the template shows";
    MergingValue merging_value(key: &str) "the value of {key} merges with the text next to it: a character at its edge combines with its neighbour";

    TemplateMismatch template_mismatch(found: &str, expected: &str) "the request is for the template {found}, but this template is {expected}";
    UnknownApprover unknown_approver(approver: &str) "no person has the email {approver}";
    UnknownGroup unknown_group(group: &str) "unknown group {group}";
    ApproversNotAllowed approvers_not_allowed(approver: &str) "the template does not allow requests to name {approver}";
    TooFewApprovers too_few_approvers(eligible: usize, required: usize) "only {eligible} people may approve, but {required} are required";
    ContentMismatch content_mismatch(reason: Plain<&str>) "{reason}";
    RequestFinal request_final(status: Plain<&str>, at: UnixTime, by: &str) "the request was {status} at {at} by {by}";
    RequestExpired request_expired(expired_at: UnixTime) "the request expired at {expired_at}";
    InvalidEmail invalid_email(email: &str) "{email} is not a valid email: exactly one `@`, no empty part, no white space, no invisible characters, none of <>,;:\"";
    EventAltered event_altered(sequence: u64) "event {sequence} was altered: its hash does not match its content";
    EventOutOfOrder event_out_of_order(found: u64, expected: u64) "event {found} is where event {expected} is expected";
    EventUnlinked event_unlinked(sequence: u64) "event {sequence} does not contain the hash of the event before it";
    EventForeign event_foreign(sequence: u64) "event {sequence} belongs to another request";
    EventImpossible event_impossible(sequence: u64, reason: Plain<String>) "event {sequence} could not have happened: {reason}";
    NoEvents no_events() "there are no events; a request starts with its first event";
    HeadMismatch head_mismatch(found: u64, expected: u64) "the chain ends at event {found} and does not match its head at event {expected}";
    InvalidAttachment invalid_attachment(reason: Plain<String>) "invalid attachment: {reason}";
    TooMany too_many(what: Plain<&str>, count: usize, limit: usize) "{count} {what}, the limit is {limit}";
    InvalidActor invalid_actor(actor: &str, problem: Plain<String>) "invalid actor {actor}: {problem}";
    DuplicatePerson duplicate_person(email: &str) "{email} is listed twice";
    InvalidReason invalid_reason(reason: Plain<String>) "invalid reason: {reason}";
    InvalidGroup invalid_group(group: &str) "{group} is not a valid group key: 1 to 200 visible characters without white space or `@`";
    InvalidHash invalid_hash(hash: &str) "{hash} is not a hash of 64 lower-case hexadecimal digits";
    AmbiguousPerson ambiguous_person(one: &str, other: &str) "{one} and {other} count as the same person";
    AliasTaken alias_taken(alias: &str, person: &str, owner: &str) "the alias {alias} of {person} is already a name of {owner}";
    ActorNotAllowed actor_not_allowed(actor: &str, command: Plain<&str>) "{actor} may not {command}: only the request's own application, an administrator, or the system with a reason may";
    ApplicationNotAllowed application_not_allowed(application: &str) "the template is not available to the application {application}";
    EventNotCanonical event_not_canonical(sequence: u64) "event {sequence} is not in its canonical form: parse it as JSON, or restore the text that was written";

    NotEligible not_eligible(approver: &str) "{approver} may not decide this request";
    NoLongerEligible no_longer_eligible(approver: &str) "{approver} may no longer decide this request";
    StageNotOpen stage_not_open(approver: &str) "it is not yet the turn of {approver} to decide";
    AlreadyDecided already_decided(approver: &str) "{approver} has already decided, and decisions do not change";
    SelfApproval self_approval(approver: &str) "{approver} may not decide about their own request";
    SignatureRequired signature_required() "a signature with at least one visible character is required";
    CommentCharacter comment_character(problem: Plain<String>) "the comment: {problem}";
    SignatureCharacter signature_character(problem: Plain<String>) "the signature: {problem}";
    CommentTooLong comment_too_long(size: usize, limit: usize) "the comment has {size} bytes, the limit is {limit}";
    SignatureTooLong signature_too_long(size: usize, limit: usize) "the signature has {size} characters, the limit is {limit}";
    DirectoryMismatch directory_mismatch() "the request was opened with listed people, so the directory must list people, too";

    NoGrant no_grant(status: Plain<&str>) "there is no grant: the request is {status}";
    GrantConsumed grant_consumed(consumed_at: UnixTime) "the grant was consumed at {consumed_at}";
    GrantRevoked grant_revoked(revoked_at: UnixTime) "the grant was revoked at {revoked_at}";
    GrantExpired grant_expired(expired_at: UnixTime) "the grant expired at {expired_at}";
    InvalidGrantId invalid_grant_id(id: Plain<String>) "{id} cannot be the grant's id: it is nil or the request's own id";
}
