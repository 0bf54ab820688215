//! What must hold of the model and of the office between two messages, whatever came: for the tests, and for programs
//! that look for what breaks it (feature `sound`). Each panics where it does not hold. Not how it comes about.

use crate::channel::{CallKey, Channel, ChannelKey, End};
use crate::model::{BridgeKind, Model};
use crate::switchboard::Switchboard;
use frontdesk_protocol::status::{mark, of_leg, precedence};
use frontdesk_protocol::{ExtensionState, LegId, Millis, Office, PbxLink, Registration, Status};
use std::collections::{BTreeMap, BTreeSet, HashSet};

impl Switchboard {
    /// Panics where the model or the office contradicts itself.
    pub fn assert_sound(&self) {
        sound(self);
    }

    /// Panics where something has changed and was not drawn. Draws everything anew for that.
    pub fn assert_drawn(&mut self, now: Millis) {
        drawn(self, now);
    }

    /// Panics where anything is left of any call.
    pub fn assert_empty(&self) {
        empty(self);
    }

    /// Uniqueid and name of every channel that the model has.
    pub fn channels(&self) -> impl Iterator<Item = (&str, &str)> {
        let channels = self.model.channels.values();
        channels.map(|channel| (channel.uid.as_ref(), channel.facts.name.as_ref()))
    }
}

/// Everything that must hold between two messages.
pub(crate) fn sound(board: &Switchboard) {
    calls(&board.model);
    for channel in board.model.channels.values() {
        ties(&board.model, channel);
        seated(&board.model, channel);
    }
    places(&board.model);
    lamps(board.office());
    if matches!(board.office().link, PbxLink::Up { .. }) {
        shown(&board.model, board.office());
    }
}

fn calls(model: &Model) {
    for (key, call) in &model.calls {
        assert!(!call.channels.is_empty(), "a call without a channel");
        let distinct: HashSet<&ChannelKey> = call.channels.iter().collect();
        assert_eq!(distinct.len(), call.channels.len(), "a channel twice in one call");
        for channel in &call.channels {
            let home = model.channels.at(*channel).map(|channel| channel.call);
            assert_eq!(home, Some(*key), "{channel:?} is in another call, or is not at all");
        }
        for link in &call.links {
            assert_eq!(model.links.get(link), Some(key), "the linkedid {link} leads to another call");
        }
    }
    for (link, key) in &model.links {
        assert!(
            model.calls.get(key).is_some_and(|call| call.links.contains(link)),
            "{link} leads to no call"
        );
    }
}

fn ties(model: &Model, channel: &Channel) {
    let (uid, key) = (&channel.uid, channel.key);
    assert_eq!(model.channels.key(uid), Some(key), "{uid} has another key");
    let call = model.calls.get(&channel.call);
    assert!(call.is_some_and(|call| call.channels.contains(&key)), "{uid} is in no call");
    let bridges: Vec<_> = model
        .bridges
        .values()
        .flat_map(|bridge| bridge.members.iter().filter(|m| **m == key).map(|_| bridge.id.as_ref()))
        .collect();
    let bridge = model.bridge_of(channel).map(|bridge| bridge.id.as_ref());
    assert_eq!(channel.ties.bridge.is_some(), bridge.is_some(), "{uid} is in a bridge that is over");
    assert_eq!(bridges, bridge.into_iter().collect::<Vec<_>>(), "one bridge per channel");
    for dest in &channel.ties.dials {
        let back = model.channels.at(*dest).map(|dest| dest.ties.dialled_by);
        assert_eq!(back, Some(Some(key)), "{uid} dials {dest:?}, which is not dialled by it");
    }
    if let Some(half) = channel.ties.half {
        assert!(model.channels.at(half).is_some(), "half a Local pair is gone, and the other does not know");
    }
    if let End::Phone(extension) = &channel.end {
        let at = model.at.get(extension).map_or(0, |at| at.iter().filter(|other| **other == key).count());
        assert_eq!(at, 1, "{uid} is at {extension}");
    }
    if let Some(queue) = &channel.place.queue {
        let waits = model.queues.get(queue).is_some_and(|q| q.waiting.iter().any(|(other, _)| *other == key));
        assert!(waits, "{uid} waits in {queue}, which does not have it");
    }
    if let Some((lot, space)) = &channel.place.parked {
        let there =
            model.lots.get(lot).and_then(|lot| lot.get(space)).is_some_and(|(other, _)| *other == key);
        assert!(there, "{uid} is parked at {space} of {lot}, which does not have it");
    }
}

