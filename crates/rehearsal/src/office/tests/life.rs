//! Calls that come by themselves: from a seed, at the desk, and never too many.

use super::{NOW, office};
use crate::office::Simulation;
use crate::office::channel::{Channel, State};
use crate::packet::Packet;
use std::collections::BTreeSet;

/// All that happens in so many milliseconds.
fn events(office: &mut Simulation, ms: u64) -> Vec<Packet> {
    let end = office.now + ms;
    office.advance(end);
    office.events()
}

/// When somebody new called at the desk: its phone, or its queue.
fn arrivals(office: &mut Simulation, ms: u64) -> Vec<u64> {
    let end = office.now + ms;
    let mut times = Vec::new();
    while let Some(due) = office.next_due().filter(|due| *due < end) {
        office.advance(due);
        let now = office.now;
        for event in office.events() {
            let rings = event.name() == "DialBegin" && event.field("DestCallerIDNum") == "1001";
            let queues = event.name() == "QueueCallerJoin" && event.field("Queue") == "reception";
            let from_queue = event.field("Exten") == "620";
            if (rings && !from_queue) || queues {
                times.push(now);
            }
        }
    }
    times
}

#[test]
fn the_same_seed_gives_the_same_calls_and_another_one_gives_others() {
    let text = |seed| {
        let events = events(&mut office(seed), 600_000);
        events.iter().map(Packet::text).collect::<String>()
    };
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
}

#[test]
fn the_desk_is_called_soon_and_again_and_again() {
    for seed in 1..=5 {
        let mut office = office(seed);
        assert!(office.channels.values().all(|c| c.endpoint != "1001"));
        let times = arrivals(&mut office, 1_800_000);
        let first = times.first().unwrap() - NOW;
        assert!(first <= 3_000, "seed {seed}: the first call comes after {first} ms");
        let longest = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        assert!(longest <= 90_000, "seed {seed}: nobody calls for {longest} ms");
        let mean = 1_800_000 / times.len() as u64;
        assert!((10_000..=25_000).contains(&mean), "seed {seed}: a call each {mean} ms");
    }
}

#[test]
fn a_morning_has_all_that_a_desk_must_be_able_to_show() {
    let mut office = office(1);
    let here = |office: &Simulation| office.channels.values().filter(|c| c.state == State::Up).count();
    assert!(here(&office) >= 4, "colleagues talk already when the desk opens");
    assert!(office.phones.len() >= 38);
    assert!(office.phones.values().any(|phone| phone.contact.is_none()), "some phones are switched off");
    assert!(office.phones.values().any(|phone| phone.new > 0), "some have messages");
    let events = events(&mut office, 1_200_000);
    let names: BTreeSet<&str> = events.iter().map(Packet::name).collect();
    for wanted in [
        "Hold",
        "Unhold",
        "MessageWaiting",
        "QueueCallerJoin",
        "AgentConnect",
        "AgentRingNoAnswer",
        "QueueCallerAbandon",
        "ContactStatus",
        "PeerStatus",
        "Cdr",
    ] {
        assert!(names.contains(wanted), "no {wanted} in twenty minutes");
    }
    let at_desk = |event: &&Packet| event.name() == "DialBegin" && event.field("DestCallerIDNum") == "1001";
    let callers: Vec<&Packet> = events.iter().filter(at_desk).collect();
    let from = |start: &str| callers.iter().filter(|e| e.field("Channel").starts_with(start)).count();
    assert!(
        from("PJSIP/trunk") > 10 && from("PJSIP/1") > 5,
        "outside {}, inside {}",
        from("PJSIP/t"),
        from("PJSIP/1")
    );
    assert!(callers.iter().any(|e| e.field("CallerIDName") == "<unknown>"), "somebody without a name");
    let ended = |status| events.iter().filter(|e| e.field("DialStatus") == status).count();
    for status in ["ANSWER", "NOANSWER", "BUSY", "CANCEL"] {
        assert!(ended(status) > 0, "nobody ends with {status}");
    }
}

#[test]
fn the_desk_talks_and_others_ring_or_are_held_meanwhile() {
    let mut office = office(1);
    let end = NOW + 1_200_000;
    let (mut all, mut talks, mut rings, mut holds) = (0, 0, 0, 0);
    while office.now < end {
        office.advance(office.now + 1_000);
        office.events();
        let at_desk = |like: fn(&Channel) -> bool| usize::from(office.newest("1001", like).is_some());
        let talking = |c: &Channel| c.state == State::Up && !c.holds;
        let count = |holds| {
            office
                .channels
                .values()
                .filter(|c| c.endpoint == "1001" && c.state == State::Up && c.holds == holds)
                .count()
        };
        assert!(count(false) <= 1 && count(true) <= 1, "the desk talks to one and holds one");
        all += 1;
        talks += at_desk(talking);
        rings += at_desk(talking) * at_desk(|c| c.state == State::Ringing);
        holds += at_desk(|c| c.holds);
    }
    assert!(talks * 2 > all, "the desk talks in {talks} of {all} seconds");
    assert!(rings * 10 > all, "somebody rings meanwhile in {rings} of {all} seconds");
    assert!(holds * 50 > all && holds * 2 < all, "somebody is held in {holds} of {all} seconds");
}

#[test]
fn a_long_day_needs_no_more_memory_than_a_short_one() {
    let mut office = office(7);
    let end = NOW + 2 * 3_600_000;
    while office.now < end {
        office.advance(office.now + 5_000);
        let events = office.events();
        assert!(events.len() < 400, "{} events in five seconds", events.len());
        assert!(office.channels.len() <= 40, "{} channels", office.channels.len());
        assert!(office.bridges.len() <= office.channels.len() + 1, "bridges are left");
        assert!(office.timers.len() <= 200, "{} timers", office.timers.len());
        assert!(office.channels.values().all(|c| office.now - c.born < 900_000), "a call never ends");
    }
}
