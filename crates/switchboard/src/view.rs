//! Draws the office from the model: only what is dirty, and only what really differs. Each event is looked at; what many of
//! them come to is drawn once. Not the facts themselves.

mod leg;

use crate::channel::{CallKey, Channel};
use crate::maps::{Channels, Map};
use crate::model::{Model, Origin};
use frontdesk_protocol::status::{mark, of_leg, precedence};
use frontdesk_protocol::text::{NAME, line};
use frontdesk_protocol::{
    Call, CallId, Change, Direction, Extension, ExtensionState, Leg, LegState, Millis, Office, ParkedCaller,
    ParkingLot, PartyKind, Person, Queue, QueueMember, QueueName, Registration, Status, Via, Waiting,
};
use smallvec::SmallVec;
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::sync::Arc;

/// The office as it was last published.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub office: Office,
    published: Map<CallKey, Arc<Call>>,
    /// People who changed, and are not told yet.
    people: Vec<Change>,
}

impl View {
    /// Whether something has changed since the last look, or something was found then of which nothing came yet.
    pub(crate) fn has_to_look(model: &Model, now: Millis) -> bool {
        !model.dirty.calls.is_empty()
            || model.dirty.people
            || model.settling.first().is_some_and(|(at, _)| *at <= now)
            || !(model.unplaced.is_empty() && model.ended.is_empty() && model.united.is_empty())
    }

    /// Looks at every call of which something may have changed: what its legs show now, and what of that belongs to their
    /// past. Nothing is drawn. Gives the calls.
    pub(crate) fn look(&mut self, model: &mut Model, now: Millis) -> SmallVec<[CallKey; 4]> {
        if std::mem::take(&mut model.dirty.people) {
            self.draw_people(model);
        }
        while let Some((at, key)) = model.settling.first().filter(|(at, _)| *at <= now).copied() {
            model.touch(key);
            model.settling.remove(&(at, key));
        }
        let mut looked = model.dirty.calls.take();
        let mut at = 0;
        while let Some(key) = looked.get(at).copied() {
            look_at(model, key, &mut looked, now);
            model.dirty.looked.insert(key);
            at += 1;
        }
        looked
    }

    /// Draws what is dirty and was looked at, and gives the changes from the office before.
    pub(crate) fn draw(&mut self, model: &mut Model) -> Vec<Change> {
        let mut changes = std::mem::take(&mut self.people);
        for key in model.dirty.looked.take() {
            touch_places(model, key);
            self.draw_call(model, key, &mut changes);
        }
        for extension in std::mem::take(&mut model.dirty.extensions) {
            match draw_extension(model, &self.published, &extension) {
                Some(state) => {
                    keep(&mut self.office.extensions, extension, state, Change::Extension, &mut changes)
                }
                None => lose(&mut self.office.extensions, extension, Change::ExtensionGone, &mut changes),
            }
        }
        for name in std::mem::take(&mut model.dirty.queues) {
            match draw_queue(model, &name) {
                Some(queue) => keep(&mut self.office.queues, name, queue, Change::Queue, &mut changes),
                None => lose(&mut self.office.queues, name, Change::QueueGone, &mut changes),
            }
        }
        for name in std::mem::take(&mut model.dirty.lots) {
            let Some(spaces) = model.lots.get(&name) else {
                lose(&mut self.office.lots, name, Change::LotGone, &mut changes);
                continue;
            };
            let parked = spaces.iter().filter_map(|(space, (key, since))| {
                let channel = model.channels.at(*key)?;
                let party = model.registry.party_at_channel(channel, &model.settings).party();
                Some(ParkedCaller { space: space.clone(), leg: channel.leg.clone()?, party, since: *since })
            });
            let lot = ParkingLot { name: name.clone(), parked: parked.collect() };
            keep(&mut self.office.lots, name, lot, Change::Lot, &mut changes);
        }
        for id in std::mem::take(&mut model.dirty.mailboxes) {
            match model.registry.mailboxes.get(&id).cloned() {
                Some(mailbox) => keep(&mut self.office.mailboxes, id, mailbox, Change::Mailbox, &mut changes),
                None => lose(&mut self.office.mailboxes, id, Change::MailboxGone, &mut changes),
            }
        }
        changes
    }

