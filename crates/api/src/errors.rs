//! The errors of this crate: family `api`, and the internal failure of a server.

use jit_approvals_base::Plain;

jit_approvals_base::catalogue! {
    AuthenticationRequired authentication_required(how: Plain<&str>) "authentication is required: {how}";
    TwoCredentials two_credentials() "the call has more than one credential: send exactly one";
    NotFound not_found() "nothing is found here, or you may not see it";
    MethodNotAllowed method_not_allowed(method: &str, allowed: Plain<String>) "{method} is not allowed here; allowed are {allowed}";
    UnsupportedMediaType unsupported_media_type(found: Plain<String>) "the content type is {found}; allowed is `application/json`";
    RoleRequired role_required(role: Plain<&str>) "this needs the role `{role}`";
    PasswordRequired password_required() "the password was not given within the last 5 minutes: send it to `/session/proof` first";
    ForeignOrigin foreign_origin(origin: Plain<&str>) "the call does not come from a page of this server: send the header `Origin: {origin}`";
    InvalidHeader invalid_header(header: &str, expected: Plain<&str>) "the header {header} must be {expected}";
    IdempotencyConflict idempotency_conflict() "the same `Idempotency-Key` was used with another body";
    VersionRequired version_required() "the header `If-Match` with the version that you read is required";
    VersionMoved version_moved(version: i64) "the record has changed: its version is {version}";
    EmailTaken email_taken(email: &str) "the email {email} exists in this installation";
    IdentifierTaken identifier_taken(identifier: &str) "the identifier {identifier} exists in this installation";
    KeyTaken key_taken(key: &str) "{key} exists";
    UnknownTemplate unknown_template(template: &str) "there is no template {template} that this application can use";
    ApplicationInactive application_inactive(application: &str) "the application {application} was deactivated after the request was opened";
    GrantExhausted grant_exhausted(limit: u64) "the request has {limit} events, which is the limit: the grant cannot be consumed again";
    SignInFailed sign_in_failed() "the email or the password is wrong";
    WeakPassword weak_password(reason: Plain<&str>) "the password {reason}";
    LastAdministrator last_administrator() "the company must keep an active administrator";
    TokenReplayed token_replayed() "the auth token was used before: the application accepts each `jti` once";
    InvalidLink invalid_link() "the secret is unknown, was used, has expired, or is for another email";
    TooManyCalls too_many_calls(what: Plain<&str>) "too many {what}: try again later";
    TooManyPending too_many_pending(limit: usize) "{limit} requests are pending, which is the limit";
    Unavailable unavailable() "the server cannot do this now; nothing was written";
    CallTimeout call_timeout(seconds: u64) "the body did not arrive within {seconds} seconds";
    UnknownSubject unknown_subject(subject: &str) "the application accepts only known people as subject, and {subject} is not one";
    TooManyKeys too_many_keys(limit: usize) "the application has {limit} active signing keys, which is the limit: retire one first";
    InsufficientScope insufficient_scope(scope: Plain<&str>) "the token does not have the scope `{scope}`";
    Archived archived(key: &str) "{key} is archived: restore it first";
    MalformedHead malformed_head() "the head of the call is not HTTP/1.1: its first line or a header is malformed, or the length of the body is not one number";
    HeadTooLarge head_too_large(limit: usize, headers: usize) "the head of the call has more than {limit} bytes, or more than {headers} headers";
    InternalError internal_error() "an internal error; the log of the server names its cause under the same instance";
}
