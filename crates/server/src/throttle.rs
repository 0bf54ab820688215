//! How soon a login may be tried again, per account and address. Pure: time is an argument. Not the password check.

use frontdesk_protocol::Millis;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// How many pairs of account and address are remembered; the oldest are forgotten first.
const REMEMBERED: usize = 10_000;
/// The wait after the n-th failure in a row, in seconds; the last one repeats.
const WAITS: [u64; 9] = [0, 0, 0, 2, 4, 8, 15, 30, 60];
/// After this long without a try all is forgiven, in milliseconds.
const FORGIVEN: u64 = 15 * 60_000;
/// How many tries per hour one account gets from addresses that never logged in to it.
const STRANGERS: u32 = 60;

/// Failures so far.
#[derive(Debug, Default)]
pub struct Throttle {
    pairs: BTreeMap<(String, IpAddr), Pair>,
    strangers: BTreeMap<String, Hour>,
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

#[derive(Debug, Clone, Copy)]
struct Hour {
    began: Millis,
    tries: u32,
}

impl Throttle {
    /// Takes a try. Answers the seconds to wait instead where it comes too soon; then nothing may be compared.
    ///
    /// # Errors
    /// Seconds until the next try is taken.
    pub fn admit(&mut self, account: &str, address: IpAddr, now: Millis) -> Result<(), u64> {
        let key = (account.to_owned(), address);
        let pair = self
            .pairs
            .get(&key)
            .copied()
            .filter(|pair| now.since(pair.last) < FORGIVEN || pair.welcome == Welcome::Known);
        let mut pair = pair.unwrap_or(Pair { failures: 0, last: now, welcome: Welcome::Stranger });
        if now.since(pair.last) >= FORGIVEN {
            pair.failures = 0;
        }
        let wait = WAITS[pair.failures.min(WAITS.len() - 1)] * 1_000;
        let waited = now.since(pair.last);
        if waited < wait {
            return Err((wait - waited).div_ceil(1_000));
        }
        if pair.welcome == Welcome::Stranger {
            let hour = self.strangers.entry(account.to_owned()).or_insert(Hour { began: now, tries: 0 });
            if now.since(hour.began) >= 3_600_000 {
                *hour = Hour { began: now, tries: 0 };
            }
            if hour.tries >= STRANGERS {
                return Err((3_600_000 - now.since(hour.began)).div_ceil(1_000));
            }
            hour.tries += 1;
        }
        // Counted as a failure until it is known to be none, so that tries at the same time count as well.
        pair.failures += 1;
        pair.last = now;
        self.pairs.insert(key, pair);
        self.forget();
        Ok(())
    }

    /// The try was right.
    pub fn succeeded(&mut self, account: &str, address: IpAddr, now: Millis) {
        let pair = Pair { failures: 0, last: now, welcome: Welcome::Known };
        self.pairs.insert((account.to_owned(), address), pair);
        if let Some(hour) = self.strangers.get_mut(account) {
            hour.tries = hour.tries.saturating_sub(1);
        }
    }

    fn forget(&mut self) {
        if self.pairs.len() > REMEMBERED
            && let Some(oldest) = self
                .pairs
                .iter()
                .min_by_key(|(_, pair)| (pair.welcome == Welcome::Known, pair.last))
                .map(|(key, _)| key.clone())
        {
            self.pairs.remove(&oldest);
        }
        if self.strangers.len() > REMEMBERED
            && let Some(oldest) = self
                .strangers
                .iter()
                .min_by_key(|(_, hour)| (hour.tries, hour.began))
                .map(|(key, _)| key.clone())
        {
            self.strangers.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn failures_in_a_row_make_one_wait_and_success_forgives() {
        let mut throttle = Throttle::default();
        let now = Millis(1_000_000);
        for _ in 0..3 {
            assert_eq!(throttle.admit("anna", HERE, now), Ok(()));
        }
        assert_eq!(throttle.admit("anna", HERE, now), Err(2));
        assert_eq!(throttle.admit("anna", HERE, now.plus(1_001)), Err(1));
        assert_eq!(throttle.admit("bob", HERE, now), Ok(()), "another account is free");
        assert_eq!(throttle.admit("anna", HERE, now.plus(2_000)), Ok(()));
        throttle.succeeded("anna", HERE, now.plus(2_000));
        assert_eq!(throttle.admit("anna", HERE, now.plus(2_001)), Ok(()));
    }

    #[test]
    fn a_hundred_thousand_guesses_get_sixty_answers_and_lock_out_nobody_who_logged_in_before() {
        let mut throttle = Throttle::default();
        let now = Millis(1_000_000);
        throttle.admit("anna", HERE, now).unwrap();
        throttle.succeeded("anna", HERE, now);
        let guesses = (0..100_000_u32).filter(|n| {
            let address = IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0a00_0000 + n));
            throttle.admit("anna", address, now.plus(u64::from(*n / 100))).is_ok()
        });
        assert_eq!(guesses.count(), 60);
        assert_eq!(throttle.admit("anna", HERE, now.plus(2_000)), Ok(()));
        assert!(throttle.pairs.len() <= REMEMBERED);
    }
}
