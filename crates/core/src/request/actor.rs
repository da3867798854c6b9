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

/// The role in which someone makes a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActorKind {
    /// An application that makes requests.
    Application,
    /// A person who decides.
    Approver,
    /// A person who manages templates and people.
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
    /// Creates the actor for an application, identified by its `iss`.
    pub fn application(issuer: impl Into<String>) -> Self {
        Self { kind: ActorKind::Application, id: issuer.into() }
    }

    /// Creates the actor for an approver, identified by their email.
    pub fn approver(email: impl Into<String>) -> Self {
        Self { kind: ActorKind::Approver, id: email.into() }
    }

    /// Creates the actor for an administrator, identified by their email.
    pub fn administrator(email: impl Into<String>) -> Self {
        Self { kind: ActorKind::Administrator, id: email.into() }
    }

    /// The role of the actor.
    pub fn kind(&self) -> ActorKind {
        self.kind
    }

    /// The email, the `iss`, or the name of the part of the system.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Creates the actor for a part of the system, such as `directory`. It may cancel and revoke only with a reason.
    pub fn system(part: impl Into<String>) -> Self {
        Self { kind: ActorKind::System, id: part.into() }
    }

    /// Reads `{id, kind}`. This is for the bindings: the host must have authenticated the actor.
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

    /// Rejects an actor with an id that could mislead a reader of the events.
    pub(super) fn check(&self, source: Source) -> Result<()> {
        let (size, most) = (self.id.len(), limits::VALUE_BYTES as usize);
        let problem = if size > most {
            format!("it has {size} bytes, the limit is {most}")
        } else {
            match name_flaw(&self.id, source) {
                Some(flaw) => flaw.to_string(),
                None => return Ok(()),
            }
        };
        Err(errors::invalid_actor(&self.id, Plain(problem)).with_field("actor"))
    }

    /// Rejects an actor who may not cancel or revoke a request of the given application.
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

/// Rejects a reason for cancelling or revoking that could mislead a reader.
pub(super) fn check_reason(reason: Option<&str>, source: Source) -> Result<()> {
    let reason = reason.unwrap_or_default();
    let problem = if reason.len() > limits::COMMENT_BYTES {
        format!("it has {} bytes, the limit is {}", reason.len(), limits::COMMENT_BYTES)
    } else if let Some(flaw) = flaw(reason, false, source) {
        flaw.to_string()
    } else {
        return Ok(());
    };
    Err(errors::invalid_reason(Plain(problem)).with_field("reason"))
}
