//! What goes in and out of the switchboard besides AMI messages. Not the wire types; those are `protocol`.

use frontdesk_ami::action::{Action, ActionId};
use frontdesk_protocol::{
    CallId, Change, Direction, Extension, HistoryOutcome, Millis, Outcome, Party, QueueName, Role,
};

/// The caller's own name for one command; it comes back with [`Output::Concluded`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Who orders something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user's own extensions; only legs at these can be moved.
    pub extensions: Vec<Extension>,
    /// What they may do; an admin may act for every extension.
    pub role: Role,
}

/// What the switchboard wants done or known.
#[derive(Debug)]
pub enum Output {
    /// Send this action, with this id, in this order.
    Act(ActionId, Action),
    /// The office changed; applied to the office before, in order, they give [`crate::Switchboard::office`].
    Changed(Vec<Change>),
    /// A command came to its end. Comes once for each command.
    Concluded(Ticket, Outcome),
    /// One leg at one extension ended.
    Ended(CallRecord),
    /// The first lists are read: the office is complete.
    Synced,
}

/// One call as one extension had it: everything a row of the history needs but its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// The call it was.
    pub call: CallId,
    /// Whose.
    pub extension: Extension,
    /// Inbound: it was called. Outbound: it called.
    pub direction: Direction,
    /// The other party.
    pub party: Party,
    /// When it began to ring or to dial.
    pub started: Millis,
    /// How long it rang, in milliseconds.
    pub ring_ms: u64,
    /// How long they talked, in milliseconds; zero where nobody answered.
    pub talk_ms: u64,
    /// What became of it.
    pub outcome: HistoryOutcome,
    /// The queue it came through.
    pub queue: Option<QueueName>,
}
