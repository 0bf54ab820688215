//! Orders: who may, what they need to know first, which action serves them, and how they ended.
//!
//! A caller is never moved before the PBX has said that the target exists: it answers `Success` to a redirect into
//! nothing and drops the caller. Which channel is moved is decided by [`other_party`] alone.

mod fetch;
mod follow;
mod grace;
mod handed;
mod ignore;
mod other_party;
mod plan;
mod target;
mod texts;
mod watch;
mod whereabouts;

pub(crate) use other_party::{How, other_party};
pub(crate) use target::{Target, Wish};

use crate::api::{Output, Ticket};
use crate::channel::{CallKey, Uid};
use crate::control::handed::Passage;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{Extension, HandedId, Millis, Outcome, Reason};
use std::collections::BTreeMap;

/// How far an order has come.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// The PBX is asked whether the target exists.
    Asking(Target),
    /// The target exists; who rings is waited for.
    Unseen(Target),
    /// The action is under way; `without` are those to whom the caller is tied until then.
    Moving { mover: Uid, target: Target, how: How, without: Vec<Uid> },
    /// It was done; what becomes of the caller is watched.
    Watching { mover: Uid, target: Target, since: Millis },
    /// My channel is being hung up; with a remark for the one who ordered it.
    HangingUp { remark: &'static str },
    /// The outside party whom I hang up on is being parked.
    Parking { mover: Uid, by: Extension },
    /// That is said to be done: whether there was a place for them is seen in a moment.
    Parked { mover: Uid, by: Extension },
    /// A caller whom I handed on is being brought back.
    Fetching(HandedId),
    /// My ringing channels are being hung up.
    Ignoring,
    /// The PBX is asked whether my phone still rings, which is then to end.
    StillRings,
    /// My phone rings for the call I place.
    Placing {
        uniqueid: Uid,
        whom: String,
        /// The cause with which my phone's channel ended.
        cause: Option<u32>,
        /// The reason with which the PBX gave up.
        refused: Option<u32>,
        cancelled: Cancelled,
    },
}

/// Whether the one who placed a call took it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cancelled {
    No,
    Yes,
}

/// One order.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// My leg; the channel-to-be of a call I place.
    pub leg: Uid,
    /// The call it is about, where there is one already.
    pub call: Option<CallKey>,
    pub step: Step,
    /// The action whose answer it waits for.
    pub action: Option<String>,
    pub until: Millis,
}

/// The orders under way.
#[derive(Debug)]
pub(crate) struct Control {
    pub jobs: BTreeMap<Ticket, Job>,
    /// Those who were handed on.
    pub handed: Vec<Passage>,
    /// Makes the ids of the channels we make, and of the callers we hand on, unique over restarts.
    pub started: Millis,
    pub made: u64,
}

impl Control {
    pub(crate) fn new(now: Millis) -> Self {
        Self { jobs: BTreeMap::new(), handed: Vec::new(), started: now, made: 0 }
    }

    pub(crate) fn deadline(&self) -> Option<Millis> {
        self.jobs.values().map(|job| job.until).min()
    }

    /// When somebody who was handed on is to be looked at again.
    pub(crate) fn next_look(&self) -> Option<Millis> {
        self.handed.iter().filter_map(|passage| passage.due).min()
    }

    pub(crate) fn busy_with(&self, call: CallKey) -> bool {
        self.jobs.values().any(|job| job.call == Some(call))
    }

    pub(crate) fn waiting_for(&self, action: &str) -> Option<Ticket> {
        self.jobs.iter().find(|(_, job)| job.action.as_deref() == Some(action)).map(|(ticket, _)| *ticket)
    }
}

impl Switchboard {
    pub(crate) fn conclude(&mut self, ticket: Ticket, outcome: Outcome) {
        self.control.jobs.remove(&ticket);
        self.outputs.push_back(Output::Concluded(ticket, outcome));
    }

    pub(crate) fn fail(&mut self, ticket: Ticket, reason: Reason, text: impl Into<String>) {
        self.conclude(ticket, Outcome::Failed { reason, text: text.into() });
    }

    pub(crate) fn done(&mut self, ticket: Ticket, text: impl Into<String>) {
        self.conclude(ticket, Outcome::Done { text: text.into() });
    }

    /// The link is gone: nobody will answer any more.
    pub(crate) fn lose_orders(&mut self, now: Millis) {
        self.lose_errands(now);
        for ticket in self.control.jobs.keys().copied().collect::<Vec<_>>() {
            self.fail(ticket, Reason::NoLink, texts::LINK_LOST);
        }
    }
}
