//! What one channel shows: state, hold, other party. States that may only be passing wait until they have settled.

use crate::channel::{Asked, CallKey, Channel, ChannelKey, Dialled, End, Shown, State, Uid};
use crate::model::{BridgeKind, Model, Tie};
use crate::registry::{Face, Who};
use frontdesk_protocol::{Hold, Leg, LegState, Millis, Party, PartyKind, Service};
use std::borrow::Cow;
use std::sync::Arc;

/// What a channel does, as the newest events say.
struct Look<'m> {
    state: LegState,
    hold: Hold,
    peer: Option<Who<'m>>,
    /// It is up and talks to nobody: where it is, is found out where that is shown.
    somewhere: bool,
    /// It may be one of the few milliseconds between two states.
    passing: bool,
}

/// The same, with the other party only where it is another than the one that is shown.
struct Fresh {
    state: LegState,
    hold: Hold,
    peer: Option<Option<Arc<Party>>>,
    passing: bool,
}

impl Fresh {
    fn of(look: &Look<'_>, shown: Option<&Shown>) -> Self {
        let same = shown.is_some_and(|shown| match (&look.peer, &shown.peer) {
            (Some(who), Some(party)) => who.is(party),
            (who, party) => who.is_none() && party.is_none(),
        });
        let peer = (!same).then(|| look.peer.as_ref().map(Who::party));
        Self { state: look.state, hold: look.hold, peer, passing: look.passing }
    }
}

/// Looks what a channel shows now, and takes down what its history tells of that. Every event is looked at, because what
/// lasted for no time at all has happened all the same; people do not see every channel. Of half a Local channel it gives
/// the call of the other half, where that is another one.
pub(super) fn look_at(model: &mut Model, key: ChannelKey, now: Millis) -> Option<CallKey> {
    let channel = model.channels.at(key)?;
    if !channel.visible() {
        let other = model.channels.at(channel.ties.half?)?.call;
        return (other != channel.call).then_some(other);
    }
    let look = look(model, channel);
    let caller = match channel.facts.state {
        State::Ringing if channel.past.caller.is_none() => {
            model.dialler_of(channel).map(|dialler| Arc::clone(&dialler.uid))
        }
        _ => None,
    };
    let shown = channel.shown.as_ref();
    let passing = look.as_ref().is_some_and(|look| {
        let taken_back = shown.is_some_and(|shown| {
            shown.hold == Hold::Here && look.hold != Hold::Here && look.state == LegState::Talking
        });
        look.passing || taken_back
    });
    let began = passing.then(|| channel.passing.unwrap_or(now));
    match began.map(|began| began.plus(model.settings.settle_ms)).filter(|due| *due > now) {
        // What may only be passing is not shown yet: whom it would show need not be made.
        Some(due) => wait(model, key, caller, due, now),
        None => {
            let look = look.map(|mut look| {
                if look.somewhere {
                    look.peer = Some(place(model, channel));
                }
                Fresh::of(&look, shown)
            });
            take_down(model, key, look, caller, began, now);
        }
    }
    None
}

fn wait(model: &mut Model, key: ChannelKey, caller: Option<Uid>, due: Millis, now: Millis) {
    let Some(channel) = model.channels.at_mut(key) else { return };
    if caller.is_some() {
        channel.past.caller = caller;
    }
    channel.passing.get_or_insert(now);
    model.settling.insert((due, key));
}

/// `began` is since when it has been in a state that might only have been passing, and has lasted.
fn take_down(
    model: &mut Model,
    key: ChannelKey,
    look: Option<Fresh>,
    caller: Option<Uid>,
    began: Option<Millis>,
    now: Millis,
) {
    let Some(channel) = model.channels.at_mut(key) else { return };
    if caller.is_some() {
        channel.past.caller = caller;
    }
    if began.is_some() {
        channel.passing = began.filter(|_| look.as_ref().is_some_and(|look| look.passing));
    } else if let Some(before) = channel.passing.take() {
        model.settling.remove(&(before.plus(model.settings.settle_ms), key));
    }
    let since = began.unwrap_or(now);
    let Some(look) = look else {
        channel.shown = None;
        return;
    };
    if show(channel, look, since) {
        model.unplaced.push(key);
    }
}

