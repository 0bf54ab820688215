//! Which handler each event of the PBX goes to. Not what the handlers do, and not responses or orders.

use crate::channel::{ChannelKey, Dialled, write};
use crate::model::Model;
use crate::registry::NameSource;
use frontdesk_ami::Event;
use frontdesk_ami::event::Channel;
use frontdesk_protocol::{Extension, Hold, MailboxId, Millis, QueueName};

impl Model {
    /// Takes in one event or list item. What means nothing here changes nothing.
    pub(crate) fn event(&mut self, event: &Event<'_>, now: Millis) {
        match event {
            Event::Channel(channel) => {
                self.channel(channel, now);
            }
            Event::Snapshot(channel) => {
                self.known(channel);
            }
            Event::Hangup { channel, cause } => self.hangup(channel, *cause),
            Event::DialBegin { source, dest } => self.dial_begins(source.as_ref(), dest, now),
            Event::DialState { source, dest } => {
                self.known_if(source.as_ref());
                self.known(dest);
            }
            Event::DialEnd { source, dest, status } => {
                let source = self.known_if(source.as_ref());
                let dest = self.known_if(dest.as_ref());
                self.dial_end(source, dest, status);
            }
            Event::Bridge(bridge) => {
                self.bridge(bridge);
            }
            Event::BridgeEnter { bridge, channel } => {
                if let (Some(key), Some(bridge)) = (self.channel(channel, now), self.bridge(bridge)) {
                    self.enter_bridge(key, bridge);
                }
            }
            Event::BridgeLeave { bridge, channel } => {
                if let Some(key) = self.known(channel)
                    && let Some(bridge) = self.bridges.key(bridge.id)
                    && self.channels.at(key).is_some_and(|channel| channel.ties.bridge == Some(bridge))
                {
                    self.leave_bridge(key);
                }
            }
            Event::BridgeDestroy(bridge) => self.bridge_destroyed(bridge.id),
            Event::Hold(channel) => self.held(channel, Hold::Here),
            Event::Unhold(channel) => self.held(channel, Hold::None),
            _ => self.rarer_event(event, now),
        }
    }

    /// What a call has at most once.
    fn rarer_event(&mut self, event: &Event<'_>, now: Millis) {
        match event {
            Event::ListedChannel { channel, application, data, seconds, bridge } => {
                self.listed_channel(channel, *seconds, bridge, now);
                if let Some(key) = self.channels.key(channel.uniqueid) {
                    self.runs(key, application);
                    if *application == "Queue" {
                        self.listed_in_queue(key, data);
                    }
                }
            }
            Event::Status { channel, application, bridge: _ } => {
                if let Some(key) = self.known(channel) {
                    self.runs(key, application);
                    self.touch(key);
                }
            }
            Event::Renamed { uniqueid, name } => self.rename(uniqueid, name),
            Event::LocalPair { one, two } => {
                if let (Some(one), Some(two)) = (self.known(one), self.known(two)) {
                    self.pair(one, two);
                }
            }
            Event::Pickup { channel, .. } => {
                // Who picks up was called, in the end.
                let picker = self.known(channel);
                if let Some(channel) = picker.and_then(|key| self.channels.at_mut(key)) {
                    channel.ties.dialled = Dialled::Over;
                    channel.place.calls = None;
                    self.dirty.calls.insert(channel.call);
                }
            }
            Event::BlindTransfer { result: "Success", transferer, exten } => {
                let key = self.known(transferer);
                self.handed(key, exten);
            }
            Event::AttendedTransfer { result: "Success", original, second, target } => {
                let to = target.map(|target| target.caller_number).unwrap_or_default();
                for side in [original, second] {
                    let key = self.known(side);
                    self.handed(key, to);
                }
            }
            _ => self.office_event(event, now),
        }
    }

    fn office_event(&mut self, event: &Event<'_>, now: Millis) {
        match event {
            Event::QueueJoin { channel, queue, position } => {
                if let Some(key) = self.channel(channel, now) {
                    self.queue_join(key, queue, *position, now);
                }
            }
            Event::QueueEntry { uniqueid, queue, position, seconds } => {
                if let Some(key) = self.channels.key(uniqueid) {
                    self.queue_join(key, queue, *position, ago(now, *seconds));
                }
            }
            Event::QueueLeave { channel } => {
                if let Some(key) = self.known(channel) {
                    self.unqueue(key);
                }
            }
            Event::Queue { queue } => self.queue(queue),
            Event::QueueMember(member) => self.queue_member(member),
            Event::QueueMemberRemoved(member) => self.queue_member_gone(member),
            Event::ParkingLot { lot } => self.lot(lot),
            Event::Parked(parked) => {
                if let Some(key) = self.channel(&parked.channel, now) {
                    self.park(key, parked, now);
                }
            }
            Event::Unparked(parked) => {
                if let Some(key) = self.known(&parked.channel) {
                    self.unpark(key);
                }
            }
            _ => self.station_event(event, now),
        }
    }

