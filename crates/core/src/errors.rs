//! The errors of this crate: families `template`, `metadata`, `request`, `decision` and `grant`.

use jit_approvals_base::{Plain, UnixTime};

jit_approvals_base::catalogue! {
    UnknownPlaceholder unknown_placeholder(name: &str, hint: Plain<String>) "{name} is not a declared field, a built-in or a listed claim{hint}";
    MalformedPlaceholder malformed_placeholder(opening: &str) "a placeholder opened by {opening} needs a key and its closing bracket; write a backslash before it to mean the characters themselves";
    DuplicateField duplicate_field(key: &str) "the field {key} is declared twice";
    InvalidKey invalid_key(key: &str) "{key} is not a key: a letter or `_`, then up to 63 letters, digits, `_` or `-`";
    ReservedKey reserved_key(key: &str) "{key} is built in and can't be declared";
    EmptyText empty_text(member: &str) "{member} is empty";
    TextTooLong text_too_long(member: &str, size: usize, limit: usize) "{member} has a length of {size}, at most {limit} is allowed";
    TooManyFields too_many_fields(count: usize, limit: usize) "{count} fields are declared, at most {limit} are allowed";
    TemplateCharacter template_character(member: &str, problem: Plain<String>) "{member}: {problem}";
    InvalidPattern invalid_pattern(pattern: &str, reason: Plain<String>) "the pattern {pattern} can't be used: {reason}";
    MisplacedConstraint misplaced_constraint(constraint: &str, kind: Plain<&str>) "{constraint} means nothing for a field of type {kind}";
    ConflictingApprovers conflicting_approvers(member: &str) "{member} can't stand beside `stages`, which name their own approvers";
    NoApprovers no_approvers() "the template names nobody who may approve, and lets no request name them";
    InvalidBound invalid_bound(bound: &str) "the bound {bound} is not a decimal number, or the least is more than the greatest";
    MultilineInTitle multiline_in_title(key: &str) "{key} may have several lines, a title has one";

    UnknownMetadata unknown_metadata(key: &str, hint: Plain<String>) "{key} is not a field of the template{hint}";
    MissingMetadata missing_metadata(key: &str) "{key} needs a value";
    MetadataType metadata_type(key: &str, found: Plain<&str>) "{key} must be a string, a boolean or an integer within 2^53, not {found}";
    ValueTooLong value_too_long(key: &str, size: usize, limit: usize) "{key} has {size} bytes, at most {limit} are allowed";
    HiddenCharacter hidden_character(key: &str, problem: Plain<String>) "{key}: {problem}";
    NotANumber not_a_number(key: &str, value: &str) "{key} is {value}, not a decimal number";
    NotABoolean not_a_boolean(key: &str, value: &str) "{key} is {value}, not `true` or `false`";
    NotOneOf not_one_of(key: &str, value: &str, choices: Plain<String>) "{key} is {value}, not one of {choices}";
    PatternMismatch pattern_mismatch(key: &str, value: &str) "{key} is {value}, which does not match the field's pattern";
    BelowMinimum below_minimum(key: &str, value: &str, least: Plain<String>) "{key} is {value}, less than {least}";
    AboveMaximum above_maximum(key: &str, value: &str, most: Plain<String>) "{key} is {value}, more than {most}";
    TooManyCharacters too_many_characters(key: &str, size: usize, limit: usize) "{key} has {size} characters, at most {limit} are allowed";
    RenderedTooLong rendered_too_long(member: Plain<String>, size: Plain<String>, limit: usize) "the rendered {member} has {size}, at most {limit} are allowed";
    AbsentClaim absent_claim(claim: &str) "the auth token has no claim {claim}, which the template shows";
    MergingValue merging_value(key: &str) "the value of {key} would merge with the text next to it: a character at its edge combines with its neighbour";

    TemplateMismatch template_mismatch(found: &str, expected: &str) "the request is for the template {found}, this one is {expected}";
    UnknownApprover unknown_approver(approver: &str) "nobody has the email {approver}";
    UnknownGroup unknown_group(group: &str) "there is no group {group}";
    ApproversNotAllowed approvers_not_allowed(approver: &str) "the template does not let a request name {approver}";
    TooFewApprovers too_few_approvers(eligible: usize, required: usize) "{eligible} people may approve, {required} are needed";
    ContentMismatch content_mismatch() "this is not the content that the request was opened with";
    RequestFinal request_final(status: Plain<&str>, at: UnixTime, by: &str) "the request is already {status}, since {at} by {by}";
    RequestExpired request_expired(expired_at: UnixTime) "the request expired at {expired_at}";
    InvalidEmail invalid_email(email: &str) "{email} is not an email: one `@`, no white space, no invisible characters, none of <>,;:\", no empty part of the domain";
    EventAltered event_altered(sequence: u64) "the event {sequence} is not what its hash was taken of";
    EventOutOfOrder event_out_of_order(found: u64, expected: u64) "the event {found} stands where {expected} is due";
    EventUnlinked event_unlinked(sequence: u64) "the event {sequence} does not follow from the one before it";
    EventForeign event_foreign(sequence: u64) "the event {sequence} is of another request";
    EventImpossible event_impossible(sequence: u64, reason: Plain<String>) "the event {sequence} could not have happened: {reason}";
    NoEvents no_events() "a request begins with its first event, and there is none";
    HeadMismatch head_mismatch(found: u64, expected: u64) "the chain ends at event {found} and not as its head says, at {expected}";
    InvalidAttachment invalid_attachment(reason: Plain<String>) "the attachment {reason}";
    TooMany too_many(what: Plain<&str>, count: usize, limit: usize) "{count} {what}, at most {limit} are allowed";
    InvalidActor invalid_actor(actor: &str, problem: Plain<String>) "the actor {actor}: {problem}";
    DuplicatePerson duplicate_person(email: &str) "{email} is listed twice";
    InvalidReason invalid_reason(reason: Plain<String>) "the reason {reason}";
    InvalidGroup invalid_group(group: &str) "{group} is not a group's key: 1 to 200 visible characters without white space or `@`";
    InvalidHash invalid_hash(hash: &str) "{hash} is not a hash: 64 lower-case hexadecimal digits";
    AmbiguousPerson ambiguous_person(one: &str, other: &str) "{one} and {other} can be taken for one person";
    AliasTaken alias_taken(alias: &str, person: &str, owner: &str) "the alias {alias} of {person} is already a name of {owner}";
    ActorNotAllowed actor_not_allowed(actor: &str, command: Plain<&str>) "{actor} may not {command}: only the request's own application, an administrator, or the system with a reason";
    ApplicationNotAllowed application_not_allowed(application: &str) "the template is not for the application {application}";
    EventNotCanonical event_not_canonical(sequence: u64) "the event {sequence} says what its hash was taken of, in another spelling: read it as JSON, or restore the text that was written";

    NotEligible not_eligible(approver: &str) "{approver} may not decide this request";
    NoLongerEligible no_longer_eligible(approver: &str) "{approver} may no longer decide this request";
    StageNotOpen stage_not_open(approver: &str) "it is not yet the turn of {approver} to decide";
    AlreadyDecided already_decided(approver: &str) "{approver} has decided otherwise, and decisions don't change";
    SelfApproval self_approval(approver: &str) "{approver} asked for this, and may not decide it";
    SignatureRequired signature_required() "a signature with at least one visible character is needed";
    CommentCharacter comment_character(problem: Plain<String>) "the comment: {problem}";
    SignatureCharacter signature_character(problem: Plain<String>) "the signature: {problem}";
    CommentTooLong comment_too_long(size: usize, limit: usize) "the comment has {size} bytes, at most {limit} are allowed";
    SignatureTooLong signature_too_long(size: usize, limit: usize) "the signature has {size} characters, at most {limit} are allowed";
    DirectoryMismatch directory_mismatch() "the request was opened with listed people: deciding needs a directory that lists them";

    NoGrant no_grant(status: Plain<&str>) "there is no grant: the request is {status}";
    GrantConsumed grant_consumed(consumed_at: UnixTime) "the grant was consumed at {consumed_at}";
    GrantRevoked grant_revoked(revoked_at: UnixTime) "the grant was revoked at {revoked_at}";
    GrantExpired grant_expired(expired_at: UnixTime) "the grant expired at {expired_at}";
    InvalidGrantId invalid_grant_id(id: Plain<String>) "{id} can't be the grant's id: it is nil or the request's own";
}