/// Keeps what is shown of a channel since then. Says whether the PBX is to be asked where it is.
fn show(channel: &mut Channel, look: Fresh, mut since: Millis) -> bool {
    let shown = channel.shown.take();
    match &shown {
        Some(shown)
            if shown.state == look.state && (shown.hold == look.hold || look.hold == Hold::Unknown) =>
        {
            since = shown.since;
        }
        // It was up before the link was; how long in this state, nobody knows better.
        None if !channel.facts.application.is_empty() => since = channel.past.seen,
        Some(_) | None => {}
    }
    let peer = look.peer.unwrap_or_else(|| shown.and_then(|shown| shown.peer));
    let past = &mut channel.past;
    match look.state {
        LegState::Ringing | LegState::Calling => {
            past.rang.get_or_insert(since);
        }
        LegState::Queued => {
            // The PBX answers for a queue; that was nobody.
            if !past.talked {
                let picked_up = past.answered.take();
                past.rang = past.rang.or(picked_up);
                past.met = false;
            }
            past.rang.get_or_insert(since);
        }
        LegState::Talking => {
            past.answered.get_or_insert(since);
            let mailbox = |peer: &Party| peer.kind == PartyKind::Service(Service::Voicemail);
            past.talked |= peer.as_ref().is_some_and(|peer| !matches!(peer.kind, PartyKind::Service(_)));
            past.met |= peer.as_ref().is_some_and(|peer| !mailbox(peer));
        }
        LegState::Parked => {}
    }
    if let Some(peer) = &peer {
        let better = past.party.as_ref().is_none_or(|known| {
            matches!(known.kind, PartyKind::Service(_)) && !matches!(peer.kind, PartyKind::Service(_))
        });
        if better {
            past.party = Some(Arc::clone(peer));
        }
    }
    let nowhere =
        look.passing && peer.as_ref().is_some_and(|p| p.kind == PartyKind::Service(Service::Feature));
    let ask = nowhere && channel.place.asked == Asked::No && channel.facts.application.is_empty();
    if ask {
        channel.place.asked = Asked::Yes;
    }
    channel.shown = Some(Shown { state: look.state, hold: look.hold, peer, since });
    ask
}

/// The leg of a channel as it is shown; `None` for what people do not see.
pub(super) fn draw(model: &Model, key: ChannelKey) -> Option<Leg> {
    let channel = model.channels.at(key).filter(|channel| channel.visible())?;
    let shown = channel.shown.as_ref()?;
    Some(Leg {
        id: channel.leg.clone()?,
        extension: channel.extension().cloned(),
        party: model.registry.party_at_channel(channel, &model.settings).party(),
        direction: channel.direction(),
        state: shown.state,
        hold: shown.hold,
        peer: shown.peer.clone(),
        since: shown.since,
        answered: channel.past.answered,
    })
}

fn look<'m>(model: &'m Model, channel: &'m Channel) -> Option<Look<'m>> {
    let plain = |state, peer| Some(Look { state, hold: Hold::None, peer, somewhere: false, passing: false });
    match channel.facts.state {
        State::Down => {
            let dialled = channel.end == End::Trunk && channel.ties.dialled == Dialled::Open;
            if dialled { plain(LegState::Ringing, caller(model, channel)) } else { None }
        }
        State::Ringing => plain(LegState::Ringing, caller(model, channel)),
        State::Ring if channel.place.queue.is_some() => plain(LegState::Queued, queue(channel)),
        State::Ring => plain(LegState::Calling, callee(model, channel)),
        State::Up => Some(up(model, channel)),
    }
}

fn up<'m>(model: &'m Model, channel: &'m Channel) -> Look<'m> {
    let look = |state, peer, passing| Look { state, hold: Hold::None, peer, somewhere: false, passing };
    if let Some((lot, space)) = &channel.place.parked {
        let peer = service(Service::Parking(lot.clone()), format!("Parking {space}"), space.as_str());
        return look(LegState::Parked, Some(peer), false);
    }
    let bridge = model.bridge_of(channel);
    if let Some(bridge) = bridge.filter(|bridge| bridge.kind == BridgeKind::Conference) {
        let peer = service(Service::Conference, format!("Conference {}", bridge.name), &bridge.name);
        return Look { hold: own_hold(channel), ..look(LegState::Talking, Some(peer), false) };
    }
    let ends = model.ends_from(channel, bridge);
    if let Some((_, other)) = ends.iter().find(|(tie, _)| *tie == Tie::Bridged) {
        let hold = match (own_hold(channel), other.place.hold) {
            (Hold::None, Hold::Here) => Hold::There,
            (own, _) => own,
        };
        let peer = model.registry.party_at_channel(other, &model.settings);
        // Who was sent on while still ringing: whoever took the call waits for the answer.
        if other.facts.state == State::Ringing && bridge.is_some() {
            return look(LegState::Calling, Some(peer), false);
        }
        return Look { hold, ..look(LegState::Talking, Some(peer), bridge.is_none()) };
    }
    if channel.place.queue.is_some() {
        return look(LegState::Queued, queue(channel), false);
    }
    if ends.iter().any(|(tie, _)| *tie == Tie::Dialled) {
        return look(LegState::Calling, callee(model, channel), false);
    }
    // A click to call: the phone is up, and the dialplan has not dialled yet.
    if channel.placed() && channel.past.answered.is_none() && channel.ties.dialled == Dialled::Answered {
        // Between the answer of the other side and the bridge there is this moment, too.
        let passing = channel.shown.as_ref().is_some_and(|shown| shown.state == LegState::Calling);
        return look(LegState::Calling, known_target(channel), passing);
    }
    Look { somewhere: true, ..look(LegState::Talking, None, true) }
}

