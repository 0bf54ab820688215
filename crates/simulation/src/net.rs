//! Connections with delay, partition and loss. What arrives, arrives in order, as TCP has it; a partition holds things
//! back, and a connection whose other end is gone swallows them.

use fastrand::Rng;
use std::collections::VecDeque;

/// One direction of a connection.
#[derive(Debug)]
pub struct Way<T> {
    /// When each thing arrives; `None` is the end of the connection.
    queue: VecDeque<(u64, Option<T>)>,
    /// Nothing arrives until then.
    held: u64,
    /// Nothing arrives any more.
    swallowed: bool,
}

/// A connection: to the one who was called, and back.
#[derive(Debug)]
pub struct Wire<T> {
    /// To the one who was called.
    pub there: Way<T>,
    /// To the one who called.
    pub back: Way<T>,
}

/// Which directions a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ways {
    /// Only from the caller.
    There,
    /// Only to the caller.
    Back,
    /// Both.
    Both,
}

impl<T> Way<T> {
    fn new() -> Self {
        Self { queue: VecDeque::new(), held: 0, swallowed: false }
    }

    /// Sends something, which takes its time.
    pub fn send(&mut self, now: u64, rng: &mut Rng, thing: Option<T>) {
        if self.swallowed {
            return;
        }
        // Mostly a local network, now and then a bad one.
        let delay = if rng.u8(..16) == 0 { rng.u64(50..400) } else { rng.u64(1..6) };
        let last = self.queue.back().map_or(0, |(at, _)| *at);
        self.queue.push_back(((now + delay).max(last), thing));
    }

    /// When something arrives next.
    pub fn due(&self) -> Option<u64> {
        self.queue.front().map(|(at, _)| (*at).max(self.held))
    }

    /// What has arrived: a thing, or the end.
    pub fn take(&mut self, now: u64) -> Option<Option<T>> {
        if self.due()? > now {
            return None;
        }
        self.queue.pop_front().map(|(_, thing)| thing)
    }

    /// Nothing arrives until then.
    pub fn hold(&mut self, until: u64) {
        self.held = self.held.max(until);
    }

    /// The connection ends here: what is under way is lost but for what `rest` leaves of the first thing.
    pub fn cut(&mut self, now: u64, rest: impl FnOnce(T) -> Option<T>) {
        let first = self.queue.drain(..).next().and_then(|(_, thing)| thing);
        if let Some(part) = first.and_then(rest) {
            self.queue.push_back((now, Some(part)));
        }
        self.queue.push_back((now, None));
    }

    /// Whoever was to receive this is gone without a word.
    pub fn swallow(&mut self) {
        self.queue.clear();
        self.swallowed = true;
    }
}

impl<T> Wire<T> {
    /// A new connection.
    pub fn new() -> Self {
        Self { there: Way::new(), back: Way::new() }
    }

    /// Nothing arrives in these directions until then.
    pub fn hold(&mut self, ways: Ways, until: u64) {
        if ways != Ways::Back {
            self.there.hold(until);
        }
        if ways != Ways::There {
            self.back.hold(until);
        }
    }
}