    /// Whether there is something to draw.
    pub(crate) fn is_behind(&self, model: &Model) -> bool {
        let dirty = &model.dirty;
        !(self.people.is_empty()
            && dirty.looked.is_empty()
            && dirty.extensions.is_empty()
            && dirty.queues.is_empty()
            && dirty.lots.is_empty()
            && dirty.mailboxes.is_empty())
    }

    /// The calls as they were last drawn.
    #[cfg(any(test, feature = "sound"))]
    pub(crate) fn published(&self) -> impl Iterator<Item = &Arc<Call>> {
        self.published.values()
    }

    fn draw_people(&mut self, model: &mut Model) {
        let changes = &mut self.people;
        let people = model.registry.draw_people();
        let gone: Vec<_> =
            self.office.people.keys().filter(|id| !people.contains_key(*id)).cloned().collect();
        let mut touched = Touched::default();
        for id in gone {
            touched.by(self.office.people.get(&id));
            touched.outside = true;
            lose(&mut self.office.people, id, Change::PersonGone, changes);
        }
        for (id, person) in &people {
            let before = self.office.people.get(id);
            if before != Some(person) {
                touched.by(before);
                touched.by(Some(person));
                // A number that was dialled is an extension from now on.
                touched.outside |= before.is_none();
                self.office.people.insert(id.clone(), Arc::clone(person));
                changes.push(Change::Person(Arc::clone(person)));
            }
        }
        model.registry.adopt_people(people, &model.settings);
        touched.redraw(model);
    }

    fn draw_call(&mut self, model: &mut Model, key: CallKey, changes: &mut Vec<Change>) {
        let call = draw_call(model, key);
        let before = self.published.get(&key);
        if before.map(AsRef::as_ref) == call.as_ref() {
            return;
        }
        let new = call.as_ref().map(|call| call.legs.as_slice()).unwrap_or_default();
        let old = before.map(|before| before.legs.as_slice()).unwrap_or_default();
        let at = |leg: &Leg, extension| leg.extension.as_ref() == Some(extension);
        for extension in new.iter().filter_map(|leg| leg.extension.as_ref()) {
            model.dirty.extensions.insert(extension.clone());
        }
        // Nearly always they are where they were.
        for extension in old.iter().filter_map(|leg| leg.extension.as_ref()) {
            if !new.iter().any(|leg| at(leg, extension)) {
                model.dirty.extensions.insert(extension.clone());
            }
        }
        let call = call.map(Arc::new);
        let before = match &call {
            Some(call) => self.published.insert(key, Arc::clone(call)),
            None => self.published.remove(&key),
        };
        if let Some(before) = before.filter(|before| call.as_ref().is_none_or(|call| call.id != before.id)) {
            // Another call may have taken over its id.
            if self.office.calls.get(&before.id).is_some_and(|published| Arc::ptr_eq(published, &before)) {
                lose(&mut self.office.calls, before.id.clone(), Change::CallGone, changes);
            }
        }
        if let Some(call) = call {
            self.office.calls.insert(call.id.clone(), Arc::clone(&call));
            changes.push(Change::Call(call));
        }
    }
}

/// Whoever waits in a queue or a parking space is shown there as well as in their call.
fn touch_places(model: &mut Model, key: CallKey) {
    let Model { calls, channels, dirty, .. } = model;
    let channels =
        calls.get(&key).into_iter().flat_map(|call| &call.channels).filter_map(|key| channels.at(*key));
    for place in channels.map(|channel| &channel.place) {
        dirty.queues.extend(place.queue.clone());
        dirty.lots.extend(place.parked.as_ref().map(|(lot, _)| lot.clone()));
    }
}

