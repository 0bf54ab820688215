//! The office itself: channels, bridges, phones, queues and what is due. Time is an argument; there is no socket, no
//! thread and no randomness but the seed.

mod bridge;
mod channel;
mod control;
mod device;
mod dial;
mod ending;
mod habits;
mod life;
mod lists;
mod originate;
mod parking;
mod people;
mod queue;
mod record;
mod refer;
#[cfg(test)]
mod tests;
mod values;

pub(crate) use control::{error, reply, success};

use crate::packet::Packet;
use crate::setup::{Policy, Setup, Traffic};
use bridge::{Bridge, BridgeId};
use channel::{Channel, Id, Line};
use fastrand::Rng;
use queue::Queue;
use std::collections::BTreeMap;

/// The endpoint of the outside line.
pub(crate) const TRUNK: &str = "trunk";
/// The office's own number outside.
const OWN_NUMBER: &str = "5550100";

/// A simulated office.
///
/// Times are in milliseconds since 1970. [`Simulation::advance`] lets everything happen that is due,
/// [`Simulation::act`] does what an AMI action says, and [`Simulation::events`] takes what has happened since.
#[derive(Debug)]
pub struct Simulation {
    setup: Setup,
    now: u64,
    started: u64,
    rng: Rng,
    made: u64,
    channels: BTreeMap<Id, Channel>,
    bridges: BTreeMap<BridgeId, Bridge>,
    phones: BTreeMap<String, Phone>,
    /// What the far end of the outside line does with calls.
    outside: Policy,
    queues: Vec<Queue>,
    timers: BTreeMap<(u64, u64), Timer>,
    /// What is told of each device: the last state that was sent.
    devices: BTreeMap<String, &'static str>,
    out: Vec<Packet>,
}

/// A phone and its mailbox.
#[derive(Debug)]
struct Phone {
    name: String,
    contact: Option<String>,
    policy: Policy,
    new: u32,
    old: u32,
}

#[derive(Debug, Clone, Copy)]
struct Timer {
    due: Due,
    epoch: u32,
}

/// What may be due.
#[derive(Debug, Clone, Copy)]
enum Due {
    RingOver(Id),
    Answer(Id),
    HangUp(Id),
    GiveUpMailbox(Id),
    Hold(Id),
    Resume(Id),
    QueueNext(Id),
    AgentOver(Id),
    ParkOver(Id),
    AloneOver(Id),
    OriginateOver(Id),
    AtReception,
    AtQueue,
    AtSomebody,
    Colleague,
    Registrations,
}

impl Simulation {
    /// An office at the time `now`. Where calls come by themselves it has been at work for a while; the reception has
    /// not been called yet.
    pub fn new(setup: Setup, seed: u64, now: u64) -> Self {
        let now = match setup.traffic {
            Traffic::Calm => now.saturating_sub(life::WARM_MS),
            Traffic::Scripted => now,
        };
        let mut rng = Rng::with_seed(seed);
        let mut phones = BTreeMap::new();
        for (seat, port) in setup.seats.iter().zip(20_000_u32..) {
            let contact = seat.online.then(|| format!("sip:{}@127.0.0.1:{port}", seat.number));
            let (new, old) = match setup.traffic {
                Traffic::Calm if rng.u8(..4) == 0 => (rng.u32(1..4), rng.u32(0..6)),
                Traffic::Calm | Traffic::Scripted => (0, 0),
            };
            let policy = Policy::default();
            phones.insert(seat.number.clone(), Phone { name: seat.name.clone(), contact, policy, new, old });
        }
        let queues = setup.queues.iter().map(|queue| Queue::new(queue, now)).collect();
        let mut office = Self {
            setup,
            now,
            started: now,
            rng,
            made: 0,
            channels: BTreeMap::new(),
            bridges: BTreeMap::new(),
            phones,
            outside: Policy::default(),
            queues,
            timers: BTreeMap::new(),
            devices: BTreeMap::new(),
            out: Vec::new(),
        };
        office.first_devices();
        office.begin_life();
        office
    }

    /// When something is due next.
    pub fn next_due(&self) -> Option<u64> {
        self.timers.first_key_value().map(|((at, _), _)| *at)
    }

