//! The seven statuses and the rule by which an extension's legs and a person's extensions become one.

use crate::call::{Hold, Leg, LegState, Party, PartyKind};
use crate::id::{CallId, Extension, LegId, Millis, QueueName};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a lamp shows. `Unknown` is drawn over the last one while the facts are stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Unregistered: no phone is there.
    Offline,
    /// Registered and idle.
    Free,
    /// It rings or is calling, and nothing else.
    Ringing,
    /// Only held calls.
    Held,
    /// Talks to a local extension, a conference, a mailbox or a feature code.
    Inside,
    /// Talks to an outside party.
    Outside,
    /// Talks to a call that came through a queue.
    Queue,
    /// Not known (no link, or not yet asked).
    Unknown,
}

/// The small sign beside the status for what the colour does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Another call rings.
    Ringing,
    /// Another call is held.
    Held,
}

/// Whether a phone is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    /// At least one device is registered and reachable.
    Registered,
    /// None is.
    Unregistered,
    /// The PBX has not said.
    #[default]
    Unknown,
}

/// One extension's lamp, with what it needs to be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExtensionState {
    /// Which.
    pub extension: Extension,
    /// Whether a phone is there.
    pub registration: Registration,
    /// The colour.
    pub status: Status,
    /// What else goes on.
    #[serde(default)]
    pub mark: Option<Mark>,
    /// The other party of the call that decides the colour.
    #[serde(default)]
    pub with: Option<Arc<Party>>,
    /// The call that decides the colour.
    #[serde(default)]
    pub call: Option<CallId>,
    /// The leg that decides the colour.
    #[serde(default)]
    pub leg: Option<LegId>,
    /// Since when that leg is in its state, or since when the phone is free or gone, where known.
    #[serde(default)]
    pub since: Option<Millis>,
}

/// A person's lamp: the most telling of their extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonStatus<'a> {
    /// The colour.
    pub status: Status,
    /// What else goes on, on any of the extensions.
    pub mark: Option<Mark>,
    /// The extension that decides, where one is known.
    pub deciding: Option<&'a ExtensionState>,
}

/// The lamp that one leg alone would give. `queue` is the queue its call came through.
pub fn of_leg(leg: &Leg, queue: Option<&QueueName>) -> Status {
    match leg.state {
        LegState::Ringing | LegState::Calling => Status::Ringing,
        LegState::Queued | LegState::Parked | LegState::Talking if leg.hold == Hold::Here => Status::Held,
        LegState::Talking if queue.is_some() => Status::Queue,
        LegState::Talking | LegState::Queued | LegState::Parked => match leg.peer.as_ref().map(|p| &p.kind) {
            Some(PartyKind::Outside) => Status::Outside,
            Some(PartyKind::Inside | PartyKind::Service(_)) | None => Status::Inside,
        },
    }
}

/// Which of two lamps an extension or a person shows: talking before held before ringing before free.
pub fn precedence(status: Status) -> u8 {
    match status {
        Status::Queue | Status::Outside | Status::Inside => 5,
        Status::Held => 4,
        Status::Ringing => 3,
        Status::Free => 2,
        Status::Unknown => 1,
        Status::Offline => 0,
    }
}

/// The sign for what `status` leaves out, given all the lamps that its legs would give.
pub fn mark(status: Status, all: impl IntoIterator<Item = Status>) -> Option<Mark> {
    let mut found = None;
    for other in all {
        match other {
            Status::Ringing if status != Status::Ringing => return Some(Mark::Ringing),
            Status::Held if status != Status::Held => found = Some(Mark::Held),
            _ => {}
        }
    }
    found
}

/// A person's lamp from the lamps of their extensions; a person without any is `Unknown`.
pub fn of_person<'a>(extensions: impl IntoIterator<Item = &'a ExtensionState>) -> PersonStatus<'a> {
    let mut deciding: Option<&ExtensionState> = None;
    let mut marks = None;
    let mut lamps = Vec::new();
    for extension in extensions {
        if deciding.is_none_or(|best| precedence(extension.status) > precedence(best.status)) {
            deciding = Some(extension);
        }
        if extension.mark == Some(Mark::Ringing) || marks.is_none() {
            marks = extension.mark;
        }
        lamps.push(extension.status);
    }
    let status = deciding.map_or(Status::Unknown, |best| best.status);
    let mark = if marks == Some(Mark::Ringing) { marks } else { mark(status, lamps).or(marks) };
    PersonStatus { status, mark, deciding }
}
