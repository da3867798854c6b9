//! Where a request comes from.

mod device;

use jit_approvals_base::{Error, Json, Members, Object, Plain};

pub use device::{Device, Location};

use crate::host::host;
use crate::limits;
use crate::shown_text::{Flaw, Source, name_flaw};
use crate::{Result, errors};

/// The origin of a request: what its auth token proved, and what the host knows about the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub(crate) company: String,
    pub(crate) company_name: String,
    pub(crate) application: String,
    pub(crate) subject: String,
    pub(crate) claims: Object,
    pub(crate) device: Option<Device>,
}

impl Origin {
    /// Creates the origin of a request from this application (`iss`) for this subject (`sub`).
    ///
    /// By default, the company is the application. By default, the placeholder `companyName` shows the application's
    /// host, or the whole application if it is not a URL.
    ///
    /// # Errors
    ///
    /// `hidden_character`, `missing_metadata`, `value_too_long`, because an approver reads both texts.
    pub fn new(application: &str, subject: &str) -> Result<Self> {
        let application = name("application", application)?;
        Ok(Self {
            company: application.clone(),
            company_name: host(&application).unwrap_or_else(|| application.clone()),
            subject: name("subject", subject)?,
            claims: Object::new(),
            device: None,
            application,
        })
    }

    /// Reads `{application, subject, company?, companyName?, claims?, device?}`.
    ///
    /// This is for other languages, in which the host has verified the auth token itself.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`, `out_of_range`; those of [`Origin::new`].
    #[doc(hidden)]
    pub fn from_json(value: &Json) -> Result<Self> {
        const MEMBERS: &[&str] = &["application", "subject", "company", "companyName", "claims", "device"];
        let members = Members::of(value, "", MEMBERS)?;
        let text = |name| members.required_text(name);
        let mut origin = Self::new(text("application")?, text("subject")?)?;
        if let Some(company) = members.text("company")? {
            origin = origin.with_company(company)?;
        }
        if let Some(name) = members.text("companyName")? {
            origin = origin.with_company_name(name)?;
        }
        let device = members.optional("device").map(Device::from_json).transpose()?;
        Ok(Self { device, ..origin.with_claims(members.object("claims")?.cloned().unwrap_or_default()) })
    }

    /// Returns the JSON that [`from_json`](Self::from_json) reads.
    pub fn to_json(&self) -> Json {
        let object = Object::new()
            .with("application", &*self.application)
            .with("subject", &*self.subject)
            .with("company", &*self.company)
            .with("companyName", &*self.company_name)
            .with("claims", self.claims.clone());
        match &self.device {
            Some(device) => object.with("device", device.to_json()),
            None => object,
        }
        .into()
    }

    /// Sets the company that owns the request. This matters if several companies share a server.
    ///
    /// # Errors
    ///
    /// Those of [`Origin::new`].
    pub fn with_company(self, company: &str) -> Result<Self> {
        Ok(Self { company: name("company", company)?, ..self })
    }

    /// Sets the name that the placeholder `companyName` shows.
    ///
    /// # Errors
    ///
    /// Those of [`Origin::new`].
    pub fn with_company_name(self, company_name: &str) -> Result<Self> {
        Ok(Self { company_name: name("companyName", company_name)?, ..self })
    }

    /// Sets the claims of the auth token. The claims that the template lists are shown and hashed.
    #[must_use]
    pub fn with_claims(self, claims: Object) -> Self {
        Self { claims, ..self }
    }

    /// Sets the device that the application reported. It is shown to the approver and is not part of the content hash.
    #[must_use]
    pub fn with_device(self, device: Device) -> Self {
        Self { device: Some(device), ..self }
    }

    /// The application (`iss`).
    pub fn application(&self) -> &str {
        &self.application
    }

    /// The user on whose behalf the application asks (`sub`).
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The company that owns the request.
    pub fn company(&self) -> &str {
        &self.company
    }

    /// The name that the placeholder `companyName` shows.
    pub fn company_name(&self) -> &str {
        &self.company_name
    }

    /// The auth token's claims.
    pub fn claims(&self) -> &Object {
        &self.claims
    }

    /// The device that the application reported.
    pub fn device(&self) -> Option<&Device> {
        self.device.as_ref()
    }
}

fn name(member: &str, text: &str) -> Result<String> {
    check_name(member, text, Source::Given)?;
    Ok(text.to_owned())
}

/// Rejects a name of an application, a subject or a company that could mislead a reader.
pub(crate) fn check_name(member: &str, text: &str, source: Source) -> Result<()> {
    let size = text.len();
    let error = if size > limits::VALUE_BYTES as usize {
        errors::value_too_long(member, size, limits::VALUE_BYTES as usize)
    } else {
        match name_flaw(text, source) {
            None => return Ok(()),
            Some(Flaw::Invisible) => errors::missing_metadata(member),
            Some(flaw) => hidden(member, flaw, text),
        }
    };
    Err(error.with_field(member))
}

/// Creates the error for a text that must not be shown.
pub(crate) fn hidden(member: &str, flaw: Flaw, text: &str) -> Error {
    errors::hidden_character(member, Plain(flaw.to_string())).at_in_field(flaw.place(text))
}