/// Whoever is kept as the one at a channel is found there when it is asked anew.
fn seated(model: &Model, channel: &Channel) {
    let kept = model.registry.party_at_channel(channel, &model.settings).party();
    let found = Channel { seated: None, ..channel.clone() };
    let found = model.registry.party_at_channel(&found, &model.settings).party();
    assert_eq!(kept, found, "{} is kept otherwise than found", channel.uid);
}

fn places(model: &Model) {
    for (extension, at) in &model.at {
        for key in at {
            let end = model.channels.at(*key).map(|channel| &channel.end);
            assert_eq!(end, Some(&End::Phone(extension.clone())), "{key:?} is not at {extension}");
        }
    }
    let mut waiting = HashSet::new();
    for (name, queue) in &model.queues {
        for (key, _) in &queue.waiting {
            assert!(waiting.insert(key), "{key:?} waits twice");
            let place = model.channels.at(*key).map(|channel| channel.place.queue.as_ref());
            assert_eq!(place, Some(Some(name)), "{key:?} does not wait in {name}");
        }
    }
    let mut parked = HashSet::new();
    for (lot, spaces) in &model.lots {
        for (space, (key, _)) in spaces {
            assert!(parked.insert(key), "{key:?} is parked twice");
            let place = model.channels.at(*key).map(|channel| channel.place.parked.as_ref());
            assert_eq!(place, Some(Some(&(lot.clone(), space.clone()))), "{key:?} is not parked at {space}");
        }
    }
    for (_, key) in &model.settling {
        assert!(model.channels.at(*key).is_some(), "{key:?} is waited for, and is not");
    }
}

/// A lamp is a function of the calls and the registration, and of nothing else.
fn lamps(office: &Office) {
    for state in office.extensions.values() {
        lamp(office, state);
    }
    for (call, leg) in office.calls.values().flat_map(|call| call.legs.iter().map(move |leg| (call, leg))) {
        let lamp = leg.extension.as_ref().map(|extension| office.extensions.get(extension));
        assert_ne!(lamp, Some(None), "{:?} of {} is at no lamp", leg.id, call.id);
    }
}

fn lamp(office: &Office, state: &ExtensionState) {
    let mine = [state.extension.clone()];
    let legs: Vec<_> = office.legs_at(&mine).collect();
    let Some(deciding) = &state.leg else {
        assert!(legs.is_empty(), "{state:?} says nothing of {legs:?}");
        let alone = match state.registration {
            Registration::Registered => Status::Free,
            Registration::Unregistered => Status::Offline,
            Registration::Unknown => Status::Unknown,
        };
        assert_eq!((state.status, state.mark), (alone, None), "{state:?}");
        return;
    };
    let all: Vec<Status> = legs.iter().map(|(call, leg)| of_leg(leg, call.via.queue.as_ref())).collect();
    let Some((call, leg)) = legs.iter().find(|(_, leg)| leg.id == *deciding) else {
        panic!("the deciding leg is not there: {state:?}");
    };
    assert_eq!(state.status, of_leg(leg, call.via.queue.as_ref()), "{state:?} of {leg:?}");
    let most = all.iter().map(|status| precedence(*status)).max();
    assert_eq!(Some(precedence(state.status)), most, "{state:?} of {all:?}");
    assert_eq!(state.mark, mark(state.status, all), "{state:?}");
    assert_eq!((state.call.as_ref(), &state.with), (Some(&call.id), &leg.peer), "{state:?}");
}

