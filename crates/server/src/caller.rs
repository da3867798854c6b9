//! Who calls. An endpoint names its caller as a type, so that it cannot be written without one.

mod application;
mod origin;
mod person;
#[allow(unexpected_cfgs, reason = "the macro is also for crates that have the feature `serde`")]
mod scope;

use std::sync::atomic::Ordering;

use http::header::AUTHORIZATION;
use jit_approvals_api::{errors, headers};

use crate::call::{Call, invalid_header};
use crate::refusal::Result;
use crate::state::{Attempt, State};

pub(crate) use application::{Application, subject_person};
pub(crate) use origin::check_not_foreign;
pub(crate) use person::{
    Administrator, Approver, Auditor, Member, SESSION_SECONDS, Session, clear_cookie, session_cookie,
};
pub(crate) use scope::{Scope, Scopes};

/// Someone who may call an endpoint.
pub(crate) trait Caller: Sized {
    /// Finds out who calls.
    ///
    /// # Errors
    ///
    /// `authentication_required`, `two_credentials`, `role_required`, `foreign_origin`; the family `token`
    fn of(attempt: &mut Attempt<'_>) -> Result<Self>;

    /// Who it is, for the log: never a credential.
    fn name(&self) -> String;
}

/// Anyone: no credential is asked for, or looked at.
pub(crate) struct Anyone;

impl Caller for Anyone {
    fn of(_: &mut Attempt<'_>) -> Result<Self> {
        Ok(Self)
    }

    fn name(&self) -> String {
        "anyone".to_owned()
    }
}

/// An application, or a person who is signed in.
pub(crate) enum Either<P> {
    /// An application.
    Application(Box<Application>),
    /// A person.
    Person(P),
}

impl<P: Caller> Caller for Either<P> {
    fn of(attempt: &mut Attempt<'_>) -> Result<Self> {
        match credential(attempt.state, attempt.call)? {
            Some(Credential::AuthToken(_)) => Application::of(attempt).map(Box::new).map(Self::Application),
            _ => P::of(attempt).map(Self::Person),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Application(application) => application.name(),
            Self::Person(person) => person.name(),
        }
    }
}

/// What a caller proves itself by.
#[derive(Clone, Copy)]
pub(crate) enum Credential<'a> {
    /// An auth token of an application.
    AuthToken(&'a str),
    /// A session of the portal.
    Session(&'a str),
    /// A personal token.
    Token(&'a str),
}

/// Returns the only credential of a call.
///
/// # Errors
///
/// `two_credentials`, `invalid_header`
pub(crate) fn credential<'a>(state: &State, call: &'a Call) -> Result<Option<Credential<'a>>> {
    let mut found = Vec::new();
    for value in call.headers.get_all(headers::AUTHORIZATION_TOKEN) {
        found.push(Credential::AuthToken(text(headers::AUTHORIZATION_TOKEN, value)?.trim()));
    }
    for value in call.headers.get_all(AUTHORIZATION) {
        let value = text("authorization", value)?;
        match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                let token = token.trim();
                let is_personal = token.starts_with(headers::PERSONAL_TOKEN_PREFIX);
                found.push(if is_personal { Credential::Token(token) } else { Credential::AuthToken(token) });
            }
            _ => {
                return Err(invalid_header("authorization", "`Bearer` and a token").into());
            }
        }
    }
    let name = person::cookie_name(state);
    for value in call.headers.get_all(http::header::COOKIE) {
        // Other cookies of the same host may hold anything.
        for pair in value.as_bytes().split(|byte| *byte == b';') {
            let pair = std::str::from_utf8(pair).unwrap_or_default();
            if let Some((known, value)) = pair.trim().split_once('=')
                && known == name
            {
                found.push(Credential::Session(value));
            }
        }
    }
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(errors::two_credentials().into()),
    }
}

/// Rejects a call whose address has sent too many credentials that were refused. A call is looked at once.
fn check_refusals(attempt: &Attempt<'_>) -> Result<()> {
    if attempt.call.work.checked.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    attempt.state.budgets.check_refusals(attempt.call.peer)
}

/// Notes that the credential of a call was refused.
fn refused<E>(attempt: &Attempt<'_>, error: E) -> E {
    attempt.call.work.refused.store(true, Ordering::Relaxed);
    error
}

fn text<'a>(name: &'static str, value: &'a http::HeaderValue) -> Result<&'a str> {
    value.to_str().map_err(|_| invalid_header(name, "visible ASCII text").into())
}
