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
        let host = application.split_once("://").map_or(&*application, |(_, rest)| rest);
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        // What stands before an `@` could pass for the host.
        let host = host.rsplit('@').next().unwrap_or_default();
        Ok(Self {
            company: application.clone(),
            company_name: shown("companyName", host)?,
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
