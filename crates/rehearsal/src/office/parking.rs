//! Parked calls: the spaces 701 to 720.

use super::bridge::{BridgeId, Kind};
use super::channel::{After, Id, Place, State};
use super::{Due, Simulation};
use crate::packet::Packet;

/// The first and the last space.
pub(super) const FIRST_SPACE: u16 = 701;
pub(super) const LAST_SPACE: u16 = 720;
/// How long a call is parked when nothing else is said, in seconds.
pub(super) const PARK_S: u64 = 45;

impl Simulation {
    pub(super) fn parked(&self) -> impl Iterator<Item = (Id, u16)> + '_ {
        self.channels.iter().filter_map(|(id, c)| match c.place {
            Place::Parked { space, .. } => Some((*id, space)),
            _ => None,
        })
    }

    fn parking_bridge(&mut self) -> BridgeId {
        let found = self.bridges.iter().find(|(_, bridge)| bridge.kind == Kind::Parking).map(|(id, _)| *id);
        found.unwrap_or_else(|| self.new_bridge(Kind::Parking))
    }

    /// Parks a channel; it comes back to `parker` (an endpoint) after a while.
    pub(super) fn park(&mut self, id: Id, parker: &str, timeout_s: Option<u64>) {
        let Some(space) =
            (FIRST_SPACE..=LAST_SPACE).find(|space| self.parked().all(|(_, taken)| taken != *space))
        else {
            return self.runs_out(id);
        };
        let parker = if self.phones.contains_key(parker) { parker } else { super::TRUNK }.to_owned();
        let timeout_s = timeout_s.unwrap_or(PARK_S);
        let bridge = self.parking_bridge();
        let partner = self.partner(id);
        self.silence(id);
        self.turn(id, State::Up);
        self.agent_done(id, partner, "transfer");
        if let Some(old) = self.bridge_of(id) {
            self.leave(old, id);
            self.close_empty(old);
        } else {
            self.part(id);
        }
        let since = self.now;
        self.put(id, Place::Parked { space, bridge, parker, since, timeout_s });
        let packet = self.parked_fields(Packet::event("ParkedCall"), id);
        self.tell(packet);
        self.enter(bridge, id);
        self.music(id);
        self.due(timeout_s * 1_000, Due::ParkOver(id));
        self.person_is_parked(id);
        if let Some(partner) = partner {
            self.left_alone(partner);
        }
    }

    /// The fields of a parked call.
    pub(super) fn parked_fields(&self, packet: Packet, id: Id) -> Packet {
        let Some(channel) = self.channels.get(&id) else { return packet };
        let packet = channel.describe(packet, "Parkee");
        let Place::Parked { space, parker, since, timeout_s, .. } = &channel.place else { return packet };
        let passed = (self.now - since) / 1_000;
        packet
            .with("ParkerDialString", format!("PJSIP/{parker}"))
            .with("Parkinglot", "default")
            .with("ParkingSpace", space)
            .with("ParkingTimeout", timeout_s.saturating_sub(passed))
            .with("ParkingDuration", passed)
    }

    /// A parked call leaves its space, for the reason that the event names.
    pub(super) fn leave_space(&mut self, id: Id, event: &'static str) {
        let Some(Place::Parked { bridge, .. }) = self.channels.get(&id).map(|c| c.place.clone()) else {
            return;
        };
        let packet = self.parked_fields(Packet::event(event), id);
        self.tell(packet);
        self.leave(bridge, id);
    }

    /// Nobody took it: it rings at whoever parked it.
    pub(super) fn park_over(&mut self, id: Id) {
        let Some(Place::Parked { parker, bridge, .. }) = self.channels.get(&id).map(|c| c.place.clone())
        else {
            return;
        };
        let packet = self.parked_fields(Packet::event("ParkedCallTimeOut"), id);
        self.tell(packet);
        self.silence(id);
        self.leave(bridge, id);
        self.at(id, "park-dial", &format!("PJSIP_{parker}"), 1);
        if self.phones.contains_key(&parker) {
            self.change(id, |c| c.runs = true);
            self.dial_phones(id, &[parker], After::HangUp);
        } else {
            self.runs_out(id);
        }
    }

    /// Somebody dials a space.
    pub(super) fn retrieve(&mut self, id: Id, space: u16) {
        let parked = self.parked().find(|(_, taken)| *taken == space).map(|(parked, _)| parked);
        self.turn(id, State::Up);
        let Some(parked) = parked else { return self.runs_out(id) };
        let talk = self.new_bridge(Kind::Basic);
        self.silence(parked);
        let packet = self.parked_fields(Packet::event("UnParkedCall"), parked);
        let packet = match self.channels.get(&id) {
            Some(channel) => channel.describe(packet, "Retriever"),
            None => packet,
        };
        self.tell(packet);
        if let Some(lot) = self.bridge_of(parked) {
            self.leave(lot, parked);
        }
        self.enter(talk, parked);
        self.enter(talk, id);
        self.introduce(parked, id);
        self.people_talk(parked, id);
    }

    /// Two who talk hear of each other's number.
    pub(super) fn introduce(&mut self, one: Id, other: Id) {
        let line = |office: &Self, id| office.channels.get(&id).map(|c| c.id.clone()).unwrap_or_default();
        let (first, second) = (line(self, one), line(self, other));
        self.connect(other, &first);
        self.connect(one, &second);
    }
}
