//! Where a caller is who was handed on, by what the model knows at this moment. Not what follows from it.

use super::handed::{Aim, Passage};
use crate::channel::{Channel, Dialled, End, State, Uid};
use crate::model::{BridgeKind, Model, Tie};
use frontdesk_protocol::{Extension, LegState, Millis, Party, PartyKind, Return, Service};
use std::sync::Arc;

/// How long nothing may ring before it counts that nothing will, in milliseconds.
pub(super) const SILENCE_MS: u64 = 600;
/// How long a line may take to refuse a call: many lines say nothing while it rings at the far end, in milliseconds.
pub(super) const LINE_MS: u64 = 1_500;

/// Where somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// The channel has ended.
    Gone,
    /// On the way, or between two steps of the dialplan.
    Nowhere,
    /// Somebody is called, and nothing rings yet.
    Dials,
    /// It rings, at my phone alone or elsewhere.
    Rings {
        mine: bool,
    },
    /// Somebody has answered.
    Talks {
        with: Arc<Party>,
        at: Option<Extension>,
    },
    /// In a parking space.
    Parked,
    /// In a queue, or the first one in a conference.
    Waits,
    Mailbox,
    /// The PBX itself talks, or plays music.
    Announcement,
}

/// Where the caller of a passage is; ties from before they were moved do not count.
pub(super) fn seen(model: &Model, passage: &Passage, now: Millis) -> Seen {
    let Some(channel) = model.channels.get(&passage.caller) else { return Seen::Gone };
    let (before, ends): (Vec<_>, Vec<_>) =
        model.ends(&channel.uid).into_iter().partition(|(_, uid)| passage.without.contains(uid));
    let talks =
        ends.iter().find(|(tie, _)| *tie == Tie::Bridged).and_then(|(_, uid)| model.channels.get(uid));
    if let Some(other) = talks {
        let with = model.registry.party_at_channel(other, &model.settings).party();
        return Seen::Talks { with, at: other.extension().cloned() };
    }
    // What was known of the place before is not yet known to be over.
    let fresh = passage.dialled || now.since(passage.moved) >= SILENCE_MS;
    if fresh && channel.place.parked.is_some() {
        return Seen::Parked;
    }
    let bridge = model.bridge_of(channel);
    if let Some(room) = bridge.filter(|bridge| bridge.kind == BridgeKind::Conference) {
        let with = channel.shown.as_ref().and_then(|shown| shown.peer.clone());
        return match with.filter(|_| room.members.len() > 1) {
            Some(with) => Seen::Talks { with, at: None },
            None => Seen::Waits,
        };
    }
    if fresh && channel.place.queue.is_some() {
        return Seen::Waits;
    }
    let dialled: Vec<&Channel> = ends
        .iter()
        .filter(|(tie, _)| *tie == Tie::Dialled)
        .filter_map(|(_, uid)| model.channels.get(uid))
        .collect();
    if !dialled.is_empty() {
        let slow = now.since(passage.moved) >= LINE_MS;
        let rings = |other: &&Channel| {
            other.facts.state == State::Ringing
                || (slow && other.end == End::Trunk && other.ties.dialled == Dialled::Open)
        };
        if !dialled.iter().any(rings) {
            return Seen::Dials;
        }
        let mine = dialled.iter().all(|other| other.extension() == Some(&passage.by));
        return Seen::Rings { mine };
    }
    if !before.is_empty() {
        return Seen::Nowhere;
    }
    alone(model, passage, channel, fresh, now)
}

/// Where somebody is who is tied to nobody.
fn alone(model: &Model, passage: &Passage, channel: &Channel, fresh: bool, now: Millis) -> Seen {
    if passage.aim == Aim::Mailbox && !passage.dialled {
        let there = now.since(passage.moved) >= model.settings.settle_ms;
        return if there { Seen::Mailbox } else { Seen::Nowhere };
    }
    let shown = channel.shown.as_ref().filter(|shown| fresh && shown.state == LegState::Talking);
    match shown.and_then(|shown| shown.peer.as_ref()).map(|peer| &peer.kind) {
        Some(PartyKind::Service(Service::Voicemail)) => Seen::Mailbox,
        Some(PartyKind::Service(Service::Conference)) => Seen::Waits,
        Some(PartyKind::Service(_)) => Seen::Announcement,
        Some(PartyKind::Inside | PartyKind::Outside) | None => Seen::Nowhere,
    }
}

/// Who of the channels tied to `uid` is tied to it now.
pub(super) fn tied(model: &Model, uid: &Uid) -> Vec<Uid> {
    model.ends(uid).into_iter().map(|(_, other)| other).collect()
}

/// Why the last dial of a channel came to nothing, where it did.
pub(super) fn failure(channel: &Channel) -> Option<Return> {
    let status = channel.ties.failed_dial.as_deref()?;
    Some(match (status, channel.ties.last_cause) {
        ("BUSY", _) => Return::Busy,
        ("CHANUNAVAIL" | "CONGESTION", _) => Return::Unreachable,
        // 603 Decline, and 480 of a phone that is not to be disturbed.
        (_, Some(21 | 19)) => Return::Refused,
        _ => Return::NoAnswer,
    })
}
