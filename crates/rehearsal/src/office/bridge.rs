//! Bridges: who talks to whom, and hold. Not how they came to talk.

use super::Simulation;
use super::channel::{Channel, Id, Place};
use crate::packet::Packet;

/// The key of a bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BridgeId(pub u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Basic,
    Parking,
}

#[derive(Debug, Clone)]
pub(crate) struct Bridge {
    pub uid: String,
    pub kind: Kind,
    pub members: Vec<Id>,
}

impl Bridge {
    pub(crate) fn describe(&self, packet: Packet) -> Packet {
        self.describe_as(packet, "")
    }

    /// The seven fields of a bridge, with this before their names.
    pub(crate) fn describe_as(&self, packet: Packet, prefix: &'static str) -> Packet {
        packet.and_as(prefix, self.fields())
    }

    pub(crate) fn fields(&self) -> [(&'static str, String); 7] {
        let [kind, technology, creator, name] = match self.kind {
            Kind::Basic => ["basic", "simple_bridge", "<unknown>", "<unknown>"],
            Kind::Parking => ["parking", "holding_bridge", "Parking", "default"],
        };
        [
            ("BridgeUniqueid", self.uid.clone()),
            ("BridgeType", kind.to_owned()),
            ("BridgeTechnology", technology.to_owned()),
            ("BridgeCreator", creator.to_owned()),
            ("BridgeName", name.to_owned()),
            ("BridgeNumChannels", self.members.len().to_string()),
            ("BridgeVideoSourceMode", "none".to_owned()),
        ]
    }
}

impl Simulation {
    pub(super) fn new_bridge(&mut self, kind: Kind) -> BridgeId {
        self.made += 1;
        let id = BridgeId(self.made);
        let (a, b, c) = (self.rng.u32(..), self.rng.u32(..), self.rng.u64(..));
        let uid = format!(
            "{a:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            b >> 16,
            b & 0xfff,
            0x8000 | (c >> 50),
            c & 0xffff_ffff_ffff
        );
        self.bridges.insert(id, Bridge { uid, kind, members: Vec::new() });
        self.say_bridge("BridgeCreate", id);
        id
    }

    pub(super) fn say_bridge(&mut self, event: &'static str, id: BridgeId) {
        if let Some(bridge) = self.bridges.get(&id) {
            let packet = bridge.describe(Packet::event(event));
            self.tell(packet);
        }
    }

    fn say_member(&mut self, event: &'static str, bridge: BridgeId, id: Id) {
        if let (Some(bridge), Some(channel)) = (self.bridges.get(&bridge), self.channels.get(&id)) {
            let packet = channel.describe(bridge.describe(Packet::event(event)), "");
            self.tell(packet);
        }
    }

    /// Puts a channel into a bridge. The call of the oldest channel gives all of them their linkedid.
    pub(super) fn enter(&mut self, bridge: BridgeId, id: Id) {
        let Some(members) = self.bridges.get_mut(&bridge).map(|bridge| {
            bridge.members.push(id);
            bridge.members.clone()
        }) else {
            return;
        };
        let oldest = members.iter().filter_map(|m| self.channels.get(m)).min_by_key(|c| c.root);
        if let Some((root, linked)) = oldest.map(|c| (c.root, c.linked.clone())) {
            for member in members {
                self.change(member, |c| {
                    c.root = root;
                    c.linked.clone_from(&linked);
                });
            }
        }
        if self.bridges.get(&bridge).is_some_and(|bridge| bridge.kind == Kind::Basic) {
            self.put(id, Place::Talking(bridge));
        }
        self.say_member("BridgeEnter", bridge, id);
    }

    /// Takes a channel out of its bridge.
    pub(super) fn leave(&mut self, bridge: BridgeId, id: Id) {
        self.change(id, |c| c.holds = false);
        if let Some(bridge) = self.bridges.get_mut(&bridge) {
            bridge.members.retain(|member| *member != id);
        }
        self.say_member("BridgeLeave", bridge, id);
        self.put(id, Place::Nowhere);
    }

    /// Ends a bridge in which nobody is left.
    pub(super) fn close_empty(&mut self, bridge: BridgeId) {
        if self.bridges.get(&bridge).is_some_and(|b| b.members.is_empty() && b.kind == Kind::Basic) {
            self.say_bridge("BridgeDestroy", bridge);
            self.bridges.remove(&bridge);
        }
    }

    pub(super) fn bridge_of(&self, id: Id) -> Option<BridgeId> {
        match self.channels.get(&id).map(|c| &c.place) {
            Some(Place::Talking(bridge)) => Some(*bridge),
            Some(Place::Parked { bridge, .. }) => Some(*bridge),
            _ => None,
        }
    }

    /// The other one in the bridge.
    pub(super) fn partner(&self, id: Id) -> Option<Id> {
        let Some(Place::Talking(bridge)) = self.channels.get(&id).map(|c| &c.place) else { return None };
        self.bridges.get(bridge)?.members.iter().copied().find(|member| *member != id)
    }

    pub(super) fn music(&mut self, id: Id) {
        if self.channels.get(&id).is_some_and(|c| !c.music) {
            self.change(id, |c| c.music = true);
            let packet = self.of("MusicOnHoldStart", id).with("Class", "default");
            self.tell(packet);
        }
    }

    pub(super) fn silence(&mut self, id: Id) {
        if self.channels.get(&id).is_some_and(|c| c.music) {
            self.change(id, |c| c.music = false);
            self.say("MusicOnHoldStop", id);
        }
    }

    /// A phone presses hold.
    pub(super) fn hold(&mut self, id: Id) {
        let Some(partner) = self.partner(id).filter(|_| !self.holding(id)) else { return };
        self.change(id, |c| c.holds = true);
        let packet = self.of("Hold", id).with("MusicClass", "default");
        self.tell(packet);
        self.music(partner);
    }

    /// A phone takes the call back.
    pub(super) fn resume(&mut self, id: Id) {
        let Some(partner) = self.partner(id).filter(|_| self.holding(id)) else { return };
        self.change(id, |c| c.holds = false);
        self.say("Unhold", id);
        self.silence(partner);
    }

    pub(super) fn holding(&self, id: Id) -> bool {
        self.channels.get(&id).is_some_and(|c: &Channel| c.holds)
    }

    /// Two channels talk; the one that was called comes first.
    pub(super) fn talk(&mut self, called: Id, caller: Id) {
        let bridge = self.new_bridge(Kind::Basic);
        self.enter(bridge, called);
        self.enter(bridge, caller);
        self.people_talk(caller, called);
    }
}
