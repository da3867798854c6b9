//! Where calls go. A part in braces is a parameter.

/// The path that all calls of the API start with. An application that was written for the published API only changes
/// its host.
pub const BASE: &str = "/nl3/api/v1";

/// The requests of an application: open, list.
pub const REQUESTS: &str = "/approvalRequest";
/// One request: read, wait.
pub const REQUEST: &str = "/approvalRequest/{id}";
/// Withdraw a request.
pub const CANCEL: &str = "/approvalRequest/{id}/cancel";
/// Decide a request.
pub const DECISION: &str = "/approvalRequest/{id}/decision";
/// The events of a request.
pub const EVENTS: &str = "/approvalRequest/{id}/events";
/// The chain of events, checked.
pub const VERIFY: &str = "/approvalRequest/{id}/verify";
/// Use a grant.
pub const CONSUME: &str = "/grant/{id}/consume";
/// Take back a grant.
pub const REVOKE: &str = "/grant/{id}/revoke";

/// The requests that concern the caller.
pub const NOTIFICATIONS: &str = "/notifications";
/// What happens to them, as server-sent events.
pub const NOTIFICATION_EVENTS: &str = "/notifications/events";

/// Sign in, read and end the session.
pub const SESSION: &str = "/session";
/// Give the password again.
pub const PROOF: &str = "/session/proof";
/// The sessions of the caller: list, end all.
pub const SESSIONS: &str = "/sessions";
/// The personal tokens of the caller: list, create.
pub const TOKENS: &str = "/tokens";
/// Revoke a personal token.
pub const TOKEN_REVOKE: &str = "/tokens/{id}/revoke";
/// Change the password.
pub const PASSWORD: &str = "/password";
/// Redeem a one-time link.
pub const LINK: &str = "/link";

/// The company: read, rename.
pub const COMPANY: &str = "/company";
/// The users of a company.
pub const USERS: &str = "/users";
/// One user.
pub const USER: &str = "/users/{email}";
/// Make a user inactive.
pub const USER_ARCHIVE: &str = "/users/{email}/archive";
/// Make a user active again.
pub const USER_RESTORE: &str = "/users/{email}/restore";
/// Make a one-time link for a user.
pub const USER_LINK: &str = "/users/{email}/link";
/// The groups of a company.
pub const GROUPS: &str = "/groups";
/// One group.
pub const GROUP: &str = "/groups/{key}";
/// Archive a group.
pub const GROUP_ARCHIVE: &str = "/groups/{key}/archive";
/// Restore a group.
pub const GROUP_RESTORE: &str = "/groups/{key}/restore";
/// The applications of a company.
pub const APPLICATIONS: &str = "/applications";
/// One application.
pub const APPLICATION: &str = "/applications/{id}";
/// Deactivate an application.
pub const APPLICATION_ARCHIVE: &str = "/applications/{id}/archive";
/// Activate an application again.
pub const APPLICATION_RESTORE: &str = "/applications/{id}/restore";
/// The signing keys of an application.
pub const SIGNING_KEYS: &str = "/applications/{id}/signingKeys";
/// Retire a signing key.
pub const SIGNING_KEY_RETIRE: &str = "/applications/{id}/signingKeys/{key}/retire";
/// The templates of a company.
pub const TEMPLATES: &str = "/templates";
/// One template. `?version=` reads an older version.
pub const TEMPLATE: &str = "/templates/{key}";
/// Archive a template.
pub const TEMPLATE_ARCHIVE: &str = "/templates/{key}/archive";
/// Restore a template.
pub const TEMPLATE_RESTORE: &str = "/templates/{key}/restore";

/// Whether the process lives.
pub const HEALTHZ: &str = "/healthz";
/// Whether the server can serve.
pub const READYZ: &str = "/readyz";
/// The description of the API by `OpenAPI` 3.1. It is not under [`BASE`].
pub const OPENAPI: &str = "/openapi.json";

/// Returns a path under [`BASE`].
pub fn under_base(path: &str) -> String {
    format!("{BASE}{path}")
}
