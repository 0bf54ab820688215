//! How many desks are connected, and when each comes back after the server's end. Not who they are.

use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::watch;

/// When the first desk comes back, in milliseconds: as soon as a server can be there again.
const FIRST_MS: u32 = 500;
/// How long after each other they come: 200 desks within two seconds.
const STEP_MS: u32 = 10;
/// All have come by then; a desk may show old facts for no more than three seconds.
const SPREAD_MS: u32 = 2_000;

/// The number of connected desks.
#[derive(Debug)]
pub struct Presence {
    desks: watch::Sender<usize>,
    /// How many were told when to come back.
    told: AtomicU32,
}

/// One connected desk; it leaves when this is dropped.
#[derive(Debug)]
pub struct Here(watch::Sender<usize>);

impl Default for Presence {
    fn default() -> Self {
        Self { desks: watch::Sender::new(0), told: AtomicU32::new(0) }
    }
}

impl Presence {
    /// A desk comes.
    pub fn enter(&self) -> Here {
        self.desks.send_modify(|desks| *desks += 1);
        Here(self.desks.clone())
    }

    /// In how many milliseconds the next desk comes back that is told so.
    pub fn turn(&self) -> u32 {
        let place = self.told.fetch_add(1, Ordering::Relaxed);
        FIRST_MS + place % (SPREAD_MS / STEP_MS) * STEP_MS
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        *self.desks.borrow()
    }

    /// Waits until the last has left.
    pub async fn nobody(&self) {
        // The sender is here, so that the wait only ends with the last desk.
        let _ = self.desks.subscribe().wait_for(|desks| *desks == 0).await;
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.0.send_modify(|desks| *desks -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_desks_come_back_one_after_the_other_and_all_within_three_seconds() {
        let present = Presence::default();
        let turns: Vec<_> = (0..200).map(|_| present.turn()).collect();
        assert!(turns.windows(2).all(|pair| pair[1] == pair[0] + STEP_MS), "{turns:?}");
        assert!(turns[0] == FIRST_MS && turns[199] < 3_000, "{turns:?}");
        assert_eq!(present.turn(), FIRST_MS, "more than that share a moment");
    }
}