fn service<'m>(kind: Service, name: impl Into<Cow<'m, str>>, number: &'m str) -> Who<'m> {
    Who::Seen(Face::service(kind, name, number))
}

fn own_hold(channel: &Channel) -> Hold {
    channel.place.hold
}

fn queue(channel: &Channel) -> Option<Who<'_>> {
    let name = channel.place.queue.as_ref()?;
    Some(service(Service::Queue(name.clone()), format!("Queue {name}"), &channel.facts.exten))
}

/// Whom a click to call is meant for, where that is known.
fn known_target(channel: &Channel) -> Option<Who<'_>> {
    let known = channel.place.calls.as_ref();
    known.filter(|party| party.number.is_some() || party.name.is_some()).map(Who::Told)
}

/// Who calls a phone that rings.
fn caller<'m>(model: &'m Model, channel: &'m Channel) -> Option<Who<'m>> {
    if channel.placed() {
        return known_target(channel);
    }
    let ends = model.ends_of(channel);
    if let Some((_, dialler)) = ends.iter().find(|(tie, _)| *tie == Tie::Dialler) {
        return Some(model.registry.party_at_channel(dialler, &model.settings));
    }
    let (number, name) = (&channel.facts.connected_number, &channel.facts.connected_name);
    (!number.is_empty()).then(|| model.registry.party_of_number(number, name, &model.settings))
}

/// Whom a phone calls that waits for an answer.
fn callee<'m>(model: &'m Model, channel: &'m Channel) -> Option<Who<'m>> {
    let exten = channel.facts.exten.as_str();
    let number = if exten == "s" || exten.is_empty() { channel.past.dialled.as_str() } else { exten };
    // Where it was called itself, that is the number at which it was, and says nothing of whom it calls now.
    let own =
        channel.ties.dialled != Dialled::Not && channel.extension().is_some_and(|e| e.as_str() == number);
    let number = if own { "" } else { number };
    if let Some(extension) = model.registry.is_extension(number) {
        return Some(model.registry.party_at(extension));
    }
    let ends = model.ends_of(channel);
    let mut dialled = ends.iter().filter(|(tie, _)| *tie == Tie::Dialled).map(|(_, dialled)| *dialled);
    if let (Some(one), None) = (dialled.next(), dialled.next())
        && (one.end == End::Trunk || own || !plain_number(exten))
    {
        return Some(model.registry.party_at_channel(one, &model.settings));
    }
    if let Some(party) = known_target(channel) {
        return Some(party);
    }
    if number.is_empty() {
        return None;
    }
    // What nobody has answered is a ring group, a feature code or a number outside: only the number tells.
    let outside = channel.end != End::Trunk
        && (model.settings.undialled(number) != number || number.len() > model.settings.extension_digits.1);
    if outside {
        return Some(model.registry.party_of_number(number, "", &model.settings));
    }
    Some(Who::Seen(Face { name: None, number: Some(number.into()), kind: PartyKind::Inside, person: None }))
}

/// Whether it is a number that somebody dialled, and not a step of the dialplan.
fn plain_number(exten: &str) -> bool {
    !exten.is_empty() && exten.bytes().all(|b| b.is_ascii_digit() || b == b'*')
}

/// Where a channel is that is up and talks to nobody.
fn place<'m>(model: &Model, channel: &'m Channel) -> Who<'m> {
    let facts = &channel.facts;
    let exten = facts.exten.as_str();
    if let Some(known) = &channel.place.service {
        return match known {
            Service::Voicemail => {
                service(Service::Voicemail, "Voicemail", exten.trim_start_matches(['*', 'v', 'm', 'u', 'b']))
            }
            other => service(other.clone(), "", exten),
        };
    }
    let route = &model.settings.voicemail;
    let marker = route.exten.split('{').next().unwrap_or_default();
    let routed = facts.context == route.context
        && !marker.is_empty()
        && exten.strip_prefix(marker).is_some_and(|owner| model.registry.stations.contains_key(owner));
    let voicemail = routed
        || facts.application.starts_with("VoiceMail")
        || facts.context.starts_with("vm-")
        || facts.context.contains("voicemail")
        || ["vmu", "vmb", "vms", "vmi"]
            .iter()
            .any(|prefix| exten.strip_prefix(prefix).is_some_and(|owner| !owner.is_empty()))
        || matches!(exten, "*97" | "*98");
    if voicemail {
        return service(
            Service::Voicemail,
            "Voicemail",
            exten.trim_start_matches(['*', 'v', 'm', 'u', 'b', 's', 'i']),
        );
    }
    if matches!(facts.application.as_str(), "ConfBridge" | "MeetMe") {
        return service(Service::Conference, format!("Conference {exten}"), exten);
    }
    // Behind no number there is an announcement, or nothing yet.
    let name = if exten.is_empty() || exten == "s" { "Phone system" } else { "" };
    service(Service::Feature, name, exten)
}
