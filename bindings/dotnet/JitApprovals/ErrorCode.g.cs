// Made by `cargo xtask generate`. Do not edit.
#nullable enable

namespace JitApprovals;

/// <summary>The codes of errors. Their values are their numbers.</summary>
public enum ErrorCode
{
    /// <summary>A code that this version of the library does not know.</summary>
    Unknown = 0,

    /// <summary>malformed JSON: {reason}</summary>
    MalformedJson = 1001,

    /// <summary>duplicate key {key}</summary>
    DuplicateKey = 1002,

    /// <summary>nested deeper than the limit of {limit} levels</summary>
    TooDeep = 1003,

    /// <summary>input is {size} bytes, the limit is {limit}</summary>
    TooLarge = 1004,

    /// <summary>{member} must be {expected}, not {found}</summary>
    WrongType = 1005,

    /// <summary>{member} is missing</summary>
    MissingMember = 1006,

    /// <summary>unknown member {member}{hint}</summary>
    UnknownMember = 1007,

    /// <summary>{member} must be {range}</summary>
    OutOfRange = 1008,

    /// <summary>{id} is not a UUID of 36 characters</summary>
    InvalidId = 1009,

    /// <summary>{problem}</summary>
    Usage = 1010,

    /// <summary>malformed TOML: {reason}</summary>
    MalformedToml = 1011,

    /// <summary>{what}: {reason}</summary>
    Io = 1012,

    /// <summary>the value does not have the expected form: {reason}</summary>
    UnexpectedForm = 1013,

    /// <summary>malformed token: {reason}</summary>
    MalformedToken = 2001,

    /// <summary>the token has {size} characters, the limit is {limit}</summary>
    TokenTooLong = 2002,

    /// <summary>unsupported algorithm {algorithm}; only `HS256` is accepted</summary>
    UnsupportedAlgorithm = 2003,

    /// <summary>unsupported header parameter {parameter}</summary>
    UnsupportedHeader = 2004,

    /// <summary>the token's `typ` is {found}, but {expected} is expected</summary>
    WrongTokenType = 2005,

    /// <summary>no key has the id (`kid`) {kid}</summary>
    UnknownKey = 2006,

    /// <summary>the token's signature does not match</summary>
    InvalidSignature = 2007,

    /// <summary>malformed claims: {reason}</summary>
    MalformedClaims = 2008,

    /// <summary>the claim {claim} is missing</summary>
    MissingClaim = 2009,

    /// <summary>the claim {claim} must be {expected}</summary>
    InvalidClaim = 2010,

    /// <summary>the token expired at {expired_at}; it is now {now}</summary>
    TokenExpired = 2011,

    /// <summary>the token is not valid before {not_before}; it is now {now}</summary>
    TokenNotYetValid = 2012,

    /// <summary>the token was issued in the future, at {issued_at}; it is now {now}</summary>
    TokenFromFuture = 2013,

    /// <summary>the token expires at {expires_at}; the latest accepted time is {latest}</summary>
    TokenLivesTooLong = 2014,

    /// <summary>the token's issuer {found} is not accepted</summary>
    WrongIssuer = 2015,

    /// <summary>the token is for another audience</summary>
    WrongAudience = 2016,

    /// <summary>the claim {claim} is set by the minter and must not be given</summary>
    ReservedClaim = 2017,

    /// <summary>the signing key is not base64: {reason}</summary>
    MalformedKey = 2018,

    /// <summary>the signing key has {size} bytes, at least {least} are required</summary>
    KeyTooShort = 2019,

    /// <summary>{name} is not a declared field, a built-in name or a listed claim{hint}</summary>
    UnknownPlaceholder = 3001,

    /// <summary>a placeholder that starts with {opening} needs a key and a closing bracket; write a backslash before it to show the characters themselves</summary>
    MalformedPlaceholder = 3002,

    /// <summary>duplicate field {key}</summary>
    DuplicateField = 3003,

    /// <summary>{key} is not a valid key: a letter or `_`, then up to 63 letters, digits, `_` or `-`</summary>
    InvalidKey = 3004,

    /// <summary>{key} is a built-in name and must not be declared</summary>
    ReservedKey = 3005,

    /// <summary>{value} is not one of {choices}</summary>
    UnknownChoice = 3006,

    /// <summary>{member} must not be empty</summary>
    EmptyText = 3007,

    /// <summary>{member} has a length of {size}, the limit is {limit}</summary>
    TextTooLong = 3008,

    /// <summary>{count} fields are declared, the limit is {limit}</summary>
    TooManyFields = 3009,

    /// <summary>{member}: {problem}</summary>
    TemplateCharacter = 3010,

    /// <summary>the pattern {pattern} cannot be used: {reason}</summary>
    InvalidPattern = 3011,

    /// <summary>{constraint} does not apply to a field of type {kind}</summary>
    MisplacedConstraint = 3012,

    /// <summary>{member} must not be given together with `stages`, which name their own approvers</summary>
    ConflictingApprovers = 3013,

    /// <summary>no approvers are defined, and requests may not name any</summary>
    NoApprovers = 3014,

