//! How often something may be tried.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use governor::clock::{Clock as _, DefaultClock};
use governor::{Quota, RateLimiter};
use jit_approvals_api::errors;
use jit_approvals_base::Plain;

use crate::refusal::{Refusal, Result};
use crate::state::Attempt;

const MINUTE: Duration = Duration::from_secs(60);

/// The most keys of a budget.
const KEYS: usize = 100_000;

/// How many sign-ins an address may try in a minute.
const SIGN_INS: u32 = 10;

/// How many sign-ins of an address may fail in a minute for one account.
const FAILURES: u32 = 5;

/// After how long one more failure is allowed.
const FAILURE_TIME: Duration = Duration::from_secs(60 / FAILURES as u64);

type Limiter<K> = RateLimiter<K, governor::state::keyed::HashMapStateStore<K>, DefaultClock>;

/// The budgets of those who are not signed in.
#[derive(Debug)]
pub(crate) struct Budgets {
    addresses: Budget<IpAddr>,
    failures: Failures,
}

/// A sign-in that was charged as if it had failed.
#[derive(Debug)]
pub(crate) struct Charge<'a> {
    failures: &'a Failures,
    /// The address and the identity of the email. `None` if the call was charged at an earlier attempt.
    key: Option<(IpAddr, String)>,
}

#[derive(Debug)]
struct Budget<K: Hash + Eq + Clone>(Limiter<K>);

/// When all failures of an address for an account are forgotten.
#[derive(Debug, Default)]
struct Failures(Mutex<HashMap<(IpAddr, String), Instant>>);

impl Default for Budgets {
    fn default() -> Self {
        Self { addresses: Budget::a_minute(SIGN_INS), failures: Failures::default() }
    }
}

impl Budgets {
    /// Charges a sign-in, before anything is looked up or hashed. `account` is the identity of an email. A call is
    /// charged once, however often it is computed.
    pub(crate) fn charge_sign_in(&self, attempt: &Attempt<'_>, account: &str) -> Result<Charge<'_>> {
        let failures = &self.failures;
        if attempt.number > 0 {
            return Ok(Charge { failures, key: None });
        }
        let address = network(attempt.call.peer);
        self.addresses.charge(&address, "sign-ins from this address")?;
        let key = (address, account.to_owned());
        failures.charge(&key, Instant::now())?;
        Ok(Charge { failures, key: Some(key) })
    }
}

impl Charge<'_> {
    /// The sign-in has succeeded: it is not counted as a failure.
    pub(crate) fn give_back(self) {
        if let Some(key) = self.key {
            self.failures.give_back(&key);
        }
    }
}

impl<K: Hash + Eq + Clone> Budget<K> {
    fn a_minute(times: u32) -> Self {
        let times = NonZeroU32::new(times).expect("a constant");
        Self(RateLimiter::hashmap(Quota::per_minute(times)))
    }

    fn charge(&self, key: &K, what: &'static str) -> Result<()> {
        if self.0.len() >= KEYS {
            self.0.retain_recent();
        }
        if self.0.len() >= KEYS {
            return Err(refused(what, MINUTE));
        }
        let now = DefaultClock::default().now();
        self.0.check_key(key).map_err(|not_until| refused(what, not_until.wait_time_from(now)))
    }
}

impl Failures {
    fn charge(&self, key: &(IpAddr, String), now: Instant) -> Result<()> {
        let what = "failed sign-ins for this account from this address";
        let mut failures = self.failures();
        if failures.len() >= KEYS {
            failures.retain(|_, forgotten| *forgotten > now);
        }
        let next = failures.get(key).map_or(now, |forgotten| now.max(*forgotten)) + FAILURE_TIME;
        let wait = next.saturating_duration_since(now + MINUTE);
        if !wait.is_zero() || failures.len() >= KEYS {
            return Err(refused(what, wait.max(Duration::from_secs(1))));
        }
        failures.insert(key.clone(), next);
        Ok(())
    }

    fn give_back(&self, key: &(IpAddr, String)) {
        if let Some(forgotten) = self.failures().get_mut(key) {
            *forgotten -= FAILURE_TIME;
        }
    }

    fn failures(&self) -> MutexGuard<'_, HashMap<(IpAddr, String), Instant>> {
        self.0.lock().expect("nobody panics while holding the failures")
    }
}

/// Says after how many whole seconds the call may be repeated.
fn refused(what: &'static str, wait: Duration) -> Refusal {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    Refusal::later(errors::too_many_calls(Plain(what)), seconds)
}

/// The network that counts as one address: of IPv6, someone has at least a /64.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => address.into(),
            None => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_a_minute_are_allowed_and_successes_do_not_count() {
        let (failures, begin) = (Failures::default(), Instant::now());
        let key = (IpAddr::from([10, 0, 0, 1]), "steve@nl3.com".to_owned());
        for _ in 0..20 {
            failures.charge(&key, begin).unwrap();
            failures.give_back(&key);
        }
        for _ in 0..5 {
            failures.charge(&key, begin).unwrap();
        }
        let Err(Refusal::Told(told)) = failures.charge(&key, begin) else { panic!("the sixth is allowed") };
        assert_eq!(told.retry_after, Some(12));
        let other = (key.0, "ada@nl3.com".to_owned());
        failures.charge(&other, begin).unwrap();
        let later = begin + Duration::from_secs(12);
        failures.charge(&key, later).unwrap();
        assert!(failures.charge(&key, later).is_err(), "one more at a time");
        for _ in 0..5 {
            failures.charge(&key, later + MINUTE).unwrap();
        }
    }

    #[test]
    fn an_address_of_ipv6_is_a_network() {
        let parsed = |text: &str| network(text.parse().unwrap());
        assert_eq!(parsed("2001:db8:1:2:3:4:5:6"), parsed("2001:db8:1:2::"));
        assert_ne!(parsed("2001:db8:1:2::1"), parsed("2001:db8:1:3::1"));
        assert_eq!(parsed("::ffff:10.0.0.1"), parsed("10.0.0.1"));
    }
}
