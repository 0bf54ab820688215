//! The other leg, defined once: which channel is moved when a user hands on the party at the other end of a leg.

use super::texts;
use crate::channel::{Channel, Dialled, End, State, Uid};
use crate::model::{BridgeKind, Model, Tie};
use std::sync::Arc;

/// How the channel is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// `BlindTransfer` of my channel: the PBX moves the other one of my bridge, and knows who handed it on. It
    /// takes back a hold first, and where the bridge is not what we think it refuses and leaves the caller.
    BlindTransfer,
    /// `Redirect` of the other channel: while it rings there is no bridge yet, and through Local channels the
    /// other one of my bridge is not the caller.
    Redirect,
    /// `Redirect` of the channel that mine is calling, and then the end of mine: a phone inside that lost whom it
    /// calls goes on in the dialplan, to the mailbox for instance.
    Called,
}

/// The channel at the other end of `leg` that is moved for a transfer, and how.
///
/// # Errors
/// A sentence, where there is nobody who could be moved; then nothing is to be done.
pub(crate) fn other_party(model: &Model, leg: &Channel) -> Result<(Uid, How), &'static str> {
    let (other, how) = at_the_other_end(model, leg)?;
    // The PBX itself moves only who is in my bridge.
    let alone = model.channels.get(&other).is_some_and(|other| leaves_somebody(model, other));
    if how != How::BlindTransfer && alone { Err(texts::TALKING_OUTSIDE) } else { Ok((other, how)) }
}

fn at_the_other_end(model: &Model, leg: &Channel) -> Result<(Uid, How), &'static str> {
    let ends = model.ends(&leg.uid);
    match leg.facts.state {
        State::Ringing if leg.placed() => Err(texts::OWN_PHONE),
        State::Ringing => match ends.iter().find(|(tie, _)| *tie == Tie::Dialler) {
            Some((_, caller)) => Ok((Arc::clone(caller), How::Redirect)),
            None => Err(texts::UNKNOWN_CALLER),
        },
        State::Ring => called(model, leg, &ends),
        State::Down => Err(texts::UNANSWERED),
        State::Up => talking(model, leg, &ends),
    }
}

/// Whom `leg` calls, who has not answered yet. Asterisk 22 sends on a channel that rings at the far end as it does one
/// that talks; whoever takes the call then waits with them.
fn called(model: &Model, leg: &Channel, ends: &[(Tie, Uid)]) -> Result<(Uid, How), &'static str> {
    if leg.place.queue.is_some() {
        return Err(texts::QUEUED);
    }
    // Mine ends when they are moved, and would take whoever talks to it along.
    if ends.iter().any(|(tie, _)| *tie == Tie::Bridged) {
        return Err(texts::CONFERENCE);
    }
    let mut called = ends.iter().filter(|(tie, _)| *tie == Tie::Dialled);
    let (Some((_, far)), None) = (called.next(), called.next()) else {
        return Err(texts::UNANSWERED);
    };
    let open = model.channels.get(far).is_some_and(|far| far.ties.dialled == Dialled::Open);
    if open { Ok((Arc::clone(far), How::Called)) } else { Err(texts::UNANSWERED) }
}

fn talking(model: &Model, leg: &Channel, ends: &[(Tie, Uid)]) -> Result<(Uid, How), &'static str> {
    let bridge = model.bridge_of(leg);
    if bridge.is_some_and(|bridge| bridge.kind == BridgeKind::Conference) {
        return Err(texts::CONFERENCE);
    }
    let mut talking = ends.iter().filter(|(tie, _)| *tie == Tie::Bridged);
    let (other, more) = (talking.next(), talking.next());
    let Some((_, other)) = other else {
        let dialling =
            ends.iter().any(|(tie, _)| *tie == Tie::Dialled) || leg.ties.dialled == Dialled::Answered;
        return if dialling { called(model, leg, ends) } else { Err(texts::NOBODY) };
    };
    if more.is_some() {
        return Err(texts::CONFERENCE);
    }
    let direct = bridge.is_some_and(|bridge| {
        bridge.members.len() == 2
            && model.channels.key(other).is_some_and(|other| bridge.members.contains(&other))
            && bridge.members.iter().all(|key| model.channels.at(*key).is_some_and(|c| c.end != End::Local))
    });
    Ok((Arc::clone(other), if direct { How::BlindTransfer } else { How::Redirect }))
}

/// Whether somebody outside would be left alone on the line, and so lose it, if this channel were sent elsewhere: it is a
/// colleague's, and they talk.
pub(super) fn leaves_somebody(model: &Model, channel: &Channel) -> bool {
    channel.end != End::Trunk && talks_outside(model, channel).next().is_some()
}

/// Who outside talks to this channel.
pub(super) fn talks_outside<'m>(model: &'m Model, channel: &'m Channel) -> impl Iterator<Item = &'m Uid> {
    let ends = model.ends_of(channel).into_iter();
    ends.filter(|(tie, other)| *tie == Tie::Bridged && other.end == End::Trunk).map(|(_, other)| &other.uid)
}
