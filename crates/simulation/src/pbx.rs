//! The PBX: the office of the rehearsal with its AMI sessions. It may be down, and then all its calls are gone.

use frontdesk_rehearsal::{Packet, Session, Setup, Simulation};
use std::collections::BTreeSet;

/// A PBX that runs or does not.
#[derive(Debug)]
pub struct Pbx {
    /// The office, while it runs.
    pub office: Option<Simulation>,
    /// The AMI session, while there is one.
    pub session: Option<Session>,
    seed: u64,
}

/// What an action did to parties outside.
#[derive(Debug)]
pub struct Fed {
    /// The answer.
    pub bytes: Vec<u8>,
    /// How many channels of the outside line ended by it.
    pub ended: usize,
    /// Whether it was, or may have been, a hang-up.
    pub hangup: bool,
}

impl Pbx {
    /// One that runs.
    pub fn new(seed: u64, now: u64) -> Self {
        let mut pbx = Self { office: None, session: None, seed };
        pbx.start(now);
        pbx
    }

    /// It starts, without any call.
    pub fn start(&mut self, now: u64) {
        let mut setup = Setup::lab();
        setup.seats.truncate(4);
        self.seed = self.seed.wrapping_add(1);
        self.office = Some(Simulation::new(setup, self.seed, now));
    }

    /// It stops.
    pub fn stop(&mut self) {
        (self.office, self.session) = (None, None);
    }

    /// When something is due in it.
    pub fn due(&self) -> Option<u64> {
        self.office.as_ref().and_then(Simulation::next_due)
    }

    /// Lets happen what is due, and gives what is told of it.
    pub fn advance(&mut self, now: u64) -> Vec<u8> {
        let Some(office) = &mut self.office else { return Vec::new() };
        office.advance(now);
        let events = office.events();
        match &self.session {
            Some(session) if session.hears() => text(&events),
            Some(_) | None => Vec::new(),
        }
    }

    /// Takes bytes of its AMI session.
    pub fn feed(&mut self, bytes: &[u8]) -> Fed {
        let (Some(office), Some(session)) = (&mut self.office, &mut self.session) else {
            return Fed { bytes: Vec::new(), ended: 0, hangup: false };
        };
        let before = outside(office);
        let answers = session.feed(bytes, office);
        let ended = before.difference(&outside(office)).count();
        Fed { bytes: text(&answers), ended, hangup: String::from_utf8_lossy(bytes).contains("Hangup") }
    }

    /// The Uniqueids of all channels.
    pub fn legs(&self) -> BTreeSet<String> {
        self.office.iter().flat_map(|office| office.legs().map(|(uid, _)| uid.to_owned())).collect()
    }
}

fn outside(office: &Simulation) -> BTreeSet<String> {
    office.legs().filter(|(_, outside)| *outside).map(|(uid, _)| uid.to_owned()).collect()
}

fn text(packets: &[Packet]) -> Vec<u8> {
    packets.iter().map(Packet::text).collect::<String>().into_bytes()
}