/// What people who changed stand in.
#[derive(Debug, Default)]
struct Touched {
    extensions: BTreeSet<Extension>,
    /// Whether one of them has further numbers, at which anybody may call from outside.
    outside: bool,
}

impl Touched {
    fn by(&mut self, person: Option<&Arc<Person>>) {
        let Some(person) = person else { return };
        self.extensions.extend(person.extensions.iter().cloned());
        self.outside |= !person.numbers.is_empty();
    }

    fn redraw(self, model: &mut Model) {
        if self.outside {
            model.dirty.calls.extend(model.calls.keys());
        }
        for channel in self.extensions.iter().filter_map(|extension| model.at.get(extension)).flatten() {
            model.dirty.calls.extend(model.channels.at(*channel).map(|channel| channel.call));
        }
        if self.outside || !self.extensions.is_empty() {
            model.dirty.queues.extend(model.queues.keys().cloned());
            model.dirty.lots.extend(model.lots.keys().cloned());
        }
        model.dirty.extensions.extend(self.extensions);
    }
}

fn keep<K: Ord, V: PartialEq>(
    map: &mut BTreeMap<K, Arc<V>>,
    key: K,
    value: V,
    change: fn(Arc<V>) -> Change,
    changes: &mut Vec<Change>,
) {
    let value = match map.entry(key) {
        Entry::Occupied(before) if **before.get() == value => return,
        Entry::Occupied(mut before) => {
            before.insert(Arc::new(value));
            Arc::clone(before.get())
        }
        Entry::Vacant(place) => Arc::clone(place.insert(Arc::new(value))),
    };
    changes.push(change(value));
}

fn lose<K: Ord + Clone, V>(
    map: &mut BTreeMap<K, Arc<V>>,
    key: K,
    change: fn(K) -> Change,
    changes: &mut Vec<Change>,
) {
    if map.remove(&key).is_some() {
        changes.push(change(key));
    }
}

/// Looks at the legs of a call, and at who began it. What stands behind half a Local channel may be in another call,
/// where nothing has told yet that they are one: it shows what this one shows, and is added to those that are looked at.
fn look_at(model: &mut Model, key: CallKey, looked: &mut SmallVec<[CallKey; 4]>, now: Millis) {
    let Some(entry) = model.calls.get_mut(&key) else { return };
    // Nobody else asks for them meanwhile: taken and given back, they need not be copied.
    let channels = std::mem::take(&mut entry.channels);
    for key in &channels {
        if let Some(channel) = model.channels.at_mut(*key) {
            model.registry.seat(channel, &model.settings);
        }
    }
    for key in &channels {
        if let Some(other) = leg::look_at(model, *key, now).filter(|other| !looked.contains(other)) {
            looked.push(other);
        }
    }
    note_origin(model, key, channels);
}

/// Notes who began the call: the first of its channels that calls, looked at again while it is there.
fn note_origin(model: &mut Model, key: CallKey, of_call: Channels) {
    let Model { calls, channels, registry, settings, .. } = model;
    let Some(entry) = calls.get_mut(&key) else { return };
    entry.channels = of_call;
    let calling = |channel: &&Channel| {
        channel.visible()
            && channel.direction() == Direction::Outbound
            && channel.past.rang.or(channel.past.answered).is_some()
    };
    let channel = match &entry.origin {
        // It may have been away, and is there again under another key.
        Some(origin) => channels.at(origin.channel).or_else(|| channels.get(&origin.uid)),
        None => entry.channels.iter().filter_map(|key| channels.at(*key)).find(calling),
    };
    let Some(channel) = channel else { return };
    let who = registry.party_at_channel(channel, settings);
    let known = |origin: &Origin| origin.channel == channel.key && who.is(&origin.party);
    if !entry.origin.as_ref().is_some_and(known) {
        let (uid, party) = (Arc::clone(&channel.uid), who.party());
        entry.origin = Some(Origin { channel: channel.key, uid, party });
    }
    if entry.dialled.is_none() && !channel.past.dialled.is_empty() {
        entry.dialled = Some(channel.past.dialled.to_string());
    }
}

