//! How often something may be tried. A budget is one point in time for each key: when everything that was charged to the
//! key is forgotten (the generic cell rate algorithm). No crate for it can give a charge back.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jit_approvals_api::errors;
use jit_approvals_base::{Id, Plain};
use sha2::{Digest as _, Sha256};

use crate::limits::Limits;
use crate::refusal::{Refusal, Result};
use crate::state::Attempt;

const MINUTE: Duration = Duration::from_secs(60);

/// The most keys of a budget.
const KEYS: usize = 100_000;

/// How many times as many calls as in a second an application may make at once.
const BURST: u32 = 4;

/// The budgets of all callers.
#[derive(Debug)]
pub(crate) struct Budgets {
    addresses: Budget<IpAddr>,
    failures: Budget<[u8; 32]>,
    applications: Budget<Id>,
    refusals: Budget<IpAddr>,
}

/// A sign-in that was charged as if it had failed.
#[derive(Debug)]
pub(crate) struct Charge<'a> {
    failures: &'a Budget<[u8; 32]>,
    /// The address and the account.
    key: [u8; 32],
}

/// A number of times at once, and one more time after each interval.
#[derive(Debug)]
struct Budget<K> {
    what: &'static str,
    burst: u32,
    interval: Duration,
    table: Mutex<Table<K>>,
}

#[derive(Debug)]
struct Table<K> {
    /// When everything that was charged to a key is forgotten.
    forgotten: HashMap<K, Instant>,
    /// When the keys that are forgotten were last removed.
    pruned: Option<Instant>,
}

impl Budgets {
    /// Creates the budgets of some limits.
    pub(crate) fn new(limits: &Limits) -> Self {
        let (sign_ins, failed) = (limits.sign_ins_per_minute, limits.failed_sign_ins_per_minute);
        let refusals = limits.refusals_per_minute;
        let (calls, second) = (limits.calls_per_second, Duration::from_secs(1));
        let failures = "failed sign-ins for this account from this address";
        Self {
            addresses: Budget::new("sign-ins from this address", sign_ins, MINUTE / sign_ins),
            failures: Budget::new(failures, failed, MINUTE / failed),
            refusals: Budget::new("refused credentials from this address", refusals, MINUTE / refusals),
            applications: Budget::new("calls of this application", calls * BURST, second / calls),
        }
    }

    /// Charges a sign-in, before anything is looked up or hashed. `account` is the identity of an email. A call is
    /// charged once, however often it is computed.
    pub(crate) fn charge_sign_in(&self, attempt: &Attempt<'_>, account: &str) -> Result<Charge<'_>> {
        let (address, now) = (network(attempt.call.peer), Instant::now());
        // An account is a text of any length: what is kept of it is not.
        let key = Sha256::new().chain_update(address.to_string()).chain_update([0]).chain_update(account);
        let charge = Charge { failures: &self.failures, key: key.finalize().into() };
        if attempt.number == 0 {
            self.addresses.charge(address, now)?;
            self.failures.charge(charge.key, now)?;
        }
        Ok(charge)
    }

    /// Rejects a call with a credential from an address whose credentials were refused too often. Calls that are not
    /// refused cost nothing: one address may be a whole application.
    pub(crate) fn check_refusals(&self, address: IpAddr) -> Result<()> {
        self.refusals.check(&network(address), Instant::now())
    }

    /// A credential from an address was refused.
    pub(crate) fn charge_refusal(&self, address: IpAddr) {
        // Who is over the budget was rejected before.
        let _ = self.refusals.charge(network(address), Instant::now());
    }

    /// Charges a call of an application whose token was verified.
    pub(crate) fn charge_call(&self, application: Id) -> Result<()> {
        self.applications.charge(application, Instant::now())
    }
}

impl Charge<'_> {
    /// The sign-in has succeeded, or was not tried: it is not counted as a failure. A call does this once.
    pub(crate) fn give_back(self) {
        self.failures.give_back(&self.key);
    }
}

