//! Queues: callers who wait, and members who are rung one after the other.

use super::channel::{Agent, Id, Place, State};
use super::dial::Refusal;
use super::{Due, Simulation};
use crate::packet::Packet;
use crate::setup::QueueSetup;

/// How long a member is rung at most.
const RING_MS: u64 = 15_000;
/// Between a member who did not answer and the next one.
const PAUSE_MS: u64 = 1_000;
/// How long until free members are looked for again.
const AGAIN_MS: u64 = 2_000;

#[derive(Debug)]
pub(super) struct Queue {
    pub number: String,
    pub name: String,
    pub members: Vec<Member>,
    pub waiting: Vec<Id>,
    pub next: usize,
    pub completed: u32,
    pub abandoned: u32,
}

#[derive(Debug)]
pub(super) struct Member {
    pub number: String,
    pub calls_taken: u32,
    pub last_call: u64,
    pub login: u64,
}

impl Queue {
    pub(super) fn new(setup: &QueueSetup, now: u64) -> Self {
        let member = |number: &String| Member {
            number: number.clone(),
            calls_taken: 0,
            last_call: 0,
            login: now / 1_000,
        };
        Self {
            number: setup.number.to_owned(),
            name: setup.name.to_owned(),
            members: setup.members.iter().map(member).collect(),
            waiting: Vec::new(),
            next: 0,
            completed: 0,
            abandoned: 0,
        }
    }
}

impl Simulation {
    pub(super) fn waits(&self, id: Id) -> bool {
        self.channels.get(&id).is_some_and(|c| matches!(c.place, Place::Waiting { .. }))
    }

    fn queue_name(&self, queue: usize) -> String {
        self.queues.get(queue).map(|queue| queue.name.clone()).unwrap_or_default()
    }

    fn tell_agent(&mut self, packet: Packet) {
        self.emit(packet, "agent,all");
    }

    /// A caller joins a queue.
    pub(super) fn join(&mut self, id: Id, queue: usize) {
        let Some(waits) = self.queues.get_mut(queue) else { return };
        waits.waiting.push(id);
        let (count, number, name) = (waits.waiting.len(), waits.number.clone(), waits.name.clone());
        self.at(id, "internal", &number, 2);
        self.turn(id, State::Up);
        self.at(id, "internal", &number, 3);
        self.change(id, |c| c.app = ("Queue", format!("{name},tTkK,,,60")));
        self.put(id, Place::Waiting { queue, since: self.now, agent: None, last: None });
        let packet =
            self.of("QueueCallerJoin", id).with("Queue", name).with("Position", count).with("Count", count);
        self.tell_agent(packet);
        self.music(id);
        self.person_waits(id);
        self.queue_next(id);
    }

    /// Rings the next free member.
    pub(super) fn queue_next(&mut self, caller: Id) {
        let Some(Place::Waiting { queue, agent: None, ref last, .. }) =
            self.channels.get(&caller).map(|c| c.place.clone())
        else {
            return;
        };
        let busy = |number: &str| self.channels.values().any(|c| c.endpoint == number);
        let online = |number: &str| self.phones.get(number).is_some_and(|phone| phone.contact.is_some());
        let Some(found) = self.queues.get(queue).and_then(|q| {
            let order = (0..q.members.len()).map(|n| (q.next + n) % q.members.len());
            let free: Vec<usize> = order
                .filter(|n| q.members.get(*n).is_some_and(|m| !busy(&m.number) && online(&m.number)))
                .collect();
            let other = |n: &usize| q.members.get(*n).map(|m| &m.number) != last.as_ref();
            free.iter().copied().find(other).or_else(|| free.first().copied())
        }) else {
            return self.due(AGAIN_MS, Due::QueueNext(caller));
        };
        self.ring_member(caller, queue, found);
    }

    fn ring_member(&mut self, caller: Id, queue: usize, member: usize) {
        let Some((number, name, exten)) = self.queues.get_mut(queue).and_then(|q| {
            q.next = member + 1;
            Some((q.members.get(member)?.number.clone(), q.name.clone(), q.number.clone()))
        }) else {
            return;
        };
        let Some(line) = self.channels.get(&caller).map(|c| c.id.clone()) else { return };
        let target = self.call_phone(&number, Some(caller), None);
        let plain =
            self.of_both("DialBegin", Some(caller), target).with("DialString", format!("PJSIP/{number}"));
        self.change(target, |c| {
            c.exten = exten;
            c.connected = line;
        });
        let packet = self.member_fields(self.of_both("AgentCalled", Some(caller), target), &name, &number);
        self.tell_agent(packet);
        self.tell(plain);
        self.change(caller, |c| {
            if let Place::Waiting { agent, last, .. } = &mut c.place {
                *agent = Some(target);
                *last = Some(number.clone());
            }
        });
        self.begin_record(caller, Some(target));
        self.connect(caller, &self.line_of(&number));
        self.due(RING_MS.min(self.setup.ring_ms), Due::AgentOver(target));
        self.reached(target);
    }

    fn member_fields(&self, packet: Packet, queue: &str, number: &str) -> Packet {
        packet
            .with("Queue", queue)
            .with("Interface", format!("PJSIP/{number}"))
            .with("MemberName", self.line_of(number).name)
    }

