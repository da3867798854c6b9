//! Passwords: hashed with Argon2id, a few at a time.

mod hashed;

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use jit_approvals::identity;
use jit_approvals_api::errors;
use jit_approvals_base::{Plain, random};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::refusal::{Refusal, Result};

pub(crate) use hashed::{Hashed, Task};

/// The memory of a hash, in KiB.
const MEMORY: u32 = 19 << 10;

/// The passes of a hash.
const PASSES: u32 = 2;

/// How many are hashed at a time.
const AT_A_TIME: usize = 2;

/// How many wait.
const WAITING: usize = 64;

/// The shortest password, in characters.
const SHORTEST: usize = 12;

/// The longest password, in bytes.
const LONGEST: usize = 1024;

/// Hashes passwords.
#[derive(Debug, Default)]
pub(crate) struct Passwords {
    queue: Mutex<Queue>,
    turn: Condvar,
    hashes: AtomicU64,
}

#[derive(Debug, Default)]
struct Queue {
    running: usize,
    /// Whether a password of a live session is being hashed, which has a slot of its own.
    proving: bool,
    waiting: HashSet<IpAddr>,
}

/// Who asks for a hash.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asker {
    /// Someone at an address.
    Address(IpAddr),
    /// A live session.
    Session,
}

impl Passwords {
    /// Whether a password is the one of a hash. Without a hash, it takes as long, and the answer is no.
    fn is(&self, asker: Asker, password: &str, hash: Option<&str>) -> Result<bool> {
        let password = normalized(password);
        let _turn = self.turn(asker)?;
        let known = hash.and_then(|hash| PasswordHash::new(hash).ok());
        let Some(known) = known else {
            self.argon2().hash_password_with_salt(password.as_bytes(), &[0; 16]).map_err(|_| failed())?;
            return Ok(false);
        };
        Ok(self.argon2().verify_password(password.as_bytes(), &known).is_ok())
    }

    /// Hashes a new password, after it has checked it.
    ///
    /// # Errors
    ///
    /// `weak_password`, `too_many_calls`
    pub(crate) fn hash(&self, asker: Asker, password: &str, email: &str, name: &str) -> Result<String> {
        check(password, email, name)?;
        self.hash_new(asker, password)
    }

    /// Hashes a password that was checked.
    fn hash_new(&self, asker: Asker, password: &str) -> Result<String> {
        let password = normalized(password);
        let mut salt = [0; 16];
        random::fill(&mut salt)?;
        let _turn = self.turn(asker)?;
        let hash = self.argon2().hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| failed())?;
        Ok(hash.to_string())
    }

    /// Counts a hash, and returns what makes it. Each is used for one hash.
    fn argon2(&self) -> Argon2<'static> {
        self.hashes.fetch_add(1, Ordering::Relaxed);
        let params = Params::new(MEMORY, PASSES, 1, None).expect("constants in range");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }

    /// How many passwords were hashed.
    pub(crate) fn hashes(&self) -> u64 {
        self.hashes.load(Ordering::Relaxed)
    }

    /// Waits for a turn.
    fn turn(&self, asker: Asker) -> Result<Turn<'_>> {
        let mut queue = self.queue.lock().expect("no hash panics while it holds the queue");
        if matches!(asker, Asker::Session) && !queue.proving {
            queue.proving = true;
            return Ok(Turn { passwords: self, proof: true });
        }
        let waiting = match asker {
            Asker::Address(address) if queue.running >= AT_A_TIME => Some(address),
            _ => None,
        };
        if let Some(address) = waiting
            && (queue.waiting.len() >= WAITING || !queue.waiting.insert(address))
        {
            return Err(Refusal::later(errors::too_many_calls(Plain("sign-ins at once")), 1));
        }
        let mut queue = self
            .turn
            .wait_while(queue, |queue| queue.running >= AT_A_TIME)
            .expect("no hash panics while it holds the queue");
        if let Some(address) = waiting {
            queue.waiting.remove(&address);
        }
        queue.running += 1;
        Ok(Turn { passwords: self, proof: false })
    }
}

/// A turn, until it is dropped.
struct Turn<'a> {
    passwords: &'a Passwords,
    proof: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Ok(mut queue) = self.passwords.queue.lock() {
            if self.proof {
                queue.proving = false;
            } else {
                queue.running -= 1;
            }
        }
        self.passwords.turn.notify_one();
    }
}

/// NFC, so that the same password from another keyboard is the same.
fn normalized(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfc().collect())
}

/// Rejects a password that is too short, too long, or the person's own email or name.
fn check(password: &str, email: &str, name: &str) -> Result<()> {
    let same = |other: &str| identity(password) == identity(other);
    let reason = if password.len() > LONGEST {
        "has more than 1024 bytes"
    } else if password.nfc().count() < SHORTEST {
        "has fewer than 12 characters"
    } else if same(email) || same(name) {
        "is the email or the name of the person"
    } else {
        return Ok(());
    };
    Err(errors::weak_password(Plain(reason)).with_field("password").into())
}

fn failed() -> Refusal {
    errors::internal_error().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_in_another_normal_form() {
        let passwords = Passwords::default();
        let asker = Asker::Session;
        let hash = passwords.hash(asker, "Stra\u{DF}e \u{E9}cole 12", "ann@example.com", "Ann").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.is(asker, "Stra\u{DF}e e\u{301}cole 12", Some(&hash)).unwrap());
        assert!(!passwords.is(asker, "Stra\u{DF}e ecole 12", Some(&hash)).unwrap());
        assert!(!passwords.is(asker, "anything", None).unwrap());
        assert_eq!(passwords.hashes(), 4);
    }

    #[test]
    fn one_of_an_address_waits_and_a_live_session_does_not() {
        let passwords = Passwords::default();
        let address = |last: u8| Asker::Address(IpAddr::from([10, 0, 0, last]));
        let turns = [passwords.turn(address(1)).unwrap(), passwords.turn(address(1)).unwrap()];
        std::thread::scope(|scope| {
            let waits = |asker| {
                let before = passwords.queue.lock().unwrap().waiting.len();
                let passwords = &passwords;
                let thread = scope.spawn(move || passwords.turn(asker).map(drop));
                while passwords.queue.lock().unwrap().waiting.len() == before {
                    std::thread::yield_now();
                }
                thread
            };
            let first = waits(address(1));
            let Err(Refusal::Told(told)) = passwords.turn(address(1)) else { panic!("a second one waits") };
            assert_eq!((told.error.code().as_str(), told.retry_after), ("too_many_calls", Some(1)));
            let others: Vec<_> = (2..).map(|last| waits(address(last))).take(WAITING - 1).collect();
            assert!(passwords.turn(address(255)).is_err(), "the queue is full");
            drop(passwords.turn(Asker::Session).unwrap());
            drop(turns);
            for waited in others.into_iter().chain([first]) {
                waited.join().unwrap().unwrap();
            }
        });
        drop(passwords.turn(address(1)).unwrap());
        assert_eq!(passwords.hashes(), 0, "a turn is no hash");
    }

    #[test]
    fn weak_passwords_are_rejected() {
        let passwords = Passwords::default();
        for password in ["short", "ANN@example.com", "Ann Of Green Gables", &"x".repeat(1025)] {
            let refused = passwords
                .hash(Asker::Session, password, "ann@example.com", "ann of green gables")
                .unwrap_err();
            let Refusal::Told(told) = refused else { panic!("{refused:?}") };
            assert_eq!(told.error.code(), "weak_password");
        }
        assert_eq!(passwords.hashes(), 0);
    }
}