    fn station_event(&mut self, event: &Event<'_>, now: Millis) {
        let (registry, dirty) = (&mut self.registry, &mut self.dirty);
        let changed = match event {
            Event::Hint { exten, devices, status, .. } => {
                registry.hint(exten, devices, *status, &self.settings, dirty, now)
            }
            Event::Device { device, state } => {
                registry.device_state(device, state, &self.settings, dirty, now)
            }
            Event::Endpoint { name, state } => {
                let device = format!("PJSIP/{name}");
                let changed = registry.device_state(&device, state, &self.settings, dirty, now);
                registry.listed_endpoint(&device);
                changed
            }
            Event::Contact(contact) => {
                registry.contact(contact, dirty, now);
                false
            }
            Event::Peer { device, status } => {
                registry.peer(device, status, dirty, now);
                false
            }
            Event::Messages { mailbox, new, old, channel } => {
                registry.mailbox(mailbox, *new, *old, "", dirty);
                self.known_if(channel.as_ref());
                false
            }
            Event::VoicemailUser { mailbox, context, name, new, old } => {
                let id = format!("{mailbox}@{context}");
                registry.mailbox(&id, *new, *old, name, dirty);
                if let (Some(roll), Ok(id)) = (&mut registry.roll, MailboxId::parse(&id)) {
                    roll.mailboxes.insert(id);
                }
                false
            }
            Event::Database { key, value } => {
                self.ampuser(key, value);
                false
            }
            _ => false,
        };
        if changed {
            let all: Vec<ChannelKey> = self.channels.values().map(|channel| channel.key).collect();
            for key in all {
                self.reclassify(key);
            }
        }
    }

    /// `/AMPUSER/1001/cidname` names an extension of a FreePBX.
    fn ampuser(&mut self, key: &str, value: &str) {
        let mut parts = key.trim_start_matches('/').split('/').skip_while(|part| *part == "AMPUSER");
        if let (Some(number), Some("cidname")) = (parts.next(), parts.next())
            && let Ok(extension) = Extension::parse(number)
        {
            self.registry.named(&extension, NameSource::Ampuser, value, &mut self.dirty);
        }
    }

    fn held(&mut self, channel: &Channel<'_>, hold: Hold) {
        if let Some(key) = self.known(channel) {
            self.hold(key, hold);
        }
    }

    fn runs(&mut self, key: ChannelKey, application: &str) {
        if let Some(channel) = self.channels.at_mut(key) {
            write(&mut channel.facts.application, application);
        }
    }

    fn rename(&mut self, uid: &str, name: &str) {
        let Some(key) = self.channels.key(uid).filter(|_| !name.is_empty()) else { return };
        if let Some(channel) = self.channels.at_mut(key) {
            channel.facts.name = name.into();
            self.reclassify(key);
        }
    }

    fn handed(&mut self, key: Option<ChannelKey>, to: &str) {
        let Some(key) = key else { return };
        let name = self.registry.party_of_number(to, "", &self.settings).party().display().to_owned();
        if let Some(channel) = self.channels.at_mut(key) {
            channel.past.handed_to.get_or_insert(name.into());
        }
    }

    fn dial_begins(&mut self, source: Option<&Channel<'_>>, dest: &Channel<'_>, now: Millis) {
        let told = source.is_some();
        let source = source.and_then(|source| self.channel(source, now));
        let dest = self.channel(dest, now);
        let stale = dest
            .and_then(|dest| self.channels.at(dest))
            .is_some_and(|channel| matches!(channel.ties.dialled, Dialled::Answered | Dialled::Over));
        if let Some(dest) = dest.filter(|_| !stale && (source.is_some() || !told)) {
            self.dial_begin(source, dest);
        }
    }

    fn pair(&mut self, one: ChannelKey, two: ChannelKey) {
        for (half, other) in [(one, two), (two, one)] {
            if let Some(channel) = self.channels.at_mut(half) {
                channel.ties.half = Some(other);
                self.dirty.calls.insert(channel.call);
            }
        }
    }

    /// A channel of the list of those that were up before the link was.
    fn listed_channel(&mut self, listed: &Channel<'_>, seconds: u64, bridge: &str, now: Millis) {
        let fresh = !self.channels.contains_key(listed.uniqueid);
        let Some(key) = self.channel(listed, now) else { return };
        let started = ago(now, seconds);
        let Some(channel) = self.channels.at_mut(key) else { return };
        if fresh {
            channel.past.seen = channel.past.seen.min(started);
            // Whatever it does, it has done for a while.
            channel.passing = Some(started);
            if let Some(call) = self.calls.get_mut(&channel.call) {
                call.started = call.started.min(started);
            }
        }
        self.listed_bridge(key, bridge, fresh);
    }

    /// A caller runs `Queue(support,…)`, whether still waiting or talking to a member: the call came through it.
    fn listed_in_queue(&mut self, key: ChannelKey, data: &str) {
        let queue = QueueName::parse(data.split(',').next().unwrap_or_default());
        let call = self.channels.at(key).and_then(|channel| self.calls.get_mut(&channel.call));
        if let (Ok(queue), Some(call)) = (queue, call) {
            call.queue.get_or_insert(queue);
        }
    }

    fn listed_bridge(&mut self, key: ChannelKey, bridge: &str, fresh: bool) {
        if !bridge.is_empty() {
            let bridge = self.bridge_of_id(bridge);
            if self.channels.at(key).is_some_and(|channel| channel.ties.bridge != Some(bridge)) {
                self.enter_bridge(key, bridge);
            }
            // Nothing tells whether somebody pressed hold before we came.
            if fresh {
                self.hold(key, Hold::Unknown);
            }
        }
    }
}

/// The instant so many seconds before.
pub(crate) fn ago(now: Millis, seconds: u64) -> Millis {
    let millis = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
    Millis(now.0.saturating_sub(millis))
}
