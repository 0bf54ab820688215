//! Draws the office from the model: only what is dirty, and only what really differs. Not the facts themselves.

mod leg;

use crate::channel::{CallKey, Uid};
use crate::model::Model;
use frontdesk_protocol::status::{mark, of_leg, precedence};
use frontdesk_protocol::{
    Call, CallId, Change, Direction, Extension, ExtensionState, Leg, LegId, Millis, Office, ParkedCaller,
    ParkingLot, PartyKind, Person, Queue, QueueMember, QueueName, Registration, Status, Via, Waiting,
};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The office as it was last published.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub office: Office,
    published: HashMap<CallKey, CallId>,
}

impl View {
    /// Draws what is dirty and gives the changes from the office before.
    pub(crate) fn draw(&mut self, model: &mut Model, now: Millis) -> Vec<Change> {
        let mut changes = Vec::new();
        if std::mem::take(&mut model.dirty.people) {
            self.draw_people(model, &mut changes);
        }
        let due: Vec<(Millis, Uid)> =
            model.settling.iter().take_while(|(at, _)| *at <= now).cloned().collect();
        for (at, uid) in due {
            model.touch(&uid);
            model.settling.remove(&(at, uid));
        }
        for key in std::mem::take(&mut model.dirty.calls) {
            self.draw_call(model, key, now, &mut changes);
        }
        for extension in std::mem::take(&mut model.dirty.extensions) {
            match draw_extension(model, &self.office, &extension) {
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
            let parked = spaces.iter().filter_map(|(space, (uid, since))| {
                let channel = model.channels.get(uid)?;
                let party = model.registry.party_at_channel(channel, &model.settings);
                Some(ParkedCaller { space: space.clone(), leg: leg_id(uid)?, party, since: *since })
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

    fn draw_people(&mut self, model: &mut Model, changes: &mut Vec<Change>) {
        let people = model.registry.draw_people();
        let gone: Vec<_> =
            self.office.people.keys().filter(|id| !people.contains_key(*id)).cloned().collect();
        let mut touched = Touched::default();
        for id in gone {
            touched.by(self.office.people.get(&id));
            lose(&mut self.office.people, id, Change::PersonGone, changes);
        }
        for (id, person) in &people {
            let before = self.office.people.get(id);
            if before != Some(person) {
                touched.by(before);
                touched.by(Some(person));
                self.office.people.insert(id.clone(), Arc::clone(person));
                changes.push(Change::Person(Arc::clone(person)));
            }
        }
        model.registry.adopt_people(people);
        touched.redraw(model);
    }

    fn draw_call(&mut self, model: &mut Model, key: CallKey, now: Millis, changes: &mut Vec<Change>) {
        let call = draw_call(model, key, now);
        let before = self.published.get(&key).cloned();
        let legs_before = before.as_ref().and_then(|id| self.office.calls.get(id)).map(Arc::clone);
        for extension in
            legs_before.iter().flat_map(|call| &call.legs).filter_map(|leg| leg.extension.clone())
        {
            model.dirty.extensions.insert(extension);
        }
        if let Some(gone) = before.filter(|id| call.as_ref().is_none_or(|call| call.id != *id)) {
            self.published.remove(&key);
            lose(&mut self.office.calls, gone, Change::CallGone, changes);
        }
        let Some(call) = call else { return };
        model.dirty.extensions.extend(call.legs.iter().filter_map(|leg| leg.extension.clone()));
        self.published.insert(key, call.id.clone());
        keep(&mut self.office.calls, call.id.clone(), call, Change::Call, changes);
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
            model.dirty.calls.extend(model.channels.get(channel).map(|channel| channel.call));
        }
        if self.outside || !self.extensions.is_empty() {
            model.dirty.queues.extend(model.queues.keys().cloned());
            model.dirty.lots.extend(model.lots.keys().cloned());
        }
        model.dirty.extensions.extend(self.extensions);
    }
}

fn keep<K: Ord, V: PartialEq>(
    map: &mut std::collections::BTreeMap<K, Arc<V>>,
    key: K,
    value: V,
    change: fn(Arc<V>) -> Change,
    changes: &mut Vec<Change>,
) {
    if map.get(&key).is_some_and(|before| **before == value) {
        return;
    }
    let value = Arc::new(value);
    map.insert(key, Arc::clone(&value));
    changes.push(change(value));
}

fn lose<K: Ord + Clone, V>(
    map: &mut std::collections::BTreeMap<K, Arc<V>>,
    key: K,
    change: fn(K) -> Change,
    changes: &mut Vec<Change>,
) {
    if map.remove(&key).is_some() {
        changes.push(change(key));
    }
}

pub(crate) fn leg_id(uid: &str) -> Option<LegId> {
    LegId::parse(uid).ok()
}

fn draw_call(model: &mut Model, key: CallKey, now: Millis) -> Option<Call> {
    let channels = model.calls.get(&key)?.channels.clone();
    let mut legs: Vec<Leg> = Vec::new();
    for uid in &channels {
        let Some(leg) = leg::draw(model, uid, now) else { continue };
        // Two devices of one extension that ring for one call are one card.
        let twin = legs.iter().any(|other| {
            other.extension.is_some()
                && other.extension == leg.extension
                && other.state == frontdesk_protocol::LegState::Ringing
                && leg.state == frontdesk_protocol::LegState::Ringing
        });
        if !twin {
            legs.push(leg);
        }
    }
    let origin = origin(model, key, &channels);
    let entry = model.calls.get_mut(&key)?;
    entry.origin = origin.or(entry.origin.take());
    if legs.is_empty() {
        return None;
    }
    let origin = match &entry.origin {
        Some((_, party)) => party.clone(),
        None => legs.first()?.party.clone(),
    };
    let direction = match origin.kind {
        PartyKind::Outside => Direction::Inbound,
        PartyKind::Inside | PartyKind::Service(_) if entry.went_out => Direction::Outbound,
        PartyKind::Inside | PartyKind::Service(_) => Direction::Internal,
    };
    let via = Via { dialled: entry.dialled.clone(), queue: entry.queue.clone() };
    Some(Call { id: entry.id.clone(), origin, direction, via, started: entry.started, legs })
}

/// Who began the call: the first that calls, looked at again while it is there.
fn origin(model: &mut Model, key: CallKey, channels: &[Uid]) -> Option<(Uid, frontdesk_protocol::Party)> {
    let entry = model.calls.get(&key)?;
    let caller = |uid: &&Uid| {
        model.channels.get(*uid).is_some_and(|channel| {
            channel.visible()
                && channel.direction() == Direction::Outbound
                && channel.past.rang.or(channel.past.answered).is_some()
        })
    };
    let uid = match &entry.origin {
        Some((uid, _)) => Arc::clone(uid),
        None => Arc::clone(channels.iter().find(caller)?),
    };
    let channel = model.channels.get(&uid)?;
    let party = model.registry.party_at_channel(channel, &model.settings);
    let dialled = channel.past.dialled.as_ref().to_owned();
    if let Some(entry) = model.calls.get_mut(&key)
        && entry.dialled.is_none()
        && !dialled.is_empty()
    {
        entry.dialled = Some(dialled);
    }
    Some((uid, party))
}

fn draw_extension(model: &Model, office: &Office, extension: &Extension) -> Option<ExtensionState> {
    let station = model.registry.stations.get(extension)?;
    let mut legs: Vec<(Status, Leg, CallId)> = Vec::new();
    let mut calls: BTreeSet<CallKey> = BTreeSet::new();
    for uid in model.at.get(extension).into_iter().flatten() {
        calls.extend(model.channels.get(uid).map(|channel| channel.call));
    }
    for call in calls.iter().filter_map(|key| office.calls.get(&model.calls.get(key)?.id)) {
        for leg in call.legs.iter().filter(|leg| leg.extension.as_ref() == Some(extension)) {
            legs.push((of_leg(leg, call.via.queue.as_ref()), leg.clone(), call.id.clone()));
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
        call: Some(call.clone()),
        leg: Some(leg.id.clone()),
        since: Some(leg.since),
    })
}

fn draw_queue(model: &Model, name: &QueueName) -> Option<Queue> {
    let entry = model.queues.get(name)?;
    let waiting = entry.waiting.iter().filter_map(|(uid, since)| {
        let channel = model.channels.get(uid)?;
        let party = model.registry.party_at_channel(channel, &model.settings);
        Some(Waiting { leg: leg_id(uid)?, party, since: *since })
    });
    let mut members: Vec<QueueMember> = entry
        .members
        .iter()
        .map(|(interface, member)| QueueMember {
            name: if member.name.is_empty() { interface.clone() } else { member.name.clone() },
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
