//! Makes an application's calls repeatable.

use jit_approvals::UnixTime;
use jit_approvals::json::Json;
use jit_approvals_api::errors;
use jit_approvals_base::Id;
use jit_approvals_store::{Claim, stream};
use sha2::{Digest as _, Sha256};

use crate::caller::Application;
use crate::refusal::Result;
use crate::request::Stored;
use crate::state::Attempt;

/// For how many seconds a key lives after everything that it led to has ended.
pub(crate) const KEPT_SECONDS: i64 = 24 * 3600;

/// A call with an idempotency key.
pub(crate) struct Repeatable {
    digest: [u8; 32],
    body: [u8; 32],
}

impl Repeatable {
    /// Returns the key of a call, if it has one, and the request that an earlier call with the same key led to.
    ///
    /// # Errors
    ///
    /// `invalid_header`; `idempotency_conflict`
    pub(crate) fn find(
        attempt: &mut Attempt<'_>,
        caller: &Application,
        body: &Json,
    ) -> Result<(Option<Self>, Option<Id>)> {
        let Some(repeatable) = Self::of(attempt, caller, body)? else { return Ok((None, None)) };
        let earlier = repeatable.earlier(attempt, caller)?;
        Ok((Some(repeatable), earlier))
    }

    /// Returns the key of a call. `None` if it has none.
    ///
    /// # Errors
    ///
    /// `invalid_header`
    fn of(attempt: &Attempt<'_>, caller: &Application, body: &Json) -> Result<Option<Self>> {
        let call = attempt.call;
        let Some(key) = call.idempotency_key()? else { return Ok(None) };
        let company = caller.company.to_bytes();
        let parts = [
            &company,
            caller.iss().as_bytes(),
            caller.subject().as_bytes(),
            call.method.as_str().as_bytes(),
            call.path.as_bytes(),
            key.as_bytes(),
        ];
        let body = Sha256::digest(body.to_canonical().as_bytes()).into();
        Ok(Some(Self { digest: Claim::digest("key", &parts), body }))
    }

    /// Returns the request that an earlier call with the same key led to.
    ///
    /// # Errors
    ///
    /// `idempotency_conflict` if that call had another body, with the present record of its request.
    fn earlier(&self, attempt: &mut Attempt<'_>, caller: &Application) -> Result<Option<Id>> {
        let now = attempt.now();
        match stream::claim(attempt.reader, caller.company, &self.digest, now)? {
            None => Ok(None),
            Some(earlier) if earlier.body == Some(self.body) => Ok(earlier.request),
            Some(earlier) => {
                let error = errors::idempotency_conflict().with_field("Idempotency-Key");
                let stored = match earlier.request {
                    Some(request) => Stored::load(attempt, caller.company, request)?,
                    None => None,
                };
                Err(match stored {
                    Some(stored) => stored.refused(attempt.now(), Some(caller.opener()), error),
                    None => error.into(),
                })
            }
        }
    }

    /// Returns the claim to the key.
    pub(crate) fn claim(&self, request: Id, until: UnixTime) -> Claim {
        Claim { digest: self.digest, request: Some(request), body: Some(self.body), until }
    }
}
