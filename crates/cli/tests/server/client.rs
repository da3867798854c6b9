//! An application, as a test calls with it.

use std::time::Duration;

use jit_approvals::json::{Json, Object};
use jit_approvals::{Id, Minter, SigningKey};

use crate::http::{Answer, Call};
use crate::server::{ADMIN, ISS, Server, Session, Shop, redeem};

/// An application and the user on whose behalf it calls.
#[derive(Clone)]
pub(crate) struct Client<'a> {
    pub(crate) server: &'a Server,
    /// The id of the application.
    pub(crate) id: String,
    pub(crate) iss: String,
    pub(crate) key: SigningKey,
    pub(crate) subject: String,
}

impl<'a> Client<'a> {
    /// Creates an application with one signing key. `settings` are members of its record, such as
    /// `"onceOnlyTokens":true`.
    pub(crate) fn create(server: &'a Server, admin: &Session, iss: &str, settings: &str) -> Self {
        let comma = if settings.is_empty() { "" } else { "," };
        let body = format!(r#"{{"name":"{iss}","identifiers":["{iss}"]{comma}{settings}}}"#);
        let id = admin.send(&Call::post("/applications").json(body)).is(201, "").text("id");
        let key = admin.send(&Call::post(&format!("/applications/{id}/signingKeys")));
        let key = SigningKey::from_base64(&key.is(201, "").text("secret")).unwrap();
        Self { server, id, iss: iss.to_owned(), key, subject: "kevin".to_owned() }
    }

    /// The same application on behalf of another user.
    #[must_use]
    pub(crate) fn for_subject(&self, subject: &str) -> Self {
        Self { subject: subject.to_owned(), ..self.clone() }
    }

    /// Mints an auth token.
    pub(crate) fn token(&self) -> String {
        self.token_with(&Object::new())
    }

    /// Mints an auth token with more claims.
    pub(crate) fn token_with(&self, claims: &Object) -> String {
        let minter = Minter::builder(&self.key).issuer(&self.iss).audience(self.server.address.to_string());
        let minter = minter.lifetime(Duration::from_secs(300)).build().unwrap();
        let jti = Id::v4().unwrap().to_string();
        minter.mint_at(&self.subject, claims, self.server.now(), &jti).unwrap()
    }

    /// Signs any claims, with `iss`, `aud`, `sub` and `exp` added before them.
    pub(crate) fn sign(&self, claims: &[(&str, Json)]) -> String {
        let mut all = Object::new()
            .with("iss", self.iss.as_str())
            .with("aud", self.server.address.to_string())
            .with("sub", self.subject.as_str())
            .with("exp", self.server.now().plus(300));
        for (name, value) in claims {
            all.insert(name, value.clone());
        }
        let header = r#"{"typ":"JWT","alg":"HS256"}"#;
        jit_approvals::token::jws::sign(&self.key, header, Json::from(all).to_string().as_bytes()).unwrap()
    }

    /// Adds an auth token.
    pub(crate) fn sign_call(&self, call: &Call) -> Call {
        call.clone().with("X-Nl3-Authorization-Token", self.token())
    }

    /// Sends a call with an auth token.
    pub(crate) fn send(&self, call: &Call) -> Answer {
        self.sign_call(call).send(self.server.address)
    }

    /// Opens a request, which must work.
    pub(crate) fn open(&self, body: &str) -> Answer {
        self.send(&Call::post("/approvalRequest").json(body)).is(201, "").clone()
    }

    /// Reads a request.
    pub(crate) fn read(&self, id: &str) -> Answer {
        self.send(&Call::get(&format!("/approvalRequest/{id}")))
    }

    /// Consumes a grant with an act.
    pub(crate) fn consume(&self, grant: &str, act: &str) -> Answer {
        self.send(&Call::post(&format!("/grant/{grant}/consume")).json(act))
    }
}

impl Shop {
    /// The application of the purchase, for kevin.
    pub(crate) fn client(&self) -> Client<'_> {
        Client {
            server: &self.server,
            id: self.application.clone(),
            iss: ISS.to_owned(),
            key: self.key.clone(),
            subject: "kevin".to_owned(),
        }
    }

    /// Creates another application of the same company.
    pub(crate) fn new_client(&self, iss: &str, settings: &str) -> Client<'_> {
        Client::create(&self.server, &self.admin, iss, settings)
    }

    /// Creates another company, and signs in as its administrator.
    pub(crate) fn other_company(&self) -> Session {
        let email = format!("other-{ADMIN}");
        let made = self.server.operate(&["company", "new", "Other", &email]);
        assert!(made.status.success(), "{made:?}");
        let secret = String::from_utf8(made.stdout).unwrap().trim().to_owned();
        redeem(self.server.address, &secret, &email).is(200, "");
        self.server.session(&email)
    }

    /// Creates a template from that of the purchase: each pair is a member and its value as JSON.
    pub(crate) fn new_template(&self, key: &str, members: &[(&str, &str)]) {
        let mut template = Json::parse(crate::server::TEMPLATE).unwrap().as_object().cloned().unwrap();
        template.insert("approvalKey", key);
        for (name, value) in members {
            template.insert(*name, Json::parse(value).unwrap());
        }
        self.admin.send(&Call::post("/templates").json(Json::from(template).to_string())).is(201, "");
    }
}
