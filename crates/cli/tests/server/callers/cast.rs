//! Everyone who calls, and things that they may change.

use jit_approvals::SigningKey;
use jit_approvals_api::paths;

use crate::crowd::{RIVAL, user};
use crate::http::{Answer, Call};
use crate::server::{ADMIN, PASSWORD, PURCHASE, STEVE, Session, Shop, TEMPLATE, decision, own_address};

pub(super) struct Caller {
    pub(super) name: &'static str,
    proof: Proof,
}

enum Proof {
    Nothing,
    Key(SigningKey),
    /// Whose session it is, and the session.
    Session(&'static str, Session),
    Ended(Session),
}

/// Everyone, and things that they may change.
pub(super) struct Cast {
    pub(super) shop: Shop,
    pub(super) callers: Vec<Caller>,
    /// The body that opens a request, and who can decide it.
    pub(super) purchase: String,
    pub(super) decider: Session,
    /// An application with a key, which nobody uses.
    application: String,
    key: String,
    /// What a caller is told who asks for a request that never existed.
    unknown: Answer,
}

const SPARE: &str = "spare@acme.example";

impl Cast {
    pub(super) fn new() -> Self {
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
        let session = Proof::Session;
        let callers = vec![
            caller("nobody", Proof::Nothing),
            caller("the application", Proof::Key(shop.key.clone())),
            caller("the approver", session(STEVE, steve.clone())),
            caller("the auditor", session("audrey@acme.example", auditor)),
            caller("the administrator", session(ADMIN, shop.admin.clone())),
            caller("an approver of another company", session("ron@rival.example", rival_approver)),
            caller("an administrator of another company", session(RIVAL, rival)),
            caller("an application with a retired key", Proof::Key(retired)),
            caller("an administrator whose session has ended", Proof::Ended(ended)),
        ];
        let purchase = PURCHASE.to_owned();
        Self { shop, callers, purchase, decider: steve, application, key, unknown }
    }

    /// Makes what the call of a row is about. Returns its path and its body.
    pub(super) fn ready(&self, path: &str, body: &str) -> (String, String) {
        let (mut path, mut body) = (path.to_owned(), body.replace("{password}", PASSWORD));
        if path.starts_with(paths::REQUEST) || path.starts_with("/grant/") {
            let open = Call::post(paths::REQUESTS).json(self.purchase.as_str());
            let request = self.shop.kevin(open).is(201, "").clone();
            let id = request.text("id");
            let signature = match body.as_str() {
                "{signed}" => r#","signature":{"kind":"typed","text":"S"}"#,
                _ => "",
            };
            if ["{decision}", "{signed}"].contains(&body.as_str()) {
                let hash = request.text("contentHash");
                body = format!(r#"{{"verdict":"approve","contentHash":"{hash}"{signature}}}"#);
            }
            if path.starts_with("/grant/") {
                let decided = self.decider.send(&decision(&request, "approve"));
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
        if body.contains("{role}") {
            let role = self.shop.admin.send(&Call::get(&user(SPARE))).is(200, "").text("role");
            body = body.replace("{role}", if role == "auditor" { "approver" } else { "auditor" });
        }
        if let Some(key) = body.strip_prefix("{template ") {
            let key = key.trim_end_matches('}').replace('.', "_");
            body = TEMPLATE.replace("PURCHASE_APPROVAL", &key);
        }
        (path, body)
    }

    /// A call that is right in everything but its caller.
    pub(super) fn call(method: &str, path: &str, body: &str) -> Call {
        // A stream does not end. Its head is enough.
        let method = if path.starts_with(paths::NOTIFICATION_EVENTS) { "HEAD" } else { method };
        let call = Call::new(method, path).with("X-Forwarded-For", own_address());
        if body.is_empty() { call } else { call.json(body) }
    }

    /// Sends a call that is right in everything but its caller.
    pub(super) fn send(&self, method: &str, path: &str, body: &str, caller: &Caller) -> Answer {
        let (path, body) = self.ready(path, body);
        let call = Self::call(method, &path, &body);
        match (method, &caller.proof) {
            // Who may not read the version gets the same error without it.
            ("PUT", _) => match self.as_caller(Call::get(&path), caller).header("etag") {
                Some(version) => self.as_caller(call.with("If-Match", version), caller),
                None => self.as_caller(call, caller),
            },
            // It ends the session.
            ("DELETE", Proof::Session(email, _)) => self.shop.server.session(email).send(&call),
            _ => self.as_caller(call, caller),
        }
    }

    fn as_caller(&self, call: Call, caller: &Caller) -> Answer {
        let address = self.shop.server.address;
        match &caller.proof {
            Proof::Nothing => call.send(address),
            Proof::Session(_, session) | Proof::Ended(session) => session.send(&call),
            Proof::Key(key) => {
                call.with("X-Nl3-Authorization-Token", self.shop.token_with(key, "kevin")).send(address)
            }
        }
    }

    /// Checks what holds for every answer.
    pub(super) fn check(&self, answer: &Answer) {
        assert_eq!(answer.header("www-authenticate").is_some(), answer.status == 401, "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
        if answer.status == 404 {
            let text = |answer: &Answer| answer.body.replace(&answer.text("instance"), "");
            assert_eq!(text(answer), text(&self.unknown), "it is told from what never existed");
        }
        assert!(!answer.body.contains(RIVAL) || !answer.body.contains("acme.example"), "{answer:?}");
    }

    /// Lets the administrator decide all further requests, with another session.
    pub(super) fn all_by(&mut self, admin: Session) {
        self.purchase = PURCHASE.replacen('{', &format!(r#"{{"approvers":["{ADMIN}"],"#), 1);
        (self.decider, self.shop.admin) = (admin.clone(), admin);
    }
}