    /// <summary>the bound {bound} is not a decimal number, or `min` is greater than `max`</summary>
    InvalidBound = 3015,

    /// <summary>{key} may have several lines, but a title has only one</summary>
    MultilineInTitle = 3016,

    /// <summary>{key} is not a field of the template{hint}</summary>
    UnknownMetadata = 4001,

    /// <summary>a value for {key} is required</summary>
    MissingMetadata = 4002,

    /// <summary>{key}: {problem}</summary>
    MetadataType = 4003,

    /// <summary>{key} has {size} bytes, the limit is {limit}</summary>
    ValueTooLong = 4004,

    /// <summary>{key}: {problem}</summary>
    HiddenCharacter = 4005,

    /// <summary>{key} is {value}, which is not a decimal number such as `12.50`</summary>
    NotANumber = 4006,

    /// <summary>{key} is {value}; only `true` and `false` are allowed</summary>
    NotABoolean = 4007,

    /// <summary>{key} is {value}; allowed are {choices}</summary>
    NotOneOf = 4008,

    /// <summary>{key} is {value}, which does not match the field's pattern</summary>
    PatternMismatch = 4009,

    /// <summary>{key} is {value}, the minimum is {least}</summary>
    BelowMinimum = 4010,

    /// <summary>{key} is {value}, the maximum is {most}</summary>
    AboveMaximum = 4011,

    /// <summary>{key} has {size} characters, the limit is {limit}</summary>
    TooManyCharacters = 4012,

    /// <summary>the rendered {member} has {size}, the limit is {limit}</summary>
    RenderedTooLong = 4013,

    /// <summary>the auth token has no claim {claim}, which the template shows</summary>
    AbsentClaim = 4014,

    /// <summary>the value of {key} merges with the text next to it: a character at its edge combines with its neighbour</summary>
    MergingValue = 4015,

    /// <summary>the request is for the template {found}, but this template is {expected}</summary>
    TemplateMismatch = 5001,

    /// <summary>no person has the email {approver}</summary>
    UnknownApprover = 5002,

    /// <summary>unknown group {group}</summary>
    UnknownGroup = 5003,

    /// <summary>the template does not allow requests to name {approver}</summary>
    ApproversNotAllowed = 5004,

    /// <summary>only {eligible} people may approve, but {required} are required</summary>
    TooFewApprovers = 5005,

    /// <summary>{reason}</summary>
    ContentMismatch = 5006,

    /// <summary>the request was {status} at {at} by {by}</summary>
    RequestFinal = 5007,

    /// <summary>the request expired at {expired_at}</summary>
    RequestExpired = 5008,

    /// <summary>{email} is not a valid email: exactly one `@`, no empty part, no white space, no invisible characters, none of &lt;&gt;,;:"</summary>
    InvalidEmail = 5009,

    /// <summary>event {sequence} was altered: its hash does not match its content</summary>
    EventAltered = 5010,

    /// <summary>event {found} is where event {expected} is expected</summary>
    EventOutOfOrder = 5011,

    /// <summary>event {sequence} does not contain the hash of the event before it</summary>
    EventUnlinked = 5012,

    /// <summary>event {sequence} belongs to another request</summary>
    EventForeign = 5013,

    /// <summary>event {sequence} could not have happened: {reason}</summary>
    EventImpossible = 5014,

    /// <summary>there are no events; a request starts with its first event</summary>
    NoEvents = 5015,

    /// <summary>the chain ends at event {found} and does not match its head at event {expected}</summary>
    HeadMismatch = 5016,

    /// <summary>invalid attachment: {reason}</summary>
    InvalidAttachment = 5017,

    /// <summary>{count} {what}, the limit is {limit}</summary>
    TooMany = 5018,

    /// <summary>invalid actor {actor}: {problem}</summary>
    InvalidActor = 5019,

    /// <summary>{email} is listed twice</summary>
    DuplicatePerson = 5020,

    /// <summary>invalid reason: {reason}</summary>
    InvalidReason = 5021,

    /// <summary>{group} is not a valid group key: 1 to 200 visible characters without white space or `@`</summary>
    InvalidGroup = 5022,

    /// <summary>{hash} is not a hash of 64 lower-case hexadecimal digits</summary>
    InvalidHash = 5023,

    /// <summary>{one} and {other} count as the same person</summary>
    AmbiguousPerson = 5024,

    /// <summary>the alias {alias} of {person} is already a name of {owner}</summary>
    AliasTaken = 5025,

    /// <summary>{actor} may not {command}: only the request's own application, an administrator, or the system with a reason may</summary>
    ActorNotAllowed = 5026,

    /// <summary>the template is not available to the application {application}</summary>
    ApplicationNotAllowed = 5027,

    /// <summary>event {sequence} is not in its canonical form: parse it as JSON, or restore the text that was written</summary>
    EventNotCanonical = 5028,

    /// <summary>{approver} may not decide this request</summary>
    NotEligible = 6001,

    /// <summary>{approver} may no longer decide this request</summary>
    NoLongerEligible = 6002,

    /// <summary>it is not yet the turn of {approver} to decide</summary>
    StageNotOpen = 6003,

