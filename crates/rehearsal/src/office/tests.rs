//! Tests of the office without sockets: an ordinary morning, what is ordered in it, and what is left of it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod life;
mod orders;

use super::Simulation;
use crate::action::Action;
use crate::packet::Packet;
use crate::scenario::{SCENARIOS, Scenario};
use crate::setup::Setup;

/// When tests begin.
pub(super) const NOW: u64 = 1_795_500_000_000;

pub(super) fn office(seed: u64) -> Simulation {
    Simulation::new(Setup::office(), seed, NOW)
}

pub(super) fn act(office: &mut Simulation, text: &str) -> Vec<Packet> {
    let fields: Vec<(&str, &str)> = text.lines().filter_map(|line| line.trim().split_once(": ")).collect();
    office.act(&Action::new(fields))
}

/// Lets things happen one by one until something is as wanted; fails after `patience_ms`.
pub(super) fn until<T>(
    office: &mut Simulation,
    patience_ms: u64,
    mut wanted: impl FnMut(&Simulation, &[Packet]) -> Option<T>,
) -> T {
    let end = office.now + patience_ms;
    loop {
        let events = office.events();
        if let Some(found) = wanted(office, &events) {
            return found;
        }
        let next = office.next_due().filter(|due| *due <= end).expect("it happens in time");
        office.advance(next);
    }
}

#[test]
fn nothing_is_left_when_all_have_hung_up() {
    let mut office = Scenario::office(NOW);
    for scenario in &SCENARIOS {
        let said: String =
            scenario.play(&mut office).iter().flat_map(|t| &t.packets).map(Packet::text).collect();
        assert!(said.contains("Event: Hangup"), "{}", scenario.name);
        assert!(!said.contains("Response: Error"), "{}: {said}", scenario.name);
        assert_eq!(office.channels(), 0, "{}", scenario.name);
        assert!(office.devices.values().all(|state| *state == "NOT_INUSE"), "{}", scenario.name);
        assert!(office.queues.iter().all(|queue| queue.waiting.is_empty()), "{}", scenario.name);
    }
    assert!(office.bridges.values().all(|b| b.members.is_empty() && b.kind == super::bridge::Kind::Parking));
    assert!(office.bridges.len() <= 1);
    office.advance(office.now + 600_000);
    assert!(office.timers.is_empty());
    assert!(office.events().is_empty());
}

#[test]
fn every_channel_that_begins_ends_once() {
    let mut office = office(3);
    let mut alive = std::collections::BTreeSet::new();
    for id in office.channels.values() {
        alive.insert(id.uid.clone());
    }
    let end = NOW + 3_600_000;
    while let Some(due) = office.next_due().filter(|due| *due < end) {
        office.advance(due);
        for event in office.events() {
            let uid = event.field("Uniqueid").to_owned();
            match event.name() {
                "Newchannel" => assert!(alive.insert(uid)),
                "Hangup" => assert!(alive.remove(&uid)),
                "BridgeEnter" | "Newstate" | "Hold" => assert!(alive.contains(&uid)),
                _ => {}
            }
        }
    }
    let now: std::collections::BTreeSet<String> = office.channels.values().map(|c| c.uid.clone()).collect();
    assert_eq!(alive, now);
}
