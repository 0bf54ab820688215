//! Which handler each AMI event goes to. Not what the handlers do, and not responses or orders.

use crate::channel::{Dialled, Uid};
use crate::model::Model;
use crate::packet::{Packet, Prefixed, set};
use crate::registry::NameSource;
use frontdesk_protocol::{Extension, Hold, MailboxId, Millis, QueueName};

impl Model {
    /// Takes in one event or list item. An unknown kind changes nothing.
    pub(crate) fn event(&mut self, kind: &str, packet: &impl Packet, now: Millis) {
        match kind {
            "Newchannel" | "Newstate" => {
                self.channel(packet, now);
            }
            "NewCallerid" | "NewConnectedLine" | "HangupRequest" | "SoftHangupRequest"
            | "MusicOnHoldStart" | "MusicOnHoldStop" => {
                self.known(packet, now);
            }
            "Status" => {
                if let Some(channel) = self.known(packet, now).and_then(|uid| self.channels.get_mut(&uid)) {
                    set(&mut channel.facts.application, packet.field("Application"));
                    self.dirty.calls.insert(channel.call);
                }
            }
            "Rename" => self.rename(packet, now),
            "Hangup" => self.hangup(packet, now),
            "DialBegin" | "DialState" | "DialEnd" => self.dial_event(kind, packet, now),
            "BridgeCreate" | "BridgeListItem" => {
                self.bridge(packet);
            }
            "BridgeEnter" => {
                if let (Some(uid), Some(bridge)) = (self.channel(packet, now), self.bridge(packet)) {
                    self.enter_bridge(&uid, &bridge);
                }
            }
            "BridgeLeave" => {
                if let Some(uid) = self.known(packet, now) {
                    let bridge = packet.field("BridgeUniqueid");
                    let there = self.channels.get(&uid).and_then(|channel| channel.ties.bridge.as_deref())
                        == Some(bridge);
                    if there {
                        self.leave_bridge(&uid);
                    }
                }
            }
            "BridgeDestroy" => self.bridge_destroyed(packet.field("BridgeUniqueid")),
            "Hold" | "Unhold" => {
                if let Some(uid) = self.known(packet, now) {
                    self.hold(&uid, if kind == "Hold" { Hold::Here } else { Hold::None });
                }
            }
            "LocalBridge" => {
                let one = self.known(&Prefixed::new(packet, "LocalOne"), now);
                let two = self.known(&Prefixed::new(packet, "LocalTwo"), now);
                if let (Some(one), Some(two)) = (one, two) {
                    self.pair(&one, &two);
                }
            }
            "Pickup" => {
                // Who picks up was called, in the end.
                let picker = self.known(packet, now);
                if let Some(channel) = picker.and_then(|uid| self.channels.get_mut(&uid)) {
                    channel.ties.dialled = Dialled::Over;
                    channel.place.calls = None;
                    self.dirty.calls.insert(channel.call);
                }
            }
            "BlindTransfer" if packet.field("Result") == "Success" => {
                let target = packet.field("Extension").to_owned();
                let uid = self.known(&Prefixed::new(packet, "Transferer"), now);
                self.handed(uid, &target);
            }
            "AttendedTransfer" if packet.field("Result") == "Success" => {
                let to = Prefixed::new(packet, "TransferTarget").field("CallerIDNum").to_owned();
                for side in ["OrigTransferer", "SecondTransferer"] {
                    let uid = self.known(&Prefixed::new(packet, side), now);
                    self.handed(uid, &to);
                }
            }
            _ => self.office_event(kind, packet, now),
        }
    }

    fn office_event(&mut self, kind: &str, packet: &impl Packet, now: Millis) {
        match kind {
            "QueueCallerJoin" => {
                if let Some(uid) = self.channel(packet, now) {
                    self.queue_join(&uid, packet.field("Queue"), packet.number("Position"), now);
                }
            }
            "QueueEntry" => {
                let wait = u64::from(packet.number("Wait")) * 1_000;
                let since = Millis(now.0.saturating_sub(i64::try_from(wait).unwrap_or(0)));
                let uid =
                    self.channels.get_key_value(packet.field("Uniqueid")).map(|(uid, _)| Uid::clone(uid));
                if let Some(uid) = uid {
                    self.queue_join(&uid, packet.field("Queue"), packet.number("Position"), since);
                }
            }
            "QueueCallerLeave" | "QueueCallerAbandon" => {
                if let Some(uid) = self.known(packet, now) {
                    self.unqueue(&uid);
                }
            }
            "QueueParams" => self.queue(packet.field("Queue")),
            "QueueMember" | "QueueMemberAdded" | "QueueMemberStatus" | "QueueMemberPause" => {
                self.queue_member(packet)
            }
            "QueueMemberRemoved" => self.queue_member_gone(packet),
            "Parkinglot" => self.lot(packet.field("Name")),
            "ParkedCall" => {
                if let Some(uid) = self.channel(&Prefixed::new(packet, "Parkee"), now) {
                    self.park(&uid, packet, now);
                }
            }
            "UnParkedCall" | "ParkedCallGiveUp" | "ParkedCallTimeOut" => {
                if let Some(uid) = self.known(&Prefixed::new(packet, "Parkee"), now) {
                    self.unpark(&uid);
                }
            }
            "CoreShowChannel" => self.listed_channel(packet, now),
            _ => self.station_event(kind, packet, now),
        }
    }

