//! A server with a company, an application, an approver and the template of the purchase.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use jit_approvals::json::{Json, Object};
use jit_approvals::{Minter, SigningKey};

use crate::call::{Call, Connection};
use crate::program::Program;

/// The `iss` of the application.
pub(crate) const ISS: &str = "msonline.nextlevel3.com";

/// The approver of the purchase.
pub(crate) const STEVE: &str = "steve@nl3.com";

/// The template of the purchase.
pub(crate) const TEMPLATE: &str = include_str!("../../../crates/cli/src/demo/purchase/approve.template.json");

/// The body that opens the purchase.
pub(crate) const BODY: &str = include_str!("../../../crates/cli/src/demo/purchase/approve.request.json");

const ADMIN: &str = "ada@acme.example";
const PASSWORD: &str = "correct horse battery";

/// How many users each connection of a load calls for: a subject has few requests that are pending.
const SUBJECTS: usize = 40;

/// The server, and the credentials of its callers.
pub(crate) struct Shop {
    pub(crate) program: Program,
    /// The secret of the application's signing key.
    pub(crate) secret: String,
}

impl Shop {
    /// Fills an empty folder.
    pub(crate) fn new(binary: &Path, folder: &Path, template: &str) -> Self {
        let made =
            Command::new(binary).args(["company", "new", "ACME", ADMIN, "--data"]).arg(folder).output();
        let secret = String::from_utf8(made.expect("the binary can be started").stdout).expect("UTF-8");
        let program = Program::start(binary, folder, Stdio::null());
        let mut connection = Connection::open(program.address);
        redeem(&mut connection, ADMIN, secret.trim());
        let admin = sign_in(&mut connection, ADMIN);
        let mut ask =
            |path: &str, body: String| connection.must(201, &Call::post(path, body).by_person(&admin));
        let application = ask("/applications", format!(r#"{{"name":"{ISS}","identifiers":["{ISS}"]}}"#));
        let path = format!("/applications/{}/signingKeys", application.text("id"));
        let signing_key = ask(&path, "{}".to_owned()).text("secret");
        ask("/templates", template.to_owned());
        ask("/users", object([("email", STEVE), ("name", "Steve")]));
        let secret = ask("/users/steve%40nl3.com/link", "{}".to_owned()).text("secret");
        redeem(&mut connection, STEVE, &secret);
        Self { program, secret: signing_key }
    }

    /// Starts a server on a folder that was filled.
    pub(crate) fn again(binary: &Path, folder: &Path, secret: &str) -> Self {
        Self { program: Program::start(binary, folder, Stdio::null()), secret: secret.to_owned() }
    }

    /// Signs the approver in. Returns the cookie.
    pub(crate) fn approver(&self) -> String {
        sign_in(&mut Connection::open(self.program.address), STEVE)
    }

    /// Mints an auth token on behalf of a user.
    pub(crate) fn token(&self, subject: &str) -> String {
        self.minter().mint(subject, &Object::new()).expect("a token")
    }

    fn minter(&self) -> Minter {
        let key = SigningKey::from_base64(&self.secret).expect("a key");
        let minter = Minter::builder(&key).issuer(ISS).audience(self.program.address.to_string());
        minter.lifetime(Duration::from_secs(3000)).build().expect("a minter")
    }

    /// Calls that open the purchase with a body, minted beforehand: for a number of connections, on behalf of users of
    /// whom no other load has called.
    pub(crate) fn opening(&self, body: &str, load: &str, connections: usize) -> Vec<Vec<u8>> {
        let minter = self.minter();
        let call = |number: usize| {
            let token = minter.mint(&format!("user-{load}-{number}"), &Object::new()).expect("a token");
            Call::post("/approvalRequest", body).by_application(&token).to_bytes()
        };
        (0..connections * SUBJECTS).map(call).collect()
    }
}

fn sign_in(connection: &mut Connection, email: &str) -> String {
    connection.must(201, &Call::post("/session", object([("email", email), ("password", PASSWORD)]))).cookie()
}

fn redeem(connection: &mut Connection, email: &str, secret: &str) {
    let body = object([("email", email), ("password", PASSWORD), ("secret", secret)]);
    connection.must(200, &Call::post("/link", body));
}

fn object<const N: usize>(members: [(&str, &str); N]) -> String {
    Json::from(Object::from(members.map(|(name, value)| (name, value)))).to_string()
}