impl<K: Hash + Eq> Budget<K> {
    fn new(what: &'static str, burst: u32, interval: Duration) -> Self {
        let table = Mutex::new(Table { forgotten: HashMap::new(), pruned: None });
        Self { what, burst, interval, table }
    }

    /// Charges a key, or says when it can be charged again. While the table is full, keys that are not in it are refused.
    fn charge(&self, key: K, now: Instant) -> Result<()> {
        let mut table = self.table();
        if table.forgotten.len() >= KEYS && table.pruned.is_none_or(|at| now >= at + Duration::from_secs(1)) {
            table.forgotten.retain(|_, forgotten| *forgotten > now);
            table.pruned = Some(now);
        }
        if table.forgotten.len() >= KEYS && !table.forgotten.contains_key(&key) {
            return Err(self.refused(Duration::from_secs(1)));
        }
        let next = table.forgotten.get(&key).map_or(now, |forgotten| now.max(*forgotten)) + self.interval;
        let wait = next.saturating_duration_since(now + self.interval * self.burst);
        if !wait.is_zero() {
            return Err(self.refused(wait));
        }
        table.forgotten.insert(key, next);
        Ok(())
    }

    /// Says when a key can be charged again, if it cannot be now.
    fn check(&self, key: &K, now: Instant) -> Result<()> {
        let forgotten = self.table().forgotten.get(key).map_or(now, |forgotten| now.max(*forgotten));
        let wait = (forgotten + self.interval).saturating_duration_since(now + self.interval * self.burst);
        if wait.is_zero() { Ok(()) } else { Err(self.refused(wait)) }
    }

    fn give_back(&self, key: &K) {
        if let Some(forgotten) = self.table().forgotten.get_mut(key) {
            *forgotten -= self.interval;
        }
    }

    /// Says after how many whole seconds the call may be repeated.
    fn refused(&self, wait: Duration) -> Refusal {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Refusal::later(errors::too_many_calls(Plain(self.what)), seconds)
    }

    fn table(&self) -> MutexGuard<'_, Table<K>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        let (budget, begin) = (Budget::new("tries", 5, Duration::from_secs(12)), Instant::now());
        for _ in 0..20 {
            budget.charge("steve", begin).unwrap();
            budget.give_back(&"steve");
        }
        for _ in 0..5 {
            budget.charge("steve", begin).unwrap();
        }
        let Err(Refusal::Told(told)) = budget.charge("steve", begin) else { panic!("the sixth is allowed") };
        assert_eq!(told.retry_after, Some(12));
        budget.charge("ada", begin).unwrap();
        let later = begin + Duration::from_secs(12);
        budget.charge("steve", later).unwrap();
        assert!(budget.charge("steve", later).is_err(), "one more at a time");
        for _ in 0..5 {
            budget.charge("steve", later + MINUTE).unwrap();
        }
    }

    #[test]
    fn a_full_table_refuses_new_keys_until_old_ones_are_forgotten() {
        let (budget, begin) = (Budget::new("tries", 2, Duration::from_secs(1)), Instant::now());
        for key in 0..KEYS {
            budget.charge(key, begin).unwrap();
        }
        assert!(budget.charge(KEYS, begin).is_err());
        budget.charge(0, begin).unwrap();
        assert_eq!(budget.table().forgotten.len(), KEYS);
        budget.charge(KEYS, begin + Duration::from_secs(2)).unwrap();
        assert!(budget.table().forgotten.len() < KEYS);
    }

    #[test]
    fn an_address_of_ipv6_is_a_network() {
        let parsed = |text: &str| network(text.parse().unwrap());
        assert_eq!(parsed("2001:db8:1:2:3:4:5:6"), parsed("2001:db8:1:2::"));
        assert_ne!(parsed("2001:db8:1:2::1"), parsed("2001:db8:1:3::1"));
        assert_eq!(parsed("::ffff:10.0.0.1"), parsed("10.0.0.1"));
    }
}
