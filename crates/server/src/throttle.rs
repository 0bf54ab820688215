//! How soon a login may be tried again, per account and address. Pure: time is an argument. Not the password check.
//!
//! Of one account at most sixty wrong passwords are compared in any hour. Addresses that never logged in to it share half
//! of them; the other half is for those that did, so that a stranger who guesses cannot lock the right user out.

use frontdesk_protocol::Millis;
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};

/// How many pairs, accounts and addresses are remembered, each; the oldest are forgotten first.
const REMEMBERED: usize = 10_000;
/// The wait after the n-th failure in a row, in seconds; the last one repeats. That is 21 tries in an hour.
const WAITS: [u64; 12] = [0, 0, 0, 2, 4, 8, 15, 30, 60, 120, 240, 300];
/// After this long without a try all is forgiven, in milliseconds.
const FORGIVEN: u64 = 15 * 60_000;
/// An hour in milliseconds.
const HOUR: u64 = 3_600_000;
/// How many failures an hour one account has for addresses that never logged in to it, all together.
const STRANGERS: usize = 30;
/// How many failures an hour one account has for addresses that did, all together.
const KNOWN: usize = 30;
/// How many failures an hour one address has, over all accounts that it never logged in to.
const ADDRESS: usize = 120;

/// Failures so far.
#[derive(Debug, Default)]
pub struct Throttle {
    pairs: BTreeMap<(String, IpAddr), Pair>,
    strangers: BTreeMap<String, Window>,
    known: BTreeMap<String, Window>,
    addresses: BTreeMap<IpAddr, Window>,
}

#[derive(Debug, Clone, Copy)]
struct Pair {
    failures: usize,
    last: Millis,
    welcome: Welcome,
}

/// Whether a pair has logged in before: a stranger cannot lock it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Welcome {
    Stranger,
    Known,
}

/// When there were failures in the last hour.
#[derive(Debug, Default)]
struct Window(VecDeque<Millis>);

impl Throttle {
    /// Takes a try. Answers the seconds to wait instead where it comes too soon; then nothing may be compared.
    ///
    /// # Errors
    /// Seconds until the next try is taken.
    pub fn admit(&mut self, account: &str, address: IpAddr, now: Millis) -> Result<(), u64> {
        let address = network(address);
        let key = (account.to_owned(), address);
        let mut pair = match self.pairs.get(&key) {
            Some(pair) => *pair,
            None => Pair { failures: 0, last: now, welcome: Welcome::Stranger },
        };
        if now.since(pair.last) >= FORGIVEN {
            pair.failures = 0;
        }
        let wait = WAITS[pair.failures.min(WAITS.len() - 1)] * 1_000;
        let waited = now.since(pair.last);
        if waited < wait {
            return Err(seconds(wait - waited));
        }
        let windows = match pair.welcome {
            Welcome::Stranger => [
                Some((self.strangers.entry(key.0.clone()).or_default(), STRANGERS)),
                Some((self.addresses.entry(address).or_default(), ADDRESS)),
            ],
            Welcome::Known => [Some((self.known.entry(key.0.clone()).or_default(), KNOWN)), None],
        };
        let mut windows: Vec<_> = windows.into_iter().flatten().collect();
        let full = windows.iter_mut().filter_map(|(window, most)| window.full(*most, now)).max();
        if let Some(wait) = full {
            return Err(seconds(wait));
        }
        // Counted as a failure until it is known to be none, so that tries at the same time count as well.
        for (window, _) in windows {
            window.0.push_back(now);
        }
        pair.failures += 1;
        pair.last = now;
        self.pairs.insert(key, pair);
        self.forget(now);
        Ok(())
    }

    /// The try was right.
    pub fn succeeded(&mut self, account: &str, address: IpAddr, now: Millis) {
        let address = network(address);
        let key = (account.to_owned(), address);
        let before = self.pairs.get(&key).map_or(Welcome::Stranger, |pair| pair.welcome);
        match before {
            Welcome::Stranger => {
                self.strangers.entry(key.0.clone()).or_default().0.pop_back();
                self.addresses.entry(address).or_default().0.pop_back();
            }
            Welcome::Known => {
                self.known.entry(key.0.clone()).or_default().0.pop_back();
            }
        }
        self.pairs.insert(key, Pair { failures: 0, last: now, welcome: Welcome::Known });
    }

    /// Keeps what is remembered within bounds: whoever logged in before and whoever failed most goes last.
    fn forget(&mut self, now: Millis) {
        if self.pairs.len() > REMEMBERED {
            self.pairs.retain(|_, pair| pair.welcome == Welcome::Known || now.since(pair.last) < FORGIVEN);
            shrink(&mut self.pairs, |pair| (pair.welcome == Welcome::Known, pair.last));
        }
        for windows in [&mut self.strangers, &mut self.known] {
            if windows.len() > REMEMBERED {
                windows.retain(|_, window| !window.is_over(now));
                shrink(windows, |window| window.0.len());
            }
        }
        if self.addresses.len() > REMEMBERED {
            self.addresses.retain(|_, window| !window.is_over(now));
            shrink(&mut self.addresses, |window| window.0.len());
        }
    }
}

impl Window {
    /// How long until there is room, where there is none.
    fn full(&mut self, most: usize, now: Millis) -> Option<u64> {
        while self.0.front().is_some_and(|first| now.since(*first) >= HOUR) {
            self.0.pop_front();
        }
        let first = self.0.front()?;
        (self.0.len() >= most).then(|| HOUR - now.since(*first))
    }

    fn is_over(&self, now: Millis) -> bool {
        self.0.back().is_none_or(|last| now.since(*last) >= HOUR)
    }
}

/// Takes the least out, a tenth at once, so that it is not done at every try.
fn shrink<K: Ord + Clone, V, W: Ord>(all: &mut BTreeMap<K, V>, worth: impl Fn(&V) -> W) {
    if all.len() <= REMEMBERED {
        return;
    }
    let mut order: Vec<(W, K)> = all.iter().map(|(key, value)| (worth(value), key.clone())).collect();
    order.sort();
    for (_, key) in order.into_iter().take(REMEMBERED / 10) {
        all.remove(&key);
    }
}

/// What counts as one address: of IPv6 the half that belongs to one customer.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

fn seconds(millis: u64) -> u64 {
    millis.div_ceil(1_000)
}

#[cfg(test)]
mod tests;
