//! Looks now and then whether the PBX still has every channel that is known here, and takes out those that it has not
//! twice in a row: an event that was lost leaves no call on a screen for longer than a minute. Not the cold start.
//!
//! A channel that began or ended just now may be missing in one list, because a list overtakes the events that wait
//! before it; in the next one it cannot be.

use crate::channel::Uid;
use frontdesk_protocol::Millis;
use std::collections::{BTreeSet, HashSet};

/// The state of the looking.
#[derive(Debug, Default)]
pub(crate) struct Audit {
    due: Option<Millis>,
    open: Option<Open>,
    /// What the last list did not name.
    missing: BTreeSet<Uid>,
}

/// A list that is being read.
#[derive(Debug)]
struct Open {
    id: String,
    /// What was known when it was asked for.
    known: BTreeSet<Uid>,
    named: HashSet<Box<str>>,
}

impl Audit {
    /// The office is complete: the first look is due after `every` milliseconds.
    pub(crate) fn start(&mut self, every: u64, now: Millis) {
        *self = Self { due: (every > 0).then(|| now.plus(every)), ..Self::default() };
    }

    /// Nothing is known any more.
    pub(crate) fn stop(&mut self) {
        *self = Self::default();
    }

    /// When the next look is due.
    pub(crate) fn due(&self) -> Option<Millis> {
        self.due
    }

    /// The list was asked for under this id, while these channels were known; the next look is due at `next`. A list
    /// that did not come to its end says nothing.
    pub(crate) fn asked(&mut self, id: String, known: BTreeSet<Uid>, next: Millis) {
        self.open = Some(Open { id, known, named: HashSet::new() });
        self.due = Some(next);
    }

    /// There was nothing to look at; the next look is due at `next`.
    pub(crate) fn idle(&mut self, next: Millis) {
        self.missing.clear();
        self.due = Some(next);
    }

    /// Whether a list is being read.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether this is the id of the list that is being read.
    pub(crate) fn reads(&self, id: &str) -> bool {
        self.open.as_ref().is_some_and(|open| open.id == id)
    }

    /// The list names this channel.
    pub(crate) fn names(&mut self, uid: &str) {
        if let Some(open) = &mut self.open {
            open.named.insert(uid.into());
        }
    }

    /// The PBX refuses the list.
    pub(crate) fn refused(&mut self) {
        self.open = None;
        self.missing.clear();
    }

    /// The list is read: gives the channels that are ghosts.
    pub(crate) fn ended(&mut self) -> Vec<Uid> {
        let Some(open) = self.open.take() else { return Vec::new() };
        let absent = open.known.into_iter().filter(|uid| !open.named.contains(uid.as_ref()));
        let (ghosts, missing): (Vec<Uid>, Vec<Uid>) = absent.partition(|uid| self.missing.contains(uid));
        self.missing = missing.into_iter().collect();
        ghosts
    }
}
