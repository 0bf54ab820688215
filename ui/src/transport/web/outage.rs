//! How long the server has been away from this page, and when it is tried again. It opens no socket and knows no clock.

use frontdesk_protocol::Millis;

const FIRST_MS: u32 = 500;
/// The server is back at any time, and then the page may not show old facts for more than three seconds.
const LONGEST_MS: u32 = 2_000;

/// The time without a server, over all attempts to reach it again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outage {
    since: Option<Millis>,
    failures: u32,
}

impl Outage {
    /// Whether nothing has failed: what is being tried is a first connection.
    pub fn is_none(self) -> bool {
        self.since.is_none()
    }

    /// An attempt failed, or a connection broke that was `heard` last then. Gives since when the server is away: an
    /// attempt that fails meanwhile does not make that later.
    pub fn fails(&mut self, heard: Millis) -> Millis {
        self.failures = self.failures.saturating_add(1);
        *self.since.get_or_insert(heard)
    }

    /// How long to wait before the next attempt, in milliseconds; `chance` is from 0 to 1 and spreads it by a quarter.
    pub fn wait(self, chance: f64) -> u32 {
        let doublings = self.failures.saturating_sub(1).min(8);
        let wait = (FIRST_MS << doublings).min(LONGEST_MS);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most a quarter of two seconds"
        )]
        let spread = (chance.clamp(0.0, 1.0) * f64::from(wait) / 4.0) as u32;
        wait + spread
    }

    /// The server answers again.
    pub fn ends(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_that_fail_do_not_make_the_server_away_since_later() {
        let mut outage = Outage::default();
        assert!(outage.is_none());
        assert_eq!(outage.fails(Millis(1_000)), Millis(1_000));
        assert_eq!(outage.fails(Millis(9_000)), Millis(1_000));
        assert!(!outage.is_none(), "a retry is no first connection");
        outage.ends();
        assert!(outage.is_none());
        assert_eq!(outage.fails(Millis(20_000)), Millis(20_000));
    }

    #[test]
    fn it_is_tried_ever_more_seldom_up_to_two_seconds_and_spread() {
        let mut outage = Outage::default();
        let mut waits = Vec::new();
        for _ in 0..5 {
            outage.fails(Millis(1));
            waits.push(outage.wait(0.0));
        }
        assert_eq!(waits, [500, 1_000, 2_000, 2_000, 2_000]);
        assert_eq!(outage.wait(1.0), 2_500);
    }
}