    /// A member was rung long enough.
    pub(super) fn agent_over(&mut self, target: Id) {
        let Some(Place::Called { by: Some(caller) }) = self.channels.get(&target).map(|c| c.place.clone())
        else {
            return;
        };
        let why = Refusal { status: "NOANSWER", cause: 0, tech: None, by: super::dial::By::Manager };
        self.agent_missed(caller, target, why);
    }

    /// A member did not take the call: the next one is rung.
    pub(super) fn agent_missed(&mut self, caller: Id, target: Id, why: Refusal) {
        let Some(Place::Waiting { queue, .. }) = self.channels.get(&caller).map(|c| c.place.clone()) else {
            return;
        };
        let Some((number, born)) = self.channels.get(&target).map(|c| (c.endpoint.clone(), c.born)) else {
            return;
        };
        let name = self.queue_name(queue);
        let packet = self.of_both("AgentRingNoAnswer", Some(caller), target);
        let packet = self.member_fields(packet, &name, &number).with("RingTime", self.now - born);
        self.tell_agent(packet);
        for status in [why.status, "CANCEL"] {
            let packet = self.of_both("DialEnd", Some(caller), target).with("DialStatus", status);
            self.tell(packet);
        }
        self.end(target, why.cause, why.tech);
        self.record_failed(caller, why.status);
        self.change(caller, |c| {
            if let Place::Waiting { agent, .. } = &mut c.place {
                *agent = None;
            }
        });
        self.due(PAUSE_MS, Due::QueueNext(caller));
    }

    fn left(&mut self, id: Id, queue: usize) -> (usize, usize) {
        let Some(queue) = self.queues.get_mut(queue) else { return (1, 0) };
        let position = queue.waiting.iter().position(|other| *other == id).map_or(1, |n| n + 1);
        queue.waiting.retain(|other| *other != id);
        (position, queue.waiting.len())
    }

    /// A member takes the call.
    pub(super) fn agent_answers(&mut self, caller: Id, target: Id) {
        let Some(Place::Waiting { queue, since, .. }) = self.channels.get(&caller).map(|c| c.place.clone())
        else {
            return;
        };
        let Some((number, born)) = self.channels.get(&target).map(|c| (c.endpoint.clone(), c.born)) else {
            return;
        };
        let name = self.queue_name(queue);
        self.turn(target, State::Up);
        let packet = self.of_both("DialEnd", Some(caller), target).with("DialStatus", "ANSWER");
        self.tell(packet);
        self.silence(caller);
        let (position, count) = self.left(caller, queue);
        let packet = self
            .of("QueueCallerLeave", caller)
            .with("Queue", &name)
            .with("Position", position)
            .with("Count", count);
        self.tell_agent(packet);
        let waited_ms = self.now - since;
        let packet = self.member_fields(self.of_both("AgentConnect", Some(caller), target), &name, &number);
        let packet = packet.with("HoldTime", waited_ms / 1_000).with("RingTime", (self.now - born) / 1_000);
        self.tell_agent(packet);
        let agent = Agent { queue, id: target, waited_ms, since: self.now };
        self.change(caller, |c| c.agent = Some(agent));
        self.record_answered(caller);
        self.talk(target, caller);
    }

    /// The talk of a caller with a member ends.
    pub(super) fn agent_done(&mut self, id: Id, partner: Option<Id>, reason: &'static str) {
        let Some((caller, agent)) = [Some(id), partner]
            .into_iter()
            .flatten()
            .find_map(|id| Some((id, self.channels.get_mut(&id)?.agent.take()?)))
        else {
            return;
        };
        let number = self.channels.get(&agent.id).map(|c| c.endpoint.clone()).unwrap_or_default();
        let now = self.now / 1_000;
        let name = self.queue_name(agent.queue);
        if let Some(queue) = self.queues.get_mut(agent.queue) {
            queue.completed += 1;
            if let Some(member) = queue.members.iter_mut().find(|member| member.number == number) {
                member.calls_taken += 1;
                member.last_call = now;
            }
        }
        let packet =
            self.member_fields(self.of_both("AgentComplete", Some(caller), agent.id), &name, &number);
        let packet = packet
            .with("HoldTime", agent.waited_ms / 1_000)
            .with("TalkTime", (self.now - agent.since) / 1_000)
            .with("Reason", reason);
        self.tell_agent(packet);
    }

    /// A caller leaves a queue without having been answered.
    pub(super) fn abandon(&mut self, id: Id) {
        let Some(Place::Waiting { queue, since, agent, .. }) =
            self.channels.get(&id).map(|c| c.place.clone())
        else {
            return;
        };
        self.silence(id);
        if let Some(agent) = agent {
            for _ in 0..2 {
                let packet = self.of_both("DialEnd", Some(id), agent).with("DialStatus", "CANCEL");
                self.tell(packet);
            }
        }
        let (position, count) = self.left(id, queue);
        let name = self.queue_name(queue);
        let packet = self
            .of("QueueCallerAbandon", id)
            .with("Queue", &name)
            .with("Position", position)
            .with("OriginalPosition", position)
            .with("HoldTime", (self.now - since) / 1_000);
        self.tell_agent(packet);
        let packet = self
            .of("QueueCallerLeave", id)
            .with("Queue", &name)
            .with("Position", position)
            .with("Count", count);
        self.tell_agent(packet);
        if let Some(queue) = self.queues.get_mut(queue) {
            queue.abandoned += 1;
        }
        self.record_failed(id, "NOANSWER");
        if let Some(agent) = agent {
            self.end(agent, 0, None);
        }
    }
}
