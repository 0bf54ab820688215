//! Device states and hints: what an endpoint is as a whole. Not single channels.

use super::channel::State;
use super::{Simulation, TRUNK};
use crate::packet::Packet;
use std::collections::BTreeMap;

/// Spaces of the parking lot that have a hint.
const HINTED: [&str; 2] = ["701", "702"];

/// The hint of a device state: number and word.
pub(super) fn hint(state: &str) -> (u8, &'static str) {
    match state {
        "INUSE" => (1, "InUse"),
        "UNAVAILABLE" => (4, "Unavailable"),
        "RINGING" => (8, "Ringing"),
        "RINGINUSE" => (9, "InUse&Ringing"),
        "ONHOLD" => (16, "Hold"),
        _ => (0, "Idle"),
    }
}

/// The number of a device state in a queue member's status.
pub(super) fn member_status(state: &str) -> u8 {
    match state {
        "INUSE" => 2,
        "UNAVAILABLE" => 5,
        "RINGING" => 6,
        "RINGINUSE" => 7,
        "ONHOLD" => 8,
        _ => 1,
    }
}

#[derive(Default)]
struct Sum {
    ringing: bool,
    used: bool,
    held: bool,
}

impl Simulation {
    /// All devices as they are now.
    pub(super) fn devices_now(&self) -> BTreeMap<String, &'static str> {
        let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
        for (id, channel) in &self.channels {
            let sum = sums.entry(channel.endpoint.as_str()).or_default();
            match channel.state {
                State::Down => {}
                State::Ringing if !channel.is_trunk() => sum.ringing = true,
                State::Ring | State::Ringing => sum.used = true,
                // Asterisk shows hold at the device that is held, not at the one that holds.
                State::Up if self.partner(*id).is_some_and(|partner| self.holding(partner)) => {
                    sum.held = true
                }
                State::Up => sum.used = true,
            }
        }
        let word = |number: &str, online: bool| match sums.get(number) {
            Some(Sum { ringing: true, used: false, held: false }) => "RINGING",
            Some(Sum { ringing: true, .. }) => "RINGINUSE",
            Some(Sum { used: true, .. }) => "INUSE",
            Some(Sum { held: true, .. }) => "ONHOLD",
            _ if online => "NOT_INUSE",
            _ => "UNAVAILABLE",
        };
        let phones =
            self.phones.iter().map(|(n, phone)| (format!("PJSIP/{n}"), word(n, phone.contact.is_some())));
        let queues = self.queues.iter().map(|queue| {
            (format!("Queue:{}", queue.name), if queue.waiting.is_empty() { "NOT_INUSE" } else { "RINGING" })
        });
        let spaces = HINTED.map(|space| {
            let taken = self.parked().any(|(_, taken)| taken.to_string() == space);
            (format!("park:{space}@parkedcalls"), if taken { "INUSE" } else { "NOT_INUSE" })
        });
        phones.chain([(format!("PJSIP/{TRUNK}"), word(TRUNK, true))]).chain(queues).chain(spaces).collect()
    }

    pub(super) fn first_devices(&mut self) {
        self.devices = self.devices_now();
    }

    pub(super) fn device(&self, name: &str) -> &'static str {
        self.devices.get(name).copied().unwrap_or("INVALID")
    }

    /// Says what has changed since the last time.
    pub(super) fn tell_devices(&mut self) {
        let now = self.devices_now();
        let changed: Vec<(String, &'static str)> = now
            .iter()
            .filter(|(device, state)| self.devices.get(*device) != Some(*state))
            .map(|(device, state)| (device.clone(), *state))
            .collect();
        self.devices = now;
        for (device, state) in changed {
            if let Some(exten) = hinted(&device) {
                let packet = hint_fields(Packet::event("ExtensionStatus"), exten, &device, state);
                self.tell(packet);
            }
            let packet = Packet::event("DeviceStateChange").with("Device", &device).with("State", state);
            self.tell(packet);
            self.tell_members(&device);
        }
    }

    fn tell_members(&mut self, device: &str) {
        let Some(number) = device.strip_prefix("PJSIP/") else { return };
        let packets: Vec<Packet> = self
            .queues
            .iter()
            .flat_map(|queue| queue.members.iter().map(move |member| (queue, member)))
            .filter(|(_, member)| member.number == number)
            .map(|(queue, member)| {
                let packet = Packet::event("QueueMemberStatus")
                    .with("Queue", &queue.name)
                    .with("MemberName", self.line_of(number).name)
                    .with("Interface", device);
                self.member_facts(packet, member).with("Ringinuse", 0).with("Wrapuptime", 0)
            })
            .collect();
        for packet in packets {
            self.emit(packet, "agent,all");
        }
    }

    /// The fields that a member's status and its place in a list share.
    pub(super) fn member_facts(&self, packet: Packet, member: &super::queue::Member) -> Packet {
        let device = format!("PJSIP/{}", member.number);
        let talks = self.channels.values().filter_map(|c| c.agent.as_ref());
        let in_call = talks
            .filter_map(|agent| self.channels.get(&agent.id))
            .any(|channel| channel.endpoint == member.number);
        packet
            .with("StateInterface", &device)
            .with("Membership", "static")
            .with("Penalty", 0)
            .with("CallsTaken", member.calls_taken)
            .with("LastCall", member.last_call)
            .with("LastPause", 0)
            .with("LoginTime", member.login)
            .with("InCall", u8::from(in_call))
            .with("Status", member_status(self.device(&device)))
            .with("Paused", 0)
            .with("PausedReason", "")
    }
}

/// The extension whose hint a device is.
pub(super) fn hinted(device: &str) -> Option<&str> {
    match device.strip_prefix("park:") {
        Some(space) => space.strip_suffix("@parkedcalls"),
        None => device.strip_prefix("PJSIP/").filter(|name| *name != TRUNK),
    }
}

pub(super) fn hint_fields(packet: Packet, exten: &str, device: &str, state: &str) -> Packet {
    let (status, word) = hint(state);
    packet
        .with("Exten", exten)
        .with("Context", "hints")
        .with("Hint", device)
        .with("Status", status)
        .with("StatusText", word)
}
