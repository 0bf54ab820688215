//! Whatever arrives, in whatever order: no panic, no contradiction, nothing left over, and the deltas tell the whole
//! truth. 10,000 traces of recordings and of made up calls, whole and spoilt; a failing one is shrunk and printed.

use super::mirror::Mirror;
use super::traces::{self, Edit, Source, made, recordings, source, spoil};
use super::{Fields, fields, office};
use crate::api::Output;
use crate::sound::{drawn, empty, sound};
use crate::switchboard::Switchboard;
use frontdesk_protocol::{Millis, Office};
use proptest::prelude::*;
use std::collections::HashSet;

fn follow(board: &mut Switchboard, replica: &mut Office) {
    while let Some(output) = board.poll() {
        if let Output::Changed(changes) = output {
            for change in changes {
                replica.apply(change);
            }
        }
    }
}

/// A board with a desk that follows it by deltas alone.
struct Run {
    board: Switchboard,
    replica: Office,
    now: i64,
    /// What has hung up.
    over: HashSet<String>,
}

impl Run {
    fn new() -> Self {
        let board = office();
        let replica = board.office().clone();
        Self { board, replica, now: 0, over: HashSet::new() }
    }

    fn pass(&mut self, until: i64) {
        let mut turns = 0;
        while let Some(due) = self.board.deadline().filter(|due| due.0 <= until) {
            self.board.tick(due);
            turns += 1;
            assert!(turns < 1_000, "the deadline does not move");
        }
        self.now = until;
    }

    fn take(&mut self, packet: &Fields, step: i64) {
        self.pass(self.now + step);
        self.board.packet(packet, Millis(self.now));
        if packet.raw("Event") == "Hangup" {
            self.over.insert(packet.raw("Uniqueid").to_owned());
        }
        self.check();
    }

    fn check(&mut self) {
        sound(&self.board);
        for uid in self.board.model.channels.keys() {
            assert!(!self.over.contains(uid.as_ref()), "{uid} is there after its Hangup");
        }
        drawn(&mut self.board, Millis(self.now));
        follow(&mut self.board, &mut self.replica);
        assert_eq!(&self.replica, self.board.office(), "snapshot and deltas differ");
    }

    fn hang_up_all(&mut self) {
        for uid in self.board.model.channels.keys().cloned().collect::<Vec<_>>() {
            let name = self.board.model.channels.get(&uid).map(|channel| channel.facts.name.to_string());
            let name = name.unwrap_or_default();
            self.take(&fields(&format!("Event: Hangup\nChannel: {name}\nUniqueid: {uid}\nCause: 16")), 1);
        }
    }
}

/// Takes a trace to its end, and then ends every call that is left.
fn run(packets: &[Fields], step: i64) {
    let mut run = Run::new();
    for packet in packets {
        run.take(packet, step);
    }
    run.hang_up_all();
    // What is late about channels that have ended wakes none of them.
    let known: HashSet<&str> = packets.iter().map(|packet| packet.raw("Uniqueid")).collect();
    for packet in packets.iter().filter(|packet| run.over.contains(packet.raw("Uniqueid"))) {
        run.board.packet(packet, Millis(run.now));
    }
    run.check();
    let back = run
        .board
        .model
        .channels
        .keys()
        .filter(|uid| known.contains(uid.as_ref()) && run.over.contains(uid.as_ref()));
    assert_eq!(back.count(), 0, "a channel came back");
    run.hang_up_all();
    run.pass(run.now + 60_000);
    run.check();
    empty(&run.board);
}

/// A trace as a PBX sends it: the model has exactly its channels, and exactly its bridges.
fn agree(packets: &[Fields], step: i64) {
    let mut run = Run::new();
    let mut mirror = Mirror::default();
    for packet in packets {
        run.take(packet, step);
        mirror.sent(packet);
        let model = &run.board.model;
        let up = model.channels.keys().map(AsRef::as_ref).collect();
        assert_eq!(mirror.up(), up, "after {packet:?}");
        let bridged =
            model.channels.values().filter_map(|c| Some((c.uid.as_ref(), model.bridge_of(c)?.id.as_ref())));
        assert_eq!(mirror.bridged(), bridged.collect(), "after {packet:?}");
    }
}

/// An outage after `until` packets, after which the PBX has no calls any more.
fn outage(packets: &[Fields], until: usize, step: i64) {
    let mut board = office();
    let mut now = 0;
    for packet in packets.iter().take(until) {
        now += step;
        board.packet(packet, Millis(now));
    }
    let mut rows = Vec::new();
    let mut replica = board.office().clone();
    board.outputs.clear();
    board.link_down("It was closed.".into(), Millis(now));
    let known: Vec<_> = (board.office().calls.values())
        .flat_map(|call| call.legs.iter().map(|leg| (call.id.clone(), leg.extension.clone())))
        .filter_map(|(call, extension)| Some((call, extension?)))
        .collect();
    board.sent.clear();
    board.link_up(Millis(now + 1_000));
    loop {
        while let Some(output) = board.poll() {
            match output {
                Output::Changed(changes) => changes.into_iter().for_each(|change| replica.apply(change)),
                Output::Ended(row) => rows.push((row.call, row.extension)),
                _ => {}
            }
        }
        let asked: Vec<(String, crate::orders::Order)> = board.sent.drain(..).collect();
        if asked.is_empty() {
            break;
        }
        for (id, order) in asked {
            super::answer(&id, &order).iter().for_each(|packet| board.packet(packet, Millis(now + 1_000)));
        }
    }
    sound(&board);
    assert_eq!(&replica, board.office(), "snapshot and deltas differ");
    assert!(board.office().calls.is_empty(), "a ghost: {:?}", board.office().calls);
    for lost in known {
        assert!(rows.contains(&lost), "{lost:?} has no row in {rows:?}");
    }
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    traces::edits()
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn a_spoilt_recording_is_survived(which in 0..recordings().len(), edits in edits(), step in 0_i64..200) {
        run(&spoil(Source::Recorded(which).packets(), &edits), step);
    }

    #[test]
    fn a_spoilt_office_that_is_made_up_is_survived(steps in made(), edits in edits(), step in 0_i64..200) {
        run(&spoil(Source::Made(steps).packets(), &edits), step);
    }
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn a_whole_trace_gives_the_channels_and_bridges_of_the_pbx(source in source(), step in 0_i64..200) {
        agree(&source.packets(), step);
    }

    #[test]
    fn any_order_at_all_is_survived(source in source(), keys in proptest::collection::vec(any::<u16>(), 64), step in 0_i64..200) {
        let mut order: Vec<(u16, Fields)> = keys.into_iter().cycle().zip(source.packets()).collect();
        order.sort_by_key(|(key, _)| *key);
        let order: Vec<Fields> = order.into_iter().map(|(_, packet)| packet).collect();
        run(&order, step);
    }

    #[test]
    fn an_outage_at_any_moment_leaves_no_ghost_and_loses_no_row(source in source(), until in any::<u16>(), step in 0_i64..200) {
        let packets = source.packets();
        outage(&packets, usize::from(until) % packets.len().max(1), step);
    }
}
