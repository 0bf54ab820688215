//! What people do with their phones: by script, or by themselves. Not what the office does with it.

use super::channel::{Birth, Id, Line, Place, State};
use super::dial::By;
use super::{Due, Simulation, TRUNK};
use crate::packet::Packet;
use crate::setup::{Policy, Reception, Traffic};

impl Simulation {
    fn calm(&self) -> bool {
        self.setup.traffic == Traffic::Calm
    }

    fn is_reception(&self, id: Id) -> bool {
        self.channels.get(&id).is_some_and(|c| c.endpoint == self.setup.reception)
    }

    fn endpoint(&self, id: Id) -> &str {
        self.channels.get(&id).map_or("", |c| c.endpoint.as_str())
    }

    /// Between two times, in milliseconds.
    pub(super) fn between(&mut self, from: u64, to: u64) -> u64 {
        self.rng.u64(from..=to)
    }

    pub(super) fn one_in(&mut self, of: u8) -> bool {
        self.rng.u8(..of) == 0
    }

    // --- by script -------------------------------------------------------------------------------------------

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

    // --- by themselves ---------------------------------------------------------------------------------------

    /// What a dialled phone does at once.
    pub(super) fn reaction(&mut self, target: Id, endpoint: &str) -> Policy {
        if !self.calm() {
            return self.phones.get(endpoint).map_or(self.outside, |phone| phone.policy);
        }
        let calls = self.channels.values().filter(|c| c.endpoint == endpoint).count();
        let originated = self.channels.get(&target).is_some_and(|c| c.originate.is_some());
        if originated {
            return Policy::Ring;
        }
        if endpoint == self.setup.reception {
            return if calls > 4 { Policy::Busy } else { Policy::Ring };
        }
        match () {
            () if endpoint == TRUNK && self.one_in(12) => Policy::Busy,
            () if endpoint == TRUNK => Policy::Ring,
            () if calls > 1 && !self.one_in(3) => Policy::Busy,
            () if self.one_in(25) => Policy::Decline,
            () => Policy::Ring,
        }
    }

    /// A phone began to ring.
    pub(super) fn person_hears(&mut self, target: Id) {
        let auto = self.channels.get(&target).and_then(|c| c.originate.as_ref()).map(|wish| wish.auto_answer);
        match auto {
            Some(true) => return self.due(200, Due::Answer(target)),
            Some(false) if self.calm() => return self.due(1_500, Due::Answer(target)),
            Some(false) | None => {}
        }
        if !self.calm() {
            return;
        }
        let endpoint = self.endpoint(target).to_owned();
        if endpoint == self.setup.reception {
            if self.setup.reception_answers == Reception::AnswersItself {
                let after = self.between(6_000, 7_500);
                self.due(after, Due::Answer(target));
            }
            return;
        }
        let others = self.channels.values().filter(|c| c.endpoint == endpoint).count() > 1;
        let ignores = (others && endpoint != TRUNK) || self.one_in(6);
        if !ignores {
            let after = self.between(2_000, 8_000);
            self.due(after, Due::Answer(target));
        }
    }

    pub(super) fn person_answers(&mut self, id: Id) {
        let endpoint = self.endpoint(id).to_owned();
        let talks = self.channels.iter().any(|(other, c)| {
            *other != id
                && c.endpoint == endpoint
                && c.state == State::Up
                && !c.holds
                && c.originate.is_none()
        });
        let originated = self.channels.get(&id).is_some_and(|c| c.originate.is_some());
        if self.calm() && self.is_reception(id) && talks && !originated {
            return self.due(2_000, Due::Answer(id));
        }
        self.pick_up(id);
    }

    /// Somebody waits to be answered; patience ends.
    pub(super) fn person_waits(&mut self, caller: Id) {
        if self.calm() && !self.is_reception(caller) {
            let after = self.between(40_000, 80_000);
            self.due(after, Due::HangUp(caller));
        }
    }

    /// Two talk. The receptionist's phone is never hung up by itself, nor holds.
    pub(super) fn people_talk(&mut self, caller: Id, called: Id) {
        if !self.calm() {
            return;
        }
        let reception = [caller, called].into_iter().find(|id| self.is_reception(*id));
        let (who, length) = match reception {
            Some(desk) => {
                let other = if desk == caller { called } else { caller };
                (other, self.between(60_000, 150_000))
            }
            None => (if self.rng.bool() { caller } else { called }, self.between(15_000, 75_000)),
        };
        self.due(length, Due::HangUp(who));
        let holder = [caller, called]
            .into_iter()
            .find(|id| !self.is_reception(*id) && self.channels.get(id).is_some_and(|c| !c.is_trunk()));
        if let Some(holder) = holder.filter(|_| self.rng.u8(..5) == 0) {
            let after = self.between(4_000, length / 2);
            self.due(after, Due::Hold(holder));
        }
    }

    pub(super) fn person_hangs_up(&mut self, id: Id) {
        self.hang_up(id, By::Phone, None);
    }

    pub(super) fn person_holds(&mut self, id: Id) {
        self.hold(id);
        let after = self.between(4_000, 12_000);
        self.due(after, Due::Resume(id));
    }

    pub(super) fn person_resumes(&mut self, id: Id) {
        self.resume(id);
    }

    pub(super) fn person_listens(&mut self, id: Id) {
        if self.calm() && !self.is_reception(id) {
            let after = self.between(10_000, 20_000);
            self.due(after, Due::HangUp(id));
        }
    }

    pub(super) fn person_is_parked(&mut self, id: Id) {
        if self.calm() {
            let after = self.between(100_000, 150_000);
            self.due(after, Due::HangUp(id));
        }
    }

    pub(super) fn person_at_mailbox(&mut self, id: Id) {
        if !self.calm() {
            return;
        }
        if self.one_in(4) {
            let after = self.between(3_000, 6_000);
            self.due(after, Due::HangUp(id));
        } else {
            let after = self.between(8_000, 18_000);
            self.due(after, Due::GiveUpMailbox(id));
        }
    }

    /// A message is left and the caller hangs up.
    pub(super) fn leave_mailbox(&mut self, id: Id) {
        let Some((Place::Mailbox(number), (cause, tech))) =
            self.channels.get(&id).map(|c| (c.place.clone(), c.cause))
        else {
            return;
        };
        let packet = self.with_cause("HangupRequest", id, cause, tech);
        self.tell(packet);
        if let Some(phone) = self.phones.get_mut(&number) {
            phone.new = (phone.new + 1).min(99);
        }
        let packet = self.mailbox_packet(self.of("MessageWaiting", id), &number);
        self.tell(packet);
        self.runs_out(id);
    }

    pub(super) fn mailbox_packet(&self, packet: Packet, number: &str) -> Packet {
        let (new, old) = self.phones.get(number).map_or((0, 0), |phone| (phone.new, phone.old));
        packet
            .with("Mailbox", format!("{number}@default"))
            .with("Waiting", u8::from(new > 0))
            .with("New", new)
            .with("Old", old)
    }
}
