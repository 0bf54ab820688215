//! How soon to try again, and how long a silence may last. Pure: time and seed are given.

use frontdesk_protocol::BEAT_MS;
use std::time::Duration;

/// The longest silence before the facts count as stale.
pub(crate) const SILENCE: Duration = Duration::from_millis(3 * BEAT_MS);

/// How often this desk gives a sign of life.
pub(crate) const SIGN_OF_LIFE: Duration = Duration::from_millis(BEAT_MS);

/// A connection that lasted this long was a good one; the next break starts with short waits again.
pub(crate) const GOOD: Duration = Duration::from_secs(10);

const FIRST: Duration = Duration::from_millis(500);
/// The server is back at any time, and then no desk may show old facts for more than three seconds.
const LONGEST: Duration = Duration::from_millis(2_500);

/// The waits between attempts: doubled each time up to a limit, and a random part of up to half taken off, so that
/// the desks of an office do not all come back at the same moment.
#[derive(Debug)]
pub(crate) struct Pace {
    tries: u32,
    dice: fastrand::Rng,
}

impl Pace {
    /// A pace that throws its dice from `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self { tries: 0, dice: fastrand::Rng::with_seed(seed) }
    }

    /// The wait before the next attempt.
    pub(crate) fn wait(&mut self) -> Duration {
        let whole = FIRST.saturating_mul(1 << self.tries.min(10)).min(LONGEST);
        self.tries = self.tries.saturating_add(1);
        whole.mul_f64(1.0 - self.dice.f64() / 2.0)
    }

    /// Starts with short waits again.
    pub(crate) fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_begin_anew_after_a_good_connection() {
        let mut pace = Pace::new(7);
        let waits: Vec<Duration> = (0..40).map(|_| pace.wait()).collect();
        assert!(waits[0] >= FIRST / 2 && waits[0] <= FIRST, "{:?}", waits[0]);
        assert!(waits[1] >= FIRST && waits[1] <= FIRST * 2, "{:?}", waits[1]);
        assert!(waits[10..].iter().all(|wait| *wait >= LONGEST / 2 && *wait <= LONGEST), "{waits:?}");
        pace.reset();
        assert!(pace.wait() <= FIRST);
    }

    #[test]
    fn two_desks_do_not_come_back_at_the_same_moment() {
        assert_ne!(Pace::new(1).wait(), Pace::new(2).wait());
    }
}