/// What is shown is there.
fn shown(model: &Model, office: &Office) {
    let ids: BTreeSet<_> = model.calls.values().map(|call| &call.id).collect();
    assert_eq!(ids.len(), model.calls.len(), "two calls have one id");
    let there = |leg: &LegId| model.channels.get(leg.as_str()).map(|channel| channel.call);
    let mut legs = BTreeSet::new();
    for call in office.calls.values() {
        assert!(!call.legs.is_empty(), "a call without legs is shown");
        assert!(ids.contains(&call.id), "a call is shown that is over");
        for leg in &call.legs {
            assert!(legs.insert(leg.id.clone()), "{:?} is shown twice", leg.id);
            let home: Option<CallKey> = there(&leg.id);
            let id = home.and_then(|key| model.calls.get(&key)).map(|call| &call.id);
            assert_eq!(id, Some(&call.id), "{:?} is shown in another call than it is in", leg.id);
        }
    }
    let waiting = office.queues.values().flat_map(|queue| queue.waiting.iter().map(|waiting| &waiting.leg));
    let parked = office.lots.values().flat_map(|lot| lot.parked.iter().map(|parked| &parked.leg));
    for leg in waiting.chain(parked) {
        assert!(there(leg).is_some(), "{leg:?} waits or is parked, and is over");
    }
}

/// Drawing everything anew changes nothing: what has changed was drawn.
pub(crate) fn drawn(board: &mut Switchboard, now: Millis) {
    let before = board.office().clone();
    let model = &mut board.model;
    model.dirty.calls.extend(model.calls.keys());
    model.dirty.extensions.extend(model.registry.stations.keys().cloned());
    model.dirty.queues.extend(model.queues.keys().cloned());
    model.dirty.lots.extend(model.lots.keys().cloned());
    model.dirty.mailboxes.extend(model.registry.mailboxes.keys().cloned());
    board.look(now);
    board.draw();
    let late = before.changes_to(board.office());
    assert!(late.is_empty(), "this was not drawn: {late:?}");
    let published: BTreeMap<_, _> = board.view.published().map(|call| (call.id.clone(), call)).collect();
    assert!(
        published.values().copied().eq(board.office().calls.values()),
        "a call is kept otherwise than told"
    );
}

/// Nothing is left of any call.
pub(crate) fn empty(board: &Switchboard) {
    let Model { channels, calls, at, links, names, settling, queues, lots, bridges, .. } = &board.model;
    assert!(channels.is_empty(), "channels are left: {:?}", channels.keys().collect::<Vec<_>>());
    assert!(calls.is_empty() && links.is_empty(), "calls are left: {calls:?} {links:?}");
    assert!(at.is_empty() && settling.is_empty(), "{at:?} {settling:?}");
    assert!(names.is_empty(), "names of Local channels are left: {names:?}");
    assert!(queues.values().all(|queue| queue.waiting.is_empty()), "callers wait: {queues:?}");
    assert!(lots.values().all(|lot| lot.is_empty()), "callers are parked: {lots:?}");
    let talk = bridges.values().filter(|bridge| bridge.kind == BridgeKind::Talk);
    assert_eq!(talk.flat_map(|bridge| &bridge.members).count(), 0, "{bridges:?}");
    let office = board.office();
    assert!(office.calls.is_empty(), "calls are shown: {:?}", office.calls);
    assert!(office.queues.values().all(|queue| queue.waiting.is_empty()), "{:?}", office.queues);
    assert!(office.lots.values().all(|lot| lot.parked.is_empty()), "{:?}", office.lots);
    for state in office.extensions.values() {
        let idle = matches!(state.status, Status::Free | Status::Offline | Status::Unknown);
        assert!(idle && state.leg.is_none() && state.mark.is_none(), "{state:?}");
    }
}