fn draw_call(model: &Model, key: CallKey) -> Option<Call> {
    let entry = model.calls.get(&key)?;
    let mut legs: Vec<Leg> = Vec::with_capacity(entry.channels.len());
    for key in &entry.channels {
        let Some(leg) = leg::draw(model, *key) else { continue };
        // Two devices of one extension that ring for one call are one card.
        let twin = legs.iter().any(|other| {
            other.extension.is_some()
                && other.extension == leg.extension
                && other.state == LegState::Ringing
                && leg.state == LegState::Ringing
        });
        if !twin {
            legs.push(leg);
        }
    }
    let origin = match &entry.origin {
        Some(origin) => Arc::clone(&origin.party),
        None => Arc::clone(&legs.first()?.party),
    };
    if legs.is_empty() {
        return None;
    }
    let direction = match origin.kind {
        PartyKind::Outside => Direction::Inbound,
        PartyKind::Inside | PartyKind::Service(_) if entry.went_out => Direction::Outbound,
        PartyKind::Inside | PartyKind::Service(_) => Direction::Internal,
    };
    let via = Via { dialled: entry.dialled.clone(), queue: entry.queue.clone() };
    Some(Call { id: entry.id.clone(), origin, direction, via, started: entry.started, legs })
}

fn draw_extension(
    model: &Model,
    published: &Map<CallKey, Arc<Call>>,
    extension: &Extension,
) -> Option<ExtensionState> {
    let station = model.registry.stations.get(extension)?;
    let at = model.at.get(extension).into_iter().flatten();
    let mut calls: SmallVec<[CallKey; 4]> =
        at.filter_map(|key| model.channels.at(*key)).map(|channel| channel.call).collect();
    calls.sort_unstable();
    calls.dedup();
    let mut legs: SmallVec<[(Status, &Leg, &CallId); 4]> = SmallVec::new();
    for call in calls.iter().filter_map(|key| published.get(key)) {
        for leg in call.legs.iter().filter(|leg| leg.extension.as_ref() == Some(extension)) {
            legs.push((of_leg(leg, call.via.queue.as_ref()), leg, &call.id));
        }
    }
    let deciding = legs.iter().max_by_key(|(status, leg, _)| (precedence(*status), leg.since));
    let Some((status, leg, call)) = deciding else {
        let status = match station.registration {
            Registration::Registered => Status::Free,
            Registration::Unregistered => Status::Offline,
            Registration::Unknown => Status::Unknown,
        };
        return Some(ExtensionState {
            extension: extension.clone(),
            registration: station.registration,
            status,
            mark: None,
            with: None,
            call: None,
            leg: None,
            since: station.since,
        });
    };
    Some(ExtensionState {
        extension: extension.clone(),
        registration: station.registration,
        status: *status,
        mark: mark(*status, legs.iter().map(|(status, ..)| *status)),
        with: leg.peer.clone(),
        call: Some((*call).clone()),
        leg: Some(leg.id.clone()),
        since: Some(leg.since),
    })
}

fn draw_queue(model: &Model, name: &QueueName) -> Option<Queue> {
    let entry = model.queues.get(name)?;
    let waiting = entry.waiting.iter().filter_map(|(key, since)| {
        let channel = model.channels.at(*key)?;
        let party = model.registry.party_at_channel(channel, &model.settings).party();
        Some(Waiting { leg: channel.leg.clone()?, party, since: *since })
    });
    let mut members: Vec<QueueMember> = entry
        .members
        .iter()
        .map(|(interface, member)| QueueMember {
            name: line(if member.name.is_empty() { interface } else { &member.name }, NAME).into_owned(),
            extension: model.registry.extension_of_interface(
                interface,
                &member.state_interface,
                &model.settings,
            ),
            paused: member.paused,
        })
        .collect();
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Some(Queue { name: name.clone(), waiting: waiting.collect(), members })
}
