//! Who makes a change.

use jit_approvals_base::{Json, Members, Plain};

use crate::limits;
use crate::shown_text::{Source, flaw, is_visible, name_flaw};
use crate::{Result, errors};

/// Who made a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub(super) kind: ActorKind,
    pub(super) id: String,
}

/// In which role someone makes a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActorKind {
    /// The application that asked.
    Application,
    /// Someone who decides.
    Approver,
    /// Someone who looks after templates and people.
    Administrator,
    /// A part of the system that hosts requests.
    System,
}

jit_approvals_base::choices! {
    ActorKind {
        Application = "application",
        Approver = "approver",
        Administrator = "administrator",
        System = "system"
    }
}

impl Actor {
    /// An application, by its `iss`.
    pub fn application(issuer: impl Into<String>) -> Self {
        Self { kind: ActorKind::Application, id: issuer.into() }
    }

    /// An approver, by their email.
    pub fn approver(email: impl Into<String>) -> Self {
        Self { kind: ActorKind::Approver, id: email.into() }
    }

    /// An administrator, by their email.
    pub fn administrator(email: impl Into<String>) -> Self {
        Self { kind: ActorKind::Administrator, id: email.into() }
    }

    /// In which role.
    pub fn kind(&self) -> ActorKind {
        self.kind
    }

    /// Email, `iss`, or the name of the part of the system.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A part of the system, such as `directory`. It cancels and revokes only with a reason.
    pub fn system(part: impl Into<String>) -> Self {
        Self { kind: ActorKind::System, id: part.into() }
    }

    /// Reads `{id, kind}`: for other languages, where the host has authenticated whoever it is.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`, `unknown_choice`
    #[doc(hidden)]
    pub fn from_json(value: &Json) -> Result<Self> {
        let members = Members::of(value, "actor", &["id", "kind"])?;
        let id = members.required_text("id")?.to_owned();
        Ok(Self { kind: members.required_parsed("kind")?, id })
    }

    /// Refuses one that could mislead who reads the events.
    pub(super) fn check(&self, source: Source) -> Result<()> {
        let (size, most) = (self.id.len(), limits::VALUE_BYTES as usize);
        let problem = if size > most {
            format!("{size} bytes, the limit is {most}")
        } else {
            match name_flaw(&self.id, source) {
                Some(flaw) => flaw.to_string(),
                None => return Ok(()),
            }
        };
        Err(errors::invalid_actor(&self.id, Plain(problem)).with_field("actor"))
    }

    /// Refuses one that may neither cancel nor revoke a request of this application.
    pub(super) fn check_may(
        &self,
        command: &'static str,
        application: &str,
        reason: Option<&str>,
    ) -> Result<()> {
        let may = match self.kind {
            ActorKind::Application => self.id == application,
            ActorKind::Administrator => true,
            ActorKind::System => reason.is_some_and(is_visible),
            ActorKind::Approver => false,
        };
        if may {
            Ok(())
        } else {
            Err(errors::actor_not_allowed(&self.id, Plain(command)).with_field("actor"))
        }
    }
}

/// Refuses a reason for cancelling or revoking that could mislead who reads it.
pub(super) fn check_reason(reason: Option<&str>, source: Source) -> Result<()> {
    let reason = reason.unwrap_or_default();
    let problem = if reason.len() > limits::COMMENT_BYTES {
        format!("{} bytes, the limit is {}", reason.len(), limits::COMMENT_BYTES)
    } else if let Some(flaw) = flaw(reason, false, source) {
        flaw.to_string()
    } else {
        return Ok(());
    };
    Err(errors::invalid_reason(Plain(problem)).with_field("reason"))
}
