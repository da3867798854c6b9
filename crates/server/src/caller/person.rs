//! People who are signed in.

use jit_approvals::UnixTime;
use jit_approvals::event::Actor;
use jit_approvals_api::{errors, paths};
use jit_approvals_base::{Id, Plain};
use jit_approvals_store::{Change, CredentialKind, CredentialRow, PersonRow, Role, RowChange, stream};

use super::origin::{check_not_foreign, check_own};
use super::{Caller, Credential, Scope, Scopes, check_refusals, credential, refused};
use crate::refusal::{Refusal, Result};
use crate::seal::digest;
use crate::state::{Attempt, State};

/// After how many seconds without a call a session has ended.
const IDLE_SECONDS: i64 = 12 * 3600;

/// After how many seconds a session has ended in any case.
pub(crate) const SESSION_SECONDS: i64 = 7 * 24 * 3600;

/// For how many seconds a password counts as just given.
pub(crate) const PROOF_SECONDS: i64 = 300;

/// How often it is written that a session was used.
const SEEN_SECONDS: i64 = 60;

/// Anyone who is signed in.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) company: Id,
    pub(crate) revision: i64,
    pub(crate) row: PersonRow,
    pub(crate) credential: CredentialRow,
}

/// Someone who is signed in: with a session, not with a personal token.
pub(crate) struct Session(pub(crate) Member);

/// Someone who may decide.
pub(crate) struct Approver(pub(crate) Member);

/// Someone who may manage the company.
pub(crate) struct Administrator(pub(crate) Member);

/// Someone who may read everything: an auditor or an administrator.
pub(crate) struct Auditor(pub(crate) Member);

impl Caller for Member {
    fn of(attempt: &mut Attempt<'_>) -> Result<Self> {
        let member = Self::found(attempt)?;
        member.seen(attempt);
        Ok(member)
    }

    fn name(&self) -> String {
        format!("{} {}", self.row.role, self.row.email)
    }
}

impl Member {
    /// Finds out who calls, and does not write that they did.
    ///
    /// # Errors
    ///
    /// As [`Caller::of`].
    pub(crate) fn found(attempt: &mut Attempt<'_>) -> Result<Self> {
        let call = attempt.call;
        let (kind, secret) = match credential(attempt.state, call)? {
            Some(Credential::Session(secret)) => (CredentialKind::Session, secret),
            Some(Credential::Token(secret)) => (CredentialKind::Token, secret),
            found => {
                let how = match found {
                    None => "sign in with `POST /session`",
                    Some(_) => {
                        "this call is for a person: sign in with `POST /session`, or send a personal token"
                    }
                };
                return Err(errors::authentication_required(Plain(how)).into());
            }
        };
        check_refusals(attempt)?;
        let Some(member) = member(attempt, kind, secret)? else {
            let how = match kind {
                CredentialKind::Token => "the token is unknown, was revoked, or has expired",
                _ => "the session has ended, sign in again with `POST /session`",
            };
            return Err(refused(attempt, errors::authentication_required(Plain(how))).into());
        };
        match kind {
            CredentialKind::Token => Scopes::parse(&member.credential.scope).check(Scope::of(call))?,
            // A browser sends the cookie by itself, whatever page the call comes from.
            _ if call.route == paths::PROOF => check_not_foreign(attempt.state, call)?,
            _ if !call.method.is_safe() || call.route == paths::NOTIFICATION_EVENTS => {
                check_own(attempt.state, call)?;
            }
            _ => {}
        }
        Ok(member)
    }
}

fn member(attempt: &mut Attempt<'_>, kind: CredentialKind, secret: &str) -> Result<Option<Member>> {
    let found = CredentialRow::find(attempt.reader, &digest(secret))?;
    let now = attempt.now();
    let live = |credential: &CredentialRow| credential.kind == kind && now < ends_at(credential);
    let Some((company, credential)) = found.filter(|(_, credential)| live(credential)) else {
        return Ok(None);
    };
    let Some(revision) = stream::revision(attempt.reader, company)? else { return Ok(None) };
    let row = PersonRow::find_in(attempt.reader, company, &credential.person)?;
    Ok(row.filter(|row| row.active).map(|row| Member { company, revision, row, credential }))
}

