//! What people do with their phones by script. Not what they do by themselves; that is `habits`.

use super::channel::{Birth, Id, Line, Place, State};
use super::dial::By;
use super::{Simulation, TRUNK};
use crate::packet::Packet;
use crate::setup::Policy;

impl Simulation {
    /// Somebody outside dials a number of the office: `555` and the extension.
    pub fn call_in(&mut self, number: &str, name: &str, did: &str) {
        let id = Line { number: number.to_owned(), name: name.to_owned() };
        let birth = Birth {
            endpoint: TRUNK,
            state: State::Ring,
            id,
            context: "from-trunk",
            exten: did,
            by: None,
            uid: None,
        };
        let channel = self.birth(birth);
        let exten = self.extension_of(did).unwrap_or(did).to_owned();
        self.run(channel, "internal", &exten);
        self.tell_devices();
    }

    /// A phone of the office dials. A phone that is switched off does not.
    pub fn dial(&mut self, from: &str, exten: &str) {
        if self.phones.get(from).is_none_or(|phone| phone.contact.is_none()) {
            return;
        }
        let id = self.line_of(from);
        let birth =
            Birth { endpoint: from, state: State::Ring, id, context: "internal", exten, by: None, uid: None };
        let channel = self.birth(birth);
        self.run(channel, "internal", exten);
        self.tell_devices();
    }

    /// The name of the newest channel of a phone, or of the `trunk`.
    pub fn newest_channel(&self, at: &str) -> Option<&str> {
        self.channels.get(&self.newest(at, |_| true)?).map(|c| c.name.as_str())
    }

    /// The newest channel of an endpoint that is like this.
    pub(super) fn newest(&self, at: &str, like: impl Fn(&super::channel::Channel) -> bool) -> Option<Id> {
        self.channels.iter().rev().find(|(_, c)| c.endpoint == at && like(c)).map(|(id, _)| *id)
    }

    /// A ringing phone (`trunk` for the outside party) is picked up.
    pub fn answer(&mut self, at: &str) {
        if let Some(id) = self.newest(at, |c| c.state == State::Ringing) {
            self.pick_up(id);
            self.tell_devices();
        }
    }

    /// A talking phone presses hold.
    pub fn press_hold(&mut self, at: &str) {
        if let Some(id) = self.newest(at, |c| matches!(c.place, Place::Talking(_)) && !c.holds) {
            self.hold(id);
            self.tell_devices();
        }
    }

    /// A phone that holds takes the call back.
    pub fn press_resume(&mut self, at: &str) {
        if let Some(id) = self.newest(at, |c| c.holds) {
            self.resume(id);
            self.tell_devices();
        }
    }

    /// A phone (`trunk` for the outside party) hangs up or declines its newest call.
    pub fn put_down(&mut self, at: &str) {
        if let Some(id) = self.newest(at, |_| true) {
            self.hang_up(id, By::Phone, None);
            self.tell_devices();
        }
    }

    /// Who is at a mailbox leaves a message and hangs up.
    pub fn leave_message(&mut self, at: &str) {
        if let Some(id) = self.newest(at, |c| matches!(c.place, Place::Mailbox(_))) {
            self.leave_mailbox(id);
            self.tell_devices();
        }
    }

    /// Says what a phone does with calls while nobody is simulated at it.
    pub fn set_policy(&mut self, at: &str, policy: Policy) {
        match self.phones.get_mut(at) {
            Some(phone) => phone.policy = policy,
            None if at == TRUNK => self.outside = policy,
            None => {}
        }
    }

    /// All phones ring when they are called.
    pub fn all_ring(&mut self) {
        self.outside = Policy::Ring;
        for phone in self.phones.values_mut() {
            phone.policy = Policy::Ring;
        }
    }

    /// A phone is switched on.
    pub fn register(&mut self, at: &str) {
        let port = 20_000 + at.bytes().fold(0_u32, |sum, b| (sum * 10 + u32::from(b % 16)) % 40_000);
        let uri = format!("sip:{at}@127.0.0.1:{port}");
        let Some(phone) = self.phones.get_mut(at).filter(|phone| phone.contact.is_none()) else { return };
        phone.contact = Some(uri.clone());
        self.tell_contact(at, &uri, "NonQualified", "Reachable");
    }

    /// A phone is switched off.
    pub fn unregister(&mut self, at: &str) {
        let Some(uri) = self.phones.get_mut(at).and_then(|phone| phone.contact.take()) else { return };
        self.tell_contact(at, &uri, "Removed", "Unreachable");
    }

    fn tell_contact(&mut self, at: &str, uri: &str, contact: &'static str, peer: &'static str) {
        let packet = Packet::event("PeerStatus")
            .with("ChannelType", "PJSIP")
            .with("Peer", format!("PJSIP/{at}"))
            .with("PeerStatus", peer);
        self.emit(packet, "system,all");
        let packet = Packet::event("ContactStatus")
            .with("URI", uri)
            .with("ContactStatus", contact)
            .with("AOR", at)
            .with("EndpointName", at)
            .with("RoundtripUsec", 0);
        self.emit(packet, "system,all");
        self.tell_devices();
    }
}
