//! Queues and parking lots. Not their drawing; that is `view`.

use super::{Member, Model};
use crate::channel::ChannelKey;
use crate::events::ago;
use frontdesk_ami::event::{Member as MemberSnapshot, Parked};
use frontdesk_protocol::{Extension, LotName, Millis, QueueName};

impl Model {
    /// A caller waits in a queue: its call came through it from now on.
    pub(crate) fn queue_join(&mut self, key: ChannelKey, queue: &str, position: u32, since: Millis) {
        let Ok(name) = QueueName::parse(queue) else { return };
        let Some(channel) = self.channels.at(key) else { return };
        // Nobody waits in two queues: the end of the waiting in the other one was not told.
        if channel.place.queue.as_ref().is_some_and(|other| *other != name) {
            self.unqueue(key);
        }
        let Some(channel) = self.channels.at_mut(key) else { return };
        channel.place.queue = Some(name.clone());
        let call = channel.call;
        self.dirty.calls.insert(call);
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.queue = Some(name.clone());
        }
        let entry = self.queues.entry(name.clone()).or_default();
        if !entry.waiting.iter().any(|(other, _)| *other == key) {
            let place =
                usize::try_from(position).unwrap_or(usize::MAX).saturating_sub(1).min(entry.waiting.len());
            entry.waiting.insert(place, (key, since));
        }
        self.dirty.queues.insert(name);
    }

    /// A caller waits no more: connected, given up or moved.
    pub(crate) fn unqueue(&mut self, key: ChannelKey) {
        let Some(channel) = self.channels.at_mut(key) else { return };
        let queue = channel.place.queue.take();
        self.dirty.calls.insert(channel.call);
        if let Some(name) = queue {
            self.leave_queue(&name, key);
        }
    }

    /// Nobody of this key waits in this queue.
    pub(super) fn leave_queue(&mut self, name: &QueueName, key: ChannelKey) {
        let Some(queue) = self.queues.get_mut(name) else { return };
        queue.waiting.retain(|(other, _)| *other != key);
        self.dirty.queues.insert(name.clone());
    }

    /// A queue exists.
    pub(crate) fn queue(&mut self, queue: &str) {
        if let Ok(name) = QueueName::parse(queue) {
            if let Some(roll) = &mut self.registry.roll {
                roll.queues.entry(name.clone()).or_default();
            }
            self.queues.entry(name.clone()).or_default();
            self.dirty.queues.insert(name);
        }
    }

    /// A member of a queue as it is now.
    pub(crate) fn queue_member(&mut self, snapshot: &MemberSnapshot<'_>) {
        let Ok(name) = QueueName::parse(snapshot.queue) else { return };
        if snapshot.interface.is_empty() {
            return;
        }
        if let Some(roll) = &mut self.registry.roll {
            roll.queues.entry(name.clone()).or_default().insert(snapshot.interface.to_owned());
        }
        let member = Member {
            name: snapshot.name.to_owned(),
            state_interface: snapshot.state_interface.to_owned(),
            paused: snapshot.paused,
        };
        let members = &mut self.queues.entry(name.clone()).or_default().members;
        if members.get(snapshot.interface) != Some(&member) {
            members.insert(snapshot.interface.to_owned(), member);
            self.dirty.queues.insert(name);
        }
    }

    /// A member left a queue.
    pub(crate) fn queue_member_gone(&mut self, snapshot: &MemberSnapshot<'_>) {
        let Ok(name) = QueueName::parse(snapshot.queue) else { return };
        if let Some(queue) = self.queues.get_mut(&name) {
            queue.members.remove(snapshot.interface);
            self.dirty.queues.insert(name);
        }
    }

    /// A parking lot exists.
    pub(crate) fn lot(&mut self, lot: &str) {
        if let Ok(name) = LotName::parse(lot) {
            if let Some(roll) = &mut self.registry.roll {
                roll.lots.insert(name.clone());
            }
            self.lots.entry(name.clone()).or_default();
            self.dirty.lots.insert(name);
        }
    }

    /// A caller waits in a parking space.
    pub(crate) fn park(&mut self, key: ChannelKey, parked: &Parked<'_>, now: Millis) {
        let (Ok(lot), Ok(space)) = (LotName::parse(parked.lot), Extension::parse(parked.space)) else {
            return;
        };
        let Some(channel) = self.channels.at(key) else { return };
        let there = (lot, space);
        if channel.place.parked.as_ref() != Some(&there) {
            // A space holds one caller, and a caller is in one space: what ended before was not told.
            self.unpark(key);
            let before = self.lots.get(&there.0).and_then(|lot| lot.get(&there.1));
            if let Some(before) = before.map(|(before, _)| *before) {
                self.unpark(before);
            }
            let since = ago(now, parked.seconds);
            self.lots.entry(there.0.clone()).or_default().insert(there.1.clone(), (key, since));
        }
        self.dirty.lots.insert(there.0.clone());
        if let Some(channel) = self.channels.at_mut(key) {
            channel.place.parked = Some(there);
            self.dirty.calls.insert(channel.call);
        }
    }

    /// A caller waits no more in a parking space.
    pub(crate) fn unpark(&mut self, key: ChannelKey) {
        let Some(channel) = self.channels.at_mut(key) else { return };
        let place = channel.place.parked.take();
        self.dirty.calls.insert(channel.call);
        if let Some(place) = place {
            self.leave_space(&place, key);
        }
    }

    /// Nobody of this key waits in this space.
    pub(super) fn leave_space(&mut self, (lot, space): &(LotName, Extension), key: ChannelKey) {
        let Some(spaces) = self.lots.get_mut(lot) else { return };
        if spaces.get(space).is_some_and(|(other, _)| *other == key) {
            spaces.remove(space);
            self.dirty.lots.insert(lot.clone());
        }
    }
}
