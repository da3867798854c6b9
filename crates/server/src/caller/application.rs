//! An application, which proves itself by an auth token.

use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock};

use jit_approvals::json::Json;
use jit_approvals::{
    Claims, Error, ErrorCode, Origin, SigningKey, UnixTime, UnverifiedToken, Verifier, catalogue, identity,
    origin,
};
use jit_approvals_api::errors;
use jit_approvals_base::{Id, Plain};
use jit_approvals_store::{AliasRow, ApplicationRow, Claim, Identified, Opener, PersonRow, stream};

use super::{Caller, Credential, check_refusals, credential, refused};
use crate::refusal::Result;
use crate::rings::{LONGEST_LIFE, Ring, verifier};
use crate::state::Attempt;

/// A key that signs nothing: tokens of unknown applications are checked with it, as others are with theirs.
static NOBODY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate().expect("the system's random generator works"));

/// An application whose auth token was verified, and the user on whose behalf it calls.
pub(crate) struct Application {
    pub(crate) company: Id,
    pub(crate) revision: i64,
    /// The position since which the `iss` is its own.
    since: i64,
    ring: Arc<Ring>,
    claims: Claims,
}

impl Caller for Application {
    fn of(attempt: &mut Attempt<'_>) -> Result<Self> {
        let token = match credential(attempt.state, attempt.call)? {
            Some(Credential::AuthToken(token)) => token,
            found => {
                let how = match found {
                    None => "send an auth token in `X-Nl3-Authorization-Token`",
                    Some(_) => {
                        "this call is for an application: send an auth token in `X-Nl3-Authorization-Token`, not the \
                         session or the token of a person"
                    }
                };
                return Err(errors::authentication_required(Plain(how)).into());
            }
        };
        check_refusals(attempt)?;
        let iss = UnverifiedToken::parse(token).map_err(|error| refused(attempt, error))?;
        let iss = iss.issuer().unwrap_or_default().to_owned();
        let state = attempt.state;
        let found = ApplicationRow::identified(attempt.reader, &iss)?;
        let ring = match found {
            Some(found) => state.rings.of(attempt.reader, &state.key, found, &iss, &state.url.audiences)?,
            None => None,
        };
        let now = (state.wall)();
        let call = attempt.call;
        let told = |error| {
            call.work.refused.store(true, Ordering::Relaxed);
            told(error, &state.url.audiences)
        };
        let Some((Identified { company, revision, since, .. }, ring)) = found.zip(ring) else {
            // The answer is the same as for a wrong signature.
            nobody(&iss, &state.url.audiences)?.verify_at(token, now).map_err(told)?;
            return Err(errors::internal_error().into());
        };
        let claims = ring.verifier.verify_at(token, now).map_err(told)?;
        // A wait is one call, however often it is looked at.
        if !attempt.call.work.charged.swap(true, Ordering::Relaxed) {
            state.budgets.charge_call(ring.application.id)?;
        }
        Ok(Self { company, revision, since, ring, claims })
    }

    fn name(&self) -> String {
        format!("application {}", self.iss())
    }
}

fn nobody(iss: &str, audiences: &[String]) -> jit_approvals::Result<Verifier> {
    let iss = if iss.is_empty() { "nobody" } else { iss };
    verifier((&*NOBODY).into(), iss, audiences)
}

/// What the caller is told about a token: `wrong_audience` names the accepted values, and an unknown `kid` is not told
/// from a wrong signature, so that nobody learns which applications exist.
fn told(error: Error, audiences: &[String]) -> Error {
    match error.code() {
        ErrorCode::WrongAudience => {
            let accepted: Vec<String> = audiences.iter().map(|one| format!("`{one}`")).collect();
            let message = format!("the token is for another audience; accepted are {}", accepted.join(", "));
            Error::new(ErrorCode::WrongAudience, message).with_field("aud")
        }
        ErrorCode::UnknownKey => {
            let row = catalogue().into_iter().find(|row| row.code == ErrorCode::InvalidSignature);
            let message = row.map_or("", |row| row.message);
            Error::new(ErrorCode::InvalidSignature, message.to_owned()).with_field("signature")
        }
        _ => error,
    }
}

