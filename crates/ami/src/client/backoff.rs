//! How long to wait before the next attempt. Not the waiting itself.

use std::time::Duration;

/// Waits that double; after a loss with jitter, so that many servers do not come back at the same moment.
#[derive(Debug)]
pub(super) struct Backoff {
    first: Duration,
    last: Duration,
    attempts: u32,
    refusals: u32,
}

/// A refused login is tried again at least this often, so that a secret that is mended on the PBX is soon noticed. Fewer
/// than ten times in ten minutes: what watches the PBX's log for attacks would shut the address out.
const RAREST: Duration = Duration::from_secs(90);

impl Backoff {
    pub(super) fn new(first: Duration, last: Duration) -> Self {
        Self { first, last, attempts: 0, refusals: 0 }
    }

    /// The link is up.
    pub(super) fn reset(&mut self) {
        self.attempts = 0;
        self.refusals = 0;
    }

    /// After the link was lost or could not be made.
    pub(super) fn next_wait(&mut self) -> Duration {
        let wait = self.first.saturating_mul(1 << self.attempts.min(16)).min(self.last);
        self.attempts = self.attempts.saturating_add(1);
        jitter(wait)
    }

    /// After the PBX refused the login: asking again soon would not help, and looks like an attack.
    pub(super) fn after_refusal(&mut self, first: Duration) -> Duration {
        let wait = first.saturating_mul(1 << self.refusals.min(16)).min(RAREST);
        self.refusals = self.refusals.saturating_add(1);
        wait
    }
}

/// Between three quarters and all of it.
fn jitter(wait: Duration) -> Duration {
    wait.mul_f64(0.75 + fastrand::f64() * 0.25)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used)]
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn waits_grow_to_a_limit_and_begin_anew_after_success() {
        let mut backoff = Backoff::new(SECOND / 4, SECOND * 2);
        let waits: Vec<Duration> = (0..40).map(|_| backoff.next_wait()).collect();
        assert!(waits[0] <= SECOND / 4 && waits[0] >= SECOND / 6, "{waits:?}");
        assert!(waits[3..].iter().all(|wait| *wait <= SECOND * 2 && *wait >= SECOND), "{waits:?}");
        backoff.reset();
        assert!(backoff.next_wait() <= SECOND / 4);
    }

    #[test]
    fn a_refused_login_is_not_hammered_and_one_that_is_mended_is_noticed_soon() {
        let mut backoff = Backoff::new(SECOND / 4, SECOND * 2);
        let mut now = Duration::ZERO;
        let attempts: Vec<Duration> = std::iter::once(now)
            .chain(std::iter::repeat_with(|| {
                now += backoff.after_refusal(SECOND * 15);
                now
            }))
            .take_while(|at| *at < SECOND * 3_600)
            .collect();
        for (at, begun) in attempts.iter().enumerate() {
            let soon = attempts[at..].iter().take_while(|later| **later - *begun <= SECOND * 600).count();
            assert!(soon < 10, "{soon} attempts within ten minutes: {attempts:?}");
        }
        // Whenever it is mended within that hour, it is noticed after a minute and a half at most.
        let mended = (0..3_500).map(|second| SECOND * second);
        for mended in mended {
            let noticed = attempts.iter().find(|at| **at >= mended).expect("another attempt");
            assert!(*noticed - mended <= SECOND * 90, "{mended:?}: {attempts:?}");
        }
        backoff.reset();
        assert_eq!(backoff.after_refusal(SECOND * 15), SECOND * 15);
    }
}
