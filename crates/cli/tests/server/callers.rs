//! Who may call what: every endpoint with every kind of caller, and with every way in which a caller proves itself.

mod cast;
mod ways;

use std::collections::BTreeSet;

use jit_approvals_api::paths;

use crate::server::{ACT, PURCHASE};

use cast::Cast;
use ways::Ways;

/// An endpoint, the body of a call that is right, the status that each caller gets, and what each way gets.
///
/// The callers: nobody, an application, an approver, an auditor, an administrator, an approver and an administrator of
/// another company, an application with a retired key, and an administrator whose session has ended.
///
/// The ways, a mark for each:
///
/// ```text
/// XB      An application: its auth token in `X-Nl3-Authorization-Token`, or after `Authorization: Bearer`.
/// sonfx5  The session of somebody who has every role: with `Sec-Fetch-Site: same-origin`; with only the server's own
///         `Origin`; with neither; with a foreign `Origin`; with `Sec-Fetch-Site: cross-site` and the server's own
///         `Origin`; and as the first, but the password was given more than 5 minutes ago.
/// RDMA    A personal token of the same person with the scope `read`, `decide`, `manage`, or all of them.
/// !2      Each of `ways::never`, which proves nothing, and each of `ways::two`, which is more than one credential.
/// ```
///
/// The marks: `+` the status that the right caller gets, `.` 401, `s` 403 `insufficient_scope`, `p` 403
/// `password_required`, `o` 403 `foreign_origin`, `2` 400 `two_credentials`.
type Row = (&'static str, &'static str, &'static str, [u16; 9], &'static str);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    //                                                                                                                   XB sonfx5 RDMA !2
    ("POST", paths::REQUESTS, PURCHASE,                                 [401, 201, 401, 401, 401, 401, 401, 401, 401], "++ ...... .... .2"),
    ("GET", paths::REQUESTS, "",                                        [401, 200, 401, 401, 401, 401, 401, 401, 401], "++ ...... .... .2"),
    ("GET", paths::EVENTS, "",                                          [401, 200, 200, 200, 200, 404, 404, 401, 401], "++ ++++++ +ss+ .2"),
    ("GET", paths::VERIFY, "",                                          [401, 200, 200, 200, 200, 404, 404, 401, 401], "++ ++++++ +ss+ .2"),
    ("GET", paths::NOTIFICATIONS, "",                                   [401, 401, 200, 200, 200, 200, 200, 401, 401], ".. ++++++ +ss+ .2"),
    ("GET", paths::NOTIFICATION_EVENTS, "",                             [401, 401, 200, 200, 200, 200, 200, 401, 401], ".. ++ooo+ +ss+ .2"),
    ("GET", paths::REQUEST, "",                                         [401, 200, 200, 200, 200, 404, 404, 401, 401], "++ ++++++ +ss+ .2"),
    ("POST", paths::CANCEL, "{}",                                       [401, 200, 403, 403, 200, 403, 404, 401, 401], "++ ++ooo+ ss++ .2"),
    // The administrator is not one of the approvers. Whoever tries the ways is.
    ("POST", paths::DECISION, "{decision}",                             [401, 401, 200, 403, 403, 404, 404, 401, 401], ".. ++ooo+ s+s+ .2"),
    ("POST", paths::CONSUME, ACT,                                       [401, 200, 401, 401, 401, 401, 401, 401, 401], "++ ...... .... .2"),
    ("POST", paths::REVOKE, "{}",                                       [401, 200, 403, 403, 200, 403, 404, 401, 401], "++ ++ooo+ ss++ .2"),
    // Nobody has to prove anything to sign in. The body is not complete.
    ("POST", paths::SESSION, "{}",                                      [400, 400, 400, 400, 400, 400, 400, 400, 400], "++ +++oo+ ++++ ++"),
    ("POST", paths::LINK, "{}",                                         [400, 400, 400, 400, 400, 400, 400, 400, 400], "++ +++oo+ ++++ ++"),
    ("GET", paths::SESSION, "",                                         [401, 401, 200, 200, 200, 200, 200, 401, 401], ".. ++++++ +ss+ .2"),
    ("POST", paths::PROOF, r#"{"password":"{password}"}"#,              [401, 401, 200, 200, 200, 200, 200, 401, 401], ".. +++oo+ .... .2"),
    // The password is too short, so that no session ends.
    ("POST", paths::PASSWORD, r#"{"newPassword":"short"}"#,             [401, 401, 422, 422, 422, 422, 422, 401, 401], ".. ++ooop .... .2"),
    ("GET", paths::SESSIONS, "",                                        [401, 401, 200, 200, 200, 200, 200, 401, 401], ".. ++++++ +ss+ .2"),
    ("GET", paths::TOKENS, "",                                          [401, 401, 200, 200, 200, 200, 200, 401, 401], ".. ++++++ +ss+ .2"),
    ("POST", paths::TOKENS, r#"{"name":"T","scopes":["read"]}"#,        [401, 401, 201, 201, 201, 201, 201, 401, 401], ".. ++ooop .... .2"),
    // A token of somebody else.
    ("POST", paths::TOKEN_REVOKE, "",                                   [401, 401, 404, 404, 404, 404, 404, 401, 401], ".. ++ooo+ .... .2"),
    ("GET", paths::COMPANY, "",                                         [401, 401, 403, 200, 200, 403, 200, 401, 401], ".. ++++++ +ss+ .2"),
    ("PUT", paths::COMPANY, r#"{"name":"A{n}"}"#,                       [401, 401, 403, 403, 200, 403, 200, 401, 401], ".. ++ooo+ ss++ .2"),
    ("GET", paths::USERS, "",                                           [401, 401, 403, 200, 200, 403, 200, 401, 401], ".. ++++++ +ss+ .2"),
    ("POST", paths::USERS, r#"{"email":"u{n}@acme.example","name":"U"}"#,
                                                                        [401, 401, 403, 403, 201, 403, 201, 401, 401], ".. ++ooo+ ss++ .2"),
    ("GET", paths::USER, "",                                            [401, 401, 403, 200, 200, 403, 404, 401, 401], ".. ++++++ +ss+ .2"),
    ("PUT", paths::USER, r#"{"name":"U{n}","role":"approver","aliases":[]}"#,
                                                                        [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss++ .2"),
    ("POST", paths::USER_ARCHIVE, "",                                   [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss++ .2"),
    ("POST", paths::USER_RESTORE, "",                                   [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss++ .2"),
    ("POST", paths::USER_LINK, "",                                      [401, 401, 403, 403, 201, 403, 404, 401, 401], ".. ++ooop sspp .2"),
    ("GET", paths::GROUPS, "",                                          [401, 401, 403, 200, 200, 403, 200, 401, 401], ".. ++++++ +ss+ .2"),
    ("POST", paths::GROUPS, r#"{"key":"g{n}","name":"G"}"#,             [401, 401, 403, 403, 201, 403, 201, 401, 401], ".. ++ooo+ ss++ .2"),
    ("GET", paths::GROUP, "",                                           [401, 401, 403, 200, 200, 403, 404, 401, 401], ".. ++++++ +ss+ .2"),
    ("PUT", paths::GROUP, r#"{"name":"G{n}","members":[]}"#,            [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss++ .2"),
    ("POST", paths::GROUP_ARCHIVE, "",                                  [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss++ .2"),
    ("POST", paths::GROUP_RESTORE, "",                                  [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss++ .2"),
    ("GET", paths::APPLICATIONS, "",                                    [401, 401, 403, 200, 200, 403, 200, 401, 401], ".. ++++++ +ss+ .2"),
    ("POST", paths::APPLICATIONS, r#"{"name":"N","identifiers":["i{n}"]}"#,
                                                                        [401, 401, 403, 403, 201, 403, 201, 401, 401], ".. ++ooo+ ss++ .2"),
    ("GET", paths::APPLICATION, "",                                     [401, 401, 403, 200, 200, 403, 404, 401, 401], ".. ++++++ +ss+ .2"),
    ("PUT", paths::APPLICATION, r#"{"name":"N","identifiers":["i{n}"],"onceOnlyTokens":false,"knownSubjectsOnly":false}"#,
                                                                        [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss++ .2"),
    ("POST", paths::APPLICATION_ARCHIVE, "",                            [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss++ .2"),
    ("POST", paths::APPLICATION_RESTORE, "",                            [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss++ .2"),
    ("GET", paths::SIGNING_KEYS, "",                                    [401, 401, 403, 200, 200, 403, 404, 401, 401], ".. ++++++ +ss+ .2"),
    ("POST", paths::SIGNING_KEYS, "",                                   [401, 401, 403, 403, 201, 403, 404, 401, 401], ".. ++ooop sspp .2"),
    ("POST", paths::SIGNING_KEY_RETIRE, "",                             [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss.. .2"),
    ("GET", paths::TEMPLATES, "",                                       [401, 401, 403, 200, 200, 403, 200, 401, 401], ".. ++++++ +ss+ .2"),
    ("POST", paths::TEMPLATES, "{template T{n}}",                       [401, 401, 403, 403, 201, 403, 201, 401, 401], ".. ++ooo+ ss++ .2"),
    ("GET", paths::TEMPLATE, "",                                        [401, 401, 403, 200, 200, 403, 404, 401, 401], ".. ++++++ +ss+ .2"),
    ("PUT", paths::TEMPLATE, "{template SPARE}",                        [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss++ .2"),
    ("POST", paths::TEMPLATE_ARCHIVE, "",                               [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss++ .2"),
    ("POST", paths::TEMPLATE_RESTORE, "",                               [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooo+ ss++ .2"),
    ("GET", paths::HEALTHZ, "",                                         [200, 200, 200, 200, 200, 200, 200, 200, 200], "++ ++++++ ++++ ++"),
    ("GET", paths::READYZ, "",                                          [200, 200, 200, 200, 200, 200, 200, 200, 200], "++ ++++++ ++++ ++"),
    ("GET", paths::OPENAPI, "",                                         [200, 200, 200, 200, 200, 200, 200, 200, 200], "++ ++++++ ++++ ++"),
    // Whoever calls has signed in anew. Nothing can follow.
    ("DELETE", paths::SESSION, "",                                      [401, 401, 204, 204, 204, 204, 204, 401, 401], ".. ++ooo+ .... .2"),
    ("DELETE", paths::SESSIONS, "",                                     [401, 401, 204, 204, 204, 204, 204, 401, 401], ".. ++ooo+ .... .2"),
];

/// Bodies that ask for more than the rest of their endpoint does: a signature, or a role.
#[rustfmt::skip]
const MORE: &[Row] = &[
    //                                                                                                                   XB sonfx5 RDMA !2
    ("POST", paths::DECISION, "{signed}",                               [401, 401, 200, 403, 403, 404, 404, 401, 401], ".. ++ooop spsp .2"),
    ("POST", paths::USERS, r#"{"email":"v{n}@other.example","name":"V","role":"auditor"}"#,
                                                                        [401, 401, 403, 403, 201, 403, 201, 401, 401], ".. ++ooop sspp .2"),
    ("PUT", paths::USER, r#"{"name":"U{n}","role":"{role}","aliases":[]}"#,
                                                                        [401, 401, 403, 403, 200, 403, 404, 401, 401], ".. ++ooop sspp .2"),
];

#[test]
fn every_endpoint_has_a_row() {
    let rows: Vec<_> = TABLE.iter().map(|(method, path, ..)| ((*method).to_owned(), *path)).collect();
    assert_eq!(rows.iter().collect::<BTreeSet<_>>().len(), rows.len(), "an endpoint has two rows");
    let endpoints: BTreeSet<_> = jit_approvals_server::endpoints().into_iter().collect();
    assert_eq!(BTreeSet::from_iter(rows), endpoints);
}

#[test]
fn every_caller_may_do_what_the_table_says() {
    let cast = Cast::new();
    for (method, path, body, statuses, _) in MORE.iter().chain(TABLE) {
        for (caller, status) in cast.callers.iter().zip(statuses) {
            let answer = cast.send(method, path, body, caller);
            assert_eq!(answer.status, *status, "{} {method} {path}: {}", caller.name, answer.body);
            // Why a caller may not: the role. Only the administrator may decide, but not about this request.
            if answer.status == 403 && caller.name != "the administrator" {
                answer.is(403, "role_required");
            }
            cast.check(&answer);
        }
    }
}

#[test]
fn every_way_to_prove_oneself_does_what_the_table_says() {
    let mut ways = Ways::new();
    let wrong: Vec<String> = MORE.iter().chain(TABLE).flat_map(|row| ways.wrong(row)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
