//! The client's side of the stream of facts: which message follows, where something is missing, whether the office is
//! still the server's, where to go on after a break. One logic for the desktop program and the page. No sockets, no time.

use crate::hash::{Memo, StateHash};
use crate::id::Seq;
use crate::office::Office;
use crate::wire::{Resume, ResyncCause, ServerMessage};
use std::sync::Arc;

/// What is to be done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It follows: take it, and pass it on.
    Taken,
    /// It is old, or a snapshot is awaited: pass over it.
    Dropped,
    /// A snapshot has to be asked for, for this reason.
    Resync(ResyncCause),
}

/// Where a client stands in the stream of facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor {
    at: Option<Resume>,
    /// Whether the facts are complete up to there; otherwise a snapshot has to come first.
    complete: bool,
    /// How many comparisons in a row found a difference.
    differed: u32,
    /// How many comparisons are left out now.
    skip: u32,
}

/// The most comparisons that are left out in a row.
const RAREST: u32 = 63;

impl Cursor {
    /// Where the message stands, and moves on if it follows. A hash has to be compared as well: [`Cursor::compare`].
    pub fn take(&mut self, message: &ServerMessage) -> Step {
        match message {
            ServerMessage::Ready { epoch, resumed, .. } => {
                let same = self.complete && self.at.as_ref().is_some_and(|at| &at.epoch == epoch);
                self.complete = *resumed && same;
                self.differed = 0;
                self.skip = 0;
                if *resumed && !same { Step::Resync(ResyncCause::Gap) } else { Step::Taken }
            }
            ServerMessage::Snapshot { epoch, seq, .. } => {
                self.at = Some(Resume { epoch: epoch.clone(), seq: *seq });
                self.complete = true;
                Step::Taken
            }
            ServerMessage::Delta(delta) => match self.place() {
                None => Step::Dropped,
                Some(seq) if delta.seq <= *seq => Step::Dropped,
                Some(seq) if delta.seq == seq.next() => {
                    *seq = delta.seq;
                    Step::Taken
                }
                Some(_) => self.lose(ResyncCause::Gap),
            },
            ServerMessage::Check { seq, .. } => match self.place() {
                Some(own) if seq == own => Step::Taken,
                Some(own) if *seq > *own => self.lose(ResyncCause::Gap),
                Some(_) | None => Step::Dropped,
            },
            ServerMessage::Beat { seq, .. } => match self.place() {
                Some(own) if *seq > *own => self.lose(ResyncCause::Gap),
                Some(_) | None => Step::Taken,
            },
            ServerMessage::Result { .. }
            | ServerMessage::History { .. }
            | ServerMessage::HistoryAdded { .. }
            | ServerMessage::Notice { .. }
            | ServerMessage::Bye { .. } => Step::Taken,
        }
    }

    /// Compares the server's hash for this very place with that of one's own office. Where a snapshot does not help,
    /// because this program knows fewer facts than the server say, it is compared ever more seldom.
    pub fn compare(&mut self, theirs: StateHash, ours: impl FnOnce() -> StateHash) -> Step {
        if self.skip > 0 {
            self.skip -= 1;
            return Step::Taken;
        }
        if theirs == ours() {
            self.differed = 0;
            return Step::Taken;
        }
        self.skip = ((1 << self.differed.min(6)) - 1).min(RAREST);
        self.differed += 1;
        self.lose(ResyncCause::Differs)
    }

    /// What is known is not to be trusted: a snapshot has to come first.
    pub fn lose(&mut self, why: ResyncCause) -> Step {
        self.complete = false;
        Step::Resync(why)
    }

    /// Whether the facts are complete up to the last message.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Where to go on after a break, if the facts were complete then.
    pub fn resume(&self) -> Option<Resume> {
        self.at.clone().filter(|_| self.complete)
    }

    /// The last place that was known.
    pub fn at(&self) -> Option<&Resume> {
        self.at.as_ref()
    }

    fn place(&mut self) -> Option<&mut Seq> {
        let complete = self.complete;
        self.at.as_mut().filter(|_| complete).map(|at| &mut at.seq)
    }
}

/// A client's copy of the office, with its place in the stream.
#[derive(Debug, Clone, Default)]
pub struct Replica {
    cursor: Cursor,
    office: Arc<Office>,
    memo: Memo,
}

impl Replica {
    /// Takes in a message.
    pub fn take(&mut self, message: &ServerMessage) -> Step {
        let step = self.cursor.take(message);
        if step != Step::Taken {
            return step;
        }
        match message {
            ServerMessage::Snapshot { office, .. } => {
                self.office = Arc::clone(office);
                self.memo.begin();
            }
            ServerMessage::Delta(delta) => {
                let office = Arc::make_mut(&mut self.office);
                for change in &delta.changes {
                    self.memo.changes(change);
                    office.apply(change.clone());
                }
            }
            ServerMessage::Check { hash, .. } => {
                return self.cursor.compare(*hash, || self.memo.hash(&self.office));
            }
            _ => {}
        }
        Step::Taken
    }

    /// The office as it is known; empty before the first snapshot.
    pub fn office(&self) -> &Arc<Office> {
        &self.office
    }

    /// Where it stands.
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }
}
