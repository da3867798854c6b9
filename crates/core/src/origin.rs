//! Where a request comes from.

use jit_approvals_base::{Json, Members, Object, Plain};

use crate::limits;
use crate::{Result, errors, reading};

/// On whose behalf a request is made: what its auth token proved, and what the host knows of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub(crate) company: String,
    pub(crate) company_name: String,
    pub(crate) application: String,
    pub(crate) subject: String,
    pub(crate) claims: Object,
}

impl Origin {
    /// A request of this application (`iss`) for this subject (`sub`).
    ///
    /// The placeholder `companyName` shows the application's host unless [`company_name`](Self::company_name)
    /// says otherwise, and the company is the application itself unless [`company`](Self::company) does.
    ///
    /// # Errors
    ///
    /// `hidden_character`, `missing_metadata`, `value_too_long`: an approver reads both.
    pub fn new(application: &str, subject: &str) -> Result<Self> {
        let application = shown("application", application)?;
        Ok(Self {
            company: application.clone(),
            company_name: shown("companyName", host(&application))?,
            subject: shown("subject", subject)?,
            claims: Object::new(),
            application,
        })
    }

    /// Reads `{application, subject, company?, companyName?, claims?}`.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`; those of [`Origin::new`].
    pub fn from_json(value: &Json) -> Result<Self> {
        const MEMBERS: &[&str] = &["application", "subject", "company", "companyName", "claims"];
        let members = Members::of(value, "", MEMBERS)?;
        let text = |name| members.required(name, members.text(name)?);
        let mut origin = Self::new(text("application")?, text("subject")?)?;
        if let Some(company) = members.text("company")? {
            origin = origin.company(company)?;
        }
        if let Some(name) = members.text("companyName")? {
            origin = origin.company_name(name)?;
        }
        Ok(origin.claims(members.object("claims")?.cloned().unwrap_or_default()))
    }

    /// What [`from_json`](Self::from_json) reads.
    pub fn to_json(&self) -> Json {
        let object = Object::new()
            .with("application", &*self.application)
            .with("subject", &*self.subject)
            .with("company", &*self.company)
            .with("companyName", &*self.company_name)
            .with("claims", self.claims.clone());
        object.into()
    }

    /// The same origin, within this company (whom everything belongs to, where several share a server).
    ///
    /// # Errors
    ///
    /// As [`Origin::new`].
    pub fn company(self, company: &str) -> Result<Self> {
        Ok(Self { company: shown("company", company)?, ..self })
    }

    /// The same origin, whose placeholder `companyName` shows this name.
    ///
    /// # Errors
    ///
    /// As [`Origin::new`].
    pub fn company_name(self, name: &str) -> Result<Self> {
        Ok(Self { company_name: shown("companyName", name)?, ..self })
    }

    /// The same origin with the auth token's claims. Those that the template lists are shown and hashed.
    #[must_use]
    pub fn claims(self, claims: Object) -> Self {
        Self { claims, ..self }
    }
}

/// The host in a URL, or all of what is none. What stands before an `@` could pass for it, and is left out.
fn host(application: &str) -> &str {
    let bytes = application.as_bytes();
    let scheme = memchr::memchr_iter(b':', bytes).find(|place| bytes[*place..].starts_with(b"://"));
    let rest = &application[scheme.map_or(0, |place| place + 3)..];
    let rest = &rest[..memchr::memchr3(b'/', b'?', b'#', rest.as_bytes()).unwrap_or(rest.len())];
    &rest[memchr::memrchr(b'@', rest.as_bytes()).map_or(0, |place| place + 1)..]
}

fn shown(member: &str, text: &str) -> Result<String> {
    let error = if text.is_empty() {
        errors::missing_metadata(member)
    } else if text.len() > limits::VALUE_BYTES as usize {
        errors::value_too_long(member, text.len(), limits::VALUE_BYTES as usize)
    } else if let Some((_, character)) = reading::misleading(text, false) {
        errors::hidden_character(member, Plain(reading::code_point(character)))
    } else {
        return Ok(text.to_owned());
    };
    Err(error.with_field(member))
}