impl Application {
    /// The row of the application.
    pub(crate) fn row(&self) -> &ApplicationRow {
        &self.ring.application
    }

    /// It as the opener of requests.
    pub(crate) fn opener(&self) -> Opener {
        self.row().opens(self.since)
    }

    /// The `iss` of its token.
    pub(crate) fn iss(&self) -> &str {
        self.claims.issuer().unwrap_or_default()
    }

    /// The `sub` of its token.
    pub(crate) fn subject(&self) -> &str {
        self.claims.subject().unwrap_or_default()
    }

    /// The key that verified the token.
    pub(crate) fn key(&self) -> Option<&SigningKey> {
        self.ring.key(self.claims.key_id())
    }

    /// When its token ends.
    pub(crate) fn expires_at(&self) -> UnixTime {
        self.claims.expires_at()
    }

    /// The origin of the requests that it opens.
    pub(crate) fn origin(&self) -> jit_approvals::Result<Origin> {
        let origin = origin(&self.claims)?.with_company(&self.company.to_string())?;
        origin.with_company_name(&self.row().name)
    }

    /// Returns the claim to its `jti`, if the application accepts each only once.
    ///
    /// # Errors
    ///
    /// `missing_claim`, `token_replayed`
    pub(crate) fn jti(&self, attempt: &mut Attempt<'_>) -> Result<Option<Claim>> {
        if !self.row().once_only {
            return Ok(None);
        }
        let jti = self.claims.get("jti").and_then(Json::as_str).filter(|jti| !jti.is_empty());
        let Some(jti) = jti else {
            let message = "the token has no claim `jti`, which this application must send".to_owned();
            return Err(Error::new(ErrorCode::MissingClaim, message).with_field("jti").into());
        };
        let digest = Claim::digest("jti", &[&self.row().id.to_bytes(), jti.as_bytes()]);
        let now = attempt.now();
        if stream::claim(attempt.reader, self.company, &digest, now)?.is_some() {
            return Err(errors::token_replayed().with_field("jti").into());
        }
        // The clock of the store may be ahead of the one that tokens are checked by.
        let until = self.claims.expires_at().max(now.plus(LONGEST_LIFE));
        let until = until.plus(Verifier::LEEWAY_SECONDS.into());
        Ok(Some(Claim { digest, request: None, body: None, until }))
    }

    /// Rejects a subject who is not an active person of the company, if the application asks for that.
    ///
    /// # Errors
    ///
    /// `unknown_subject`
    pub(crate) fn check_subject(&self, attempt: &mut Attempt<'_>) -> Result<()> {
        if !self.row().known_subjects
            || subject_is_active(attempt, self.company, self.row().id, self.subject())?
        {
            return Ok(());
        }
        Err(errors::unknown_subject(self.subject()).with_field("sub").into())
    }
}

/// Whether a subject is an active person of the company, by email or by an alias at the application.
pub(crate) fn subject_is_active(
    attempt: &mut Attempt<'_>,
    company: Id,
    application: Id,
    subject: &str,
) -> Result<bool> {
    Ok(subject_person(attempt, company, application, subject)?.is_some_and(|person| person.active))
}

/// Returns the person whom a subject means.
pub(crate) fn subject_person(
    attempt: &mut Attempt<'_>,
    company: Id,
    application: Id,
    subject: &str,
) -> Result<Option<PersonRow>> {
    let key = identity(subject);
    if let Some(person) = PersonRow::find_in(attempt.reader, company, &key)? {
        return Ok(Some(person));
    }
    match AliasRow::owner(attempt.reader, company, application, &key)? {
        Some(owner) => Ok(PersonRow::find_in(attempt.reader, company, &owner)?),
        None => Ok(None),
    }
}