    /// <summary>{approver} has already decided, and decisions do not change</summary>
    AlreadyDecided = 6004,

    /// <summary>{approver} may not decide about their own request</summary>
    SelfApproval = 6005,

    /// <summary>a signature with at least one visible character is required</summary>
    SignatureRequired = 6006,

    /// <summary>the comment: {problem}</summary>
    CommentCharacter = 6007,

    /// <summary>the signature: {problem}</summary>
    SignatureCharacter = 6008,

    /// <summary>the comment has {size} bytes, the limit is {limit}</summary>
    CommentTooLong = 6009,

    /// <summary>the signature has {size} characters, the limit is {limit}</summary>
    SignatureTooLong = 6010,

    /// <summary>the request was opened with listed people, so the directory must list people, too</summary>
    DirectoryMismatch = 6011,

    /// <summary>there is no grant: the request is {status}</summary>
    NoGrant = 7001,

    /// <summary>the grant was consumed at {consumed_at}</summary>
    GrantConsumed = 7002,

    /// <summary>the grant was revoked at {revoked_at}</summary>
    GrantRevoked = 7003,

    /// <summary>the grant expired at {expired_at}</summary>
    GrantExpired = 7004,

    /// <summary>{id} cannot be the grant's id: it is nil or the request's own id</summary>
    InvalidGrantId = 7005,

    /// <summary>authentication is required: {how}</summary>
    AuthenticationRequired = 8001,

    /// <summary>the call has more than one credential: send exactly one</summary>
    TwoCredentials = 8002,

    /// <summary>nothing is found here, or you may not see it</summary>
    NotFound = 8003,

    /// <summary>{method} is not allowed here; allowed are {allowed}</summary>
    MethodNotAllowed = 8004,

    /// <summary>the content type is {found}; allowed is `application/json`</summary>
    UnsupportedMediaType = 8005,

    /// <summary>this needs the role `{role}`</summary>
    RoleRequired = 8006,

    /// <summary>the password was not given within the last 5 minutes: send it to `/session/proof` first</summary>
    PasswordRequired = 8007,

    /// <summary>the call does not come from a page of this server: send the header `Origin: {origin}`</summary>
    ForeignOrigin = 8008,

    /// <summary>the header {header} must be {expected}</summary>
    InvalidHeader = 8009,

    /// <summary>the same `Idempotency-Key` was used with another body</summary>
    IdempotencyConflict = 8010,

    /// <summary>the header `If-Match` with the version that you read is required</summary>
    VersionRequired = 8011,

    /// <summary>the record has changed: its version is {version}</summary>
    VersionMoved = 8012,

    /// <summary>the email {email} exists in this installation</summary>
    EmailTaken = 8013,

    /// <summary>the identifier {identifier} exists in this installation</summary>
    IdentifierTaken = 8014,

    /// <summary>{key} exists</summary>
    KeyTaken = 8015,

    /// <summary>there is no template {template} that this application can use</summary>
    UnknownTemplate = 8016,

    /// <summary>the application {application} was deactivated after the request was opened</summary>
    ApplicationInactive = 8017,

    /// <summary>the request has {limit} events, which is the limit: the grant cannot be consumed again</summary>
    GrantExhausted = 8018,

    /// <summary>the email or the password is wrong</summary>
    SignInFailed = 8019,

    /// <summary>the password {reason}</summary>
    WeakPassword = 8020,

    /// <summary>the company must keep an active administrator</summary>
    LastAdministrator = 8021,

    /// <summary>the auth token was used before: the application accepts each `jti` once</summary>
    TokenReplayed = 8022,

    /// <summary>the secret is unknown, was used, has expired, or is for another email</summary>
    InvalidLink = 8023,

    /// <summary>too many {what}: try again later</summary>
    TooManyCalls = 8024,

    /// <summary>{limit} requests are pending, which is the limit</summary>
    TooManyPending = 8025,

    /// <summary>the server cannot do this now; nothing was written</summary>
    Unavailable = 8026,

    /// <summary>the body did not arrive within {seconds} seconds</summary>
    CallTimeout = 8027,

    /// <summary>the application accepts only known people as subject, and {subject} is not one</summary>
    UnknownSubject = 8028,

    /// <summary>the application has {limit} active signing keys, which is the limit: retire one first</summary>
    TooManyKeys = 8029,

    /// <summary>the token does not have the scope `{scope}`</summary>
    InsufficientScope = 8030,

    /// <summary>{key} is archived: restore it first</summary>
    Archived = 8031,

    /// <summary>the head of the call is not HTTP/1.1: its first line or a header is malformed, or the length of the body is not one number</summary>
    MalformedHead = 8032,

    /// <summary>the head of the call has more than {limit} bytes, or more than {headers} headers</summary>
    HeadTooLarge = 8033,

    /// <summary>an internal error; this is a bug</summary>
    CaughtPanic = 9001,

    /// <summary>the system's random generator failed: {reason}</summary>
    RandomUnavailable = 9002,

    /// <summary>an internal error; the log of the server names its cause under the same instance</summary>
    InternalError = 9003,
}
