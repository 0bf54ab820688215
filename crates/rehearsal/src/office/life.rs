//! Calls that come by themselves, so that an ordinary morning passes. Not what becomes of them.

use super::{Due, Simulation};
use crate::packet::Packet;
use crate::setup::{CALLERS, Traffic};
use std::collections::BTreeSet;

/// How many calls there are at most before nobody begins another one.
const CALLS: usize = 9;
/// How many calls there are at the reception before nobody calls there any more.
const AT_RECEPTION: usize = 3;
/// How long the office has been at work when the first one looks, in milliseconds.
pub(super) const WARM_MS: u64 = 150_000;
/// Who switches the phone on and off, by place in the office.
const WANDERERS: [usize; 5] = [12, 21, 26, 30, 37];

impl Simulation {
    /// The office has been at work for a while, and now the reception opens.
    pub(super) fn begin_life(&mut self) {
        if self.setup.traffic == Traffic::Calm {
            self.due(300, Due::Colleague);
            self.due(5_000, Due::AtQueue);
            self.due(11_000, Due::AtSomebody);
            self.due(25_000, Due::Registrations);
            self.advance(self.started + WARM_MS);
            self.out.clear();
            self.due(1_500, Due::AtReception);
        }
    }

    pub(super) fn calls(&self) -> usize {
        self.channels.values().map(|c| c.root).collect::<BTreeSet<_>>().len()
    }

    fn outsider_calls(&mut self, exten: &str) {
        let first = self.rng.usize(..CALLERS.len());
        // Nobody calls twice at once; who withholds the number may seem to.
        let calls =
            |number: &str| number != "anonymous" && self.channels.values().any(|c| c.id.number == number);
        let mut callers = CALLERS.iter().cycle().skip(first).take(CALLERS.len());
        let (number, name) = callers.find(|(number, _)| !calls(number)).copied().unwrap_or(("", ""));
        let service = if self.phones.contains_key(exten) { "" } else { "1" };
        self.call_in(number, name, &format!("555{service}{exten}"));
    }

    pub(super) fn at_reception(&mut self) {
        let after = self.between(11_000, 19_000);
        self.due(after, Due::AtReception);
        let reception = self.setup.reception.clone();
        let queue = self.queue_of(&reception);
        let waiting = queue.and_then(|queue| self.queues.get(queue)).map_or(0, |queue| queue.waiting.len());
        let here = self.channels.values().filter(|c| c.endpoint == reception).count() + waiting;
        if here >= AT_RECEPTION {
            return;
        }
        let number = queue.and_then(|queue| self.queues.get(queue)).map(|queue| queue.number.clone());
        // The very first one comes from outside.
        let first = self.now < self.started + WARM_MS + 5_000;
        let kind = if first { 9 } else { self.rng.u8(..10) };
        match (kind, number, self.somebody()) {
            (0..2, Some(number), _) => self.outsider_calls(&number),
            (2..5, _, Some(colleague)) => self.dial(&colleague, &reception),
            _ => self.outsider_calls(&reception),
        }
    }

    pub(super) fn at_queue(&mut self) {
        let after = self.between(20_000, 40_000);
        self.due(after, Due::AtQueue);
        let own = self.queue_of(&self.setup.reception);
        let others: Vec<String> = self
            .queues
            .iter()
            .enumerate()
            .filter(|(index, _)| Some(*index) != own)
            .map(|(_, queue)| queue.number.clone())
            .collect();
        let number = others.get(self.rng.usize(..others.len().max(1))).cloned();
        if let Some(number) = number.filter(|_| self.calls() < CALLS) {
            self.outsider_calls(&number);
        }
    }

    /// The queue in which somebody answers.
    fn queue_of(&self, number: &str) -> Option<usize> {
        self.queues.iter().position(|queue| queue.members.iter().any(|member| member.number == number))
    }

    /// Somebody whose phone is idle.
    fn somebody(&mut self) -> Option<String> {
        let reception = self.setup.reception.as_str();
        let idle: Vec<String> = self
            .phones
            .iter()
            .filter(|(number, phone)| phone.contact.is_some() && number.as_str() != reception)
            .filter(|(number, _)| self.channels.values().all(|c| c.endpoint != **number))
            .map(|(number, _)| number.clone())
            .collect();
        (!idle.is_empty()).then(|| idle.get(self.rng.usize(..idle.len())).cloned()).flatten()
    }

    pub(super) fn at_somebody(&mut self) {
        let after = self.between(25_000, 45_000);
        self.due(after, Due::AtSomebody);
        if self.calls() < CALLS
            && let Some(number) = self.somebody()
        {
            self.outsider_calls(&number);
        }
    }

    pub(super) fn colleague(&mut self) {
        let after = if self.calls() < 4 { 2_000 } else { self.between(7_000, 14_000) };
        self.due(after, Due::Colleague);
        let Some(from) = self.somebody().filter(|_| self.calls() < CALLS) else { return };
        if self.one_in(3) {
            let number = format!("95550{}", self.rng.u32(100..200));
            return self.dial(&from, &number);
        }
        let numbers: Vec<String> =
            self.phones.keys().filter(|n| **n != self.setup.reception).cloned().collect();
        let to = numbers.get(self.rng.usize(..numbers.len().max(1))).filter(|to| **to != from).cloned();
        if let Some(to) = to {
            self.dial(&from, &to);
        }
    }

    /// A phone is switched on or off, and somebody hears their messages.
    pub(super) fn registrations(&mut self) {
        let after = self.between(30_000, 60_000);
        self.due(after, Due::Registrations);
        let who = WANDERERS.get(self.rng.usize(..WANDERERS.len())).copied().unwrap_or_default();
        if let Some(number) = self.phones.keys().nth(who).cloned()
            && self.channels.values().all(|c| c.endpoint != number)
        {
            match self.phones.get(&number).is_some_and(|phone| phone.contact.is_some()) {
                true => self.unregister(&number),
                false => self.register(&number),
            }
        }
        let full = self.phones.iter().find(|(_, phone)| phone.new > 2).map(|(number, _)| number.clone());
        if let Some(number) = full {
            if let Some(phone) = self.phones.get_mut(&number) {
                phone.old = (phone.old + phone.new).min(20);
                phone.new = 0;
            }
            let packet = self.mailbox_packet(Packet::event("MessageWaiting"), &number);
            self.tell(packet);
        }
    }
}
