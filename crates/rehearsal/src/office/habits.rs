//! What people do with their phones by themselves, where calls come by themselves. Not whom they call; that is `life`.

use super::channel::{Channel, Id, Place, State};
use super::dial::By;
use super::{Due, Simulation, TRUNK};
use crate::packet::Packet;
use crate::setup::{Policy, Reception, Traffic};

/// Outside numbers that end so are always busy.
const BUSY: char = '9';
/// Who declines every call.
const UNDISTURBED: [&str; 2] = ["1017", "1029"];

impl Simulation {
    pub(super) fn calm(&self) -> bool {
        self.setup.traffic == Traffic::Calm
    }

    pub(super) fn is_reception(&self, id: Id) -> bool {
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
            () if endpoint == TRUNK => {
                let busy = self.channels.get(&target).is_some_and(|c| c.exten.ends_with(BUSY));
                if busy { Policy::Busy } else { Policy::Ring }
            }
            () if calls > 1 && !self.one_in(3) => Policy::Busy,
            () if UNDISTURBED.contains(&endpoint) => Policy::Decline,
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
            // Now and then the caller who talks is put on hold for the one who rings.
            if self.at_desk(|c| c.holds).is_some() || !self.one_in(25) {
                return self.due(2_000, Due::Answer(id));
            }
            self.desk_turns_to(id);
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
                // Whoever is held does not wait long.
                let longest = if self.at_desk(|c| c.holds).is_some() { 40_000 } else { 130_000 };
                (other, self.between(longest / 2, longest))
            }
            None => (if self.rng.bool() { caller } else { called }, self.between(15_000, 75_000)),
        };
        self.due(length, Due::HangUp(who));
        let holder = [caller, called]
            .into_iter()
            .find(|id| !self.is_reception(*id) && self.channels.get(id).is_some_and(|c| !c.is_trunk()));
        if let Some(holder) = holder.filter(|_| self.rng.u8(..3) == 0) {
            let after = self.between(4_000, length / 2);
            self.due(after, Due::Hold(holder));
        }
    }

    pub(super) fn person_hangs_up(&mut self, id: Id) {
        self.hang_up(id, By::Phone, None);
    }

    pub(super) fn person_holds(&mut self, id: Id) {
        self.hold(id);
        let after = self.between(8_000, 25_000);
        self.due(after, Due::Resume(id));
    }

    pub(super) fn person_resumes(&mut self, id: Id) {
        if !self.is_reception(id) || self.at_desk(|c| c.state == State::Up && !c.holds).is_none() {
            self.resume(id);
        }
    }

    /// The newest call at the reception that is like this.
    fn at_desk(&self, like: impl Fn(&Channel) -> bool) -> Option<Id> {
        self.newest(&self.setup.reception, like)
    }

    /// The reception's phone places a call: what it talked in is held, as phones do it.
    pub(super) fn desk_turns_to(&mut self, id: Id) {
        while self.calm()
            && self.is_reception(id)
            && let Some(other) = self.at_desk(|c| matches!(c.place, Place::Talking(_)) && !c.holds)
            && self.partner(other).is_some()
        {
            self.hold(other);
        }
    }

    /// A call at the reception's phone is over: what is still held there is taken back after a while.
    pub(super) fn desk_turns_back(&mut self) {
        if self.calm()
            && let Some(held) = self.at_desk(|c| c.holds)
        {
            self.due(2_500, Due::Resume(held));
        }
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