    fn station_event(&mut self, kind: &str, packet: &impl Packet, now: Millis) {
        let changed = match kind {
            "ExtensionStatus" => self.registry.hint(packet, &self.settings, &mut self.dirty, now),
            "DeviceStateChange" => {
                let (device, state) = (packet.field("Device"), packet.field("State"));
                self.registry.device_state(device, state, &self.settings, &mut self.dirty, now)
            }
            "EndpointList" => {
                let device = format!("PJSIP/{}", packet.field("ObjectName"));
                let changed = self.registry.device_state(
                    &device,
                    packet.field("DeviceState"),
                    &self.settings,
                    &mut self.dirty,
                    now,
                );
                self.registry.listed_endpoint(&device);
                changed
            }
            "ContactStatus" | "ContactList" => {
                self.registry.contact(packet, &mut self.dirty, now);
                false
            }
            "PeerStatus" => {
                self.registry.peer(packet, &mut self.dirty, now);
                false
            }
            "MessageWaiting" => {
                self.known(packet, now);
                let (new, old) = (packet.number("New"), packet.number("Old"));
                self.registry.mailbox(packet.field("Mailbox"), new, old, "", &mut self.dirty);
                false
            }
            "VoicemailUserEntry" => {
                let id = format!("{}@{}", packet.field("VoiceMailbox"), packet.field("VMContext"));
                let (new, old) = (packet.number("NewMessageCount"), packet.number("OldMessageCount"));
                self.registry.mailbox(&id, new, old, packet.field("Fullname"), &mut self.dirty);
                if let (Some(roll), Ok(id)) = (&mut self.registry.roll, MailboxId::parse(&id)) {
                    roll.mailboxes.insert(id);
                }
                false
            }
            "DBGetTreeResponse" | "DBGetResponse" => {
                self.ampuser(packet.field("Key"), packet.field("Val"));
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

    fn rename(&mut self, packet: &impl Packet, _now: Millis) {
        let (uid, name) = (packet.field("Uniqueid"), packet.field("Newname"));
        let Some(channel) = self.channels.get_mut(uid) else { return };
        if !name.is_empty() {
            channel.facts.name = name.into();
            self.reclassify(uid);
        }
    }

    fn handed(&mut self, uid: Option<Uid>, to: &str) {
        let Some(uid) = uid else { return };
        let name = self.registry.party_of_number(to, "", &self.settings).display().to_owned();
        if let Some(channel) = self.channels.get_mut(&uid) {
            channel.past.handed_to.get_or_insert(name);
        }
    }

    fn dial_event(&mut self, kind: &str, packet: &impl Packet, now: Millis) {
        let has_source = !packet.field("Uniqueid").is_empty();
        let dest_packet = Prefixed::new(packet, "Dest");
        if kind == "DialBegin" {
            let source = self.channel(packet, now);
            let dest = self.channel(&dest_packet, now);
            let stale = dest
                .as_ref()
                .and_then(|dest| self.channels.get(dest))
                .is_some_and(|channel| matches!(channel.ties.dialled, Dialled::Answered | Dialled::Over));
            if let Some(dest) = dest.filter(|_| !stale && (source.is_some() || !has_source)) {
                self.dial_begin(source.as_ref(), &dest);
            }
            return;
        }
        let source = self.known(packet, now);
        let dest = self.known(&dest_packet, now);
        if kind == "DialEnd" {
            self.dial_end(source.as_ref(), dest.as_ref(), packet.field("DialStatus"));
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
    fn listed_channel(&mut self, packet: &impl Packet, now: Millis) {
        let fresh = !self.channels.contains_key(packet.field("Uniqueid"));
        let Some(uid) = self.channel(packet, now) else { return };
        let started = Millis(now.0.saturating_sub(seconds(packet.field("Duration")) * 1_000));
        let Some(channel) = self.channels.get_mut(&uid) else { return };
        if fresh {
            channel.past.seen = channel.past.seen.min(started);
            // Whatever it does, it has done for a while.
            channel.passing = Some(started);
            if let Some(call) = self.calls.get_mut(&channel.call) {
                call.started = call.started.min(started);
            }
        }
        self.listed_bridge(&uid, packet.field("BridgeId"), fresh);
        if let Some(channel) = self.channels.get_mut(&uid) {
            set(&mut channel.facts.application, packet.field("Application"));
        }
        if packet.field("Application") == "Queue" {
            self.listed_in_queue(&uid, packet.field("ApplicationData"));
        }
    }

    /// A caller runs `Queue(support,…)`, whether still waiting or talking to a member: the call came through it.
    fn listed_in_queue(&mut self, uid: &Uid, data: &str) {
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

/// The seconds of `hh:mm:ss`.
fn seconds(text: &str) -> i64 {
    text.split(':').filter_map(|part| part.trim().parse::<i64>().ok()).fold(0, |sum, part| sum * 60 + part)
}
