//! What the server is filled with at its first start, and what is kept of it.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use jit_approvals::json::{Json, Object};
use jit_approvals::{Minter, SigningKey};
use jit_approvals_base::Members;
use jit_approvals_server::Operator;
use zeroize::Zeroizing;

use crate::serve::failed;
use crate::{Failure, input};

/// The application that asks.
pub(super) const APPLICATION: &str = "msonline.nextlevel3.com";

/// The user on whose behalf it asks.
pub(super) const SUBJECT: &str = "kevin";

/// Who approves.
pub(super) const APPROVER: &str = "steve@nl3.com";

/// Who administers.
pub(super) const ADMINISTRATOR: &str = "admin@nl3.com";

/// For how long a token lives: as long as the server allows.
const TOKEN_LIFE: Duration = Duration::from_secs(3600);

/// The template of the published purchase.
const TEMPLATE: &str = include_str!("../demo/purchase/approve.template.json");

/// The name of the file that keeps what later starts need.
const FILE: &str = "dev.json";

/// What is kept between starts.
pub(super) struct Story {
    pub(super) port: u16,
    key: Zeroizing<String>,
}

/// The passwords that were made at the first start. They are printed once.
pub(super) struct Passwords {
    pub(super) approver: Zeroizing<String>,
    pub(super) administrator: Zeroizing<String>,
}

impl Story {
    /// Creates the store with everything in it.
    pub(super) fn begin(folder: &Path, port: u16) -> Result<(Self, Passwords), Failure> {
        let passwords = Passwords { approver: password()?, administrator: password()? };
        let key = fill(folder, &passwords).map_err(|problem| failed(&problem))?;
        let story = Self { port, key };
        story.keep(folder)?;
        Ok((story, passwords))
    }

    /// Reads what an earlier start has kept.
    pub(super) fn load(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(FILE);
        let text = input::file(&path)?;
        let json = Json::parse(&text)?;
        let members = Members::of(&json, "", &["port", "key"])?;
        let port = members.required("port", members.integer("port", 1, u16::MAX.into())?)?;
        let key = Zeroizing::new(members.required_text("key")?.to_owned());
        Ok(Self { port: u16::try_from(port).unwrap_or(1), key })
    }

    /// Where the server listens.
    pub(super) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Mints an auth token of the application.
    pub(super) fn token(&self) -> Result<String, Failure> {
        let key = SigningKey::from_base64(&self.key)?;
        let minter = Minter::builder(&key).issuer(APPLICATION).audience(self.host()).lifetime(TOKEN_LIFE);
        Ok(minter.build()?.mint(SUBJECT, &Object::new())?)
    }

    fn keep(&self, folder: &Path) -> Result<(), Failure> {
        let path = folder.join(FILE);
        let text = Object::new().with("port", i64::from(self.port)).with("key", self.key.as_str());
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&path).and_then(|mut file| writeln!(file, "{}", Json::from(text)));
        written.map_err(Failure::file(&path))?;
        // Whatever project the folder is in, its data does not belong to it.
        let ignore = folder.parent().unwrap_or(folder).join(".gitignore");
        std::fs::write(&ignore, "*\n").map_err(Failure::file(&ignore))
    }
}

/// Fills a new store, by the same functions as the API. Returns the signing key of the application.
fn fill(folder: &Path, passwords: &Passwords) -> Result<Zeroizing<String>, jit_approvals_server::Problem> {
    let operator = Operator::create(folder, &folder.join("server.key"), |_| {})?;
    let (company, _) = operator.new_company("Next Level Tickets", ADMINISTRATOR, "Ada Admin")?;
    operator.set_password(ADMINISTRATOR, &passwords.administrator)?;
    operator.new_user(company, APPROVER, "Steve", &passwords.approver)?;
    let (_, key) = operator.new_application(company, APPLICATION, APPLICATION)?;
    operator.new_template(company, &Json::parse(TEMPLATE)?)?;
    Ok(key)
}

/// A password of 24 random letters and digits.
fn password() -> Result<Zeroizing<String>, Failure> {
    let key = Zeroizing::new(SigningKey::generate_base64()?);
    let text = key.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    Ok(Zeroizing::new(text))
}

/// The act that the published request asks for.
pub(super) fn act() -> Result<Json, Failure> {
    let body = Json::parse(include_str!("../demo/purchase/approve.request.json"))?;
    let data = body.get("metaData").cloned().unwrap_or(Json::Null);
    Ok(Object::new().with("metaData", data).into())
}

/// The body of the published request.
pub(super) fn request() -> Result<String, Failure> {
    let body = Json::parse(include_str!("../demo/purchase/approve.request.json"))?;
    Ok(body.to_string())
}
