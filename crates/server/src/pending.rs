//! How many requests of an application are pending.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jit_approvals_api::errors;
use jit_approvals_base::Id;
use jit_approvals_store::{Reader, RequestRow, RowChange};

use crate::caller::Application;
use crate::limits::Limits;
use crate::refusal::{Refusal, Result};

/// After how many seconds a caller may try again who has too many pending requests.
const LATER: u64 = 30;

/// How often the requests of an application are counted while there are too many.
const COUNTED: Duration = Duration::from_secs(1);

/// At most how many requests of each application are pending: counted once, plus what was opened since. Counting takes
/// as many steps as there are pending requests, so it is done again only when that sum reaches the limit.
#[derive(Debug, Default)]
pub(crate) struct Pending(Mutex<HashMap<Id, Counted>>);

#[derive(Debug, Clone, Copy)]
struct Counted {
    most: u32,
    at: Instant,
}

impl Pending {
    /// Rejects one more request of an application if there are too many. Of many at once, some more may be opened.
    ///
    /// # Errors
    ///
    /// `too_many_pending`
    pub(crate) fn check(&self, reader: &mut dyn Reader, caller: &Application, limits: &Limits) -> Result<()> {
        let (company, iss) = (caller.company, caller.iss());
        let limit = limits.application_pending;
        let (key, now) = (caller.row().id, Instant::now());
        let counted = self.counted().get(&key).copied();
        let counted = match counted {
            Some(counted) if counted.most < limit || now < counted.at + COUNTED => counted,
            _ => {
                let most = RequestRow::pending_of_application(reader, company, iss, limit)?;
                let counted = Counted { most, at: now };
                self.counted().insert(key, counted);
                counted
            }
        };
        if counted.most < limit { Ok(()) } else { Err(too_many(limit)) }
    }

    /// A request was opened.
    pub(crate) fn opened(&self, caller: &Application) {
        if let Some(counted) = self.counted().get_mut(&caller.row().id) {
            counted.most += 1;
        }
    }

    fn counted(&self) -> MutexGuard<'_, HashMap<Id, Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The condition that a request of an application for its subject is written with: they have not too many.
pub(crate) fn few(caller: &Application, limits: &Limits) -> RowChange {
    let (application, subject) = (caller.iss().to_owned(), caller.subject().to_owned());
    RowChange::FewPending { application, subject, limit: limits.subject_pending }
}

pub(crate) fn too_many(limit: u32) -> Refusal {
    Refusal::later(errors::too_many_pending(limit as usize), LATER)
}
