//! The client's side of a connection in time: when it is to be opened, when a sign of life is due, when its silence is too
//! long, when it is tried again. One logic for the desktop program and the page. Time and chance are arguments; no sockets.

use crate::id::Millis;
use crate::wire::BEAT_MS;

/// A silence of the server that is longer makes the facts stale, in milliseconds.
pub const STALE_MS: u64 = 3 * BEAT_MS;
/// A connection that lasted this long was a good one; the next break starts with short waits again.
const GOOD_MS: u64 = 10_000;
const FIRST_MS: u64 = 500;
/// The server is back at any time, and then no desk may show old facts for more than three seconds.
const LONGEST_MS: u64 = 2_500;

/// The longest wait that a server is obeyed in which stops and says when to come back.
const OBEYED_MS: u32 = 60_000;

/// A connection. Its times are by a clock that never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    state: State,
    /// A silence that is as long ends the connection, in milliseconds.
    patience: u64,
    tries: u32,
    /// In how many milliseconds after its end the server wants the client back.
    asked: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Opening,
    Up { since: Millis, heard: Millis, beat: Millis },
    Waiting { until: Millis },
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Open a connection.
    Open,
    /// Give a sign of life.
    Beat,
    /// Give this connection up: nothing was heard for so many milliseconds.
    Silent(u64),
}

impl Line {
    /// One that is being opened, and given up after a silence of so many milliseconds.
    pub fn opening(patience: u64) -> Self {
        Self { state: State::Opening, patience, tries: 0, asked: None }
    }

    /// It is being opened now.
    pub fn open(&mut self) {
        self.state = State::Opening;
    }

    /// It is open. Says whether that was awaited.
    pub fn opened(&mut self, now: Millis) -> bool {
        let awaited = self.state == State::Opening;
        if awaited {
            self.state = State::Up { since: now, heard: now, beat: now.plus(BEAT_MS) };
        }
        awaited
    }

    /// The server said something. Says whether the line is open.
    pub fn heard(&mut self, now: Millis) -> bool {
        match &mut self.state {
            State::Up { heard, .. } => {
                *heard = now;
                true
            }
            State::Opening | State::Waiting { .. } => false,
        }
    }

    /// The server is about to end it and says when to come back, where it does: the next wait is that long.
    pub fn asked(&mut self, after_ms: Option<u32>) {
        self.asked = after_ms;
    }

    /// It is lost, or could not be opened: it is tried again after a wait that doubles each time up to a limit. `chance`,
    /// from 0 to 1, takes up to half of it off, so that the desks of an office do not all come back at the same moment.
    pub fn lost(&mut self, now: Millis, chance: f64) {
        if matches!(self.state, State::Up { since, .. } if now.since(since) >= GOOD_MS) {
            self.tries = 0;
        }
        let whole = (FIRST_MS << self.tries.min(10)).min(LONGEST_MS);
        self.tries = self.tries.saturating_add(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "at most some seconds"
        )]
        let off = (chance.clamp(0.0, 1.0) * whole as f64 / 2.0) as u64;
        let asked = self.asked.take().map(|after| u64::from(after.min(OBEYED_MS)));
        self.state = State::Waiting { until: now.plus(asked.unwrap_or(whole - off)) };
    }

    /// Whether it is open.
    pub fn is_up(&self) -> bool {
        matches!(self.state, State::Up { .. })
    }

    /// Since when nothing was heard, while it is open.
    pub fn last_heard(&self) -> Option<Millis> {
        match self.state {
            State::Up { heard, .. } => Some(heard),
            State::Opening | State::Waiting { .. } => None,
        }
    }

    /// When [`Line::tick`] has something to do; `None`: only after something else has happened.
    pub fn wake(&self) -> Option<Millis> {
        match self.state {
            State::Opening => None,
            State::Up { heard, beat, .. } => Some(heard.plus(self.patience).min(beat)),
            State::Waiting { until } => Some(until),
        }
    }

    /// What is due now, if anything.
    pub fn tick(&mut self, now: Millis) -> Option<Due> {
        match &mut self.state {
            State::Opening => None,
            State::Waiting { until } if now >= *until => {
                self.state = State::Opening;
                Some(Due::Open)
            }
            State::Up { heard, .. } if now.since(*heard) >= self.patience => {
                Some(Due::Silent(now.since(*heard)))
            }
            State::Up { beat, .. } if now >= *beat => {
                *beat = now.plus(BEAT_MS);
                Some(Due::Beat)
            }
            State::Up { .. } | State::Waiting { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(chance: f64) -> Vec<u64> {
        let mut line = Line::opening(STALE_MS);
        let wait = |_| {
            line.lost(Millis(0), chance);
            line.wake().map_or(0, |at| at.since(Millis(0)))
        };
        (0..5).map(wait).collect()
    }

    #[test]
    fn waits_grow_to_a_limit_and_are_spread() {
        assert_eq!(waits(0.0), [500, 1_000, 2_000, 2_500, 2_500]);
        assert_eq!(waits(1.0), [250, 500, 1_000, 1_250, 1_250]);
    }

    #[test]
    fn a_good_connection_makes_the_next_wait_short_again_and_a_bad_one_does_not() {
        let after = |lasted: u64| {
            let mut line = Line::opening(STALE_MS);
            (0..4).for_each(|_| line.lost(Millis(0), 0.0));
            line.open();
            assert!(line.opened(Millis(0)));
            let end = Millis(0).plus(lasted);
            line.lost(end, 0.0);
            line.wake().map(|at| at.since(end))
        };
        assert_eq!((after(GOOD_MS), after(GOOD_MS - 1)), (Some(500), Some(2_500)));
    }

    #[test]
    fn a_server_that_stops_says_when_the_next_try_is_and_is_not_obeyed_for_ever() {
        let after = |asked| {
            let mut line = Line::opening(STALE_MS);
            assert!(line.opened(Millis(0)));
            line.asked(asked);
            line.lost(Millis(0), 0.0);
            let first = line.wake().map(|at| at.0);
            line.open();
            line.lost(Millis(0), 0.0);
            (first, line.wake().map(|at| at.0))
        };
        assert_eq!(after(Some(740)), (Some(740), Some(1_000)), "from then on as ever");
        assert_eq!(after(Some(u32::MAX)), (Some(60_000), Some(1_000)));
        assert_eq!(after(None), (Some(500), Some(1_000)));
    }

    #[test]
    fn signs_of_life_go_out_until_the_silence_is_too_long() {
        let mut line = Line::opening(STALE_MS);
        assert_eq!((line.wake(), line.tick(Millis(9_000)), line.heard(Millis(9_000))), (None, None, false));
        assert!(line.opened(Millis(0)));
        assert!(!line.opened(Millis(0)), "only one that is awaited");
        assert_eq!((line.tick(Millis(999)), line.tick(Millis(1_000))), (None, Some(Due::Beat)));
        assert!(line.heard(Millis(1_500)));
        assert_eq!((line.tick(Millis(2_000)), line.tick(Millis(4_400))), (Some(Due::Beat), Some(Due::Beat)));
        assert_eq!(line.wake(), Some(Millis(4_500)));
        assert_eq!(line.tick(Millis(4_500)), Some(Due::Silent(3_000)));
        line.lost(Millis(4_500), 0.0);
        assert_eq!((line.tick(Millis(4_999)), line.tick(Millis(5_000))), (None, Some(Due::Open)));
        assert_eq!(line.wake(), None, "it is being opened");
    }
}
