//! Which handler each event of the PBX goes to. Not what the handlers do, and not responses or orders.

use crate::channel::{Dialled, Uid, write};
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
                self.dial_end(source.as_ref(), dest.as_ref(), status);
            }
            Event::Bridge(bridge) => {
                self.bridge(bridge);
            }
            Event::BridgeEnter { bridge, channel } => {
                if let (Some(uid), Some(bridge)) = (self.channel(channel, now), self.bridge(bridge)) {
                    self.enter_bridge(&uid, &bridge);
                }
            }
            Event::BridgeLeave { bridge, channel } => {
                if let Some(uid) = self.known(channel)
                    && self.channels.get(&uid).and_then(|channel| channel.ties.bridge.as_deref())
                        == Some(bridge.id)
                {
                    self.leave_bridge(&uid);
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
                self.runs(channel.uniqueid, application);
                if *application == "Queue" {
                    self.listed_in_queue(channel.uniqueid, data);
                }
            }
            Event::Status { channel, application, bridge: _ } => {
                if let Some(uid) = self.known(channel) {
                    self.runs(&uid, application);
                    self.touch(&uid);
                }
            }
            Event::Renamed { uniqueid, name } => self.rename(uniqueid, name),
            Event::LocalPair { one, two } => {
                if let (Some(one), Some(two)) = (self.known(one), self.known(two)) {
                    self.pair(&one, &two);
                }
            }
            Event::Pickup { channel, .. } => {
                // Who picks up was called, in the end.
                let picker = self.known(channel);
                if let Some(channel) = picker.and_then(|uid| self.channels.get_mut(&uid)) {
                    channel.ties.dialled = Dialled::Over;
                    channel.place.calls = None;
                    self.dirty.calls.insert(channel.call);
                }
            }
            Event::BlindTransfer { result: "Success", transferer, exten } => {
                let uid = self.known(transferer);
                self.handed(uid, exten);
            }
            Event::AttendedTransfer { result: "Success", original, second, target } => {
                let to = target.map(|target| target.caller_number).unwrap_or_default();
                for side in [original, second] {
                    let uid = self.known(side);
                    self.handed(uid, to);
                }
            }
            _ => self.office_event(event, now),
        }
    }

    fn office_event(&mut self, event: &Event<'_>, now: Millis) {
        match event {
            Event::QueueJoin { channel, queue, position } => {
                if let Some(uid) = self.channel(channel, now) {
                    self.queue_join(&uid, queue, *position, now);
                }
            }
            Event::QueueEntry { uniqueid, queue, position, seconds } => {
                let uid = self.channels.get_key_value(*uniqueid).map(|(uid, _)| Uid::clone(uid));
                if let Some(uid) = uid {
                    self.queue_join(&uid, queue, *position, ago(now, *seconds));
                }
            }
            Event::QueueLeave { channel } => {
                if let Some(uid) = self.known(channel) {
                    self.unqueue(&uid);
                }
            }
            Event::Queue { queue } => self.queue(queue),
            Event::QueueMember(member) => self.queue_member(member),
            Event::QueueMemberRemoved(member) => self.queue_member_gone(member),
            Event::ParkingLot { lot } => self.lot(lot),
            Event::Parked(parked) => {
                if let Some(uid) = self.channel(&parked.channel, now) {
                    self.park(&uid, parked, now);
                }
            }
            Event::Unparked(parked) => {
                if let Some(uid) = self.known(&parked.channel) {
                    self.unpark(&uid);
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
            let all: Vec<Uid> = self.channels.keys().cloned().collect();
            for uid in all {
                self.reclassify(&uid);
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
        if let Some(uid) = self.known(channel) {
            self.hold(&uid, hold);
        }
    }

    fn runs(&mut self, uid: &str, application: &str) {
        if let Some(channel) = self.channels.get_mut(uid) {
            write(&mut channel.facts.application, application);
        }
    }

    fn rename(&mut self, uid: &str, name: &str) {
        let Some(channel) = self.channels.get_mut(uid) else { return };
        if !name.is_empty() {
            channel.facts.name = name.into();
            self.reclassify(uid);
        }
    }

    fn handed(&mut self, uid: Option<Uid>, to: &str) {
        let Some(uid) = uid else { return };
        let name = self.registry.party_of_number(to, "", &self.settings).party().display().to_owned();
        if let Some(channel) = self.channels.get_mut(&uid) {
            channel.past.handed_to.get_or_insert(name.into());
        }
    }

    fn dial_begins(&mut self, source: Option<&Channel<'_>>, dest: &Channel<'_>, now: Millis) {
        let told = source.is_some();
        let source = source.and_then(|source| self.channel(source, now));
        let dest = self.channel(dest, now);
        let stale = dest
            .as_ref()
            .and_then(|dest| self.channels.get(dest))
            .is_some_and(|channel| matches!(channel.ties.dialled, Dialled::Answered | Dialled::Over));
        if let Some(dest) = dest.filter(|_| !stale && (source.is_some() || !told)) {
            self.dial_begin(source.as_ref(), &dest);
        }
    }

    fn pair(&mut self, one: &Uid, two: &Uid) {
        for (half, other) in [(one, two), (two, one)] {
            if let Some(channel) = self.channels.get_mut(half) {
                channel.ties.half = Some(Uid::clone(other));
                self.dirty.calls.insert(channel.call);
            }
        }
    }

    /// A channel of the list of those that were up before the link was.
    fn listed_channel(&mut self, listed: &Channel<'_>, seconds: u64, bridge: &str, now: Millis) {
        let fresh = !self.channels.contains_key(listed.uniqueid);
        let Some(uid) = self.channel(listed, now) else { return };
        let started = ago(now, seconds);
        let Some(channel) = self.channels.get_mut(&uid) else { return };
        if fresh {
            channel.past.seen = channel.past.seen.min(started);
            // Whatever it does, it has done for a while.
            channel.passing = Some(started);
            if let Some(call) = self.calls.get_mut(&channel.call) {
                call.started = call.started.min(started);
            }
        }
        self.listed_bridge(&uid, bridge, fresh);
    }

    /// A caller runs `Queue(support,…)`, whether still waiting or talking to a member: the call came through it.
    fn listed_in_queue(&mut self, uid: &str, data: &str) {
        let queue = QueueName::parse(data.split(',').next().unwrap_or_default());
        let call = self.channels.get(uid).and_then(|channel| self.calls.get_mut(&channel.call));
        if let (Ok(queue), Some(call)) = (queue, call) {
            call.queue.get_or_insert(queue);
        }
    }

    fn listed_bridge(&mut self, uid: &Uid, bridge: &str, fresh: bool) {
        if !bridge.is_empty() {
            let known =
                self.channels.get(uid).and_then(|channel| channel.ties.bridge.as_deref()) == Some(bridge);
            if !known {
                self.enter_bridge(uid, &bridge.into());
            }
            // Nothing tells whether somebody pressed hold before we came.
            if fresh {
                self.hold(uid, Hold::Unknown);
            }
        }
    }
}

/// The instant so many seconds before.
pub(crate) fn ago(now: Millis, seconds: u64) -> Millis {
    let millis = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
    Millis(now.0.saturating_sub(millis))
}