    /// Lets everything happen that is due until `now`.
    pub fn advance(&mut self, now: u64) {
        while let Some(((at, _), _)) = self.timers.first_key_value().filter(|((at, _), _)| *at <= now) {
            self.now = self.now.max(*at);
            if let Some((_, timer)) = self.timers.pop_first() {
                self.happen(timer);
                self.tell_devices();
            }
        }
        self.now = self.now.max(now);
    }

    /// The office's time.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// For how long the office has been open, in seconds.
    pub(crate) fn uptime_s(&self) -> u64 {
        (self.now - self.started) / 1_000
    }

    /// What has happened since the last time, in order.
    pub fn events(&mut self) -> Vec<Packet> {
        std::mem::take(&mut self.out)
    }

    /// How many channels there are.
    pub fn channels(&self) -> usize {
        self.channels.len()
    }

    /// The channels there are, by Uniqueid, and whether each is one of the outside line.
    pub fn legs(&self) -> impl Iterator<Item = (&str, bool)> {
        self.channels.values().map(|channel| (channel.uid.as_str(), channel.is_trunk()))
    }

    fn happen(&mut self, timer: Timer) {
        let fresh = |office: &Self, id: Id| office.channels.get(&id).is_some_and(|c| c.epoch == timer.epoch);
        match timer.due {
            Due::RingOver(id) if fresh(self, id) => self.ring_over(id),
            Due::Answer(id) if fresh(self, id) => self.person_answers(id),
            Due::HangUp(id) if fresh(self, id) => self.person_hangs_up(id),
            Due::GiveUpMailbox(id) if fresh(self, id) => self.leave_mailbox(id),
            Due::Hold(id) if fresh(self, id) => self.person_holds(id),
            Due::Resume(id) if fresh(self, id) => self.person_resumes(id),
            Due::QueueNext(id) if fresh(self, id) => self.queue_next(id),
            Due::AgentOver(id) if fresh(self, id) => self.agent_over(id),
            Due::ParkOver(id) if fresh(self, id) => self.park_over(id),
            Due::AloneOver(id) if fresh(self, id) => self.alone_over(id),
            Due::OriginateOver(id) if fresh(self, id) => self.originate_over(id),
            Due::AtReception => self.at_reception(),
            Due::AtQueue => self.at_queue(),
            Due::AtSomebody => self.at_somebody(),
            Due::Colleague => self.colleague(),
            Due::Registrations => self.registrations(),
            // Something else has become of that channel.
            Due::RingOver(_)
            | Due::Answer(_)
            | Due::HangUp(_)
            | Due::GiveUpMailbox(_)
            | Due::Hold(_)
            | Due::Resume(_)
            | Due::QueueNext(_)
            | Due::AgentOver(_)
            | Due::ParkOver(_)
            | Due::AloneOver(_)
            | Due::OriginateOver(_) => {}
        }
    }

    /// Makes something due in `after` milliseconds; for a channel, only while it stays where it is.
    fn due(&mut self, after: u64, due: Due) {
        let id = match due {
            Due::RingOver(id)
            | Due::Answer(id)
            | Due::HangUp(id)
            | Due::GiveUpMailbox(id)
            | Due::Hold(id)
            | Due::Resume(id)
            | Due::QueueNext(id)
            | Due::AgentOver(id)
            | Due::ParkOver(id)
            | Due::AloneOver(id)
            | Due::OriginateOver(id) => Some(id),
            Due::AtReception | Due::AtQueue | Due::AtSomebody | Due::Colleague | Due::Registrations => None,
        };
        let epoch = id.and_then(|id| self.channels.get(&id)).map_or(0, |channel| channel.epoch);
        self.made += 1;
        self.timers.insert((self.now + after, self.made), Timer { due, epoch });
    }

    fn emit(&mut self, packet: Packet, class: &'static str) {
        // Within a millisecond the events are told apart, as in a real stream.
        let micros = (self.now % 1_000) * 1_000 + (self.out.len() as u64 % 1_000);
        let stamp = format!("{}.{micros:06}", self.now / 1_000);
        self.out.push(packet.second("Timestamp", &stamp).second("Privilege", class));
    }

    fn line_of(&self, number: &str) -> Line {
        let name = self.phones.get(number).map(|phone| phone.name.clone()).unwrap_or_default();
        Line { number: number.to_owned(), name }
    }
}
