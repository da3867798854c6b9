//! Who may call what: every endpoint with every kind of caller.

use std::collections::BTreeSet;

use jit_approvals::SigningKey;
use jit_approvals_api::paths;

use crate::crowd::{RIVAL, user};
use crate::http::{Answer, Call};
use crate::server::{ACT, PASSWORD, PURCHASE, STEVE, Session, Shop, TEMPLATE, decision, own_address};

/// An endpoint, the body of a call that is right, and the status that each caller gets: nobody, an application, an
/// approver, an auditor, an administrator, an approver and an administrator of another company, an application with a
/// retired key, and an administrator whose session has ended.
type Row = (&'static str, &'static str, &'static str, [u16; 9]);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("POST", paths::REQUESTS, PURCHASE,                    [401, 201, 401, 401, 401, 401, 401, 401, 401]),
    ("GET", paths::REQUESTS, "",                           [401, 200, 401, 401, 401, 401, 401, 401, 401]),
    ("GET", paths::EVENTS, "",                             [401, 200, 200, 200, 200, 404, 404, 401, 401]),
    ("GET", paths::VERIFY, "",                             [401, 200, 200, 200, 200, 404, 404, 401, 401]),
    ("GET", paths::NOTIFICATIONS, "",                      [401, 401, 200, 200, 200, 200, 200, 401, 401]),
    ("GET", paths::NOTIFICATION_EVENTS, "",                [401, 401, 200, 200, 200, 200, 200, 401, 401]),
    ("GET", paths::REQUEST, "",                            [401, 200, 200, 200, 200, 404, 404, 401, 401]),
    ("POST", paths::CANCEL, "{}",                          [401, 200, 403, 403, 200, 403, 404, 401, 401]),
    // The administrator is not one of the approvers.
    ("POST", paths::DECISION, "{decision}",                [401, 401, 200, 403, 403, 404, 404, 401, 401]),
    ("POST", paths::CONSUME, ACT,                          [401, 200, 401, 401, 401, 401, 401, 401, 401]),
    ("POST", paths::REVOKE, "{}",                          [401, 200, 403, 403, 200, 403, 404, 401, 401]),
    // Nobody has to prove anything to sign in. The body is not complete.
    ("POST", paths::SESSION, "{}",                         [400, 400, 400, 400, 400, 400, 400, 400, 400]),
    ("POST", paths::LINK, "{}",                            [400, 400, 400, 400, 400, 400, 400, 400, 400]),
    ("GET", paths::SESSION, "",                            [401, 401, 200, 200, 200, 200, 200, 401, 401]),
    ("POST", paths::PROOF, "{\"password\":\"{password}\"}", [401, 401, 200, 200, 200, 200, 200, 401, 401]),
    // The password is too short, so that no session ends.
    ("POST", paths::PASSWORD, "{\"newPassword\":\"short\"}", [401, 401, 422, 422, 422, 422, 422, 401, 401]),
    ("GET", paths::SESSIONS, "",                           [401, 401, 200, 200, 200, 200, 200, 401, 401]),
    ("GET", paths::TOKENS, "",                             [401, 401, 200, 200, 200, 200, 200, 401, 401]),
    ("POST", paths::TOKENS, "{\"name\":\"T\",\"scopes\":[\"read\"]}",
                                                           [401, 401, 201, 201, 201, 201, 201, 401, 401]),
    // A token of somebody else.
    ("POST", paths::TOKEN_REVOKE, "",                      [401, 401, 404, 404, 404, 404, 404, 401, 401]),
    ("GET", paths::COMPANY, "",                            [401, 401, 403, 200, 200, 403, 200, 401, 401]),
    ("PUT", paths::COMPANY, "{\"name\":\"A{n}\"}",         [401, 401, 403, 403, 200, 403, 200, 401, 401]),
    ("GET", paths::USERS, "",                              [401, 401, 403, 200, 200, 403, 200, 401, 401]),
    ("POST", paths::USERS, "{\"email\":\"u{n}@acme.example\",\"name\":\"U\"}",
                                                           [401, 401, 403, 403, 201, 403, 201, 401, 401]),
    ("GET", paths::USER, "",                               [401, 401, 403, 200, 200, 403, 404, 401, 401]),
    ("PUT", paths::USER, "{\"name\":\"U{n}\",\"role\":\"approver\",\"aliases\":[]}",
                                                           [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("POST", paths::USER_ARCHIVE, "",                      [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("POST", paths::USER_RESTORE, "",                      [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("POST", paths::USER_LINK, "",                         [401, 401, 403, 403, 201, 403, 404, 401, 401]),
    ("GET", paths::GROUPS, "",                             [401, 401, 403, 200, 200, 403, 200, 401, 401]),
    ("POST", paths::GROUPS, "{\"key\":\"g{n}\",\"name\":\"G\"}", [401, 401, 403, 403, 201, 403, 201, 401, 401]),
    ("GET", paths::GROUP, "",                              [401, 401, 403, 200, 200, 403, 404, 401, 401]),
    ("PUT", paths::GROUP, "{\"name\":\"G{n}\",\"members\":[]}", [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("POST", paths::GROUP_ARCHIVE, "",                     [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("POST", paths::GROUP_RESTORE, "",                     [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("GET", paths::APPLICATIONS, "",                       [401, 401, 403, 200, 200, 403, 200, 401, 401]),
    ("POST", paths::APPLICATIONS, "{\"name\":\"N\",\"identifiers\":[\"i{n}\"]}",
                                                           [401, 401, 403, 403, 201, 403, 201, 401, 401]),
    ("GET", paths::APPLICATION, "",                        [401, 401, 403, 200, 200, 403, 404, 401, 401]),
    ("PUT", paths::APPLICATION, "{\"name\":\"N\",\"identifiers\":[\"i{n}\"],\"onceOnlyTokens\":false,\"knownSubjectsOnly\":false}",
                                                           [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("POST", paths::APPLICATION_ARCHIVE, "",               [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("POST", paths::APPLICATION_RESTORE, "",               [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("GET", paths::SIGNING_KEYS, "",                       [401, 401, 403, 200, 200, 403, 404, 401, 401]),
    ("POST", paths::SIGNING_KEYS, "",                      [401, 401, 403, 403, 201, 403, 404, 401, 401]),
    ("POST", paths::SIGNING_KEY_RETIRE, "",                [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("GET", paths::TEMPLATES, "",                          [401, 401, 403, 200, 200, 403, 200, 401, 401]),
    ("POST", paths::TEMPLATES, "{template T{n}}",          [401, 401, 403, 403, 201, 403, 201, 401, 401]),
    ("GET", paths::TEMPLATE, "",                           [401, 401, 403, 200, 200, 403, 404, 401, 401]),
    ("PUT", paths::TEMPLATE, "{template SPARE}",           [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("POST", paths::TEMPLATE_ARCHIVE, "",                  [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("POST", paths::TEMPLATE_RESTORE, "",                  [401, 401, 403, 403, 200, 403, 404, 401, 401]),
    ("GET", paths::HEALTHZ, "",                            [200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", paths::READYZ, "",                             [200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("GET", paths::OPENAPI, "",                            [200, 200, 200, 200, 200, 200, 200, 200, 200]),
    // It ends the sessions: nothing can follow.
    ("DELETE", paths::SESSION, "",                         [401, 401, 204, 204, 204, 204, 204, 401, 401]),
    ("DELETE", paths::SESSIONS, "",                        [401, 401, 401, 401, 401, 401, 401, 401, 401]),
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
    for (method, path, body, statuses) in TABLE {
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

struct Caller {
    name: &'static str,
    proof: Proof,
}

enum Proof {
    Nothing,
    Key(SigningKey),
    Session(Session),
}

/// Everyone, and things that they may change.
struct Cast {
    shop: Shop,
    callers: Vec<Caller>,
    steve: Session,
    /// An application with a key, which nobody uses.
    application: String,
    key: String,
    /// What a caller is told who asks for a request that never existed.
    unknown: Answer,
}

const SPARE: &str = "spare@acme.example";

impl Cast {
    fn new() -> Self {
        let shop = Shop::open();
        let auditor = shop.hire("audrey@acme.example", "auditor");
        let rival = shop.rival();
        let rival_approver = rival.hire(&shop.server, "ron@rival.example", "approver");
        let (steve, ended) = (shop.server.session(STEVE), shop.admin_again());
        ended.send(&Call::new("DELETE", "/session")).is(204, "");
        let new_key = |application: &str| {
            let path = format!("/applications/{application}/signingKeys");
            let key = shop.admin.send(&Call::post(&path)).is(201, "").clone();
            (key.text("id"), SigningKey::from_base64(&key.text("secret")).unwrap())
        };
        let (id, retired) = new_key(&shop.application);
        let path = format!("/applications/{}/signingKeys/{id}/retire", shop.application);
        shop.admin.send(&Call::post(&path)).is(200, "");
        let spare = Call::post("/applications").json(r#"{"name":"Spare","identifiers":["spare"]}"#);
        let application = shop.admin.send(&spare).is(201, "").text("id");
        let key = new_key(&application).0;
        shop.admin
            .send(&Call::post("/users").json(format!(r#"{{"email":"{SPARE}","name":"Spare"}}"#)))
            .is(201, "");
        shop.group("spare", &[SPARE]);
        shop.template("SPARE", &[]);
        let never = "/approvalRequest/01890000-0000-7000-8000-000000000000";
        let unknown = shop.admin.send(&Call::get(never)).is(404, "not_found").clone();
        let caller = |name, proof| Caller { name, proof };
        let callers = vec![
            caller("nobody", Proof::Nothing),
            caller("the application", Proof::Key(shop.key.clone())),
            caller("the approver", Proof::Session(steve.clone())),
            caller("the auditor", Proof::Session(auditor)),
            caller("the administrator", Proof::Session(shop.admin.clone())),
            caller("an approver of another company", Proof::Session(rival_approver)),
            caller("an administrator of another company", Proof::Session(rival)),
            caller("an application with a retired key", Proof::Key(retired)),
            caller("an administrator whose session has ended", Proof::Session(ended)),
        ];
        Self { shop, callers, steve, application, key, unknown }
    }

    /// Sends a call that is right in everything but its caller.
    fn send(&self, method: &str, path: &str, body: &str, caller: &Caller) -> Answer {
        let (mut path, mut body) = (path.to_owned(), body.replace("{password}", PASSWORD));
        if path.starts_with(paths::REQUEST) || path.starts_with("/grant/") {
            let request = self.shop.purchase();
            let id = request.text("id");
            if body == "{decision}" {
                body = format!(r#"{{"verdict":"approve","contentHash":"{}"}}"#, request.text("contentHash"));
            }
            if path.starts_with("/grant/") {
                let decided = self.steve.send(&decision(&request, "approve"));
                path = path.replace("{id}", &decided.is(200, "").text("grant.id"));
            }
            path = path.replace("{id}", &id);
        }
        if path.starts_with("/applications/") {
            path = path.replace("{id}", &self.application).replace("{key}", &self.key);
        }
        path = path.replace("/users/{email}", &user(SPARE)).replace("/groups/{key}", "/groups/spare");
        path = path.replace("/templates/{key}", "/templates/SPARE");
        body = body.replace("{n}", &own_address());
        if let Some(key) = body.strip_prefix("{template ") {
            let key = key.trim_end_matches('}').replace('.', "_");
            body = TEMPLATE.replace("PURCHASE_APPROVAL", &key);
        }
        // A stream does not end. Its head is enough.
        let method = if path == paths::NOTIFICATION_EVENTS { "HEAD" } else { method };
        let call = Call::new(method, &path).with("X-Forwarded-For", own_address());
        let call = if body.is_empty() { call } else { call.json(body) };
        if method != "PUT" {
            return self.as_caller(call, caller);
        }
        // Who may not read the version gets the same error without it.
        match self.as_caller(Call::get(&path), caller).header("etag") {
            Some(version) => self.as_caller(call.with("If-Match", version), caller),
            None => self.as_caller(call, caller),
        }
    }

    fn as_caller(&self, call: Call, caller: &Caller) -> Answer {
        let address = self.shop.server.address;
        match &caller.proof {
            Proof::Nothing => call.send(address),
            Proof::Session(session) => session.send(&call),
            Proof::Key(key) => {
                call.with("X-Nl3-Authorization-Token", self.shop.token_with(key, "kevin")).send(address)
            }
        }
    }

    /// Checks what holds for every answer.
    fn check(&self, answer: &Answer) {
        assert_eq!(answer.header("www-authenticate").is_some(), answer.status == 401, "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
        if answer.status == 404 {
            let text = |answer: &Answer| answer.body.replace(&answer.text("instance"), "");
            assert_eq!(text(answer), text(&self.unknown), "it is told from what never existed");
        }
        assert!(!answer.body.contains(RIVAL) || !answer.body.contains("acme.example"), "{answer:?}");
    }
}
