//! Transfers that a phone makes by itself, without the manager. Not those of the manager; they are `control`.

use super::Simulation;
use super::channel::{Id, Place};
use crate::packet::Packet;

impl Simulation {
    /// A phone sends the party of its newest call elsewhere.
    pub fn refer(&mut self, at: &str, exten: &str) {
        if let Some(id) = self.newest(at, |c| matches!(c.place, Place::Talking(_))) {
            self.transfer_partner(id, "internal", exten);
            self.tell_devices();
        }
    }

    /// A phone joins the party that it holds with the one that it talks to, and is out of it.
    pub fn join_held(&mut self, at: &str) {
        let held = self.newest(at, |c| c.holds);
        let asking = self.newest(at, |c| matches!(c.place, Place::Talking(_)) && !c.holds);
        if let (Some(held), Some(asking)) = (held, asking) {
            self.join_both(held, asking);
            self.tell_devices();
        }
    }

    fn join_packet(&self, held: Id, asking: Id, [party, target]: [Id; 2]) -> Packet {
        let mut packet = Packet::event("AttendedTransfer").with("Result", "Success");
        let bridge = |id| self.bridge_of(id).and_then(|bridge| self.bridges.get(&bridge));
        for (id, channel, prefix) in
            [(held, "OrigTransferer", "Orig"), (asking, "SecondTransferer", "Second")]
        {
            if let Some(channel_) = self.channels.get(&id) {
                packet = channel_.describe(packet, channel);
            }
            if let Some(bridge) = bridge(id) {
                packet = bridge.describe_as(packet, prefix);
            }
        }
        for (id, prefix) in [(party, "Transferee"), (target, "TransferTarget")] {
            if let Some(channel) = self.channels.get(&id) {
                packet = channel.describe(packet, prefix);
            }
        }
        let to = bridge(target).map(|bridge| bridge.uid.clone()).unwrap_or_default();
        packet.with("IsExternal", "No").with("DestType", "Bridge").with("DestBridgeUniqueid", to)
    }

    fn join_both(&mut self, held: Id, asking: Id) {
        let (Some(party), Some(target)) = (self.partner(held), self.partner(asking)) else { return };
        let (Some(old), Some(bridge)) = (self.bridge_of(held), self.bridge_of(asking)) else { return };
        let packet = self.join_packet(held, asking, [party, target]);
        self.say("Unhold", held);
        self.say("Unhold", asking);
        self.silence(party);
        self.agent_done(held, Some(party), "transfer");
        self.leave(old, party);
        self.leave(bridge, asking);
        self.enter(bridge, party);
        self.introduce(party, target);
        self.soft_with(asking, 1, None);
        self.tell(packet);
        self.leave(old, held);
        self.soft(asking);
        self.close_empty(old);
        self.end(held, 16, None);
        self.end(asking, 16, None);
        self.people_talk(party, target);
    }
}
