//! What is hashed for a call. A hash takes long: no read of the store and no lane lasts until it is there. An attempt that
//! needs one ends with [`Refusal::Hash`], and the call is computed again after the hash.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::{Asker, Passwords, check};
use crate::refusal::{Refusal, Result};

/// A password that is hashed for a call.
pub(crate) struct Task {
    asker: Asker,
    password: Zeroizing<String>,
    wanted: Wanted,
}

/// What is wanted of a password.
enum Wanted {
    /// Whether it is the one of a hash.
    Is(Option<String>),
    /// Its hash.
    New,
}

/// What was hashed for a call.
#[derive(Default)]
pub(crate) struct Hashed(Mutex<Option<Done>>);

/// A task that is done.
enum Done {
    /// Whether the password is the one of the hash.
    Is(Option<String>, bool),
    /// The hash of a new password.
    New(String),
    /// Nothing was hashed: too many wait.
    Refused(Refusal),
}

impl Hashed {
    /// Whether a password is the one of a hash. Without a hash, it takes as long, and the answer is no.
    ///
    /// # Errors
    ///
    /// `too_many_calls`; `Hash` if that is not known yet.
    pub(crate) fn is(&self, asker: Asker, password: &str, hash: Option<&str>) -> Result<bool> {
        let done = self.done().take();
        match done {
            // Somebody may have changed the password since.
            Some(Done::Is(known, is_right)) if known.as_deref() == hash => {
                *self.done() = Some(Done::Is(known, is_right));
                Ok(is_right)
            }
            Some(Done::Refused(refusal)) => Err(refusal),
            _ => Err(Task::of(asker, password, Wanted::Is(hash.map(str::to_owned)))),
        }
    }

    /// Returns the hash of a new password, after it has checked it.
    ///
    /// # Errors
    ///
    /// `weak_password`, `too_many_calls`; `Hash` if there is no hash yet.
    pub(crate) fn of_new(&self, asker: Asker, password: &str, email: &str, name: &str) -> Result<String> {
        check(password, email, name)?;
        let done = self.done().take();
        match done {
            Some(Done::New(hash)) => {
                *self.done() = Some(Done::New(hash.clone()));
                Ok(hash)
            }
            Some(Done::Refused(refusal)) => Err(refusal),
            _ => Err(Task::of(asker, password, Wanted::New)),
        }
    }

    /// Does a task of the call.
    pub(crate) fn done_by(&self, passwords: &Passwords, task: Task) {
        let done = match task.wanted {
            Wanted::Is(hash) => {
                let is_right = passwords.is(task.asker, &task.password, hash.as_deref());
                is_right.map(|is_right| Done::Is(hash, is_right))
            }
            Wanted::New => passwords.hash_new(task.asker, &task.password).map(Done::New),
        };
        *self.done() = Some(done.unwrap_or_else(Done::Refused));
    }

    fn done(&self) -> MutexGuard<'_, Option<Done>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Task {
    fn of(asker: Asker, password: &str, wanted: Wanted) -> Refusal {
        Refusal::Hash(Box::new(Self { asker, password: Zeroizing::new(password.to_owned()), wanted }))
    }
}

/// Without the password and its hash.
impl fmt::Debug for Task {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Task").field("asker", &self.asker).finish_non_exhaustive()
    }
}

/// Without the hash.
impl fmt::Debug for Hashed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Hashed").finish_non_exhaustive()
    }
}