/// When a credential ends if it is not used until then.
fn ends_at(credential: &CredentialRow) -> UnixTime {
    match credential.kind {
        CredentialKind::Session => credential.expires_at.min(credential.seen_at.plus(IDLE_SECONDS)),
        CredentialKind::Token | CredentialKind::Link => credential.expires_at,
    }
}

impl Member {
    /// When what the member has proved themselves by ends, if it is not used until then.
    pub(crate) fn ends_at(&self) -> UnixTime {
        ends_at(&self.credential)
    }

    /// Rejects a member who calls with a personal token.
    ///
    /// # Errors
    ///
    /// `authentication_required`
    pub(crate) fn check_session(&self) -> Result<()> {
        if self.credential.kind == CredentialKind::Token { Err(session_required()) } else { Ok(()) }
    }

    /// Rejects a member who has not given the password within the last minutes.
    ///
    /// # Errors
    ///
    /// `password_required`
    pub(crate) fn check_proved(&self, now: UnixTime) -> Result<()> {
        if self.proved_until().is_some_and(|until| now < until) {
            return Ok(());
        }
        Err(errors::password_required().into())
    }

    /// Until when the password counts as just given.
    pub(crate) fn proved_until(&self) -> Option<UnixTime> {
        self.credential.proved_at.map(|at| at.plus(PROOF_SECONDS))
    }

    /// Who makes a change.
    pub(crate) fn actor(&self) -> Actor {
        match self.row.role {
            Role::Administrator => Actor::administrator(&self.row.email),
            Role::Approver | Role::Auditor => Actor::approver(&self.row.email),
        }
    }

    /// Writes that the session or token was used, at most once a minute. If that fails, the call goes on.
    fn seen(&self, attempt: &mut Attempt<'_>) {
        let now = attempt.now();
        if now >= self.credential.seen_at.plus(SEEN_SECONDS) {
            let rows = vec![RowChange::Seen { digest: self.credential.digest, at: now }];
            let _ = attempt.commit(Change {
                company: self.company,
                revision: None,
                at: now,
                events: Vec::new(),
                rows,
                claims: Vec::new(),
            });
        }
    }
}

impl Caller for Session {
    fn of(attempt: &mut Attempt<'_>) -> Result<Self> {
        if let Some(Credential::Token(_)) = credential(attempt.state, attempt.call)? {
            return Err(session_required());
        }
        Member::of(attempt).map(Self)
    }

    fn name(&self) -> String {
        self.0.name()
    }
}

fn session_required() -> Refusal {
    let how = Plain("this needs a session, not a token: sign in with `POST /session`");
    errors::authentication_required(how).into()
}

impl Caller for Approver {
    fn of(attempt: &mut Attempt<'_>) -> Result<Self> {
        let member = Member::of(attempt)?;
        match member.row.role {
            Role::Approver | Role::Administrator => Ok(Self(member)),
            Role::Auditor => Err(errors::role_required(Plain("approver")).into()),
        }
    }

    fn name(&self) -> String {
        self.0.name()
    }
}

impl Caller for Administrator {
    fn of(attempt: &mut Attempt<'_>) -> Result<Self> {
        let member = Member::of(attempt)?;
        match member.row.role {
            Role::Administrator => Ok(Self(member)),
            Role::Approver | Role::Auditor => Err(errors::role_required(Plain("administrator")).into()),
        }
    }

    fn name(&self) -> String {
        self.0.name()
    }
}

impl Caller for Auditor {
    fn of(attempt: &mut Attempt<'_>) -> Result<Self> {
        let member = Member::of(attempt)?;
        match member.row.role {
            Role::Administrator | Role::Auditor => Ok(Self(member)),
            Role::Approver => Err(errors::role_required(Plain("auditor")).into()),
        }
    }

    fn name(&self) -> String {
        self.0.name()
    }
}

/// The name of the cookie of a session.
pub(crate) fn cookie_name(state: &State) -> &'static str {
    if state.url.is_secure { "__Host-jit-session" } else { "jit-session" }
}

/// Returns the cookie that holds a session.
pub(crate) fn session_cookie(state: &State, secret: &str) -> String {
    let secure = if state.url.is_secure { "; Secure" } else { "" };
    format!(
        "{}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={SESSION_SECONDS}{secure}",
        cookie_name(state)
    )
}

/// Returns the cookie that removes a session.
pub(crate) fn clear_cookie(state: &State) -> String {
    let secure = if state.url.is_secure { "; Secure" } else { "" };
    format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", cookie_name(state))
}
