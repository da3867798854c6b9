//! How often something may be tried.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

use governor::{Quota, RateLimiter};
use jit_approvals_api::errors;
use jit_approvals_base::Plain;

use crate::refusal::{Refusal, Result};

/// The most keys of a budget.
const KEYS: usize = 100_000;

/// How many sign-ins an address may try in a minute.
const SIGN_INS: u32 = 10;

/// How many sign-ins an address may try in a minute for one account.
const SIGN_INS_OF_ACCOUNT: u32 = 5;

type Limiter<K> = RateLimiter<K, governor::state::keyed::HashMapStateStore<K>, governor::clock::DefaultClock>;

/// The budgets of those who are not signed in.
#[derive(Debug)]
pub(crate) struct Budgets {
    addresses: Budget<IpAddr>,
    accounts: Budget<(IpAddr, String)>,
}

#[derive(Debug)]
struct Budget<K: Hash + Eq + Clone>(Limiter<K>);

impl Default for Budgets {
    fn default() -> Self {
        Self { addresses: Budget::a_minute(SIGN_INS), accounts: Budget::a_minute(SIGN_INS_OF_ACCOUNT) }
    }
}

impl Budgets {
    /// Charges a sign-in, before anything is looked up or hashed. `account` is the identity of an email.
    pub(crate) fn charge_sign_in(&self, address: IpAddr, account: &str) -> Result<()> {
        let address = network(address);
        self.addresses.charge(&address, "sign-ins from this address")?;
        self.accounts.charge(&(address, account.to_owned()), "sign-ins for this account from this address")
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
        let refused = || Refusal::later(errors::too_many_calls(Plain(what)), 60);
        if self.0.len() >= KEYS {
            return Err(refused());
        }
        self.0.check_key(key).map_err(|_| refused())
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
